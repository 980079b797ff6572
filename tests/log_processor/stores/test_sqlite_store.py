from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.document import LineDocument
from log_processor.document_json import file_source
from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.stores.contract import Wanted
from log_processor.stores.sqlite_database import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION
from log_processor.stores.sqlite_reader import SqliteReader
from log_processor.stores.sqlite_rows import LINE_COLUMNS, file_number, line_document, line_row, storable
from log_processor.stores.sqlite_store import SqliteStore
from log_processor.timestamps import iso_text
from tests.log_processor.documents import START, a_document, a_file, a_line, lines_of, no_reject
from tests.services.servers import wait_until

ROOT = Path(__file__).parents[3]

CREATOR = """
import sys, time
from pathlib import Path
from log_processor.stores.sqlite_database import connect

folder, start = Path(sys.argv[1]), float(sys.argv[2])
for number in range(100):
    while time.time() < start + number * 0.02:
        pass
    connect(folder / str(number), 30).close()
"""

WRITER = """
import sys
from pathlib import Path
from log_processor.stores.sqlite_store import SqliteStore
from log_processor.timestamps import iso_text
from tests.log_processor.documents import START, a_document, a_file, lines_of, no_reject

path, filename, count = sys.argv[1:]
store = SqliteStore(Path(path), 30, 1000)
store.prepare()
file = a_file(filename)
print("prepared", flush=True)
store.write(file, lines_of(int(count)), no_reject)
store.put_file(a_document(file))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def store_of(path: Path, *, timeout_seconds: float = 10, chunk_lines: int = 1000) -> closing[SqliteStore]:
    return closing(SqliteStore(path, timeout_seconds, chunk_lines))


def reader_of(path: Path) -> closing[SqliteReader]:
    return closing(SqliteReader(path, 10))


def writer(path: Path, filename: str, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(path), filename, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Let the kernel apply permissions, which it does not for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_the_folders_of_the_file_are_created(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.sqlite"
    with store_of(path) as store:
        store.prepare()
    assert path.is_file()


def test_a_relative_path_is_of_the_folder_in_which_the_store_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with store_of(Path("store.sqlite")) as store:
        monkeypatch.chdir("/")
        store.prepare()
    assert (tmp_path / "store.sqlite").is_file()


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "100% of #1? é.sqlite"
    with store_of(path) as store, reader_of(path) as reader:
        store.write(a_file(), [a_line(1)], no_reject)
        assert [a_line(1)] == reader.lines(a_file(), 1, 1)
    assert path.is_file()


def test_nothing_is_created_before_the_first_method_is_called(path: Path) -> None:
    with store_of(path):
        pass
    assert not path.exists()


def test_a_store_that_was_closed_opens_again(path: Path) -> None:
    with store_of(path) as store:
        store.put_file(a_document(a_file()))
        store.close()
        assert a_document(a_file()) == store.file(a_file().build_uuid, a_file().filename)


def test_what_the_lines_of_a_file_share_is_stored_once(path: Path) -> None:
    with store_of(path) as store:
        store.put_file(a_document(a_file()))
        store.write(a_file(), lines_of(1000), no_reject)
    assert 1 == path.read_bytes().count(b"829161")


def test_far_lines_are_found_without_reading_the_others(path: Path) -> None:
    with store_of(path) as store:
        store.write(a_file(), lines_of(1000), no_reject)
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT message FROM lines INDEXED BY far_lines "
            "WHERE file = 1 AND number > 0 AND reasons IS NOT NULL ORDER BY number LIMIT 1000"
        ).fetchall()
    assert 1 == len(plan)
    assert "SEARCH lines USING INDEX far_lines (file=? AND number>?)" == plan[0][3]


@given(
    st.builds(
        LineDocument,
        number=st.integers(1, 2**63 - 1),
        timestamp=st.datetimes(timezones=st.just(timezone.utc)),
        message=st.text(st.characters(exclude_categories=["Cs"])),
        truncated=st.booleans(),
        distance=st.none() | st.floats(0, 1),
        nearest=st.none() | st.text(),
        seen_in=st.none() | st.integers(0, 100),
        reasons=st.sampled_from([(), ("novel",), ("error", "novel")]),
        fingerprint=st.none() | st.text("0123456789abcdef", min_size=16, max_size=16),
        score=st.none() | st.floats(0, 1),
        group=st.none() | st.integers(1, 2**63 - 1),
    )
)
def test_a_line_survives_being_a_row(line: LineDocument) -> None:
    assert line == line_document(line_row(-1, line))


@given(st.text("0123456789abcdef", min_size=16, max_size=16))
def test_every_key_is_a_number_that_sqlite_holds(key: str) -> None:
    number = file_number(key)
    assert key == f"{number % 2**64:016x}"
    assert -(2**63) <= number < 2**63


def test_a_build_of_half_surrogate_pairs_is_found_again(path: Path) -> None:
    with store_of(path) as store, reader_of(path) as reader:
        store.write(a_file(build_uuid="\ud800"), [a_line(1)], no_reject)
        assert [a_line(1)] == reader.lines(a_file(build_uuid="\ud800"), 1, 1)
        assert [] == reader.files("\ud800")
    assert "\\ud800" == storable("\ud800")
    assert "é" == storable("é")


@pytest.mark.parametrize("bad", [a_line(2, "\udcff"), a_line(2)._replace(number=2**63)])
def test_a_line_that_no_row_holds_is_rejected_alone(path: Path, bad: LineDocument) -> None:
    rejected: list[tuple[LineDocument, str]] = []
    lines = [a_line(1), bad, a_line(3)]
    with store_of(path) as store, reader_of(path) as reader:
        assert 2 == store.write(a_file(), lines, lambda line, reason: rejected.append((line, reason)))
        assert [a_line(1), a_line(3)] == reader.lines(a_file(), 1, 9)
    ((line, reason),) = rejected
    assert bad == line
    assert reason


@pytest.mark.parametrize("chunk_lines", [1, 2, 3, 1000])
def test_the_size_of_a_chunk_does_not_show(path: Path, chunk_lines: int) -> None:
    with store_of(path, chunk_lines=chunk_lines) as store, reader_of(path) as reader:
        assert 10 == store.write(a_file(), lines_of(10), no_reject)
        assert 7 == store.forget_after(a_file(), 3)
        assert list(lines_of(3)) == reader.lines(a_file(), 1, 10)


def test_a_writer_that_is_killed_leaves_a_sound_file_and_a_rerun_completes_it(path: Path) -> None:
    with reader_of(path) as reader:
        with writer(path, "a.txt", 10**9) as process:
            assert process.stdout is not None
            assert b"prepared\n" == process.stdout.readline()
            wait_until(
                lambda: bool(reader.lines(a_file("a.txt"), 5000, 5000)), seconds=60, what="5,000 lines"
            )
            process.send_signal(signal.SIGKILL)
        found = reader.lines(a_file("a.txt"), 1, 10**9)
        assert 0 == len(found) % 1000
        assert found == list(lines_of(len(found)))
        with closing(sqlite3.connect(path)) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        with store_of(path) as store:
            assert 6000 == store.write(a_file("a.txt"), lines_of(6000), no_reject)
            store.forget_after(a_file("a.txt"), 6000)
        assert list(lines_of(6000)) == reader.lines(a_file("a.txt"), 1, 10**9)


def test_several_processes_create_write_and_read_at_once(path: Path) -> None:
    names = ["a.txt", "b.txt", "c.txt"]
    processes = [writer(path, name, 5000) for name in names]
    for process in processes:
        assert process.stdout is not None
        assert b"prepared\n" == process.stdout.readline()
    with reader_of(path) as reader:
        while any(process.poll() is None for process in processes):
            for name in names:
                found = reader.lines(a_file(name), 1, 9999)
                assert 0 == len(found) % 1000
        for process in processes:
            process.communicate()
            assert 0 == process.returncode
        assert names == [document.file.filename for document in reader.files(a_file().build_uuid)]
        for name in names:
            assert list(lines_of(5000)) == list(reader.far_lines(a_file(name), 0))


def test_workers_that_start_at_once_create_one_database(tmp_path: Path) -> None:
    start = str(time.time() + 1)
    command = [sys.executable, "-c", CREATOR, str(tmp_path), start]
    workers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    assert [b""] * len(workers) == [worker.communicate()[1] for worker in workers]


def test_a_reader_keeps_no_writer_waiting(path: Path) -> None:
    with store_of(path, timeout_seconds=0) as store, reader_of(path) as reader:
        store.write(a_file(), lines_of(3000), no_reject)
        far = reader.far_lines(a_file(), 0)
        assert a_line(1) == next(far)
        store.write(a_file(), [a_line(2, "changed"), a_line(3001, "new")], no_reject)
        assert 3000 == sum(1 for _ in far)


def test_a_database_that_stays_locked_is_unavailable(path: Path) -> None:
    with store_of(path, timeout_seconds=0.05) as store:
        store.prepare()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="locked"):
                store.write(a_file(), [a_line(1)], no_reject)
            with pytest.raises(StoreUnavailable, match="locked"):
                store.ready()
            other.execute("ROLLBACK")
        assert 1 == store.write(a_file(), [a_line(1)], no_reject)


def test_a_full_disk_is_unavailable_and_keeps_whole_chunks(path: Path) -> None:
    with store_of(path, chunk_lines=100) as store, reader_of(path) as reader:
        store.prepare()
        assert store._connection is not None
        store._connection.execute("PRAGMA max_page_count = 60")
        with pytest.raises(StoreUnavailable, match="full: free space"):
            store.write(a_file(), lines_of(10_000), no_reject)
        stored = len(reader.lines(a_file(), 1, 10_000))
        assert 0 < stored < 10_000
        assert 0 == stored % 100
        store._connection.execute("PRAGMA max_page_count = 100000")
        assert 10_000 == store.write(a_file(), lines_of(10_000), no_reject)


def test_a_file_that_may_not_be_written_is_unavailable(path: Path) -> None:
    with store_of(path) as store:
        store.prepare()
    path.parent.chmod(0o777)
    path.chmod(0o444)
    for parent in path.parents[1:]:
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
    with store_of(path) as store, as_nobody():
        with pytest.raises(StoreUnavailable, match="let this process's user write"):
            store.write(a_file(), [a_line(1)], no_reject)
        with pytest.raises(StoreUnavailable, match="let this process's user write"):
            store.ready()


@pytest.mark.parametrize("name", ["", "file/store.sqlite"])
def test_a_place_where_no_file_can_be_is_unavailable(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with store_of(tmp_path / name) as store, pytest.raises(StoreUnavailable, match="folder"):
        store.prepare()


def test_a_damaged_database_is_unavailable(path: Path) -> None:
    with store_of(path) as store:
        store.write(a_file(), lines_of(10_000), no_reject)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(16384)
        file.write(b"\xff" * (size - 20000))
    with reader_of(path) as reader, pytest.raises(StoreUnavailable, match="the file is damaged"):
        list(reader.far_lines(a_file(), 0))
    with store_of(path) as store, pytest.raises(StoreUnavailable, match="the file is damaged"):
        store.write(a_file(), lines_of(10_000), no_reject)


@pytest.mark.parametrize(
    "content", [b"no database at all, but longer than a header of 100 bytes" * 10, b"short"]
)
def test_a_file_that_is_no_database_is_a_mistake_of_the_configuration(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with store_of(path) as store, pytest.raises(ConfigError, match="is not an SQLite database"):
        store.prepare()
    with reader_of(path) as reader, pytest.raises(ConfigError, match="is not an SQLite database"):
        reader.builds(1)
    assert content == path.read_bytes()


def test_another_programs_database_is_a_mistake_of_the_configuration(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE files (name)")
    before = path.read_bytes()
    with store_of(path) as store, pytest.raises(ConfigError, match="another program's database"):
        store.prepare()
    with reader_of(path) as reader, pytest.raises(ConfigError, match="another program's database"):
        reader.builds(1)
    assert before == path.read_bytes()


def test_a_database_of_before_there_were_groups_is_brought_to_the_present(path: Path) -> None:
    """Then each far line stood for itself, and was ordered by its distance."""
    with closing(sqlite3.connect(path)) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        row = (file_number(a_file().key), 4, 0, "old", False, 0.5, "near", 3)
        old.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row)
        old.execute("INSERT INTO lines VALUES (?, 1 + ?, ?, ?, ?, ?, ?, ?, 'novel', 'f00')", row)
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with reader_of(path) as reader, pytest.raises(StoreUnavailable, match="start log-processor once"):
        reader.lines(a_file(), 1, 9)
    with store_of(path) as store, reader_of(path) as reader:
        store.prepare()
        near, far = reader.lines(a_file(), 1, 9)
        assert (None, None, False) == (near.score, near.group, near.shown)
        assert (0.5, 5, True) == (far.score, far.group, far.shown)
        assert [far] == list(reader.far_lines(a_file(), None))
        store.write(a_file(), [a_line(6, distance=0.5, reasons=("novel",), group=5)], no_reject)
        assert [True, False] == [line.shown for line in reader.far_lines(a_file(), None)]


def test_builds_and_lines_from_before_they_were_chosen_by_anything_are_found(path: Path) -> None:
    start = START.replace(microsecond=7000)
    known = {"build_name": "unit", "project": "acme/shop", "build_status": "FAILURE"}
    file = replace(a_file(), fields={**known, "build_start": iso_text(start)})
    bare = replace(a_file("bare.txt", "bare"), fields={})
    with closing(sqlite3.connect(path)) as old:
        for statement in MIGRATIONS[0] + MIGRATIONS[1]:
            old.execute(statement)
        for document in (a_document(file), replace(a_document(bare), max_distance=None)):
            stored = json.dumps(file_source(document))
            old.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?)",
                (file_number(document.file.key), document.file.build_uuid, 0, stored),
            )
            row = line_row(file_number(document.file.key), a_line(5, distance=0.5, reasons=("novel",)))
            old.execute(f"INSERT INTO lines (file, {LINE_COLUMNS}) VALUES ({', '.join('?' * 12)})", row)
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 2")
        old.commit()
    wanted = Wanted("unit", "acme/shop", "FAILURE", start)
    with store_of(path) as store, reader_of(path) as reader:
        store.prepare()
        for found in (wanted, Wanted(since=start)):
            assert [[file.key]] == [[d.file.key for d in files] for files in reader.builds(9, found)]
        assert [] == reader.builds(9, Wanted(since=start + timedelta(milliseconds=1)))
        assert [[file.key]] == [[d.file.key for d in files] for files in reader.builds(9, worst=True)]
        assert (2, 2, 1, 1) == reader.sightings(["c0ffee"])["c0ffee"][:4]
        assert ["unit"] == [each.job for each in reader.occurrences(["c0ffee"], 9, wanted)]
        before = _files(path)
        for document in (a_document(file), replace(a_document(bare), max_distance=None)):
            store.put_file(replace(document, started_at=datetime(1970, 1, 1, tzinfo=timezone.utc)))
        assert before == _files(path)


def _files(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        columns = "file, build_uuid, started_at, job, project, status, began, shown, distance"
        return connection.execute(f"SELECT {columns} FROM files ORDER BY file").fetchall()


def test_what_is_known_of_a_fingerprint_is_found_without_a_look_at_the_lines(path: Path) -> None:
    asked: list[str] = []
    with store_of(path) as store, reader_of(path) as reader:
        store.write(a_file(), lines_of(300), no_reject)
        reader.builds(1)
        connection = reader._connection
        assert connection is not None
        connection.set_trace_callback(asked.append)
        reader.sightings(["c0ffee", "f00"], Wanted(since=START))
        connection.set_trace_callback(None)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert plan[0].startswith("SEARCH seen USING COVERING INDEX seen_lines (fingerprint=?")


def test_a_newer_schema_is_a_mistake_of_the_configuration(path: Path) -> None:
    with store_of(path) as store:
        store.prepare()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with store_of(path) as store, pytest.raises(ConfigError, match="upgrade"):
        store.prepare()
    with reader_of(path) as reader, pytest.raises(ConfigError, match="upgrade"):
        reader.builds(1)


def test_reading_a_missing_file_says_so_and_creates_nothing(path: Path) -> None:
    with reader_of(path) as reader, pytest.raises(StoreUnavailable, match="there is no SQLite database"):
        reader.builds(1)
    assert not path.exists()


def test_reading_a_file_without_tables_says_so(path: Path) -> None:
    path.touch()
    with reader_of(path) as reader, pytest.raises(StoreUnavailable, match="start log-processor once"):
        reader.files("anything")


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_is_taken_away_is_unavailable_and_then_created_anew(
    path: Path, *, replaced: bool
) -> None:
    with store_of(path) as store, reader_of(path) as reader:
        store.write(a_file(), [a_line(1)], no_reject)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink()
        if replaced:
            path.touch()
        with pytest.raises(StoreUnavailable, match="moved or deleted while in use"):
            store.write(a_file(), [a_line(1)], no_reject)
        assert 1 == store.write(a_file(), [a_line(1)], no_reject)
        assert [a_line(1)] == reader.lines(a_file(), 1, 1)


def test_an_error_of_the_lines_is_not_an_error_of_the_store(path: Path) -> None:
    def lines() -> Iterator[LineDocument]:
        yield a_line(1)
        raise sqlite3.OperationalError("somebody else's")

    with store_of(path) as store, pytest.raises(sqlite3.OperationalError, match="somebody else's"):
        store.write(a_file(), lines(), no_reject)


def test_times_keep_their_microseconds(path: Path) -> None:
    moment = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)
    line = LineDocument(1, moment, "last")
    with store_of(path) as store, reader_of(path) as reader:
        store.write(a_file(), [line], no_reject)
        assert [line] == reader.lines(a_file(), 1, 1)
