"""How long the queues of a gearman server are, and how many work on them."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from log_processor.errors import Unavailable

_LONGEST_ANSWER_BYTES = 16 * 2**20
"""Some hundred thousand functions; what goes on beyond that is not an answer to `status`."""

_CHUNK_BYTES = 64 * 2**10
_SHORTEST_SECONDS = 0.001
"""A socket's timeout of 0 would mean not to wait at all, and a negative one is an error."""


@dataclass(frozen=True)
class QueueStatus:
    """What a server says about one function.

    Attributes:
        function: its name.
        total: jobs, waiting or running.
        running: jobs that a worker has in hand.
        workers: connections that can do the function.
    """

    function: str
    total: int
    running: int
    workers: int

    @property
    def waiting(self) -> int:
        """Jobs that no worker has in hand."""
        return self.total - self.running


def queue_status(host: str, port: int, timeout_seconds: float = 5.0) -> list[QueueStatus]:
    """Ask a server for its queues, by the one admin command that gearmand and gear's own server both answer.

    Raises:
        Unavailable: no whole answer came within the time allowed, or it was not a gearman server's.
    """
    try:
        answer = _answer(host, port, timeout_seconds)
        return [_parsed(line) for line in answer.split(b"\n")[:-2]]
    except (OSError, ValueError, OverflowError) as error:
        raise Unavailable(
            f"the gearman server {host}:{port} did not tell its queues: {error}; "
            "check that it runs, and that the address is a gearman server's"
        ) from error


def function_status(host: str, port: int, function: str, timeout_seconds: float = 5.0) -> QueueStatus | None:
    """Ask a server for the queue of one function; None when it does not know it.

    Raises:
        Unavailable: as `queue_status`.
    """
    statuses = queue_status(host, port, timeout_seconds)
    return next((status for status in statuses if status.function == function), None)


def _answer(host: str, port: int, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    answer = bytearray()
    with socket.create_connection((host, port), seconds) as connection:
        connection.sendall(b"status\n")
        while answer != b".\n" and not answer.endswith(b"\n.\n"):
            connection.settimeout(max(deadline - time.monotonic(), _SHORTEST_SECONDS))
            chunk = connection.recv(_CHUNK_BYTES)
            if not chunk:
                raise ConnectionError("the answer has no end")
            answer += chunk
            if len(answer) > _LONGEST_ANSWER_BYTES or time.monotonic() > deadline:
                raise TimeoutError("the answer has no end")
    return bytes(answer)


def _parsed(line: bytes) -> QueueStatus:
    name, *numbers = line.rsplit(b"\t", 3)
    if len(numbers) != 3 or not all(number.isdigit() for number in numbers):
        raise ValueError(f"the answer holds {line[:80]!r}")
    total, running, workers = map(int, numbers)
    return QueueStatus(name.decode("utf-8", "replace"), total, running, workers)
