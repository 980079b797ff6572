from __future__ import annotations

import contextlib
import socket
import time
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from log_processor.errors import Unavailable
from log_processor.queue_status import QueueStatus, queue_status
from log_processor.source import GearmanSource, GearmanSubmitter
from tests.services.gearman import HOST, Gearmand, GearmanServer, misbehaving


def test_a_new_server_has_no_queues(gearman_server: GearmanServer) -> None:
    assert [] == queue_status(HOST, gearman_server.port)


def test_waiting_and_running_jobs_and_workers_are_counted(gearman_server: GearmanServer) -> None:
    port = gearman_server.port
    with (
        closing(GearmanSubmitter(HOST, port, "f")) as submitter,
        closing(GearmanSource(HOST, port, "f")) as source,
    ):
        for unique in "abc":
            submitter.submit(b"job", unique)
        assert [QueueStatus("f", total=3, running=0, workers=0)] == queue_status(HOST, port)
        next(source)
        statuses = queue_status(HOST, port)
        assert [QueueStatus("f", total=3, running=1, workers=1)] == statuses
        assert 2 == statuses[0].waiting


def test_an_answer_of_many_packets_is_read_whole(gearman_server: GearmanServer) -> None:
    port = gearman_server.port
    for n in range(300):
        with closing(GearmanSubmitter(HOST, port, f"function-{n}-{'x' * 200}")) as submitter:
            submitter.submit(b"job", "job")
    assert 300 == len(queue_status(HOST, port))


def test_a_server_that_is_away_is_named(gearman_server: GearmanServer) -> None:
    gearman_server.stop()
    with pytest.raises(Unavailable, match=f"{HOST}:{gearman_server.port} .*refused"):
        queue_status(HOST, gearman_server.port)


@pytest.mark.services("gearmand")
def test_a_frozen_server_is_not_waited_for_longer_than_allowed(gearmand: Gearmand) -> None:
    gearmand.freeze()
    with pytest.raises(Unavailable, match="timed out"):
        queue_status(HOST, gearmand.port, timeout_seconds=0.2)


def test_a_server_that_answers_drop_by_drop_is_not_waited_for_longer_than_allowed() -> None:
    def drip(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"f\t0\t0\t0\n")
                time.sleep(0.02)

    with misbehaving(drip) as port, pytest.raises(Unavailable, match=f"{HOST}:{port}"):
        queue_status(HOST, port, timeout_seconds=0.3)


def test_an_answer_without_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("log_processor.queue_status._LONGEST_ANSWER_BYTES", 10_000)

    def flood(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"f\t0\t0\t0\n" * 1000)

    with misbehaving(flood) as port, pytest.raises(Unavailable, match="no end"):
        queue_status(HOST, port, timeout_seconds=10)


@given(
    answer=st.binary()
    | st.lists(st.sampled_from([b"f", b"\t", b"0", b"1", b"\n", b".", b"\xff", b"-"])).map(b"".join)
)
@example(b"HTTP/1.1 400 Bad Request\r\n\r\n")
@example(b"ERR unknown_command Unknown+server+command\n")
@example(b"f\t1\t1\n.\n")
@example(b"f\t-1\t1\t1\n.\n")
@example(b"f\t\xb2\t1\t1\n.\n")
@example(b".\n")
@settings(max_examples=60, deadline=None)
def test_any_answer_is_either_queues_or_a_clear_error(answer: bytes) -> None:
    def say(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer)

    with misbehaving(say) as port:
        try:
            statuses = queue_status(HOST, port, timeout_seconds=5)
        except Unavailable as error:
            message = str(error)
        else:
            message = f"{HOST}:{port}"
            assert all(status.total >= 0 for status in statuses)
    assert f"{HOST}:{port}" in message


def test_a_function_name_may_hold_tabs_and_bytes_that_are_no_text() -> None:
    def say(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"a\tb\xff\t3\t1\t2\n.\n")

    with misbehaving(say) as port:
        assert [QueueStatus("a\tb\ufffd", total=3, running=1, workers=2)] == queue_status(HOST, port)
