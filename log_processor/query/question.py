"""`anomaly-query`'s question: which lines of a build are far, with what stands around them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from log_processor.document import FileDocument, LineDocument
from log_processor.errors import Outcome, Unavailable
from log_processor.query.builds import Build, evidence
from log_processor.query.groups import Groups, groups_of, heads
from log_processor.stores.contract import Reader, Sighting, Wanted

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
        elsewhere: whether it is asked which other builds have the far lines.
    """

    threshold: float | None = None
    context: int = 0
    files: str | None = None
    top: int | None = None
    folded: bool = False
    elsewhere: bool = False

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
        elsewhere: what other builds have of the far lines, by their fingerprints, where it was asked.
    """

    document: FileDocument
    blocks: Iterator[Block]
    groups: Groups
    elsewhere: Mapping[str, Sighting] = MappingProxyType({})


def answer(
    reader: Reader, build: Build, question: Question, say: Callable[[str], None] | None = None
) -> Iterator[Part]:
    """Give the files that have far lines or evidence, worst first.

    Args:
        reader: the store.
        build: the build.
        question: what is asked of it.
        say: told when the store does not say what other builds have, because a day of one of them cannot be read: the
            build's own lines are an answer all the same. Without it that is an error like any other.
    """
    elsewhere: Mapping[str, Sighting] = {}
    if question.elsewhere:
        try:
            elsewhere = _elsewhere(reader, build, question)
        except Unavailable as error:
            if say is None:
                raise
            say(f"which other builds have these lines is not known: {error}")
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
            yield Part(document, chain((first,), blocks) if first else blocks, groups[place], elsewhere)


def _elsewhere(reader: Reader, build: Build, question: Question) -> Mapping[str, Sighting]:
    """Return what other builds have of the lines that the answer shows: asked once, before the first of them."""
    # Where every line is asked for, only the far ones have a fingerprint.
    threshold = None if question.threshold == 0 else question.threshold
    same = replace(question, threshold=threshold, context=0, elsewhere=False)
    lines = (line for part in answer(reader, build, same) for block in part.blocks for line in block.lines)
    fingerprints = {line.fingerprint for line in lines if line.fingerprint is not None}
    return reader.sightings(fingerprints, Wanted(besides=build.uuid)) if fingerprints else {}


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
