"""`anomaly-query`'s question: which lines of a build are far, with what stands around them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain

from log_processor.document import FileDocument, LineDocument
from log_processor.query.builds import Build
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
        top: how many of the farthest lines are wanted; None: all.
    """

    threshold: float | None = None
    context: int = 0
    files: str | None = None
    top: int | None = None

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


def answer(
    reader: Reader, build: Build, question: Question
) -> Iterator[tuple[FileDocument, Iterator[Block]]]:
    """Give the files that have far lines, worst first, each with its blocks in the order of lines.

    A file's blocks come lazily and have to be taken before the next file is asked for.
    """
    files = [document for document in build.files if question.asks_for(document)]
    if question.threshold is not None:  # then a file may have far lines that had none
        files.sort(key=lambda document: document.max_distance or 0.0, reverse=True)
    wanted = None if question.top is None else _farthest(reader, files, question)
    for document in files:
        far = reader.far_lines(document.file, question.threshold)
        if wanted is not None:
            numbers = wanted.get(document.file.key, frozenset())
            far = (line for line in far if line.number in numbers) if numbers else iter(())
        blocks = _blocks(reader, document, far, question.context)
        first = next(blocks, None)
        if first:
            yield document, chain((first,), blocks)


def _farthest(reader: Reader, files: Sequence[FileDocument], question: Question) -> dict[str, frozenset[int]]:
    """Return the numbers of the farthest lines by file; of equally far ones those of the worse file, then the earlier."""
    every = (
        (line.distance or 0.0, -place, -line.number)
        for place, document in enumerate(files)
        for line in reader.far_lines(document.file, question.threshold)
    )
    found: dict[str, set[int]] = {}
    for _, place, number in heapq.nlargest(question.top or 0, every):
        found.setdefault(files[-place].file.key, set()).add(-number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


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
