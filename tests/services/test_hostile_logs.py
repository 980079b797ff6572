"""Logs that try to break the daemon: each ends in a named outcome, and the daemon goes on."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import os
import random
import string
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from log_processor.dead_letters import DeadLetters
from log_processor.document import FileDocument, LineDocument, Status
from log_processor.errors import Outcome
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings
from log_processor.timestamps import now
from tests.answering import handling
from tests.services.daemons import Daemon, running, submit, wait_until_idle
from tests.services.gearman import Gearmand

pytestmark = pytest.mark.services("gearmand")

MIB = 1024 * 1024
MEMORY_LIMIT = 200 * MIB


class Hostile(http.server.BaseHTTPRequestHandler):
    """Sends what is asked for by the last part of the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with contextlib.suppress(OSError):  # the daemon hangs up on some of these
            getattr(self, self.path.rpartition("/")[2].replace("-", "_"))()
        self.close_connection = True

    def send(self, chunks: Iterator[bytes], length: int | None = None) -> None:
        self.send_response(200)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)

    def long_line(self) -> None:
        line = b"word " * (4 * MIB) + b"needle\n"
        self.send(iter([b"before\n", line, b"after\n"]), len(line) + 13)

    def wide_lines(self) -> None:
        # One character that is not Latin makes a whole text four times as large in memory.
        rng = random.Random(1)
        words = ["".join(rng.choices(string.ascii_lowercase, k=8)) for _ in range(20_000)]
        self.send(f"{' '.join(rng.choices(words, k=3400))} \U0001f600\n".encode() for _ in range(300))

    def random_binary(self) -> None:
        self.send(iter([os.urandom(MIB)] * 3), 3 * MIB)

    def endless(self) -> None:
        self.send(b"the same line again\n" * 1000 for _ in iter(int, 1))

    def endless_line(self) -> None:
        self.send(b"x" * 65536 for _ in iter(int, 1))

    def bomb(self) -> None:
        packed = gzip.compress(gzip.compress(b"\0" * (64 * MIB), 9), 9)
        self.send(iter([packed]), len(packed))

    def empty(self) -> None:
        self.send(iter([]), 0)

    def shrinking(self) -> None:
        self.send(iter([b"half of it\n" * 100]), 5000)

    def latin_1(self) -> None:
        text = "Gerät nicht verfügbar\nzweite Zeile\n".encode("latin-1")
        self.send(iter([text]), len(text))

    def utf_16(self) -> None:
        text = "disk is full\nsecond line\n".encode("utf-16")
        self.send(iter([text]), len(text))

    def damaged(self) -> None:
        packed = bytearray(gzip.compress(b"".join(b"line %d of many\n" % n for n in range(20_000))))
        packed[len(packed) // 2] ^= 0xFF
        self.send(iter([bytes(packed)]), len(packed))

    def good(self) -> None:
        self.send(iter([b"all is well\n"]), 12)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def processed(
    tmp_path: Path, gearmand: Gearmand
) -> Iterator[Callable[[str], tuple[FileDocument, list[LineDocument]]]]:
    """Give what sends a hostile log through the daemon and returns its documents."""
    store = StoreSettings(url=f"sqlite:///{tmp_path}/store.sqlite")
    (tmp_path / "empty").mkdir()
    with handling(Hostile) as url:
        daemon = Daemon(
            tmp_path,
            gearmand.port,
            store,
            url + "/",
            **{"fetch.max_bytes": 29 * MIB, "fetch.away_seconds": 2, "fetch.late_seconds": 1},
        )

        def process(name: str) -> tuple[FileDocument, list[LineDocument]]:
            # Learnt, then scored against what was learnt; then an ordinary log, because the daemon goes on.
            for build, log, status in (
                ("learnt", name, "SUCCESS"),
                ("scored", name, "FAILURE"),
                ("good", "good", "FAILURE"),
            ):
                path = tmp_path / "empty" / log
                path.touch()
                submit(gearmand.port, path, url, build, status)
            wait_until_idle(gearmand.port)
            with contextlib.closing(open_reader(store)) as reader:
                (learnt,), (hostile,), (good,) = (
                    reader.files(build) for build in ("learnt", "scored", "good")
                )
                assert Outcome.INDEXED is good.outcome
                assert learnt.outcome is hostile.outcome
                if hostile.outcome is Outcome.INDEXED:
                    assert Status.SCORED is hostile.file.scoring.status
                assert daemon.memory_peak_bytes() < MEMORY_LIMIT
                return hostile, list(reader.far_lines(hostile.file, 0.0))

        with running(daemon):
            yield process
            assert 0 == daemon.stop()


Process = Callable[[str], tuple[FileDocument, list[LineDocument]]]


def test_a_line_of_20_mb_is_one_line_cut_for_storage(processed: Process) -> None:
    document, lines = processed("long-line")
    assert Outcome.INDEXED is document.outcome
    assert ["before", "after"] == [lines[0].message, lines[2].message]
    assert (2, True) == (lines[1].number, lines[1].truncated)
    assert len(lines[1].message.encode()) <= 32_000
    assert 1 == document.lines_truncated


def test_wide_lines_are_learnt_and_scored_in_flat_memory(
    processed: Process,
) -> None:
    document, lines = processed("wide-lines")
    assert Outcome.INDEXED is document.outcome
    assert 300 == document.lines_read == len(lines)


def test_random_binary_is_stored_as_the_lines_it_has(processed: Process) -> None:
    document, lines = processed("random-binary")
    assert Outcome.INDEXED is document.outcome
    assert document.lines_read == document.lines_indexed == len(lines) > 1000


@pytest.mark.parametrize("name", ["endless", "endless-line", "bomb"])
def test_what_does_not_end_is_too_large_and_what_came_before_is_stored(
    name: str, processed: Process, tmp_path: Path
) -> None:
    document, lines = processed(name)
    assert Outcome.TOO_LARGE is document.outcome
    assert document.lines_indexed == len(lines) >= 1
    letters = list(DeadLetters(tmp_path / "dead-letters", now))
    assert [Outcome.TOO_LARGE] * 2 == [letter.outcome for letter in letters]
    assert all("fetch.max" in letter.reason for letter in letters)


def test_an_empty_file_is_indexed_and_found_empty(processed: Process) -> None:
    document, lines = processed("empty")
    assert (Outcome.INDEXED, []) == (document.outcome, lines)
    assert ["nothing_read"] == [finding.kind for finding in document.findings]


def test_a_file_that_ends_early_is_tried_again_and_given_up_by_name(
    processed: Process, tmp_path: Path
) -> None:
    document, _ = processed("shrinking")
    assert Outcome.FETCH_FAILED is document.outcome
    assert [Outcome.FETCH_FAILED] * 2 == [
        letter.outcome for letter in DeadLetters(tmp_path / "dead-letters", now)
    ]


def test_a_wrong_charset_is_readable_where_it_can_be(processed: Process) -> None:
    document, lines = processed("latin-1")
    assert Outcome.INDEXED is document.outcome
    assert ["Ger\ufffdt nicht verf\ufffdgbar", "zweite Zeile"] == [line.message for line in lines]


def test_utf_16_is_readable_once_its_nuls_are_gone(processed: Process) -> None:
    _, lines = processed("utf-16")
    assert "disk is full" in lines[0].message


def test_a_damaged_archive_is_corrupt_and_what_came_before_is_stored(processed: Process) -> None:
    document, lines = processed("damaged")
    assert Outcome.CORRUPT is document.outcome
    assert "line 0 of many" == lines[0].message
    assert document.lines_indexed == len(lines) > 1000


def test_a_large_file_goes_through_in_flat_memory(tmp_path: Path, gearmand: Gearmand) -> None:
    """100 MB, or what LARGE_FILE_MB says."""
    through(tmp_path, gearmand, int(os.environ.get("LARGE_FILE_MB", "100")))


def through(folder: Path, gearmand: Gearmand, megabytes: int) -> None:
    """Send a build that passes and has one file of a size through the daemon; see that memory stays flat."""
    size = megabytes * 1_000_000
    lines_sent = 0

    class Large(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            nonlocal lines_sent
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            sent = number = 0
            while sent < size:
                block = b"".join(
                    b"2024-05-06 07:08:%02d.%06d | node-%d | task %d of pool-%d took %d ms, request req-%012x\n"
                    % (n % 60, n, n % 50, n, n % 7, n % 1000, n * 2654435761)
                    for n in range(number, number + 5000)
                )[: size - sent]
                number += 5000
                sent += len(block)
                lines_sent += block.count(b"\n")
                self.wfile.write(block)

        def log_message(self, *_: Any) -> None:
            pass

    store = StoreSettings(url=f"sqlite:///{folder}/store.sqlite")
    (folder / "large.log").touch()
    with handling(Large) as url:
        daemon = Daemon(folder, gearmand.port, store, url + "/")
        with running(daemon):
            begun = time.monotonic()
            submit(gearmand.port, folder / "large.log", url, "large", "SUCCESS")
            wait_until_idle(gearmand.port, seconds=60 + megabytes)
            seconds = time.monotonic() - begun
            peak = daemon.memory_peak_bytes()
            (document,) = daemon.files("large")
            assert 0 == daemon.stop()
    assert Outcome.INDEXED is document.outcome
    assert size == document.bytes_read
    assert document.lines_read == document.lines_indexed == lines_sent + 1
    sys.stdout.write(
        f"{megabytes} MB, {document.lines_read} lines: {seconds:.0f} s, peak {peak / MIB:.0f} MiB\n"
    )
    assert peak < MEMORY_LIMIT
