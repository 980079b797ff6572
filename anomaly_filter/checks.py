"""The laws that every engine keeps, to be run on any: ours, a compiled one, one that somebody plugs in.

An engine is a function. It takes batches of baseline lines and a sequence of target lines, and returns the
distance of each target line from its nearest baseline line. `check_engine` tries all laws on given lines; a
test calls it with many kinds of lines, made-up ones and real logs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, product
from math import sqrt

from anomaly_filter.errors import AnomalyFilterError
from anomaly_filter.lines import Line, parts
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import Table

Engine = Callable[[Sequence[Sequence[str]], Sequence[str]], Sequence[float]]
"""(batches of baseline lines, target lines) -> distances, one a target line."""

TOLERANCE = 1e-6
"""By which distances may differ and still count as equal: what float32 leaves of them."""

_TABLE = Table()
_PAIRS = 100  # of lines on which the law of symmetry is tried: each costs the engine two runs


class LawBroken(AnomalyFilterError):
    """An engine does not keep a law; the message says which, and on which line."""


Law = Callable[[Engine, Sequence[str], Sequence[str]], None]
"""Tries one law with baseline and target lines; raises LawBroken."""


def check_engine(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """Try all laws.

    Args:
        engine: what is tried; it is called many times.
        baseline: lines to learn, in any number; few enough for as many comparisons as baseline times target.
        target: lines to score.

    Raises:
        LawBroken: the engine does not keep one.
    """
    # Tuples, so that an engine that changes its input cannot hide that from later laws.
    for law in LAWS:
        law(engine, tuple(baseline), tuple(target))


def distances_are_in_range(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """There is one distance a line, in 0..1; a NaN is in no range."""
    found = engine([baseline], target)
    if len(found) != len(target):
        raise LawBroken(f"{len(target)} lines have {len(found)} distances")
    for text, distance in zip(target, found, strict=True):
        if not 0 <= distance <= 1:
            raise LawBroken(f"the distance {distance} of {text!r} is not in 0..1")


def learnt_lines_are_known(engine: Engine, baseline: Sequence[str], _target: Sequence[str]) -> None:
    """A learnt line has exactly the distance 0: a rounding error would be novel at a threshold of 0."""
    for text, distance in zip(baseline, engine([baseline], baseline), strict=True):
        if distance != 0:
            raise LawBroken(f"{text!r} was learnt and has the distance {distance}")


def learning_more_raises_nothing(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """What is learnt on top can only bring the nearest line nearer."""
    half = len(baseline) // 2
    before = engine([baseline[:half]], target)
    after = engine([baseline[:half], baseline[half:]], target)
    for text, less, more in zip(target, before, after, strict=True):
        if more > less + TOLERANCE:
            raise LawBroken(f"learning more raised the distance of {text!r} from {less} to {more}")


def baseline_is_a_set(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """Neither order, nor repetition, nor the cut into batches of what is learnt matters."""
    expected = engine([baseline], target)
    _equal(expected, engine([baseline[::-1]], target), target, "for the reversed baseline")
    _equal(expected, engine([[text] for text in baseline], target), target, "for batches of one line")
    _equal(expected, engine([baseline, [], baseline], target), target, "when the baseline is learnt twice")


def lines_are_scored_alone(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """A distance depends on its own line, not on those scored before, after or together with it."""
    expected = engine([baseline], target)
    _equal(expected, engine([baseline], target), target, "the second time")
    _equal(expected, engine([baseline], target[::-1])[::-1], target, "in reversed order")
    alone = [distance for text in target for distance in engine([baseline], [text])]
    _equal(expected, alone, target, "when scored alone")


def input_is_left_alone(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """The caller's lists are the same afterwards."""
    learnt, scored = list(baseline), list(target)
    engine([learnt], scored)
    if learnt != list(baseline) or scored != list(target):
        raise LawBroken("the engine changed the lines that it was given")


def distance_is_symmetric(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """Two lines are as far from each other as from the other side, if both have tokens and no sub-lines."""
    plain = [
        [text for text in texts if len(sets := _token_sets(text)) == 1 and sets[0]]
        for texts in (baseline, target)
    ]
    for one, other in islice(product(*plain), _PAIRS):
        there, back = engine([[one]], [other])[0], engine([[other]], [one])[0]
        if abs(there - back) > TOLERANCE:
            raise LawBroken(f"from {one!r} to {other!r} it is {there}, and {back} on the way back")


def distances_are_exact(engine: Engine, baseline: Sequence[str], target: Sequence[str]) -> None:
    """Distances are those of comparing each line with each; of an empty baseline, 1 for what has tokens."""
    _equal(brute_force([baseline], target), engine([baseline], target), target, "unlike brute force")
    _equal(brute_force([], target), engine([], target), target, "without a baseline")


LAWS: tuple[Law, ...] = (
    distances_are_in_range,
    learnt_lines_are_known,
    learning_more_raises_nothing,
    baseline_is_a_set,
    lines_are_scored_alone,
    input_is_left_alone,
    distance_is_symmetric,
    distances_are_exact,
)


def brute_force(batches: Sequence[Sequence[str]], target: Sequence[str]) -> list[float]:
    """Return distances as their definition has them: an engine without any bound, index or memo, and slow."""
    rows = {tokens for batch in batches for text in batch for tokens in _token_sets(text)}
    return [max((_distance(tokens, rows) for tokens in _token_sets(text)), default=0.0) for text in target]


def _distance(tokens: frozenset[str], rows: set[frozenset[str]]) -> float:
    if not tokens or tokens in rows:
        return 0.0
    cosines = (len(tokens & row) / sqrt(len(tokens) * len(row)) for row in rows if row)
    return 1.0 - max(cosines, default=0.0)


def _token_sets(text: str) -> list[frozenset[str]]:
    return [_TABLE.tokens(mask_secrets(part)) for part in parts(Line(1, text))]


def _equal(expected: Sequence[float], found: Sequence[float], texts: Sequence[str], when: str) -> None:
    for text, one, other in zip(texts, expected, found, strict=True):
        if not abs(one - other) <= TOLERANCE:
            raise LawBroken(f"{text!r}: expected the distance {one}, got {other} {when}")
