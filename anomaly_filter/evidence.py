"""What a model knows beside its rows: what each build printed when, how often, and with which numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from anomaly_filter.amounts import ZERO
from anomaly_filter.hosts import united, usual
from anomaly_filter.segment import Row, Segment, Span

Skeleton = frozenset[str]
"""The tokens of a sub-line without those that join a number to its key."""


def skeleton(tokens: Collection[str]) -> Skeleton:
    """Return the tokens that hold no number."""
    if "=" not in "".join(tokens):  # most rows; one look at all of them is faster than one at each
        return frozenset(tokens)
    return frozenset(token for token in tokens if "=" not in token)


@dataclass(frozen=True)
class PassingBuild:
    """What one passing build printed.

    Attributes:
        order: rows of the model, in the order in which the build first had them.
        counts: how many sub-lines had a row.
        waits: the longest silence before a row, in seconds; rows without one are left out.
    """

    order: Sequence[int]
    counts: Mapping[int, int]
    waits: Mapping[int, int]

    @property
    def longest_wait(self) -> int:
        """The longest silence of all, in seconds."""
        return max(self.waits.values(), default=0)


class Evidence:
    """What segments tell of counts, times and numbers."""

    def __init__(self, segments: Sequence[Segment], numbers: Mapping[Row, int]) -> None:
        """Gather it.

        Args:
            segments: those of a model, by build.
            numbers: the model's number of each row.
        """
        self.builds = _builds(segments, numbers)
        self._totals: Counter[int] = Counter()
        by_build = groupby(segments, key=lambda segment: segment.build)
        self.usual_hosts = usual([united(segment.hosts for segment in files) for _, files in by_build])
        self._classes: defaultdict[Skeleton, set[str]] = defaultdict(set)
        self._spans: dict[Skeleton, dict[str, list[Span]]] = {}
        self._always_zero: dict[int, frozenset[str]] = {}
        for row in numbers:
            bare = skeleton(row)
            if len(bare) < len(row):
                self._classes[bare].update(set(row) - bare)
        known: set[int] = set()
        for segment in segments:
            places = [numbers[row] for row in segment.rows]
            for number, count in zip(places, segment.counts, strict=False):
                self._totals[number] += count
            self._add_zeros(segment, places, known)
            known.update(places)
            self._add_spans(segment)

    def _add_zeros(self, segment: Segment, places: Sequence[int], known: Container[int]) -> None:
        for at, number in enumerate(places):
            spans = segment.amounts.get(at, {})
            zeros = frozenset(key for key, span in spans.items() if key.startswith(ZERO) and not span[1])
            if number in known:
                zeros &= self._always_zero.pop(number, frozenset())
            if zeros:
                self._always_zero[number] = zeros

    def _add_spans(self, segment: Segment) -> None:
        united: dict[Skeleton, dict[str, Span]] = {}
        for number, spans in segment.amounts.items():
            known = united.setdefault(skeleton(segment.rows[number]), {})
            for key, (low, high) in spans.items():
                lowest, highest = known.get(key, (low, high))
                known[key] = min(low, lowest), max(high, highest)
        for bare, spans in united.items():
            for key, span in spans.items():
                self._spans.setdefault(bare, {}).setdefault(key, []).append(span)

    def total(self, number: int) -> int:
        """Return how many sub-lines of all builds had a row; 0 when that is not known."""
        return self._totals[number]

    def always_zero(self, number: int) -> frozenset[str]:
        """Return the keys of the places of a row where each of its sub-lines has a zero."""
        return self._always_zero.get(number, frozenset())

    def classes(self, bare: Skeleton) -> frozenset[str]:
        """Return the tokens of numbers that the baselines have with a skeleton; empty when they do not have it."""
        return frozenset(self._classes.get(bare, ()))

    def spans(self, bare: Skeleton) -> Mapping[str, Sequence[Span]]:
        """Return, by key, the span of numbers of each baseline that has one with a skeleton."""
        return self._spans.get(bare, {})


def _builds(segments: Sequence[Segment], numbers: Mapping[Row, int]) -> tuple[PassingBuild, ...]:
    """Return the builds; none where one is not known whole, or consists of several files."""
    names = [segment.build for segment in segments]
    if len(set(names)) < len(names) or any(not s.counts or not s.waits or s.left_out for s in segments):
        return ()
    builds = []
    for segment in segments:
        order = tuple(numbers[row] for row in segment.rows)
        waits = {number: wait for number, wait in zip(order, segment.waits, strict=True) if wait}
        builds.append(PassingBuild(order, dict(zip(order, segment.counts, strict=True)), waits))
    return tuple(builds)
