"""The main job end to end: submit, gearmand, log-processor, store, anomaly-query, on real logs."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from log_processor.document import FileDocument, LineDocument
from log_processor.errors import Outcome
from log_processor.query.cli import main as anomaly_query
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings
from tests.answering import handling
from tests.services.daemons import Daemon, log_server, running, submit, wait_until_idle
from tests.services.gearman import Gearmand
from tests.services.indices import own_indices
from tests.services.servers import SearchServer, wait_until

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_logs = pytest.mark.skipif(not SHARED.is_dir(), reason="the real logs of ../shared/data are not here")
pytestmark = pytest.mark.services("gearmand")

STORES = [
    "sqlite",
    *(pytest.param(name, marks=pytest.mark.services(name)) for name in ("opensearch", "elasticsearch")),
]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreSettings]:
    """Each of the three stores in turn, empty."""
    with _store(request, request.param, tmp_path) as settings:
        yield settings


@contextlib.contextmanager
def _store(request: pytest.FixtureRequest, name: str, folder: Path) -> Iterator[StoreSettings]:
    if name == "sqlite":
        yield StoreSettings(url=f"sqlite:///{folder}/store.sqlite")
    else:
        with own_indices(request.getfixturevalue(name)) as settings:
            yield settings


def stored(store: StoreSettings, build: str) -> list[tuple[FileDocument, list[LineDocument]]]:
    """Return every document of a build, without the times of processing."""
    with contextlib.closing(open_reader(store)) as reader:
        return [
            (
                dataclasses.replace(
                    document,
                    file=dataclasses.replace(
                        document.file,
                        received_at=None,
                        scoring=dataclasses.replace(document.file.scoring, age_days=None),
                    ),
                    started_at=datetime(2024, 1, 1, tzinfo=timezone.utc),
                    seconds=0.0,
                    lag_seconds=None,
                    worker="",
                ),
                list(reader.far_lines(document.file, 0.0)),
            )
            for document in reader.files(build)
        ]


def asked(store: StoreSettings, build: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `anomaly-query` prints about a build."""
    with _environment(store):
        status = anomaly_query(
            ["--build-uuid", build, "--store", store.url, "--context", "2", "--format", "jsonl"]
        )
    assert status in (0, 5)
    return capsys.readouterr().out


@contextlib.contextmanager
def _environment(store: StoreSettings) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", store.index_prefix)
        patch.setenv("LOG_PROCESSOR_STORE_FILES_INDEX", store.files_index)
        yield


def cases() -> list[tuple[str, list[Path]]]:
    """Return each case of real logs: its name, and its files, passing builds first."""
    found = [
        (folder.name, [*folder.glob("*.good"), *folder.glob("*.fail")])
        for folder in sorted((SHARED / "logjuicer-tests").iterdir())
        if folder.is_dir()
    ]
    found += [
        (folder.name, [*sorted(folder.glob("*.pass.*")), *sorted(folder.glob("*.fail.*"))])
        for folder in sorted((SHARED / "bugswarm-dev" / "groups").iterdir())
    ]
    return found


@needs_logs
@pytest.mark.services("opensearch", "elasticsearch")
def test_three_stores_give_equal_documents_and_answers_for_every_real_case(
    request: pytest.FixtureRequest, tmp_path: Path, gearmand: Gearmand, capsys: pytest.CaptureFixture[str]
) -> None:
    builds = [
        (f"{case}-{number}", case, path, "FAILURE" if "fail" in path.name else "SUCCESS")
        for case, paths in cases()
        for number, path in enumerate(paths)
    ]
    assert len(builds) > 30
    documents, answers = {}, {}
    with log_server(SHARED) as url:
        for name in ("sqlite", "opensearch", "elasticsearch"):
            with _store(request, name, tmp_path) as store:
                daemon = Daemon(tmp_path / name, gearmand.port, store, url + "/")
                with running(daemon):
                    for build, case, path, status in builds:
                        address = f"{url}/{path.parent.relative_to(SHARED)}"
                        submit(gearmand.port, path, address, build, status, job=case)
                    wait_until_idle(gearmand.port)
                    assert 0 == daemon.stop()
                documents[name] = [stored(store, build) for build, *_ in builds]
                answers[name] = [asked(store, build, capsys) for build, *_ in builds]
    shown = [line for build in documents["sqlite"] for _, lines in build for line in lines if line.shown]
    assert len(shown) > 100
    assert documents["sqlite"] == documents["opensearch"]
    assert documents["sqlite"] == documents["elasticsearch"]
    assert answers["sqlite"] == answers["opensearch"]
    assert answers["sqlite"] == answers["elasticsearch"]


def unique_lines(count: int, end: str = "") -> bytes:
    """Return lines of which no two are equal, also with their ids masked."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = (a + b + c + d for a in letters for b in "aeiou" for c in letters for d in "aeiou")
    return "".join(
        f"step {word} finished{end}\n" for _, word in zip(range(count), words, strict=False)
    ).encode()


class SlowLog(http.server.BaseHTTPRequestHandler):
    """Sends half of a log at once, and the rest when it is told to."""

    text = unique_lines(
        3000, " and nothing else" * 12
    )  # half of it is more than the 256 KiB that are read at once
    halfway = threading.Event()
    go_on = threading.Event()

    def do_GET(self) -> None:
        half = len(self.text) // 2
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.text)))
        self.end_headers()
        with contextlib.suppress(OSError):  # a killed worker does not listen
            self.wfile.write(self.text[:half])
            self.wfile.flush()
            self.halfway.set()
            self.go_on.wait(timeout=60)
            self.wfile.write(self.text[half:])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def slow_log() -> Iterator[str]:
    """The URL of a log of which half comes, until `SlowLog.go_on` is set."""
    SlowLog.halfway.clear()
    SlowLog.go_on.clear()
    with handling(SlowLog) as url:
        yield url
        SlowLog.go_on.set()


def only_file(store: StoreSettings, build: str) -> tuple[FileDocument, list[LineDocument]]:
    """Return the one file of a build with its lines."""
    (found,) = stored(store, build)
    return found


def test_a_worker_killed_in_mid_file_is_replaced_and_nothing_is_doubled(
    store: StoreSettings, tmp_path: Path, gearmand: Gearmand, slow_log: str
) -> None:
    first = Daemon(tmp_path / "a", gearmand.port, store, slow_log + "/", **{"store.chunk_lines": 100})
    (tmp_path / "console.log").touch()
    with running(first):
        submit(gearmand.port, tmp_path / "console.log", slow_log, "killed", "FAILURE")
        wait_until(SlowLog.halfway.is_set, seconds=30, what="half of the log to be sent")
        wait_until(lambda: bool(first.files("killed")), seconds=30, what="the file document")
        assert [Outcome.RUNNING] == [document.outcome for document in first.files("killed")]
        first.process.kill()
        first.process.wait()
        second = Daemon(tmp_path / "b", gearmand.port, store, slow_log + "/")
        SlowLog.go_on.set()
        with running(second):
            wait_until_idle(gearmand.port)
            assert 0 == second.stop()
    document, lines = only_file(store, "killed")
    assert Outcome.INDEXED is document.outcome
    assert SlowLog.text.decode().splitlines() == [line.message for line in lines]
    assert list(range(1, 3001)) == [line.number for line in lines]


def test_a_cluster_that_goes_away_in_mid_file_is_waited_for(
    cluster_server: SearchServer, tmp_path: Path, gearmand: Gearmand, slow_log: str
) -> None:
    with own_indices(cluster_server.url) as store:
        daemon = Daemon(
            tmp_path,
            gearmand.port,
            store,
            slow_log + "/",
            **{"store.chunk_lines": 100, "store.timeout_seconds": 5},
        )
        (tmp_path / "console.log").touch()
        with running(daemon):
            submit(gearmand.port, tmp_path / "console.log", slow_log, "held", "FAILURE")
            wait_until(SlowLog.halfway.is_set, seconds=30, what="half of the log to be sent")
            cluster_server.kill()
            try:
                SlowLog.go_on.set()
                wait_until(lambda: daemon.said("job held"), seconds=60, what="the job to be held")
            finally:
                cluster_server.start()
            wait_until_idle(gearmand.port)
            assert 0 == daemon.stop()
        document, lines = only_file(store, "held")
        assert Outcome.INDEXED is document.outcome
        assert list(range(1, 3001)) == [line.number for line in lines]


def test_a_log_server_that_is_away_is_waited_for(
    store: StoreSettings, tmp_path: Path, gearmand: Gearmand
) -> None:
    (tmp_path / "console.log").write_bytes(unique_lines(50))
    with log_server(tmp_path) as url:
        port = int(url.rpartition(":")[2])
    daemon = Daemon(tmp_path / "daemon", gearmand.port, store, url + "/")
    with running(daemon):
        submit(gearmand.port, tmp_path / "console.log", url, "late", "FAILURE")
        wait_until(lambda: daemon.said("job held"), seconds=30, what="the job to be held")
        with log_server(tmp_path, port):
            wait_until_idle(gearmand.port)
        assert 0 == daemon.stop()
    document, lines = only_file(store, "late")
    assert (Outcome.INDEXED, 50) == (document.outcome, len(lines))
