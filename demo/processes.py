"""The programs and servers around the demo, each of which ends with the block that started it."""

from __future__ import annotations

import contextlib
import functools
import http.server
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.narrator import CHECKOUT, short, typed

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.1
_END_SECONDS = 10.0


class DemoFailed(Exception):
    """The demo cannot go on; the message says why, and where to look."""


@dataclass(frozen=True)
class Program:
    """A running command.

    Attributes:
        words: its command line.
        process: it.
        output: the file that it prints to.
    """

    words: tuple[str | Path, ...]
    process: subprocess.Popen[bytes]
    output: Path

    def wait_until(self, what: str, done: Callable[[], bool]) -> None:
        """Wait for what the program is to bring about.

        Raises:
            DemoFailed: the program ended before, or time is up.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            if self.process.poll() is not None:
                ended = f"{typed(*self.words)} ended with exit status {self.process.returncode}"
                raise DemoFailed(f"{ended}; see {short(self.output)}")
            if time.monotonic() > deadline:
                raise DemoFailed(f"not within {PATIENCE_SECONDS:.0f} s: {what}; see {short(self.output)}")
            time.sleep(_POLL_SECONDS)

    def ended(self) -> int:
        """Wait for the end; the exit status.

        Raises:
            DemoFailed: time is up.
        """
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise DemoFailed(
                f"not within {PATIENCE_SECONDS:.0f} s: the end of {typed(*self.words)}"
            ) from None


@contextlib.contextmanager
def running(*words: str | Path, output: Path) -> Iterator[Program]:
    """Run a command beside us."""
    with output.open("wb") as file:
        process = subprocess.Popen(words, cwd=CHECKOUT, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield Program(words, process, output)
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def printed_by(*words: str | Path) -> str:
    """What a command prints.

    Raises:
        DemoFailed: its exit status is not 0.
    """
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise DemoFailed(f"{typed(*words)} ended with exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def log_server(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP on the loopback interface, and give its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: the demo's own words are enough."""

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


def free_port() -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(url: str) -> bool:
    """Whether somebody serves this address."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
