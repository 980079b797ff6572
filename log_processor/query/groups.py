"""Far lines that another one stands for: because they repeat it, or belong to its block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from anomaly_filter.reasons import BLOCK
from log_processor.document import LineDocument


@dataclass(frozen=True)
class Group:
    """The lines that one line stands for, apart from itself, by their numbers.

    Attributes:
        repeats: those that are like it.
        block: those that belong to its block.
    """

    repeats: tuple[int, ...]
    block: tuple[int, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of them, not in order."""
        return self.repeats + self.block


Groups = Mapping[int, Group]
"""The groups of a file by the number of the line that stands for each; a line alone has none."""


def groups_of(lines: Iterable[LineDocument]) -> dict[int, Group]:
    """Return the groups of a file's far lines; takes memory for a number a line."""
    members: dict[int, dict[int, bool]] = {}
    for line in lines:
        if line.group is not None:
            members.setdefault(line.group, {})[line.number] = BLOCK in line.reasons
    groups = {}
    for number, in_block in members.items():
        # By another threshold the line that stands for these may not be far itself; then the first of them does.
        head = number if number in in_block else next(iter(in_block))
        del in_block[head]
        if in_block:
            groups[head] = Group(
                tuple(other for other, block in in_block.items() if not block),
                tuple(other for other, block in in_block.items() if block),
            )
    return groups


def heads(lines: Iterable[LineDocument], groups: Groups) -> Iterator[LineDocument]:
    """Give the lines that no other one stands for."""
    others = {number for group in groups.values() for number in group.numbers}
    return (line for line in lines if line.number not in others)
