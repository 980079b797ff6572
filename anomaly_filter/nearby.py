"""Which lines of a log stand near one that matters; the others need not become objects."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """Lines of a block that follow each other: at the places from `first` on and below `end`.

    Attributes:
        block: the block.
        seen: what came of scanning it.
        known: what is known of some of its lines, by their places, ascending.
        first: see above.
        end: see above.
    """

    block: Block
    seen: Seen
    known: Mapping[int, T]
    first: int
    end: int

    @property
    def number(self) -> int:
        """The number of its first line in the log."""
        return self.block.first + self.first

    def places(self) -> Sequence[int]:
        """Return the places of those of which something is known, ascending."""
        places = [*self.known]
        return places[bisect_left(places, self.first) : bisect_left(places, self.end)]


class Nearby(Generic[T]):
    """Picks, block after block, the lines that matter and those around them."""

    def __init__(self, around: int) -> None:
        """Pick so many lines on either side of each."""
        self._around = around
        self._before: deque[Stretch[T]] = deque()  # the last lines, as many, that were not picked
        self._after = 0  # lines of the next block that are near one of those before it

    def of(
        self, block: Block, seen: Seen, mattering: Iterable[int], known: Mapping[int, T]
    ) -> Iterator[Stretch[T]]:
        """Give the lines to be looked at, in order: of this block, and of those before it.

        Args:
            block: the next one.
            seen: what came of scanning it.
            mattering: places in it, ascending.
            known: see `Stretch`.
        """
        count = seen.count
        picked = 0  # lines of the block that are picked, or are too far from all that matter
        for first, end in self._ranges(mattering):
            yield from self._last(-first)
            self._before.clear()
            start, picked = max(first, picked), min(end, count)
            yield Stretch(block, seen, known, start, picked)
            self._after = max(0, end - count)
        self._before.append(Stretch(block, seen, known, max(picked, count - self._around), count))
        self._before = deque(self._last(self._around))

    def _last(self, count: int) -> Iterator[Stretch[T]]:
        """Give the last lines before a block, up to so many."""
        last: deque[Stretch[T]] = deque()
        for stretch in reversed(self._before):
            first = max(stretch.first, stretch.end - count)
            if first < stretch.end:
                last.appendleft(replace(stretch, first=first))
                count -= stretch.end - first
        yield from last

    def _ranges(self, mattering: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Give what is near, as ranges that are apart and in order."""
        around, found = self._around, self._after > 0
        first, end = 0, self._after
        self._after = 0
        for at in mattering:
            if not found or at - around > end:
                if found:
                    yield first, end
                first, found = at - around, True
            end = at + around + 1
        if found:
            yield first, end
