from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from benchmarks import storage
from benchmarks.bench import FULL, SHORT, Bench
from benchmarks.corpora import Logs
from benchmarks.figures import WrongAnswer
from benchmarks.indexing import BuildLog, indexer
from log_processor.document import FileDocument, LineDocument
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings

START = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
PASSED = b"".join(b"step %d of the build compiled its sources\n" % number for number in range(200))
FAILED = PASSED + b"fatal: the disk of the mirror is full\n"


@pytest.fixture
def short(tmp_path: Path) -> Bench:
    """A short run whose logs are small."""
    bench = Bench(SHORT, tmp_path)
    vars(bench).update(builds=Logs("here", PASSED, FAILED), tests=Logs("there", PASSED, FAILED))
    return bench


def stored(folder: Path, name: str) -> Iterator[tuple[FileDocument, list[LineDocument]]]:
    """Index a passing build and a failing one into a store of its own; give what is there of each."""
    logs = [
        BuildLog("build", "good", "SUCCESS", folder / "good.log"),
        BuildLog("build", "bad", "FAILURE", folder / "bad.log"),
    ]
    settings = StoreSettings(f"sqlite:///{folder}/{name}.sqlite")
    with indexer(folder, settings, START, prepare=True) as into:
        for log, text in zip(logs, (PASSED, FAILED), strict=True):
            log.path.write_bytes(text)
            into.index(log)
    with contextlib.closing(open_reader(settings)) as reader:
        for log in logs:
            [document] = reader.files(log.build_uuid)
            yield document, [*reader.far_lines(document.file, 0)]


def test_two_indexers_store_the_same(tmp_path: Path) -> None:
    first, second = ([*stored(tmp_path, name)] for name in ("first", "second"))
    assert first == second
    assert [200, 201] == [len(lines) for _, lines in first]


def test_the_failing_build_is_scored_by_the_passing_one(tmp_path: Path) -> None:
    (good, _), (bad, lines) = stored(tmp_path, "store")
    assert (None, 1) == (good.max_distance, bad.lines_far)
    assert [201] == [line.number for line in lines if line.reasons]


def test_a_job_that_fails_is_a_wrong_answer(tmp_path: Path) -> None:
    settings = StoreSettings(f"sqlite:///{tmp_path}/store.sqlite")
    with indexer(tmp_path, settings, START, prepare=True) as into:
        (tmp_path / "empty").mkdir()
        with pytest.raises(WrongAnswer, match="outcome of empty"):
            into.index(BuildLog("build", "bad", "FAILURE", tmp_path / "empty"))


def test_without_full_a_build_in_sqlite_is_asked_for_and_no_disk_is_looked_at(short: Bench) -> None:
    *disk, read, ran = storage.storage(short)
    assert ["only with --full"] * 2 == [figure.note for figure in disk]
    assert [None, None] == [figure.value for figure in disk]
    assert ["a build read, SQLite", "anomaly-query --build-uuid, SQLite"] == [read.name, ran.name]
    assert read.note == ran.note
    assert read.note.startswith("1 far lines of 201, among ")
    assert read.value is not None
    assert ran.value is not None
    assert 0 < read.value < ran.value


def test_far_lines_that_are_not_found_again_are_a_wrong_answer(
    short: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "answer", lambda *_: iter(()))
    with pytest.raises(WrongAnswer, match="far lines of the build: expected 1, got 0"):
        [*storage.storage(short)]


def test_a_server_that_cannot_run_is_named_with_each_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "missing", lambda name: f"{name} needs a JDK")
    figures = [*storage.storage(Bench(FULL, tmp_path))]
    assert ["opensearch needs a JDK"] * 3 + ["elasticsearch needs a JDK"] * 3 == [
        figure.note for figure in figures
    ]
    assert [None] * 6 == [figure.value for figure in figures]
