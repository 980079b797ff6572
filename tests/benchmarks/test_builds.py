from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from random import Random

import pytest

from benchmarks.evaluation.builds import STYLES, Style, rerun, stamped, varies

ZUUL = STYLES[0]


def test_ids_and_durations_differ_between_builds_and_nothing_else_does() -> None:
    line = "commit 3c6c85fe took 10.0 s, 3 of 10.5 defaced, facade"
    (found,) = rerun([line], Random(1))
    match = re.fullmatch(r"commit ([0-9a-f]{8}) took (\d+\.\d{3}) s, 3 of 10\.5 defaced, facade", found)
    assert match is not None
    assert "3c6c85fe" != match[1]
    assert 7 <= float(match[2]) <= 14


@pytest.mark.parametrize(
    ("line", "expected"), [("commit 3c6c85fe", True), ("in 1.5 ms", True), ("version 1.5 of facade 7", False)]
)
def test_a_line_that_a_rerun_changes_is_known(line: str, *, expected: bool) -> None:
    assert expected == varies(line) == (rerun([line], Random(1)) != [line])


@pytest.mark.parametrize(
    ("style", "pattern"),
    [
        (STYLES[0], r"2026-03-\d\d \d\d:\d\d:\d\d\.\d{6} \| text"),
        (STYLES[1], r"2026-03-\d\dT\d\d:\d\d:\d\d\.\d{7}Z text"),
        (STYLES[2], r"Mar \d\d \d\d:\d\d:\d\d node-\d{4} runner\[\d{3,4}\]: text"),
    ],
)
def test_a_stamp_stands_before_each_line(style: Style, pattern: str) -> None:
    found = stamped(["text"] * 3, {}, style, Random(1))
    assert 3 == len(found)
    assert all(re.fullmatch(pattern, line) for line in found)


def test_time_goes_on_at_the_usual_pace_but_where_a_line_is_delayed() -> None:
    def pauses(delays: dict[int, float]) -> list[float]:
        times = [datetime.fromisoformat(line[:26]) for line in stamped([""] * 100, delays, ZUUL, Random(1))]
        return [(after - before).total_seconds() for before, after in pairwise(times)]

    usual, delayed = pauses({}), pauses({40: 600.0})
    assert 0 < min(usual)
    assert max(usual) < 20
    assert [600.0] == [round(two - one, 3) for one, two in zip(usual, delayed, strict=True) if one != two]
