from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Line, Model, Segment, SegmentBuilder, Tokenizer, checks, lines
from anomaly_filter.checks import Engine, Law, LawBroken, brute_force, check_engine
from anomaly_filter.estimator import AnomalyEstimator
from tests import logs

Batches = Sequence[Sequence[str]]

BASELINE = [
    "12:00:01 unpacking 31 packages",
    "compiling the first file",
    "compiling the second file",
    r"TASK [copy]\nok: [host]",
    "",
    "all tests passed",
]
TARGET = [
    "compiling the third file",
    "compiling files",
    "all tests failed",
    "12:00 --",
    "no space left",
    r"ok: [host]\nno space",
    "",
]


def one_builder(batches: Batches, target: Sequence[str]) -> list[float]:
    """Our engine: every batch is learnt as a part of one file."""
    builder = SegmentBuilder("b1", "job.log")
    for batch in batches:
        builder.learn(Line(number, text) for number, text in enumerate(batch, 1))
    return distances(Model([builder.segment()]), target)


def a_build_a_batch(batches: Batches, target: Sequence[str]) -> list[float]:
    """Our engine: every batch is a build of its own, and goes through a file."""
    tokenizer = Tokenizer()
    segments = []
    for number, batch in enumerate(batches):
        builder = SegmentBuilder(str(number), "job.log", tokenizer)
        builder.learn(Line(number, text) for number, text in enumerate(batch, 1))
        segments.append(Segment.decode(builder.segment().encode(), tokenizer))
    return distances(Model(segments), target)


def estimator(batches: Batches, target: Sequence[str]) -> list[float]:
    """Our engine behind scikit-learn's door, which takes no empty sequences."""
    baseline = [text for batch in batches for text in batch]
    return [-score for score in AnomalyEstimator().fit(baseline or [""]).score_samples([*target, ""])][:-1]


def distances(model: Model, target: Sequence[str]) -> list[float]:
    scored = AnomalyFilter(model).scored(Line(number, text) for number, text in enumerate(target, 1))
    return [line.distance for line in scored if line.distance is not None]


engines = pytest.mark.parametrize("engine", [one_builder, a_build_a_batch, estimator, brute_force])


@engines
@given(st.lists(logs.texts, max_size=12), st.lists(logs.texts, max_size=12))
@settings(deadline=None, max_examples=50)
def test_engines_keep_the_laws(engine: Engine, baseline: list[str], target: list[str]) -> None:
    check_engine(engine, baseline, target)


@pytest.mark.parametrize(
    "case",
    ["logjuicer-tests/ansible-01", "logjuicer-tests/tempest-01", "logjuicer-tests/zuul-console-pep8"],
)
def test_engines_keep_the_laws_on_real_logs(case: str) -> None:
    good, fail = ([line.text for line in lines([log])] for log in logs.real(case))
    check_engine(a_build_a_batch, good, fail)


# ---- an engine that breaks a law is found out ----


def broken_range(batches: Batches, target: Sequence[str]) -> list[float]:
    return [2 * distance for distance in brute_force(batches, target)]


def broken_nan(batches: Batches, target: Sequence[str]) -> list[float]:
    return [float("nan") for _ in target]


def broken_length(batches: Batches, target: Sequence[str]) -> list[float]:
    return brute_force(batches, target)[1:]


def broken_known(batches: Batches, target: Sequence[str]) -> list[float]:
    """What float32 products leave of 0."""
    return [max(distance, 2.5e-7) for distance in brute_force(batches, target)]


def broken_more(batches: Batches, target: Sequence[str]) -> list[float]:
    """Knows the last batch only."""
    return brute_force([batch for batch in batches if batch][-1:], target)


def broken_order(batches: Batches, target: Sequence[str]) -> list[float]:
    """Forgets the first line: a bounded memory that drops the oldest."""
    return brute_force([[text for batch in batches for text in batch][1:]], target)


def broken_batches(batches: Batches, target: Sequence[str]) -> list[float]:
    """Learns of each batch no line but the longest."""
    return brute_force([[max(batch, key=len)] for batch in batches if batch], target)


def broken_repetition(batches: Batches, target: Sequence[str]) -> list[float]:
    """Takes what came more than once for noise."""
    texts = [text for batch in batches for text in batch]
    return brute_force([[text for text in texts if texts.count(text) == 1]], target)


def broken_alone(batches: Batches, target: Sequence[str]) -> list[float]:
    """Learns what it scores."""
    return [brute_force([*batches, target[:at]], [text])[0] for at, text in enumerate(target)]


def broken_state(batches: Batches, target: Sequence[str], seen: set[str] = set()) -> list[float]:  # noqa: B006 - the fault
    """Remembers what it scored when it is asked again."""
    found = brute_force([*batches, sorted(seen)], target)
    seen.update(target)
    return found


def broken_input(batches: Batches, target: Sequence[str]) -> list[float]:
    found = brute_force(batches, target)
    if isinstance(target, list):
        target.sort()
    return found


def broken_symmetry(batches: Batches, target: Sequence[str]) -> list[float]:
    """Counts what the target has too much, and not what the baseline has."""
    table = Tokenizer()
    rows = [table.tokens(text) for batch in batches for text in batch]

    def distance(tokens: frozenset[str]) -> float:
        return min((len(tokens - row) / len(tokens) for row in rows), default=1.0) if tokens else 0.0

    return [distance(table.tokens(text)) for text in target]


def broken_exactness(batches: Batches, target: Sequence[str]) -> list[float]:
    """Compares words where tokens are meant."""
    known = {text for batch in batches for text in batch} | {""}
    return [float(text not in known) for text in target]


BROKEN: list[tuple[Engine, Law]] = [
    (broken_range, checks.distances_are_in_range),
    (broken_nan, checks.distances_are_in_range),
    (broken_length, checks.distances_are_in_range),
    (broken_known, checks.learnt_lines_are_known),
    (broken_more, checks.learning_more_raises_nothing),
    (broken_order, checks.baseline_is_a_set),
    (broken_batches, checks.baseline_is_a_set),
    (broken_repetition, checks.baseline_is_a_set),
    (broken_alone, checks.lines_are_scored_alone),
    (broken_state, checks.lines_are_scored_alone),
    (broken_input, checks.input_is_left_alone),
    (broken_symmetry, checks.distance_is_symmetric),
    (broken_exactness, checks.distances_are_exact),
]


@pytest.mark.parametrize(("engine", "law"), BROKEN, ids=lambda part: part.__name__)
def test_a_broken_engine_fails_its_law(engine: Engine, law: Law) -> None:
    target = [*TARGET, TARGET[0]]
    with pytest.raises(LawBroken):
        law(engine, BASELINE, target)
    with pytest.raises(LawBroken):
        check_engine(engine, BASELINE, target)
    law(brute_force, BASELINE, target)


def test_each_law_finds_a_broken_engine() -> None:
    assert set(checks.LAWS) == {law for _, law in BROKEN}


def test_a_broken_law_names_the_line() -> None:
    with pytest.raises(LawBroken, match=r"'all tests passed' was learnt and has the distance 2\.5e-07"):
        checks.learnt_lines_are_known(broken_known, ["all tests passed"], [])
