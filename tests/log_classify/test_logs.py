"""The log files that the command line names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from log_classify import comparison
from log_classify.comparison import compare
from log_classify.logs import threads


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_each_core_that_may_be_used_gets_a_thread_up_to_four(
    cores: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Linux is asked for the cores that this process may use, other systems for all.
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert expected == threads()


def test_a_machine_that_does_not_say_how_many_cores_it_has_gets_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "unknown")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert 1 == threads()


def test_a_judgement_is_the_same_with_any_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed, failed = tmp_path / "passed", tmp_path / "failed"
    passed.write_bytes(b"10:00:00 compiling file 1\n" * 20_000)
    failed.write_bytes(b"10:00:00 compiling file 7\n" * 30_000 + b"no space left on device\n")
    found = []
    for count in (1, 2):
        monkeypatch.setattr(comparison, "threads", lambda count=count: count)
        found.append(compare([passed], failed))
    assert found[0] == found[1]
    assert [30_001] == [line.number for line in found[1].lines if line.shown]
