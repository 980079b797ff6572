"""What operators count on, with workers in processes of their own and a server that is killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from log_processor.queue_status import queue_status
from log_processor.source import GearmanSource, GearmanSubmitter
from tests.services.gearman import HOST, Gearmand, GearmanServer
from tests.services.servers import wait_until

WORKER = """
import sys
from log_processor.source import GearmanSource
for delivery in GearmanSource("127.0.0.1", int(sys.argv[1])):
    print(delivery.payload.decode(), flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def worker(port: int) -> Iterator[subprocess.Popen[str]]:
    """A process that takes a job, prints it, and holds it for ever."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def total(port: int) -> int:
    return sum(queue.total for queue in queue_status(HOST, port))


def test_the_job_of_a_worker_killed_goes_to_the_next_one_where_the_server_takes_back(
    gearman_server: GearmanServer,
) -> None:
    port = gearman_server.port
    with closing(GearmanSubmitter(HOST, port)) as submitter:
        submitter.submit(b"job", "job")
    with worker(port) as process:
        assert process.stdout is not None
        assert "job\n" == process.stdout.readline()
        process.kill()
    with closing(GearmanSource(HOST, port)) as source:
        if gearman_server.takes_back:
            delivery = next(source)
            assert b"job" == delivery.payload
            delivery.ack()
        wait_until(lambda: total(port) == 0, seconds=10, what="the queue to be empty")


@pytest.mark.services("gearmand")
def test_a_queue_on_disk_outlives_a_killed_gearmand_with_the_job_in_hand(tmp_path: Path) -> None:
    server = Gearmand("--queue-type=libsqlite3", f"--libsqlite3-db={tmp_path / 'queue'}")
    try:
        payloads = [b"%d" % n for n in range(10)]
        with (
            closing(GearmanSource(HOST, server.port, retry_seconds=0.02)) as source,
            closing(GearmanSubmitter(HOST, server.port)) as submitter,
        ):
            for payload in payloads:
                submitter.submit(payload, unique=payload.decode())
            done = []
            for _ in range(3):
                delivery = next(source)
                delivery.ack()
                done.append(delivery.payload)
            next(source)
            server.stop()
            server.start()
            for _ in range(7):
                delivery = next(source)
                delivery.ack()
                done.append(delivery.payload)
            assert payloads == sorted(done)
            assert 0 == total(server.port)
    finally:
        server.stop()


@pytest.mark.services("gearmand")
def test_a_job_that_kills_its_workers_ends_after_the_retries_allowed() -> None:
    server = Gearmand("--job-retries=2")
    try:
        with closing(GearmanSubmitter(HOST, server.port)) as submitter:
            submitter.submit(b"poison", "poison")
        for _ in range(2):
            with worker(server.port) as process:
                assert process.stdout is not None
                assert "poison\n" == process.stdout.readline()
        wait_until(lambda: total(server.port) == 0, seconds=10, what="the job to be dropped")
    finally:
        server.stop()
