"""Real gearman servers for tests, all on loopback: gearmand, gear's own, and ones that misbehave."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from log_processor.errors import Unavailable
from log_processor.queue_status import queue_status
from log_processor.source import EmbeddedServer
from tests.services.servers import wait_until

HOST = "127.0.0.1"


class GearmanServer(Protocol):
    """A server that a test may stop and start again on the same port, with an empty queue.

    Attributes:
        port: where it listens.
        takes_back: whether the job of a worker that goes away is given to another one.
        coalesces: whether unfinished jobs with the same `unique` are one.
    """

    port: int
    takes_back: bool
    coalesces: bool

    def start(self) -> None: ...
    def stop(self) -> None: ...


def missing() -> str | None:
    """Say why gearmand cannot run here; None when it can."""
    return None if _gearmand() else "gearmand needs its binary: there is no `gearmand` on the PATH"


class Gearmand:
    """The C server; `options` go to its command line."""

    takes_back = True
    coalesces = True

    def __init__(self, *options: str) -> None:
        self.port = 0
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        # Another program may take a free port between the look and the start; gearmand then ends at once.
        # A pid file of its own: gearmand removes it when it ends, and as root it would remove /dev/null.
        self._folder = tempfile.mkdtemp(prefix="gearmand-")
        for _ in range(5):
            port = self.port or _free_port()
            process = subprocess.Popen(
                [
                    str(_gearmand()),
                    f"--port={port}",
                    f"--listen={HOST}",
                    f"--pid-file={self._folder}/pid",
                    f"--config-file={os.devnull}",
                    "--log-file=none",
                    *self._options,
                ],
                stdin=subprocess.DEVNULL,
            )
            with contextlib.suppress(TimeoutError):
                wait_until(
                    lambda p=port, g=process: _answers(p) or g.poll() is not None,  # type: ignore[misc]
                    seconds=10,
                    what=f"gearmand on port {port}",
                )
            if process.poll() is None:
                self.port, self._process = port, process
                return
        raise RuntimeError("gearmand did not start")

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it and wait until it is gone; does nothing when it is not running."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None
            shutil.rmtree(self._folder)

    def freeze(self) -> None:
        """Keep it from doing anything; its connections stay open. Only `stop` ends this."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        # The signal stops one thread after the other; until the last one has, the server may still answer.
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)


class Gear:
    """gear's own server, in this process."""

    takes_back = False
    coalesces = False

    def __init__(self) -> None:
        self.port = 0
        self._server: EmbeddedServer | None = None
        self.start()

    def start(self) -> None:
        self._server = EmbeddedServer(self.port)
        self.port = self._server.port

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


@contextlib.contextmanager
def misbehaving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen and treat each connection with `answer`, in turn; give the port.

    When `answer` returns, its connection is closed. When the test ends while it still waits for the client, the
    client's end of the connection wakes it.
    """
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    if ending.is_set():
                        return
                    connection.settimeout(10)
                    answer(connection)

        ending = threading.Event()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ending.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join(timeout=15)
            assert not thread.is_alive()


def _gearmand() -> str | None:
    # Debian keeps it where a plain user's PATH does not look.
    return shutil.which("gearmand", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


def _answers(port: int) -> bool:
    try:
        queue_status(HOST, port, timeout_seconds=1)
    except Unavailable:
        return False
    return True


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
