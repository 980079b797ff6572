"""`anomaly-query`'s question: which lines of a build are far, with what stands around them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from typing import NamedTuple

from log_processor.document import FileDocument, LineDocument
from log_processor.errors import Outcome
from log_processor.query.builds import Build, evidence
from log_processor.query.groups import Groups, groups_of, heads
from log_processor.stores.contract import Reader

_BLOCK_LINES = 1000  # far lines after which a block ends all the same: bounds what is in memory


@dataclass(frozen=True)
class Question:
    """What is asked of a build.

    Attributes:
        threshold: distance from which on a line is novel, in place of the one the lines were stored with; 0 asks
            for every line; None takes what was decided when they were stored.
        context: lines before and after each far line.
        files: glob pattern that a file's name has to match; None: every file.
        top: how many of the worst lines are wanted, each with those that it stands for; None: all.
        folded: whether a line that another one stands for is only named there. Where every line is asked for,
            each one is in its place all the same.
    """

    threshold: float | None = None
    context: int = 0
    files: str | None = None
    top: int | None = None
    folded: bool = False

    def asks_for(self, document: FileDocument) -> bool:
        """Whether the file is one of those that are asked about."""
        return self.files is None or fnmatchcase(document.file.filename, self.files)


@dataclass(frozen=True)
class Block:
    """Far lines so near each other that their context touches, with that context.

    Attributes:
        lines: consecutive lines of the file.
        far: the numbers of the far ones.
    """

    lines: tuple[LineDocument, ...]
    far: frozenset[int]


class Part(NamedTuple):
    """What an answer has of one file.

    Attributes:
        document: the file.
        blocks: its far lines, in order; lazily, to be taken before the next part is asked for.
        groups: which lines the far ones stand for, where the question needed it.
    """

    document: FileDocument
    blocks: Iterator[Block]
    groups: Groups


def answer(reader: Reader, build: Build, question: Question) -> Iterator[Part]:
    """Give the files that have far lines or evidence, worst first."""
    files = [document for document in build.files if question.asks_for(document)]
    if question.threshold is not None:  # then a file may have far lines that had none
        files.sort(key=lambda document: document.max_distance or 0.0, reverse=True)
    grouped = question.folded or question.top is not None
    groups = [_groups(reader, document, question) if grouped else {} for document in files]
    worst = None if question.top is None else _worst(reader, files, groups, question)
    for place, document in enumerate(files):
        far = reader.far_lines(document.file, question.threshold)
        if question.folded:
            far = heads(far, groups[place])
        if worst is not None:
            far = _chosen(far, worst.get(place, set()))
        blocks = _blocks(reader, document, far, question.context)
        first = next(blocks, None)
        if first or evidence(document):
            yield Part(document, chain((first,), blocks) if first else blocks, groups[place])


def _groups(reader: Reader, document: FileDocument, question: Question) -> Groups:
    if question.threshold == 0:
        return {}
    counted = question.threshold is None and document.outcome is not Outcome.RUNNING
    if counted and document.lines_far == document.lines_shown:
        return {}
    return groups_of(reader.far_lines(document.file, question.threshold))


def _chosen(lines: Iterator[LineDocument], numbers: set[int]) -> Iterator[LineDocument]:
    return (line for line in lines if line.number in numbers) if numbers else iter(())


def _worst(
    reader: Reader, files: Sequence[FileDocument], groups: Sequence[Groups], question: Question
) -> dict[int, set[int]]:
    """Return the numbers of the worst lines, with those that they stand for, by the place of the file.

    Of equally bad ones those of the worse file, then the earlier.
    """
    every = (
        (_badness(line), -place, -line.number)
        for place, document in enumerate(files)
        for line in heads(reader.far_lines(document.file, question.threshold), groups[place])
    )
    found: dict[int, set[int]] = {}
    for _, place, number in heapq.nlargest(question.top or 0, every):
        group = groups[-place].get(-number)
        found.setdefault(-place, set()).update((-number, *(group.numbers if group else ())))
    return found


def _badness(line: LineDocument) -> float:
    score = line.distance if line.score is None else line.score
    return score or 0.0


def _blocks(
    reader: Reader, document: FileDocument, lines: Iterator[LineDocument], context: int
) -> Iterator[Block]:
    far: list[LineDocument] = []
    first = 1  # line that the next block may begin with: no line is in two
    for line in lines:
        if far and (line.number - far[-1].number > 2 * context + 1 or len(far) >= _BLOCK_LINES):
            last = min(far[-1].number + context, line.number - 1)
            yield _block(reader, document, far, max(first, far[0].number - context), last)
            first = last + 1
            far = []
        far.append(line)
    if far:
        yield _block(reader, document, far, max(first, far[0].number - context), far[-1].number + context)


def _block(reader: Reader, document: FileDocument, far: list[LineDocument], first: int, last: int) -> Block:
    numbers = frozenset(line.number for line in far)
    if last - first + 1 == len(far):
        return Block(tuple(far), numbers)
    # A job that runs again may have taken lines away meanwhile; the far ones are here already.
    around = [line for line in reader.lines(document.file, first, last) if line.number not in numbers]
    return Block(tuple(sorted((*far, *around), key=lambda line: line.number)), numbers)
