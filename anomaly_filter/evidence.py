"""What a model knows beside its rows: what each build printed when, how often, and with which numbers."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
        counts: how many sub-lines had each row of the model.
        waits: the longest silence before each row of the model, in seconds.
    """

    order: Sequence[int]
    counts: Sequence[int]
    waits: Sequence[int]

    @cached_property
    def longest_wait(self) -> int:
        """The longest silence of all, in seconds."""
        return max(self.waits, default=0)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the numbers, which may lie in a file that another process has not."""
        return PassingBuild, (array("I", self.order), array("I", self.counts), array("I", self.waits))


@dataclass(frozen=True)
class Evidence:
    """What segments tell of counts, times and numbers.

    Attributes:
        builds: one for each build; none where one is not known whole, or consists of several files.
        usual_hosts: see hosts.usual.
        totals: how many sub-lines of all builds had each row; 0 where that is not known.
        zeros: for each row the keys of the places where each of its sub-lines has a zero.
        skeleton_classes: the tokens of numbers that the baselines have with a skeleton, of which there are some.
        skeleton_spans: by key, the span of numbers of each baseline that has one with a skeleton.
    """

    builds: tuple[PassingBuild, ...]
    usual_hosts: Mapping[str, frozenset[str]]
    totals: Sequence[int]
    zeros: Sequence[frozenset[str]]
    skeleton_classes: Mapping[Skeleton, frozenset[str]]
    skeleton_spans: Mapping[Skeleton, Mapping[str, Sequence[Span]]]

    def total(self, number: int) -> int:
        """Return how many sub-lines of all builds had a row; 0 when that is not known."""
        return self.totals[number]

    def always_zero(self, number: int) -> frozenset[str]:
        """Return the keys of the places of a row where each of its sub-lines has a zero."""
        return self.zeros[number]

    def classes(self, bare: Skeleton) -> frozenset[str]:
        """Return the tokens of numbers that the baselines have with a skeleton; empty when they do not have it."""
        return self.skeleton_classes.get(bare, frozenset())

    def spans(self, bare: Skeleton) -> Mapping[str, Sequence[Span]]:
        """Return, by key, the span of numbers of each baseline that has one with a skeleton."""
        return self.skeleton_spans.get(bare, {})

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it holds, which may lie in a file that another process has not."""
        return Evidence, (
            self.builds,
            dict(self.usual_hosts),
            array("Q", self.totals),
            list(self.zeros),
            dict(self.skeleton_classes),
            dict(self.skeleton_spans),
        )


def gathered(segments: Sequence[Segment], numbers: Mapping[Row, int]) -> Evidence:
    """Gather the evidence of segments.

    Args:
        segments: those of a model, by build.
        numbers: the model's number of each row.
    """
    totals = array("Q", bytes(8 * len(numbers)))
    zeros = [frozenset[str]()] * len(numbers)
    spans: dict[Skeleton, dict[str, list[Span]]] = {}
    known: set[int] = set()
    for segment in segments:
        places = [numbers[row] for row in segment.rows]
        for number, count in zip(places, segment.counts, strict=False):
            totals[number] += count
        _add_zeros(zeros, segment, places, known)
        known.update(places)
        _add_spans(spans, segment)
    by_build = groupby(segments, key=lambda segment: segment.build)
    return Evidence(
        _builds(segments, numbers),
        usual([united(segment.hosts for segment in files) for _, files in by_build]),
        totals,
        zeros,
        _classes(numbers),
        spans,
    )


def _classes(rows: Collection[Row]) -> dict[Skeleton, frozenset[str]]:
    classes: defaultdict[Skeleton, set[str]] = defaultdict(set)
    for row in rows:
        bare = skeleton(row)
        if len(bare) < len(row):
            classes[bare].update(set(row) - bare)
    return {bare: frozenset(tokens) for bare, tokens in classes.items()}


def _add_zeros(
    zeros: list[frozenset[str]], segment: Segment, places: Sequence[int], known: Container[int]
) -> None:
    for at, number in enumerate(places):
        spans = segment.amounts.get(at)
        if spans or number in known:
            mine = frozenset(
                key for key, span in (spans or {}).items() if key.startswith(ZERO) and not span[1]
            )
            zeros[number] = mine & zeros[number] if number in known else mine


def _add_spans(spans: dict[Skeleton, dict[str, list[Span]]], segment: Segment) -> None:
    united: dict[Skeleton, dict[str, Span]] = {}
    for number, mine in segment.amounts.items():
        known = united.setdefault(skeleton(segment.rows[number]), {})
        for key, (low, high) in mine.items():
            lowest, highest = known.get(key, (low, high))
            known[key] = min(low, lowest), max(high, highest)
    for bare, found in united.items():
        for key, span in found.items():
            spans.setdefault(bare, {}).setdefault(key, []).append(span)


def _builds(segments: Sequence[Segment], numbers: Mapping[Row, int]) -> tuple[PassingBuild, ...]:
    names = [segment.build for segment in segments]
    if len(set(names)) < len(names) or any(not s.counts or not s.waits or s.left_out for s in segments):
        return ()
    builds = []
    for segment in segments:
        order = array("I", (numbers[row] for row in segment.rows))
        counts, waits = array("I", bytes(4 * len(numbers))), array("I", bytes(4 * len(numbers)))
        for row, count, wait in zip(order, segment.counts, segment.waits, strict=True):
            counts[row], waits[row] = count, wait
        builds.append(PassingBuild(order, counts, waits))
    return tuple(builds)
