from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from log_classify.run import workers as module
from log_classify.run.workers import Workers
from log_classify.trees.tree import TreeFile
from log_processor.errors import LogProcessorError


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TreeFile]:
    """A hundred files that are worth a process."""
    monkeypatch.setattr(module, "_WORTH", 0)
    monkeypatch.setattr(module, "_BATCH_FILES", 3)
    found = []
    for number in range(100):
        path = tmp_path / str(number)
        path.write_text("x" * number)
        found.append(TreeFile(path.name, path, path.name))
    return found


def _told(file: TreeFile, *, more: int) -> tuple[int, int]:
    return int(file.path) + more, os.getpid()


def _process(file: TreeFile) -> int:
    del file
    return os.getpid()


def _kill(file: TreeFile) -> None:
    del file
    os.kill(os.getpid(), 9)


def test_results_come_in_the_order_of_the_files_from_several_processes(files: list[TreeFile]) -> None:
    with Workers(2) as workers:
        for more in (1, 2):
            found = list(workers.map(partial(_told, more=more), files))
            assert [number + more for number in range(100)] == [number for number, _ in found]
            assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("processes", "count", "worth"), [(1, 100, 0), (2, 1, 0), (2, 100, 1 << 30)])
def test_no_process_is_started_where_it_does_not_pay(
    files: list[TreeFile], monkeypatch: pytest.MonkeyPatch, processes: int, count: int, worth: int
) -> None:
    monkeypatch.setattr(module, "_WORTH", worth)
    with Workers(processes) as workers:
        found = list(workers.map(partial(_told, more=0), files[:count]))
    assert {os.getpid()} == {process for _, process in found}


@pytest.mark.parametrize(("suffix", "alone"), [("", True), (".gz", False)])
def test_compressed_files_are_sooner_worth_a_process(
    files: list[TreeFile], monkeypatch: pytest.MonkeyPatch, suffix: str, *, alone: bool
) -> None:
    monkeypatch.setattr(module, "_WORTH", sum(range(100)) + 1)
    files = [replace(file, path=file.path + suffix) for file in files]
    with Workers(2) as workers:
        found = set(workers.map(_process, files))
    assert alone == (os.getpid() in found)


def test_results_are_given_before_all_files_are_done(
    files: list[TreeFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AHEAD", 1)
    with Workers(2) as workers:
        results = workers.map(partial(_told, more=0), files)
        assert 0 == next(results)[0]
        assert isinstance(results, Generator)
        results.close()


def test_a_process_that_is_killed_is_told(files: list[TreeFile]) -> None:
    with (
        pytest.raises(LogProcessorError, match="was killed, as happens for want of memory"),
        Workers(2) as workers,
    ):
        list(workers.map(_kill, files))


def test_processes_end_with_the_block_however_it_ends(files: list[TreeFile]) -> None:
    def give_up() -> None:
        with Workers(2) as workers:
            processes.update(process for _, process in workers.map(partial(_told, more=0), files))
            raise KeyboardInterrupt

    processes: set[int] = set()
    with pytest.raises(KeyboardInterrupt):
        give_up()
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
