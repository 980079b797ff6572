from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from log_processor.document import FileDocument
from log_processor.errors import Outcome, StoreUnavailable
from log_processor.query import cli as query_cli
from log_processor.query.builds import Build
from log_processor.query.watch import LOOK_SECONDS, Watch
from log_processor.stores.contract import Reader
from log_processor.stores.sqlite_reader import SqliteReader
from tests.log_processor.daemon_process import environment, query_command
from tests.log_processor.shelf import Shelf, lines


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


class Watched:
    """A watch whose every sleep is the next step of a story; it is left when the story ends."""

    def __init__(self, shelf: Shelf, *story: Callable[[], object]) -> None:
        self.shown: list[str] = []
        self.said: list[str] = []
        self.away: set[int] = set()
        self.waits: list[float] = []
        self._shelf = shelf
        self._looks = 0
        self._story = iter(story)
        self.watch = Watch("b1", self._opened, self._show, self.said.append, self._sleep)

    def _opened(self) -> Reader:
        self._looks += 1
        if self._looks in self.away:
            raise StoreUnavailable("the store is away")
        return SqliteReader(self._shelf.path, 5)

    def _show(self, reader: Reader, build: Build, document: FileDocument) -> None:
        assert document in build.files
        found = sum(1 for _ in reader.far_lines(document.file, None))
        self.shown.append(f"{document.file.filename} {found}")

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        step = next(self._story, None)
        if step is None:
            raise KeyboardInterrupt
        step()


def nothing() -> None:
    pass


def test_each_file_is_shown_once_when_it_is_whole(shelf: Shelf) -> None:
    far = lines(5, _3=0.8, _4=0.5)
    shelf.put("a.log", far, build_files=3)
    watched = Watched(
        shelf,
        lambda: shelf.put("b.log", far[:3], outcome=Outcome.RUNNING, build_files=3),
        lambda: shelf.put("c.log", lines(2), build_files=3),
        nothing,
        lambda: shelf.put("b.log", far, build_files=3),
    )
    build = watched.watch.follow()
    assert ["a.log 2", "c.log 0", "b.log 2"] == watched.shown
    assert 3 == len(build.files)
    assert [LOOK_SECONDS] * 4 == watched.waits
    assert [] == watched.said


def test_a_build_is_waited_for_until_it_comes(shelf: Shelf) -> None:
    watched = Watched(shelf, nothing, lambda: shelf.put("a.log", lines(1), build_files=1))
    assert ["a.log"] == [document.file.filename for document in watched.watch.follow().files]


def test_a_file_that_will_never_come_is_not_waited_for(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1), build_files=2)
    watched = Watched(shelf, lambda: shelf.put("b.log", outcome=Outcome.NOT_FOUND, build_files=2))
    assert ["b.log"] == [document.file.filename for document in watched.watch.follow().failed]


def test_without_the_number_of_files_there_is_no_end(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1))
    watched = Watched(shelf, nothing, nothing)
    with pytest.raises(KeyboardInterrupt):
        watched.watch.follow()
    assert not watched.watch.ended
    assert ["a.log 0"] == watched.shown


def test_a_store_that_goes_away_is_waited_for(shelf: Shelf) -> None:
    watched = Watched(shelf, nothing, lambda: shelf.put("a.log", lines(1), build_files=1))
    watched.away = {2}
    watched.watch.follow()
    assert ["the store is away; looking again"] == watched.said


def test_a_store_that_was_never_there_is_not_waited_for(shelf: Shelf) -> None:
    watched = Watched(shelf)
    watched.away = {1}
    with pytest.raises(StoreUnavailable):
        watched.watch.follow()
    assert [] == watched.waits


def test_lines_that_cannot_be_found_yet_are_waited_for(shelf: Shelf) -> None:
    document = shelf.put("a.log", lines(5, _3=0.8, _4=0.5), build_files=1)
    shelf.store.forget_after(document.file, 3)
    again = lines(5, _3=0.8, _4=0.5)
    watched = Watched(shelf, nothing, lambda: shelf.put("a.log", again, build_files=1))
    watched.watch.follow()
    assert (["a.log 2"], 2) == (watched.shown, len(watched.waits))


def test_lines_that_never_come_are_not_waited_for_without_end(shelf: Shelf) -> None:
    document = shelf.put("a.log", lines(5, _3=0.8, _4=0.5), build_files=1)
    shelf.store.forget_after(document.file, 3)
    watched = Watched(shelf, *[nothing] * 100)
    watched.watch.follow()
    assert ["a.log 1"] == watched.shown
    assert ["a.log: of its 2 far lines 1 can be found"] == watched.said
    assert 60 > LOOK_SECONDS * len(watched.waits) > 30


# ---- the command ------------------------------------------------------------------------------------


@contextlib.contextmanager
def watching(shelf: Shelf, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        query_command(shelf.url, "--build-uuid", "b1", "--watch", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_prints_as_files_arrive_and_ends_with_the_build(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5, _3=0.8), build_files=2)
    with watching(shelf, "--format", "jsonl", "--fail-on-anomaly") as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert ("a.log", 3) == (first["file"], first["line"])
        shelf.put("b.log", lines(5, _4=0.8), build_files=2)
        out, err = process.communicate(timeout=30)
    line, build = map(json.loads, out.splitlines())
    assert ("line", "b.log", 4) == (line["type"], line["file"], line["line"])
    assert ("build", "complete") == (build["type"], build["completeness"])
    assert (1, "") == (process.returncode, err)


def test_the_table_ends_with_what_the_build_is(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5, _3=0.8), build_files=1)
    with watching(shelf) as process:
        out, err = process.communicate(timeout=30)
    assert (0, "") == (process.returncode, err)
    assert out.startswith("\na.log  1 far of 5 lines, 1 shown")
    assert out.endswith("\n1 of 1 files, 5 lines, 1 far, 1 shown; complete\n")


def test_whoever_leaves_is_told_what_is_missing(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5, _3=0.8), build_files=9)
    shelf.put("b.log", lines(5), outcome=Outcome.RUNNING, build_files=9)
    with watching(shelf, "--format", "jsonl") as process:
        assert process.stdout is not None
        assert "line 3" in process.stdout.readline()
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert 130 == process.returncode
    assert (
        "anomaly-query: build b1: 2 of 9 files have arrived; INCOMPLETE: 1 still being read, 7 waiting in the queue or "
        "never submitted (b.log)\n"
    ) == err


def test_whoever_leaves_before_the_first_file_is_told_so(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    monkeypatch.setattr(time, "sleep", interrupt)
    assert 130 == query_cli.main(["--store", shelf.url, "--build-uuid", "b1", "--watch"])
    assert ("", "anomaly-query: build b1: no file of it has arrived\n") == capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "code", "far"),
    [
        ([], 0, ["a.log", "b.log"]),
        (["--fail-on-anomaly"], 1, ["a.log", "b.log"]),
        (["--file", "b.*"], 0, ["b.log"]),
        (["--threshold", "0.7", "--fail-on-anomaly"], 1, ["a.log"]),
        (["--threshold", "1", "--fail-on-anomaly"], 0, []),
    ],
)
def test_what_is_asked_of_a_build_is_asked_of_each_file(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, far: list[str]
) -> None:
    shelf.put("a.log", lines(5, _3=0.8), build_files=2)
    shelf.put("b.log", lines(5, _3=0.5), build_files=2)
    words = ["--store", shelf.url, "--build-uuid", "b1", "--watch", "--format", "jsonl", *arguments]
    assert code == query_cli.main(words)
    rows = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert far == [row["file"] for row in rows if row["type"] == "line"]
