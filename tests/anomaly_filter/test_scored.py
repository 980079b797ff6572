from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import ScoredLine
from anomaly_filter.scored import NEAR, SHARE, Quiet, QuietLines, Window

QUIET: Quiet = (0.0, "usual", 2, (), None, 0.0, None)


def quiet(count: int, first: int = 1) -> QuietLines:
    return QuietLines(first, [f"text {at}" for at in range(count)], {1}, [QUIET] * count)


def far(number: int, distance: float | None = 1.0) -> ScoredLine:
    return ScoredLine(number, "text", truncated=False, distance=distance, nearest=None, seen_in=0, reasons=("novel",), fingerprint="")  # fmt: skip


def test_quiet_lines_are_made_of_what_is_said_of_them() -> None:
    truncated, whole = quiet(4, first=7).lines(1, 3)
    assert (8, "text 1", True, *QUIET) == truncated
    assert (9, "text 2", False, *QUIET) == whole
    assert ScoredLine(*whole) == whole
    assert isinstance(whole, ScoredLine)


@given(st.lists(st.integers(0, 9), max_size=6))
def test_lines_are_settled_when_no_later_one_can_stand_near(runs: list[int]) -> None:
    window, found, count = Window(), list[ScoredLine](), sum(runs)
    lines, at = quiet(count), 0
    for run in runs:
        window.pass_by(lines, at, at + run)
        at += run
        assert min(at, NEAR) <= len(window.lines)
        found += window.settled()
        assert max(0, at - NEAR) == len(found)
    assert list(lines.lines(0, count)) == [*found, *window.rest()]


def test_lines_near_a_far_one_have_a_share_of_its_score() -> None:
    window = Window()
    window.pass_by(quiet(9), 0, 9)
    window.add(far(10))
    assert pytest.approx(SHARE) == window.heat
    shares = [SHARE**back for back in range(NEAR, 0, -1)]
    assert pytest.approx([0.0] * 5 + [*shares, 1.0]) == [
        line.score for line in chain(window.settled(), window.rest())
    ]


def test_a_line_without_a_distance_has_no_score() -> None:
    window = Window()
    window.add(far(1, None))
    assert ([far(1, None)], 0.0) == (window.lines, window.heat)


@pytest.mark.parametrize(("number", "heat", "score"), [(2, SHARE, SHARE), (3, 0.0, 0.0)])
def test_a_line_stands_beside_none_where_some_were_left_out(number: int, heat: float, score: float) -> None:
    window = Window()
    window.add(far(1))
    window.begin(number)
    assert heat == window.heat
    window.add(*quiet(1, number).lines(0, 1))
    assert [(1, 1.0), (number, score)] == [
        (line.number, line.score) for line in chain(window.settled(), window.rest())
    ]
