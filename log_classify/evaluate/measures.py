"""Measures of a ranking, and the quantile used; plain functions of numbers."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

Ranked = Sequence[tuple[float, bool]]
"""Lines in file order: the score of each, in 0..1, and whether it is a true one."""


def roc_auc(ranked: Ranked) -> float | None:
    """Return the chance that a true line scores above another one, in 0..1; ties count half.

    None where there are no true lines, or no others.
    """
    true = [score for score, is_true in ranked if is_true]
    others = sorted(score for score, is_true in ranked if not is_true)
    if not true or not others:
        return None
    below = sum(bisect_left(others, score) + bisect_right(others, score) for score in true) / 2
    return below / len(true) / len(others)


def average_precision(ranked: Ranked) -> float | None:
    """Return the precision at each true line, averaged over them, in 0..1; None where there are none.

    Lines of equal score are taken at once and share the precision after the last of them. A line of score 0 is not
    ranked: a true one adds nothing.
    """
    count = sum(is_true for _, is_true in ranked)
    if not count:
        return None
    total = 0.0
    hits = seen = 0
    for score, tied in groupby(sorted(ranked, key=_falling), key=lambda line: line[0]):
        flags = [is_true for _, is_true in tied]
        hits += sum(flags)
        seen += len(flags)
        if score > 0:
            total += sum(flags) * hits / seen
    return total / count


def first_rank(ranked: Ranked) -> int | None:
    """Return at which place, from 1, the first true line comes by falling score; ties stay in file order.

    None where there is no true line.
    """
    by_score = sorted(ranked, key=_falling)  # a stable sort
    return next((place for place, (_, is_true) in enumerate(by_score, 1) if is_true), None)


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least a share of the values do not exceed; None of no values."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1] if ordered else None


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of those values that are there; None where none is."""
    there = [value for value in values if value is not None]
    return math.fsum(there) / len(there) if there else None


def _falling(line: tuple[float, bool]) -> float:
    return -line[0]
