from __future__ import annotations

import io

import pytest

from log_classify.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("size", "said"), [(4_000_000, "reading a\\u001b.log: 75 %"), (0, "reading a\\u001b.log: 3 MB")]
)
def test_a_terminal_shows_how_far_a_long_file_is_read(size: int, said: str) -> None:
    out, clock = Terminal(), Clock()
    progress = Progress(out, clock)
    progress.show("a\x1b.log", 3_000_000, size)
    assert "" == out.getvalue()
    clock.now = 1.5
    progress.show("a\x1b.log", 3_000_000, size)
    progress.show("a\x1b.log", 3_500_000, size)  # too soon after the one before
    assert f"\r\x1b[K{said}" == out.getvalue()
    progress.end()
    clock.now = 9
    progress.show("a\x1b.log", 3_900_000, size)
    assert f"\r\x1b[K{said}\r\x1b[K" == out.getvalue()


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (400_000_000, "25 %, 10.0 MB/s, 30 s left"),
        (4_000_000_000, "2 %, 10.0 MB/s, 6 min 30 s left"),
        (0, "100 MB, 10.0 MB/s"),
    ],
)
def test_work_that_takes_longer_has_a_pace_and_an_end(size: int, said: str) -> None:
    out, clock = Terminal(), Clock()
    progress = Progress(out, clock)
    progress.show("a.log", 0, size)
    clock.now = 10
    progress.show("a.log", 100_000_000, size)
    assert f"\r\x1b[Kreading a.log: {said}" == out.getvalue()


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (50_000_000, "100 of 5,000 files, 10.0 MB/s, 4 min 5 s left"),
        (0, "100 of 5,000 files, 4 min 5 s left"),
    ],
)
def test_files_are_counted(size: int, said: str) -> None:
    out, clock = Terminal(), Clock()
    progress = Progress(out, clock)
    progress.show("a.log", 1, 2)
    clock.now = 5
    progress.step("judging", 0, 5_000)
    assert "\r\x1b[Kjudging: 0 of 5,000 files" == out.getvalue()
    clock.now = 10
    progress.step("judging", 100, 5_000, size)
    assert out.getvalue().endswith(f"\r\x1b[Kjudging: {said}")


def test_a_short_file_leaves_a_terminal_alone() -> None:
    out = Terminal()
    progress = Progress(out, Clock())
    progress.show("a.log", 1, 2)
    progress.step("judging", 1, 2)
    progress.end()
    assert "" == out.getvalue()


def test_a_pipe_gets_nothing() -> None:
    out, clock = io.StringIO(), Clock()
    progress = Progress(out, clock)
    clock.now = 9
    progress.show("a.log", 1, 2)
    progress.step("judging", 1, 2)
    assert "" == out.getvalue()
