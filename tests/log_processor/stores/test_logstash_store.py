from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from log_processor.document import FieldValue, LineDocument, LogFile
from log_processor.errors import StoreUnavailable
from log_processor.stores.logstash_store import LogstashStore
from tests.log_processor.documents import DAY, a_document, a_file, a_line, lines_of, no_reject

HOST = "127.0.0.1"

Input = Callable[[socket.socket], None]
"""What the other side does with a connection; when it returns, the connection is closed."""


class Sink:
    """A TCP input of the codec json_lines: reads each connection to its end, then closes it."""

    def __init__(self) -> None:
        self.connections: list[list[dict[str, object]]] = []

    def __call__(self, connection: socket.socket) -> None:
        events: list[dict[str, object]] = []
        with connection.makefile("rb") as stream:
            for line in stream:
                assert line.endswith(b"\n")
                events.append(json.loads(line))
        self.connections.append(events)


@contextlib.contextmanager
def listening(treat: Input) -> Iterator[int]:
    """Treat connections one after the other, and give the port."""
    with socket.create_server((HOST, 0)) as listener:
        last = socket.socket()
        last.bind((HOST, 0))
        last_address = last.getsockname()

        def serve() -> None:
            while True:
                connection, address = listener.accept()
                with connection, contextlib.suppress(OSError):
                    if address == last_address:
                        return
                    treat(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            last.connect(listener.getsockname())
            last.close()
            thread.join(timeout=10)
            assert not thread.is_alive()


def store_to(port: int, *, timeout_seconds: float = 10, chunk_lines: int = 1000) -> closing[LogstashStore]:
    return closing(LogstashStore(HOST, port, timeout_seconds, chunk_lines))


def test_an_event_is_what_the_ancestor_sent_and_beside_it_ours() -> None:
    fields: dict[str, FieldValue] = {
        "build_name": "tempest-full",
        "build_status": "FAILURE",
        "build_node": "ubuntu-jammy",
        "build_hostids": ("0c", "1d"),
        "build_master": "ze01.opendev.org",
        "project": "openstack/nova",
        "voting": 1,
        "build_short_uuid": "5f2e5f2",
        "build_queue": "gate",
        "build_ref": "refs/changes/61/829161/3",
        "build_branch": "master",
        "build_zuul_url": "N/A",
        "build_change": 829161,
        "build_patchset": "3",
        "node_provider": "rax-DFW",
        "log_url": "https://logs.example.org/61/controller/logs/screen-n-cpu.txt",
        "zuul_executor": "ze01.opendev.org",
        "zuul_attempts": 1,
    }
    file = LogFile(
        "5f2e" * 8,
        "controller/logs/screen-n-cpu.txt",
        DAY,
        fields,
        ("screen-n-cpu.txt", "screen", "oslofmt"),
        {"own": {"a": 1}},
    )
    sink = Sink()
    with listening(sink) as port, store_to(port) as store:
        assert 1 == store.write(file, [a_line(7, "é is not e", 0.5, ("novel",))], no_reject)
    (((event,)),) = sink.connections
    ancestor = {name: value for name, value in event.items() if name not in {"anomaly", "log"}}
    assert {
        **fields,
        "build_hostids": ["0c", "1d"],
        "build_uuid": "5f2e" * 8,
        "filename": "controller/logs/screen-n-cpu.txt",
        "tags": ["screen-n-cpu.txt", "screen", "oslofmt"],
        "message": "é is not e",
        "own": {"a": 1},
    } == ancestor
    assert {
        "line": 7,
        "line_url": "https://logs.example.org/61/controller/logs/screen-n-cpu.txt#L7",
        "timestamp": "2026-03-09T12:00:00.130Z",
    } == event["log"]
    assert {
        "status": "no_model",
        "baselines": 0,
        "distance": 0.5,
        "score": 0.5,
        "nearest": "line of a passing build",
        "seen_in": 3,
        "shown": True,
        "reasons": ["novel"],
        "group": 7,
        "fingerprint": "c0ffee",
    } == event["anomaly"]


@pytest.mark.parametrize("chunk_lines", [1, 7, 1000])
def test_every_line_arrives_in_order_over_one_connection_a_file(chunk_lines: int) -> None:
    sink = Sink()
    with listening(sink) as port, store_to(port, chunk_lines=chunk_lines) as store:
        assert 2345 == store.write(a_file(), lines_of(2345), no_reject)
        assert 1 == store.write(a_file(), lines_of(1), no_reject)
        assert 0 == store.write(a_file(), [], no_reject)
    messages = [[event["message"] for event in events] for events in sink.connections]
    assert [line.message for line in lines_of(2345)] == messages[0]
    assert [[a_line(1).message], []] == messages[1:]


@pytest.mark.parametrize("message", ["a\nb", "half a pair: \ud800", "\x00\x1b[0m\u2028", "x" * 32_000])
def test_any_text_is_one_line_of_json(message: str) -> None:
    sink = Sink()
    with listening(sink) as port, store_to(port) as store:
        assert 1 == store.write(a_file(), [a_line(1, message)], no_reject)
    assert [[message]] == [[event["message"] for event in events] for events in sink.connections]


def test_lines_are_sent_as_they_come() -> None:
    sink = Sink()

    def lines() -> Iterator[LineDocument]:
        yield from lines_of(10)
        raise EOFError

    with listening(sink) as port, store_to(port, chunk_lines=4) as store, pytest.raises(EOFError):
        store.write(a_file(), lines(), no_reject)
    assert [8] == [len(events) for events in sink.connections]


def test_nothing_can_be_read_back_or_deleted() -> None:
    sink = Sink()
    with listening(sink) as port, store_to(port) as store:
        store.prepare()
        store.put_file(a_document(a_file()))
        assert store.file(a_file().build_uuid, a_file().filename) is None  # type: ignore[func-returns-value]
        assert 0 == store.forget_after(a_file(), 0)
    assert [] == sink.connections


def test_it_is_ready_while_a_connection_is_accepted() -> None:
    sink = Sink()
    with listening(sink) as port, store_to(port) as store:
        store.ready()
    assert [[]] == sink.connections
    with store_to(port) as store, pytest.raises(StoreUnavailable, match=r"refused: check store\.url"):
        store.ready()


def test_a_port_where_nobody_listens_is_unavailable() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    with store_to(port) as store, pytest.raises(StoreUnavailable, match=r"refused: check store\.url"):
        store.write(a_file(), lines_of(1), no_reject)


def test_a_name_that_is_unknown_is_unavailable() -> None:
    with (
        closing(LogstashStore("no-such-host.invalid", 9999, 5, 1000)) as store,
        pytest.raises(StoreUnavailable),
    ):
        store.ready()


def test_a_connection_that_breaks_is_unavailable() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with (
        listening(reset) as port,
        store_to(port) as store,
        pytest.raises(StoreUnavailable, match="Logstash at"),
    ):
        store.write(a_file(), lines_of(100_000), no_reject)


def test_a_connection_that_breaks_after_the_last_line_is_unavailable() -> None:
    def read_and_reset(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with (
        listening(read_and_reset) as port,
        store_to(port) as store,
        pytest.raises(StoreUnavailable, match="reset"),
    ):
        store.write(a_file(), lines_of(10), no_reject)


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("count", [1, 100_000])
def test_a_receiver_that_never_ends_the_connection_is_unavailable(*, reads: bool, count: int) -> None:
    gone = threading.Event()

    def hang(connection: socket.socket) -> None:
        while reads and connection.recv(65536):
            pass
        assert gone.wait(30)

    with listening(hang) as port:
        with (
            store_to(port, timeout_seconds=0.2) as store,
            pytest.raises(StoreUnavailable, match=r"for 0\.2 s"),
        ):
            store.write(a_file(), lines_of(count), no_reject)
        gone.set()


def test_an_answer_is_read_and_means_nothing() -> None:
    def chatter(connection: socket.socket) -> None:
        connection.sendall(b"hello\n" * 100)
        while connection.recv(65536):
            pass
        connection.sendall(b"bye\n")

    with listening(chatter) as port, store_to(port) as store:
        assert 3 == store.write(a_file(), lines_of(3), no_reject)


def test_an_error_of_the_lines_is_not_an_error_of_the_store() -> None:
    def lines() -> Iterator[LineDocument]:
        yield a_line(1)._replace(truncated=True)
        raise OSError("somebody else's")

    with listening(Sink()) as port, store_to(port) as store, pytest.raises(OSError, match="somebody else's"):
        store.write(a_file(), lines(), no_reject)
