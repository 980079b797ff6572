from __future__ import annotations

import contextlib
import functools
import gc
import logging
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import gear
import pytest
from gear import constants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from log_processor import source as source_module
from log_processor.errors import ConfigError, SourceLost, Unavailable
from log_processor.queue_status import QueueStatus, queue_status
from log_processor.source import Delivery, EmbeddedServer, GearmanSource, GearmanSubmitter
from tests.services.gearman import HOST, Gearmand, GearmanServer, misbehaving
from tests.services.servers import wait_until

FUNCTION = "push-log"


def source_of(
    port: int, *, timeout_seconds: float = 10, retry_seconds: float = 0.02
) -> closing[GearmanSource]:
    return closing(GearmanSource(HOST, port, timeout_seconds=timeout_seconds, retry_seconds=retry_seconds))


def submitter_to(port: int, *, timeout_seconds: float = 10) -> closing[GearmanSubmitter]:
    return closing(GearmanSubmitter(HOST, port, timeout_seconds=timeout_seconds))


def submit(server: GearmanServer, *payloads: bytes) -> None:
    with submitter_to(server.port) as submitter:
        for payload in payloads:
            submitter.submit(payload, unique=f"{time.monotonic_ns()}")


def take(source: GearmanSource) -> Delivery:
    """Wait for the next job; when none comes, the test fails instead of hanging."""
    alarm = threading.Timer(10, source.stop)
    alarm.start()
    try:
        return next(source)
    finally:
        alarm.cancel()
        alarm.join()


def drain(source: GearmanSource, done: list[bytes]) -> None:
    """Acknowledge every job until `stop`."""
    for delivery in source:
        done.append(delivery.payload)
        delivery.ack()


@contextlib.contextmanager
def running(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """Run `work` in a thread, which has to end soon after the block."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield thread
    thread.join(timeout=10)
    assert not thread.is_alive()


def queue(server: GearmanServer) -> QueueStatus:
    """What the server says of our function; zeros when it does not know it."""
    found = [each for each in queue_status(HOST, server.port) if each.function == FUNCTION]
    return found[0] if found else QueueStatus(FUNCTION, 0, 0, 0)


def wait_for_queue(server: GearmanServer, total: int, running: int, workers: int) -> None:
    expected = QueueStatus(FUNCTION, total, running, workers)
    wait_until(lambda: queue(server) == expected, seconds=10, what=str(expected))


def sockets_of(*owners: GearmanSource | GearmanSubmitter) -> list[socket.socket]:
    return [owner._connection._socket for owner in owners if owner._connection is not None]


def packet(kind: int, data: bytes = b"", magic: bytes = constants.RES) -> bytes:
    return struct.pack("!4sii", magic, kind, len(data)) + data


# Payloads


@settings(
    max_examples=60,
    deadline=None,
    # One server for all examples: each one empties the queue again.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(payload=st.binary() | st.just(b"\0" * 5) | st.just(bytes(range(256)) * 300))
def test_a_payload_arrives_byte_for_byte(gearman_server: GearmanServer, payload: bytes) -> None:
    with source_of(gearman_server.port) as source:
        submit(gearman_server, payload)
        delivery = take(source)
        assert payload == delivery.payload
        delivery.ack()


def test_a_monstrous_payload_is_cut_and_the_next_one_is_whole(
    gearman_server: GearmanServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_PACKET_BYTES", 1000)
    submit(gearman_server, b"x" * 100_000, b"next")
    with source_of(gearman_server.port) as source:
        first = take(source)
        assert 900 < len(first.payload) < 1000
        first.ack()
        assert b"next" == take(source).payload


def test_jobs_come_in_the_order_of_submission_with_the_handles_that_the_submitter_got(
    gearman_server: GearmanServer,
) -> None:
    with submitter_to(gearman_server.port) as submitter, source_of(gearman_server.port) as source:
        submitted = [(submitter.submit(b"%d" % n, unique=str(n)), b"%d" % n) for n in range(5)]
        taken = []
        for _ in submitted:
            delivery = take(source)
            taken.append((delivery.handle, delivery.payload))
            delivery.ack()
        assert submitted == taken


# Acknowledgement


def test_a_job_is_running_until_it_is_acknowledged(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"job")
    with source_of(gearman_server.port) as source:
        delivery = take(source)
        assert QueueStatus(FUNCTION, total=1, running=1, workers=1) == queue(gearman_server)
        delivery.ack()
        assert QueueStatus(FUNCTION, total=0, running=0, workers=1) == queue(gearman_server)


def test_acknowledging_twice_is_a_bug_of_the_caller(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"job")
    with source_of(gearman_server.port) as source:
        delivery = take(source)
        delivery.ack()
        with pytest.raises(RuntimeError, match="acknowledged already"):
            delivery.ack()


def test_a_job_not_acknowledged_is_given_back_before_the_next_is_taken(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"first")
    with source_of(gearman_server.port) as source:
        given_back = take(source)
        submit(gearman_server, b"second")
        later = take(source)
        # Where the job is taken back it comes again, before or after the other.
        expected = {b"first", b"second"} if gearman_server.takes_back else {b"second"}
        with pytest.raises(SourceLost):
            given_back.ack()
        # The server may see the closed connection a little later than we do.
        wait_until(lambda: 1 == queue(gearman_server).running, seconds=10, what="one job in hand")
        received = {later.payload}
        later.ack()
        if gearman_server.takes_back:
            received.add(take(source).payload)
        assert expected == received


def test_the_job_of_a_closed_source_goes_to_another_worker_where_the_server_takes_back(
    gearman_server: GearmanServer,
) -> None:
    submit(gearman_server, b"job")
    with source_of(gearman_server.port) as first, source_of(gearman_server.port) as second:
        delivery = take(first)
        first.close()
        with pytest.raises(SourceLost):
            delivery.ack()
        if gearman_server.takes_back:
            assert b"job" == take(second).payload
        else:
            wait_for_queue(gearman_server, total=0, running=0, workers=0)


# Servers that go and come


def test_a_source_waits_for_a_server_that_is_not_there_yet(gearman_server: GearmanServer) -> None:
    gearman_server.stop()
    arrived: list[bytes] = []
    with source_of(gearman_server.port) as source, running(lambda: arrived.append(take(source).payload)):
        assert not source.connected()
        gearman_server.start()
        submit(gearman_server, b"job")
    assert [b"job"] == arrived


def test_a_source_goes_on_after_its_server_restarted_while_idle(gearman_server: GearmanServer) -> None:
    arrived: list[bytes] = []
    with source_of(gearman_server.port) as source, running(lambda: arrived.append(take(source).payload)):
        wait_for_queue(gearman_server, total=0, running=0, workers=1)
        assert source.connected()
        gearman_server.stop()
        wait_until(lambda: not source.connected(), seconds=10, what="the loss to be seen")
        gearman_server.start()
        submit(gearman_server, b"job")
    assert [b"job"] == arrived


def test_a_restart_with_a_job_in_hand_loses_that_job_and_the_next_one_comes(
    gearman_server: GearmanServer,
) -> None:
    submit(gearman_server, b"in hand")
    with source_of(gearman_server.port) as source:
        delivery = take(source)
        gearman_server.stop()
        gearman_server.start()
        submit(gearman_server, b"next")
        with pytest.raises(SourceLost, match="did not confirm"):
            delivery.ack()
        after = take(source)
        assert b"next" == after.payload
        after.ack()
        assert 0 == queue(gearman_server).total


def test_a_late_acknowledgement_never_completes_the_job_that_has_its_handle_now(
    gearman_server: GearmanServer,
) -> None:
    submit(gearman_server, b"before the restart")
    with source_of(gearman_server.port) as source, source_of(gearman_server.port) as other:
        late = take(source)
        gearman_server.stop()
        gearman_server.start()
        submit(gearman_server, b"after the restart")
        namesake = take(other)
        assert late.handle == namesake.handle
        with pytest.raises(SourceLost):
            late.ack()
        assert 1 == queue(gearman_server).running
        namesake.ack()
        assert 0 == queue(gearman_server).total


def test_an_acknowledgement_while_the_server_is_away_is_lost(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"job")
    with source_of(gearman_server.port) as source:
        delivery = take(source)
        gearman_server.stop()
        with pytest.raises(SourceLost):
            delivery.ack()


@pytest.mark.services("gearmand")
def test_an_acknowledgement_that_a_frozen_server_does_not_confirm_is_lost(gearmand: Gearmand) -> None:
    submit(gearmand, b"job")
    with source_of(gearmand.port, timeout_seconds=0.3) as source:
        delivery = take(source)
        gearmand.freeze()
        with pytest.raises(SourceLost, match="timed out"):
            delivery.ack()


@pytest.mark.services("gearmand")
def test_gearmand_answers_the_acknowledgement_of_a_job_that_is_not_ours_with_a_refusal(
    gearmand: Gearmand,
) -> None:
    submit(gearmand, b"job")
    with source_of(gearmand.port) as source, source_of(gearmand.port) as stranger:
        owned = take(source)
        wrong = source_module._GearmanDelivery(owned.payload, owned.handle, stranger._connect())
        with pytest.raises(SourceLost, match="JOB_NOT_FOUND"):
            wrong.ack()
        owned.ack()


def test_a_lost_server_is_reported_once_and_its_return_too(
    gearman_server: GearmanServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="log_processor.source")
    with source_of(gearman_server.port) as source, running(lambda: take(source)):
        wait_until(source.connected, seconds=10, what="the connection")
        gearman_server.stop()
        wait_until(lambda: "refused" in caplog.text, seconds=10, what="the report")
        time.sleep(0.1)  # some more tries
        gearman_server.start()
        submit(gearman_server, b"job")
    ours = [record.getMessage() for record in caplog.records if record.name == "log_processor.source"]
    assert 1 == sum("refused" in message for message in ours), ours
    assert ours[-1].endswith("is back")
    assert all(str(gearman_server.port) in message for message in ours)


# Stopping


def test_stop_ends_an_idle_source_and_its_connection(gearman_server: GearmanServer) -> None:
    ended: list[list[Delivery]] = []
    with source_of(gearman_server.port) as source:
        with running(lambda: ended.append(list(source))):
            wait_for_queue(gearman_server, total=0, running=0, workers=1)
            source.stop()
        assert [[]] == ended
        wait_for_queue(gearman_server, total=0, running=0, workers=0)
        assert not source.connected()


def test_stop_lets_the_job_in_hand_finish_and_leaves_the_others_queued(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"1", b"2", b"3")
    with source_of(gearman_server.port) as source:
        delivery = take(source)
        source.stop()
        delivery.ack()
        assert [] == list(source)
    wait_for_queue(gearman_server, total=2, running=0, workers=0)


def test_stop_before_the_first_job_and_stop_twice_end_at_once(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"job")
    with source_of(gearman_server.port) as source:
        source.stop()
        source.stop()
        assert [] == list(source)
    assert 1 == queue(gearman_server).total


def test_stop_ends_the_wait_for_a_server_that_is_away(gearman_server: GearmanServer) -> None:
    gearman_server.stop()
    with source_of(gearman_server.port, retry_seconds=3600) as source, running(lambda: list(source)):
        wait_until(lambda: source._reported is not None, seconds=10, what="the first try")
        source.stop()


def test_close_from_another_thread_ends_an_idle_source(gearman_server: GearmanServer) -> None:
    with source_of(gearman_server.port) as source, running(lambda: list(source)):
        wait_for_queue(gearman_server, total=0, running=0, workers=1)
        source.close()


# Several at once


def test_each_job_is_done_once_by_one_of_several_sources(gearman_server: GearmanServer) -> None:
    done: list[bytes] = []
    with contextlib.ExitStack() as stack:
        sources = [stack.enter_context(source_of(gearman_server.port)) for _ in range(3)]
        for source in sources:
            stack.enter_context(running(functools.partial(drain, source, done)))
        wait_for_queue(gearman_server, total=0, running=0, workers=3)
        submit(gearman_server, *(b"%d" % n for n in range(60)))
        wait_for_queue(gearman_server, total=0, running=0, workers=3)
        for source in sources:
            source.stop()
    assert sorted(b"%d" % n for n in range(60)) == sorted(done)


def test_equal_uniques_are_one_job_where_the_server_coalesces(gearman_server: GearmanServer) -> None:
    with submitter_to(gearman_server.port) as submitter:
        handles = [submitter.submit(b"job", unique="same") for _ in range(3)]
    expected = 1 if gearman_server.coalesces else 3
    assert expected == len(set(handles))
    assert expected == queue(gearman_server).total


# Sockets, threads, descriptors


def test_every_socket_sends_small_packets_at_once_also_after_a_reconnect(
    gearman_server: GearmanServer,
) -> None:
    with source_of(gearman_server.port) as source, submitter_to(gearman_server.port) as submitter:
        for _ in range(2):
            submitter.submit(b"job", unique="job")
            take(source).ack()
            sockets = sockets_of(source, submitter)
            assert 2 == len(sockets)
            for each in sockets:
                assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                assert each.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            gearman_server.stop()
            gearman_server.start()


def test_a_hundred_small_jobs_over_one_connection(gearman_server: GearmanServer) -> None:
    with source_of(gearman_server.port) as source, submitter_to(gearman_server.port) as submitter:
        started = time.perf_counter()
        for n in range(100):
            submitter.submit(b"job", unique=str(n))
        submitted = time.perf_counter()
        for _ in range(100):
            delivery = take(source)
            delivery.ack()
        worked = time.perf_counter()
    # A figure to look at: with Nagle's algorithm at work it would be some 23 jobs a second.
    print(f"submitted {100 / (submitted - started):.0f}/s, worked {100 / (worked - submitted):.0f}/s")  # noqa: T201
    assert 0 == queue(gearman_server).total


def test_fifty_reconnects_leave_no_descriptor_open() -> None:
    connections = 0

    def hang_up(_: socket.socket) -> None:
        nonlocal connections
        connections += 1

    with misbehaving(hang_up) as port, source_of(port, retry_seconds=0) as source:
        before = open_descriptors()
        with running(lambda: list(source)):
            wait_until(lambda: connections >= 50, seconds=10, what="50 connections")
            source.stop()
        wait_until(lambda: before == open_descriptors(), seconds=10, what="the server's ends to be closed")


def test_what_is_closed_leaves_no_thread_and_no_descriptor(gearman_server: GearmanServer) -> None:
    submit(gearman_server, b"warm")
    descriptors, threads = open_descriptors(), threading.active_count()
    for _ in range(20):
        with source_of(gearman_server.port) as source, submitter_to(gearman_server.port) as submitter:
            submitter.submit(b"job", unique="job")
            take(source).ack()
            assert threading.active_count() <= threads
    # gear's server, which lives in this process, closes its ends a little later, also those of earlier tests.
    wait_until(lambda: open_descriptors() <= descriptors, seconds=10, what="the descriptors to be closed")


def open_descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_neither_source_nor_embedded_server_keeps_a_process_alive() -> None:
    program = """
import threading, time
from log_processor.source import EmbeddedServer, GearmanSource, GearmanSubmitter
server = EmbeddedServer()
source = GearmanSource(server.host, server.port)
taken = threading.Event()
def work():
    for delivery in source:
        taken.set()
        delivery.ack()
threading.Thread(target=work, daemon=True).start()
GearmanSubmitter(server.host, server.port).submit(b"job", "job")
assert taken.wait(10)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=False)
    assert (0, b"", b"") == (ended.returncode, ended.stdout, ended.stderr)


def test_importing_sets_up_no_logging_and_starts_no_thread() -> None:
    program = "import logging, threading, log_processor.source; print(logging.root.handlers, threading.active_count())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=True)
    assert b"[] 1\n" == ended.stdout


# What is not a gearman server


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"\0RE",
        packet(constants.NO_JOB, magic=constants.REQ),
        struct.pack("!4sii", constants.RES, constants.NO_JOB, -1),
        packet(4711, b"\xff"),
        packet(constants.ERROR, b"QUEUE\0try later"),
        packet(constants.JOB_ASSIGN_UNIQ, b"handle\0function"),
        packet(constants.JOB_ASSIGN_UNIQ, b"handle\0function\0unique\0payload")[:-3],
        packet(constants.NOOP) * 3,
        packet(constants.NO_JOB) + packet(constants.NO_JOB),
    ],
)
def test_a_source_drops_what_makes_no_sense_and_tries_again(answer: bytes) -> None:
    connections = 0

    def babble(connection: socket.socket) -> None:
        nonlocal connections
        connections += 1
        connection.recv(1000)
        connection.sendall(answer)

    jobs: list[Delivery] = []
    with misbehaving(babble) as port, source_of(port) as source, running(lambda: jobs.extend(source)):
        wait_until(lambda: connections >= 3, seconds=10, what="the third try")
        source.stop()
    assert [] == jobs


def test_a_source_gives_up_on_a_server_that_never_answers() -> None:
    connections = 0

    def keep_silent(connection: socket.socket) -> None:
        nonlocal connections
        connections += 1
        while connection.recv(1000):
            pass

    with (
        misbehaving(keep_silent) as port,
        source_of(port, timeout_seconds=0.1) as source,
        running(lambda: list(source)),
    ):
        wait_until(lambda: connections >= 2, seconds=10, what="the second try")
        source.stop()


def test_a_wake_up_that_comes_late_is_passed_over() -> None:
    def wake_and_assign(connection: socket.socket) -> None:
        connection.recv(1000)
        job = packet(constants.JOB_ASSIGN_UNIQ, b"handle\0function\0unique\0pay\0load")
        connection.sendall(packet(constants.NOOP) + job)
        connection.recv(1000)
        connection.sendall(packet(constants.NOOP) + packet(constants.STATUS_RES, b"handle\x000\x000\0\0"))

    with misbehaving(wake_and_assign) as port, source_of(port) as source:
        delivery = take(source)
        assert ("handle", b"pay\0load") == (delivery.handle, delivery.payload)
        delivery.ack()


# Submitting


def test_a_submitter_says_which_server_is_away(gearman_server: GearmanServer) -> None:
    gearman_server.stop()
    expected = rf"{HOST}:{gearman_server.port} took no job within 0.3 s: .*refused"
    with (
        submitter_to(gearman_server.port, timeout_seconds=0.3) as submitter,
        pytest.raises(Unavailable, match=expected),
    ):
        submitter.submit(b"job", unique="job")


def test_a_submitter_says_once_that_it_tries_again(
    gearman_server: GearmanServer, caplog: pytest.LogCaptureFixture
) -> None:
    gearman_server.stop()
    with submitter_to(gearman_server.port, timeout_seconds=0.5) as submitter, pytest.raises(Unavailable):
        submitter.submit(b"job", unique="job")
    (said,) = caplog.messages
    assert said.startswith(f"the gearman server {HOST}:{gearman_server.port}: ")
    assert said.endswith("refused; trying for 0.5 s")


def test_a_submitter_waits_for_its_server_and_outlives_a_restart(gearman_server: GearmanServer) -> None:
    with submitter_to(gearman_server.port) as submitter:
        submitter.submit(b"before", unique="before")
        gearman_server.stop()
        with running(lambda: submitter.submit(b"after", unique="after")):
            gearman_server.start()
        assert 1 == queue(gearman_server).total


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\n\r\n", packet(constants.ERROR, b"JOB_QUEUE_FULL\0full"), b""]
)
def test_a_submitter_gives_up_in_time_on_a_server_that_takes_no_job(answer: bytes) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer)

    with (
        misbehaving(refuse) as port,
        submitter_to(port, timeout_seconds=0.3) as submitter,
        pytest.raises(Unavailable, match="full" if b"full" in answer else "server"),
    ):
        submitter.submit(b"job", unique="job")


@pytest.mark.services("gearmand")
def test_a_submitter_gives_up_in_time_on_a_frozen_server(gearmand: Gearmand) -> None:
    with submitter_to(gearmand.port, timeout_seconds=0.3) as submitter:
        submitter.submit(b"job", unique="1")
        gearmand.freeze()
        with pytest.raises(Unavailable, match="timed out"):
            submitter.submit(b"job", unique="2")


@pytest.mark.parametrize("unique", ["", "a\0b", "\0", "x" * 64, "\u00e4" * 32])
def test_a_unique_that_cannot_be_sent_is_refused_before_it_is(unique: str) -> None:
    with submitter_to(1) as submitter, pytest.raises(ValueError, match="unique"):
        submitter.submit(b"job", unique=unique)


@pytest.mark.parametrize("unique", ["x" * 63, "\u00e4" * 31, "a b", "%2F"])
def test_a_unique_of_63_bytes_or_fewer_leaves_the_payload_whole(
    gearman_server: GearmanServer, unique: str
) -> None:
    with submitter_to(gearman_server.port) as submitter:
        submitter.submit(b"job", unique=unique)
    with source_of(gearman_server.port) as source:
        assert b"job" == take(source).payload


@pytest.mark.parametrize("name", ["", "push\0log"])
def test_a_function_or_client_id_that_cannot_be_sent_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="function"):
        GearmanSource(HOST, 1, name)
    with pytest.raises(ValueError, match="client_id"):
        GearmanSource(HOST, 1, client_id=name)
    with pytest.raises(ValueError, match="function"):
        GearmanSubmitter(HOST, 1, name)


def test_a_source_works_for_its_own_function_alone(gearman_server: GearmanServer) -> None:
    with (
        closing(GearmanSubmitter(HOST, gearman_server.port, "other")) as other,
        closing(GearmanSource(HOST, gearman_server.port, "mine", "me")) as source,
        closing(GearmanSubmitter(HOST, gearman_server.port, "mine")) as submitter,
    ):
        other.submit(b"not ours", unique="1")
        submitter.submit(b"ours", unique="2")
        delivery = take(source)
        assert b"ours" == delivery.payload
        delivery.ack()
        assert {("mine", 0), ("other", 1)} == {
            (q.function, q.total) for q in queue_status(HOST, gearman_server.port)
        }


@pytest.mark.parametrize(("host", "port"), [("a..b", 4730), ("x" * 64, 4730), (HOST, 65536)])
def test_an_address_that_cannot_be_used_is_named_like_a_server_that_is_away(host: str, port: int) -> None:
    submitter = GearmanSubmitter(host, port, timeout_seconds=0)
    with pytest.raises(Unavailable, match=f"{host}:{port}"):
        submitter.submit(b"job", unique="job")
    with pytest.raises(Unavailable, match=f"{host}:{port}"):
        queue_status(host, port)


# The embedded server


def test_an_embedded_server_listens_on_loopback_at_the_port_given_and_again_after_it_closed() -> None:
    with closing(EmbeddedServer()) as server:
        port = server.port
        assert HOST == server.host
        assert [] == queue_status(HOST, port)
    with pytest.raises(Unavailable):
        queue_status(HOST, port, timeout_seconds=1)
    with closing(EmbeddedServer(port)) as server:
        assert port == server.port


def test_an_embedded_server_on_a_port_that_is_taken_names_it() -> None:
    with closing(EmbeddedServer()) as other, pytest.raises(ConfigError, match=f"{HOST}:{other.port}"):
        EmbeddedServer(other.port)


def test_embedded_servers_that_closed_leave_no_descriptor_open() -> None:
    EmbeddedServer().close()
    before = open_descriptors()
    for _ in range(10):
        EmbeddedServer().close()
    assert before == open_descriptors()


def test_gear_is_imported_by_one_module_alone() -> None:
    package = Path(source_module.__file__).parent
    importers = [path.name for path in package.rglob("*.py") if "import gear\n" in path.read_text()]
    assert ["source.py"] == importers
    assert gear.Server
