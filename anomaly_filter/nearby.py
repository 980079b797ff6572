"""Which lines of a log stand near one that matters; the others need not become objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Generic, NamedTuple, TypeVar

from anomaly_filter.lines import Block, Line, parts
from anomaly_filter.scanner import IRREGULAR, PARTED, Seen

T = TypeVar("T")


class Place(NamedTuple):
    """One line of a block that was scanned."""

    block: Block
    seen: Seen
    at: int

    @property
    def kind(self) -> int:
        """Its kind."""
        return self.seen.kinds[self.at]

    @property
    def number(self) -> int:
        """Its number in the log."""
        return self.block.first + self.at

    def line(self) -> Line:
        """Return the line."""
        start = self.seen.ends[self.at - 1] + 1 if self.at else 0
        return self.block.line(self.at, start, self.seen.ends[self.at])

    def parts(self, line: Line) -> Iterable[tuple[int, str]]:
        """Return the kinds and the texts of its parts; IRREGULAR is the kind of each of an irregular line.

        Args:
            line: what `line()` returns.
        """
        if self.kind == IRREGULAR:
            return zip(repeat(IRREGULAR), parts(line))
        if self.kind == PARTED:
            return zip(self.seen.parts(self.at), parts(line), strict=True)
        return ((self.kind, line.text),)


class Nearby(Generic[T]):
    """Picks, block after block, the lines that matter and those around them."""

    def __init__(self, around: int) -> None:
        """Pick so many lines on either side of each."""
        self._around = around
        # The last lines, if they were not picked, and what is known of them.
        self._before: deque[tuple[Place, T | None]] = deque(maxlen=around)
        self._after = 0  # lines of the next block that are near one of those before it

    def of(
        self, block: Block, seen: Seen, mattering: Iterable[int], known: Mapping[int, T]
    ) -> Iterator[tuple[Place, T | None]]:
        """Give the lines to be looked at, in order: of this block, and of those before it.

        Args:
            block: the next one.
            seen: what came of scanning it.
            mattering: places in it, ascending.
            known: what is given with a line, by its place.
        """
        around, count = self._around, seen.count
        picked = 0  # lines of the block that are picked, or are too far from all that matter
        for first, end in self._ranges(mattering):
            if first < 0:
                yield from list(self._before)[first:]
            for at in range(max(first, picked), min(end, count)):
                yield Place(block, seen, at), known.get(at)
            self._before.clear()
            self._after = max(0, end - count)
            picked = max(picked, min(end, count))
        self._before.extend(
            (Place(block, seen, at), known.get(at)) for at in range(max(picked, count - around), count)
        )

    def _ranges(self, mattering: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Give what is near, as ranges that may overlap but are in order."""
        if self._after:
            yield 0, self._after
        for at in mattering:
            yield at - self._around, at + self._around + 1
