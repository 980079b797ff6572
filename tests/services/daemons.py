"""The daemon as users run it: a process of its own, fed by a gearman server, reading from a real HTTP server."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from log_processor.cli import main as log_processor
from log_processor.document import FileDocument
from log_processor.queue_status import queue_status
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings
from tests.answering import handling
from tests.services.gearman import HOST
from tests.services.servers import wait_until


class Daemon:
    """`log-processor run --foreground` beside a gearman server; its files are in a folder."""

    def __init__(
        self, folder: Path, gearman_port: int, store: StoreSettings, allow: str, **keys: object
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.store = store
        self.log = folder / "daemon.log"
        settings = {
            "gearman.host": HOST,
            "gearman.port": gearman_port,
            "store.url": store.url,
            "store.index_prefix": store.index_prefix,
            "store.files_index": store.files_index,
            "models.path": str(folder / "models"),
            "dead_letters.path": str(folder / "dead-letters"),
            "fetch.allow": json.dumps([allow]),
            "metrics.listen": "null",
            **keys,
        }
        self.overrides = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "log_processor", "run", "--foreground", *self.overrides],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def start(self) -> None:
        """Start it again."""
        self.process = self._started()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int:
        """Send a signal and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=seconds)

    def said(self, text: str) -> bool:
        """Return whether the log holds a text."""
        return text in self.log.read_text()

    def memory_peak_bytes(self) -> int:
        """Return the most memory that was ever resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def files(self, build: str) -> list[FileDocument]:
        """Return the file documents of a build that readers see now; none while there is no store yet."""
        return files(self.store, build)


def files(store: StoreSettings, build: str) -> list[FileDocument]:
    """Return the file documents of a build that readers see now; none while there is no store yet."""
    if store.url.startswith("sqlite") and not Path(store.url.removeprefix("sqlite:///")).exists():
        return []
    with contextlib.closing(open_reader(store)) as reader:
        return reader.files(build)


@contextlib.contextmanager
def running(*daemons: Daemon) -> Iterator[None]:
    """End the daemons with the block, however it ends."""
    try:
        yield
    finally:
        for daemon in daemons:
            if daemon.process.poll() is None:
                daemon.process.kill()
            daemon.process.wait()


def wait_until_idle(port: int, seconds: float = 120) -> None:
    """Wait until the gearman server has no job left, waiting or in hand."""

    def idle() -> bool:
        return all(status.total == 0 for status in queue_status(HOST, port))

    wait_until(idle, seconds=seconds, what="an empty queue")


def submit(port: int, path: Path, url: str, build: str, status: str, *more: str, job: str = "job") -> None:
    """Submit a file, or a folder's files, of a build."""
    arguments = [
        "submit", str(path), "--log-url", url, "--build-uuid", build, "--build-name", job, "--build-status", status,
        "--project", "acme/shop", "--branch", "main", "--build-start", "2024-05-06T07:08:09Z",
        "--gearman", f"{HOST}:{port}", *more,
    ]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        assert log_processor(arguments) == 0


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def log_server(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder; give the URL, without a slash at its end."""
    with handling(functools.partial(_Quiet, directory=str(folder)), port) as url:
        yield url
