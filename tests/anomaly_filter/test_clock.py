from __future__ import annotations

import pytest

from anomaly_filter import clock
from anomaly_filter.clock import WAIT_LIMIT, Clock

START, LATER = "12:00:00 start", "12:00:42 next"


def waits(*texts: str) -> list[int]:
    timer = Clock()
    return [timer.wait(text) for text in texts]


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("12:00:00 a", "12:00:42 b"),
        ("[12:00:00] a", "[12:00:42] b"),
        ("2024-06-01T12:00:00.999Z a", "2024-06-01T12:00:42.000Z b"),
        ("2024-06-01 12:00:00,1 a", "2024-06-01 12:00:42,2 b"),
        ("2024-06-01T23:59:50Z a", "2024-06-02T00:00:32Z b"),
        ("Jun  1 12:00:00 host a", "Jun  1 12:00:42 host b"),
        ("Jun 11 23:59:50 host a", "Jun 12 00:00:32 host b"),
        ("host1: 12:00:00 a", "host2: 12:00:42 b"),
    ],
)
def test_a_wait_is_the_seconds_between_the_times_of_two_lines(before: str, text: str) -> None:
    assert [0, 42] == waits(before, text)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("12:00:00 a", "12:00:00 b"),
        ("12:00:42 a", "12:00:00 times that run backwards"),
        ("23:59:50 a", "00:00:32 midnight without a date"),
        ("2024-06-30T23:59:50 a", "2024-07-01T00:00:32 another month"),
        ("12:00:00 a", "b 12:00:42 at another place"),
        ("12:00:00 a", "no time"),
        ("no time", "12:00:42 b"),
        ("", ""),
        ("12:00:00 a", "12:00:421 no time either"),
    ],
)
def test_there_is_no_wait_where_it_cannot_be_told(before: str, text: str) -> None:
    assert [0, 0] == waits(before, text)


@pytest.mark.parametrize(("seconds", "wait"), [(WAIT_LIMIT - 1, WAIT_LIMIT - 1), (WAIT_LIMIT, 0)])
def test_a_wait_of_days_is_none(seconds: int, wait: int) -> None:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    assert [0, wait] == waits(
        "2024-06-01T00:00:00 a", f"2024-06-{day + 1:02}T{hour:02}:{minute:02}:{second:02} b"
    )


@pytest.mark.parametrize(("between", "wait"), [(0, 42), (clock._NEAR, 42), (clock._NEAR + 1, 0)])
def test_lines_without_a_time_may_stand_between_but_not_too_many(between: int, wait: int) -> None:
    assert wait == waits(START, *["no time"] * between, LATER)[-1]


def test_the_time_after_one_that_says_nothing_counts_again() -> None:
    assert [0, 5] == waits(START, *["no time"] * (clock._NEAR + 1), LATER, "12:00:47 last")[-2:]


def test_a_line_of_the_same_time_keeps_the_clock_near() -> None:
    near = ["no time"] * clock._NEAR
    assert 42 == waits(START, *near, START, *near, LATER)[-1]


@pytest.mark.parametrize(("place", "wait"), [(80, 42), (90, 0)])
def test_a_time_is_looked_for_near_the_start_of_a_line(place: int, wait: int) -> None:
    assert wait == waits(" " * place + START, " " * place + LATER)[-1]


@pytest.mark.parametrize(("between", "wait"), [(clock._PATIENCE - 1, 5), (clock._PATIENCE, 0)])
def test_times_are_no_more_looked_for_after_very_many_lines_without(between: int, wait: int) -> None:
    assert wait == waits(START, *["no time"] * between, LATER, "12:00:47 last")[-1]


def test_a_line_that_runs_backwards_sets_the_clock() -> None:
    assert [0, 0, 10] == waits("12:00:42 a", "12:00:00 b", "12:00:10 c")
