"""`log-processor run` as a process of its own, with a YAML file that a test may change."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from log_processor.document import FileDocument
from log_processor.errors import StoreUnavailable
from log_processor.job import FUNCTION
from log_processor.source import GearmanSubmitter
from log_processor.stores.sqlite_reader import SqliteReader
from tests.httpserver import Answer, Handler
from tests.services.gearman import HOST
from tests.services.servers import wait_until

SECONDS = 30


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "log_processor", *map(str, arguments)]


def query_command(store: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "log_processor.query.cli", "--store", store, *arguments]


def environment(**more: str) -> dict[str, str]:
    checkout = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": checkout, "PYTHONUNBUFFERED": "1", **more}


class DaemonProcess:
    """A daemon whose files are in one folder, with paths in its YAML file that are relative to it."""

    def __init__(self, folder: Path, allow: str, **keys: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "daemon.log"
        self.yaml = folder / "log-processor.yaml"
        self.database = folder / "data" / "store.sqlite"
        self.dead_letters = folder / "data" / "dead-letters"
        self._keys = {
            "gearman.port": self.port,
            "gearman.host": HOST,
            "store.url": "sqlite:///data/store.sqlite",
            "models.path": "data/models",
            "dead_letters.path": "data/dead-letters",
            "fetch.allow": [allow],
            "fetch.late_seconds": 0,
            "metrics.listen": None,
            **keys,
        }
        self.configure()
        self.process: subprocess.Popen[bytes] | None = None

    def configure(self, **keys: Any) -> None:
        """Write the YAML file, with other values for some keys."""
        self._keys.update(keys)
        sections: dict[str, dict[str, object]] = {}
        for path, value in self._keys.items():
            section, _, name = path.partition(".")
            sections.setdefault(section, {})[name] = value
        self.yaml.write_text(json.dumps(sections))  # JSON is YAML

    def start(self, *arguments: str, embedded: bool = True) -> DaemonProcess:
        """Start it in the foreground, and wait until it takes jobs."""
        self.launch(*(("--embedded",) if embedded else ()), *arguments)
        self.wait_for("taking push-log jobs")
        return self

    def launch(self, *arguments: str) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command("run", "--foreground", "-c", self.yaml, *arguments),
                cwd=self.folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_for(self, pattern: str, times: int = 1) -> None:
        """Wait until the log has a pattern so many times."""

        def said() -> bool:
            assert self.process is None or self.process.poll() is None, self.log.read_text()
            return len(re.findall(pattern, self.log.read_text())) >= times

        wait_until(said, seconds=SECONDS, what=f"{pattern!r} in the log")

    def submit(self, *payloads: bytes) -> None:
        with closing(GearmanSubmitter(HOST, self.port, FUNCTION)) as submitter:
            for payload in payloads:
                submitter.submit(payload, payload.hex()[-40:])

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for the end; return the exit status."""
        assert self.process is not None
        return self.process.wait(SECONDS)

    def file(self, build: str) -> FileDocument | None:
        """Return the only file document of a build, if there is one yet."""
        try:
            with closing(SqliteReader(self.database, 5)) as reader:
                return next(iter(reader.files(build)), None)
        except StoreUnavailable:
            return None

    def wait_for_outcome(self, build: str, outcome: str) -> FileDocument:
        def there() -> bool:
            document = self.file(build)
            return document is not None and document.outcome.value == outcome

        wait_until(there, seconds=SECONDS, what=f"{build} to be {outcome}")
        document = self.file(build)
        assert document is not None
        return document

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def payload(url: str, build: str, **fields: object) -> bytes:
    named: Mapping[str, object] = {
        "filename": "job-output.txt", "build_uuid": build, "build_name": "unit", "build_status": "FAILURE", **fields
    }  # fmt: skip
    return json.dumps({"source_url": url, "event": {"fields": named, "tags": []}}).encode()


class Gate:
    """An answer that stops in the middle of the file until a test opens it."""

    def __init__(self, body: bytes = b"a line of a slow log\n" * 1000) -> None:
        self._body = body
        self._reached = threading.Event()
        self._open = threading.Event()

    @property
    def answer(self) -> Answer:
        def answer(handler: Handler) -> None:
            handler.begin(200, {"Content-Length": str(len(self._body))})
            half = len(self._body) // 2
            handler.wfile.write(self._body[:half])
            handler.wfile.flush()
            self._reached.set()
            self._open.wait(SECONDS)
            handler.wfile.write(self._body[half:])

        return answer

    def wait(self) -> None:
        assert self._reached.wait(10)

    def open(self) -> None:
        self._open.set()
