"""Trees of patterns to programs of the engine's machine; regex.h says what its instructions do."""  # noqa: INP001 - the generator is no part of what is installed

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anomaly_filter.engine.pattern import UnsupportedError
from anomaly_filter.engine.tree import (
    ALL,
    Byte,
    Choice,
    Edge,
    Group,
    Look,
    Match,
    Nodes,
    Run,
    Star,
    first,
    has,
)

OPERATIONS = (
    "FAIL", "BYTE", "RUN", "RUN_LAZY", "RUN_ALL", "CHOOSE", "SWITCH", "TRY", "JUMP",
    "AHEAD", "BEHIND", "LOOK", "LOOK_NOT", "LOOK_END", "BACK", "SAVE", "MATCH",
)  # fmt: skip
"""What an instruction can do, in the order of regex.h."""

GROUPS = ("key", "number", "kept")
"""The names that captures of rules have, in the order of their slots; a program has as many at the most."""

MANY = 0xFFFF
"""Stands for no bound; a run is never that long, since texts are shorter."""


@dataclass
class Instruction:
    """One instruction; which fields it uses depends on the operation."""

    operation: str
    set: int = 0
    follow: int = 0
    to: int = 0
    least: int = 0
    most: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The fields behind the operation, in the order of regex.h."""
        return self.set, self.follow, self.to, self.least, self.most


class Assembler:
    """Programs that share their code, sets and switches.

    Attributes:
        code: instructions; the first one is FAIL.
        sets: what `set` and `follow` are the places of; the first one has all bytes.
        switches: for each byte the place where to go on.
    """

    def __init__(self) -> None:
        self.code = [Instruction("FAIL")]
        self._groups: Sequence[str] = ()
        self.sets = [ALL]
        self.switches: list[tuple[int, ...]] = []

    def program(self, nodes: Nodes, groups: Sequence[str] = GROUPS) -> int:
        """Add a program; return where it begins.

        Args:
            nodes: end with a match.
            groups: the names that captures may have, in the order of their slots.
        """
        if len(groups) > len(GROUPS):
            raise UnsupportedError(f"the engine remembers {len(GROUPS)} groups, not {', '.join(groups)}")
        start = len(self.code)
        self._groups = groups
        self._sequence(nodes, ALL)
        return start

    def place(self, members: int) -> int:
        """Return the place of a set."""
        if members not in self.sets:
            self.sets.append(members)
        return self.sets.index(members)

    def _sequence(self, nodes: Nodes, follow: int) -> None:
        for at, node in enumerate(nodes):
            behind = first(nodes[at + 1 :], follow)
            match node:
                case Byte(members):
                    self._add("BYTE", members=members)
                case Run():
                    self._run(node, behind)
                case Star(body, lazy):
                    self._star(body, behind, lazy=lazy)
                case Choice(branches):
                    self._choice(branches, behind)
                case Group(name, body):
                    self._group(name, body, behind)
                case Edge(members, is_behind):
                    self._add("BEHIND" if is_behind else "AHEAD", members=members)
                case Look():
                    self._look(node)
                case Match(number):
                    self._add("MATCH", to=number)

    def _group(self, name: str, body: Nodes, follow: int) -> None:
        if name not in self._groups:
            raise UnsupportedError(f"the engine has no group {name!r}; it has {', '.join(self._groups)}")
        slot = 2 * self._groups.index(name)
        self._add("SAVE", to=slot)
        self._sequence(body, follow)
        self._add("SAVE", to=slot + 1)

    def _run(self, run: Run, follow: int) -> None:
        most = MANY if run.most is None else run.most
        if max(run.least, most if run.most is not None else 0) >= MANY:
            raise UnsupportedError("a repeat has a bound that the engine cannot count to")
        # Giving bytes back helps only where one of them can begin what follows.
        if run.least == run.most or (not run.lazy and not run.set & follow):
            self._add("RUN_ALL", members=run.set, least=run.least, most=most)
        else:
            operation = "RUN_LAZY" if run.lazy else "RUN"
            self._add(operation, members=run.set, follow=follow, least=run.least, most=most)

    def _star(self, body: Nodes, follow: int, *, lazy: bool) -> None:
        enter = first(body, ALL)
        again = len(self.code)
        if lazy:
            choose = self._add("CHOOSE", members=follow, follow=enter)
            leave = self._add("JUMP")
            choose.to = len(self.code)
        else:
            leave = self._add("CHOOSE", members=enter, follow=follow)
        self._sequence(body, enter | follow)
        self._add("JUMP", to=again)
        leave.to = len(self.code)

    def _choice(self, branches: Sequence[Nodes], follow: int) -> None:
        branches = [branch for branch in branches if first(branch, follow)]
        if len(branches) == 1:
            self._sequence(branches[0], follow)
            return
        begins = [first(branch, follow) for branch in branches]
        by_sets = len(branches) == 2
        choose = self._add("CHOOSE", members=begins[0], follow=begins[1]) if by_sets else self._add("SWITCH")
        starts: list[int] = []
        jumps: list[Instruction] = []
        for branch in branches:
            starts.append(len(self.code))
            self._sequence(branch, follow)
            jumps.append(self._add("JUMP"))
        if by_sets:
            self.code.pop()  # the last jump goes to what is next anyway
            choose.to = starts[1]
        else:
            choose.to = self._switch(begins, starts)
        for jump in jumps:
            jump.to = len(self.code)

    def _switch(self, begins: Sequence[int], starts: Sequence[int]) -> int:
        """Return the place of a switch that tries, one after the other, the branches that can begin with a byte."""
        chains: dict[tuple[int, ...], int] = {(): 0}
        targets: list[int] = []
        for byte in range(128):
            able = tuple(start for start, begin in zip(starts, begins, strict=True) if has(begin, byte))
            if able not in chains:
                chains[able] = self._chain(able)
            targets.append(chains[able])
        self.switches.append(tuple(targets))
        return len(self.switches) - 1

    def _chain(self, starts: tuple[int, ...]) -> int:
        """Return the place of what tries the branches that begin at these places."""
        *others, last = starts
        if not others:
            return last
        place = len(self.code)
        for start in others:
            self._add("TRY", to=start)
        self._add("JUMP", to=last)
        return place

    def _look(self, look: Look) -> None:
        begin = self._add("LOOK_NOT" if look.negative else "LOOK")
        if look.back:
            self._add("BACK", to=look.back)
        self._sequence(look.body, ALL)
        self._add("LOOK_END")
        begin.to = len(self.code)

    def _add(self, operation: str, *, members: int = ALL, follow: int = ALL, **numbers: int) -> Instruction:
        made = Instruction(operation, self.place(members), self.place(follow), **numbers)
        self.code.append(made)
        return made
