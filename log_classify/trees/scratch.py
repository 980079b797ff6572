"""A folder for what is unpacked and downloaded; nothing in it has a name that came from outside."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from log_processor.errors import ConfigError, JobError, Unavailable

MAX_BYTES = 64 * 1024**3
"""Of all files together: more than the logs of any build, and less than a disk."""


@contextmanager
def ended_by_term() -> Iterator[None]:
    """Have SIGTERM, which cancelled jobs get, end the process by an exception, as Ctrl-C does."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if ours:
        signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Say what to do where a temporary folder cannot hold what is written to it.

    Raises:
        ConfigError: an OSError was raised within.
    """
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be written: {error.strerror}; TMPDIR may name a folder with more room"
        ) from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards, also when the process is asked to end."""
    with ended_by_term(), TemporaryDirectory(prefix="log-classify-") as folder:
        yield Path(folder)


class Kept(NamedTuple):
    """A file that was written.

    Attributes:
        file: where it is.
        size: its bytes.
        damage: why there are no more of them; None when these are all.
    """

    file: Path
    size: int
    damage: str | None


class Scratch:
    """Writes files, from any thread.

    Attributes:
        written: bytes of all files so far.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        """Write nothing yet.

        Args:
            folder: where to write; whoever made it removes it.
            max_bytes: limit for all files together.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        self.written = 0
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._closed = False

    def keep(self, chunks: Iterable[bytes]) -> Kept:
        """Write a file.

        Args:
            chunks: its content; where they end in a JobError or Unavailable, what came before it is kept.

        Raises:
            ConfigError: there is no room for it.
        """
        damage = None
        with self._new() as file:
            try:
                for chunk in chunks:
                    self._write(file, chunk)
            except (JobError, Unavailable) as error:
                damage = str(error)
            return Kept(Path(str(file.name)), file.tell(), damage)

    def close(self) -> None:
        """Begin no more files, so that the folder can be removed whatever other threads do."""
        with self._lock:
            self._closed = True

    def _new(self) -> FileIO:
        with self._lock:
            if self._closed:
                raise ConfigError("the folder for what is unpacked and downloaded is gone")
            path = self._folder / f"{next(self._numbers):07d}"
            with room(self._folder):
                return path.open("wb", buffering=0)

    def _write(self, file: FileIO, chunk: bytes) -> None:
        with self._lock:
            self.written += len(chunk)
            if self.written > self._max_bytes:
                raise ConfigError(
                    f"more than {self._max_bytes >> 30} GiB are unpacked or downloaded; leave out what is large"
                )
        left = memoryview(chunk)
        with room(self._folder):
            while left:
                left = left[file.write(left) :]
