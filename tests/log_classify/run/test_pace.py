from __future__ import annotations

import io

import pytest

from log_classify.run.pace import Pace, clear


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_rate_and_remaining_time_are_told_after_a_second() -> None:
    out, moments = Terminal(), iter([0.0, 0.9, 2.0, 2.1, 4.0])
    pace = Pace(out, "comparing", 100_000_000, lambda: next(moments))
    for size in (5_000_000, 5_000_000, 10_000_000, 20_000_000):
        pace.add(size)
    pace.end()
    expected = [
        "comparing: 10 %, 5.0 MB/s, 0:18 left",
        "comparing: 40 %, 10.0 MB/s, 0:06 left",
        "",
    ]
    assert ["", *expected] == out.getvalue().split("\r\x1b[K")


@pytest.mark.parametrize("size", [0, 5])
def test_nothing_is_told_where_there_is_no_terminal(size: int) -> None:
    out = io.StringIO()
    pace = Pace(out, "comparing", size, iter([0.0, 5.0, 9.0]).__next__)
    pace.add(size)
    pace.end()
    clear(out)
    assert "" == out.getvalue()


def test_empty_files_take_no_time() -> None:
    out = Terminal()
    Pace(out, "comparing", 0, iter([0.0, 5.0]).__next__).add(0)
    assert "\r\x1b[Kcomparing: 0 %, 0.0 MB/s, 0:00 left" == out.getvalue()
