"""A second scan of a log that its baseline does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Line, ScoredLine, Tokenizer, census, lines
from anomaly_filter.scanner import KINDS_LIMIT, Scanner, compiled
from anomaly_filter.verdict import Verdict
from anomaly_filter.verdicts import Kinds
from tests.anomaly_filter.builds import model, step, steps

USUAL = ["rc=0 of the job", *steps(9)]
SPOKEN = [
    "rc=2 of the job",
    "zip zop failed",
    f"{step(1)}\\n{step(900)} failed\\nrest",
    f"{step(2)}\t{step(3)}",
    f"-----BEGIN PRIVATE KEY----- {step(5)}",
    f"échoué {step(901)}",
    "",
    *USUAL,
]
LOG = st.lists(
    st.one_of(st.sampled_from(SPOKEN), st.integers(1000, 1400).map(step)), min_size=30, max_size=120
)


def chunked(log: list[str], size: int) -> list[bytes]:
    data = "\n".join(log).encode()
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(max_examples=60)
@given(
    LOG,
    st.sampled_from([7, 500, 1 << 16]),
    st.sampled_from([4, KINDS_LIMIT]),
    st.sampled_from([0, 3, 9]),
)
def test_a_second_scan_gives_the_far_lines_and_those_around_them_as_if_it_judged_all(
    log: list[str], size: int, kinds: int, around: int
) -> None:
    tokenizer = Tokenizer()
    if compiled():
        tokenizer._scanners.append(Scanner(kinds_limit=kinds))
    filter_ = AnomalyFilter(model(USUAL), tokenizer=tokenizer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(census, "_UNFIT_LINES", 5)
        patch.setattr(census, "_UNFIT_COVERED", 1.0)
        patch.setattr(census, "WORST", 3)
        first = filter_.scored(lines(chunked(log, size)), around=around)
        for _ in first:
            pass
        if first.worst is None:
            return
        expected: list[ScoredLine] = list(
            AnomalyFilter(model(USUAL)).scored([*lines(chunked(log, 99))], only=first.worst)
        )
        second = first.again(lines(chunked(log, size)))
        found = list(second)
    numbers = [line.number for line in found]
    assert [line for line in expected if line.number in numbers] == found
    far = [line.number for line in expected if line.far]
    wanted = {number for at in far for number in range(at - around, at + around + 1)}
    assert wanted.intersection(range(1, len(expected) + 1)) <= {*numbers}
    assert len(expected) == second.read
    assert second.worst is None


@pytest.mark.parametrize("around", [None, 4])
def test_lines_one_by_one_may_be_scanned_again_too(around: int | None) -> None:
    log = [Line(number, text) for number, text in enumerate([*steps(300, first=5000), "zap failed"], 1)]
    first = AnomalyFilter(model(USUAL)).scored(log, around=around)
    given_before = list(first)
    again = list(first.again(log))
    assert 301 == len(given_before) == len(again)
    assert [*sorted(first.worst or ()), 301] == [line.number for line in again if line.far]


@pytest.mark.skipif(not compiled(), reason="there is no engine here")
def test_a_second_scan_judges_no_other_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    filter_ = AnomalyFilter(model(USUAL))
    log = chunked([*steps(2000, first=5000), "zap failed"], 1 << 16)
    first = filter_.scored(lines(log), around=0)
    for _ in first:
        pass
    judged: list[int] = []
    remember = Kinds._remember

    def noted(kinds: Kinds, kind: int, verdict: Verdict) -> Verdict:
        judged.append(kind)
        return remember(kinds, kind, verdict)

    filter_._verdicts._memo.clear()
    filter_._verdicts._kinds = None
    monkeypatch.setattr(Kinds, "_remember", noted)
    again = list(first.again(lines(log)))
    assert [*sorted(first.worst or ()), 2001] == [line.number for line in again if line.far]
    assert 0 < len(judged) < 21 * 17  # each far line, and eight on either side
