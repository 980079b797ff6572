"""The log files that the command line names."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from anomaly_filter import Line, lines
from log_classify.progress import Progress
from log_processor.errors import ConfigError, JobError
from log_processor.fetch.decompress import decompressed

STANDARD_INPUT = "-"
_CHUNK = 1 << 18  # bytes
_MOST_THREADS = 4  # more would wait for the one that puts together what they read


class Log:
    """A log file, compressed or not.

    Attributes:
        name: as the command line has it.
        damage: why reading ended before the end of the file; None when it did not.
        bytes: how many were read, unpacked, when it was read last.
    """

    def __init__(self, path: Path, name: str | None = None, progress: Progress | None = None) -> None:
        """Name a file; it is read later, but looked at now.

        Args:
            path: where it is.
            name: what to call it; None: its path.
            progress: is told how much has been read.

        Raises:
            ConfigError: there is no such file, it is a folder, or it may not be read.
        """
        self.name = str(path) if name is None else name
        self.damage: str | None = None
        self.bytes = 0
        self._path = path
        self._progress = progress
        self._regular = stat.S_ISREG(_mode(path))

    def lines(self) -> Iterator[Line]:
        """Read the lines from the first one on.

        Data that is damaged, or ends too early, ends the lines, and `damage` says why.

        Raises:
            ConfigError: the file cannot be read any longer.
        """
        self.damage = None
        self.bytes = 0
        return lines(self._decompressed())

    @property
    def readable_again(self) -> bool:
        """Whether the file can be read more than once, as pipes cannot."""
        return self._regular

    def _decompressed(self) -> Iterator[bytes]:
        # No limit for what a file may unpack to: whoever named it wants it read, and no more than a chunk is held.
        try:
            for chunk in decompressed(self._chunks(), max_bytes=sys.maxsize, max_ratio=sys.maxsize):
                self.bytes += len(chunk)
                yield chunk
        except JobError as error:
            self.damage = str(error)
        except OSError as error:
            raise ConfigError(f"{self.name}: cannot be read: {error.strerror}") from error

    def _chunks(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            read = 0
            while chunk := file.read(_CHUNK):
                read += len(chunk)
                if self._progress:
                    self._progress.show(self.name, read, size)
                yield chunk


def threads() -> int:
    """Return how many threads may read one log: one for each core that this process may use, and only a few."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def baseline_logs(paths: Iterable[Path], progress: Progress | None = None) -> list[Log]:
    """Name the logs of passing builds; one that is named twice is one build all the same.

    Raises:
        ConfigError: there is no such file, it is a folder, or it may not be read.
    """
    return [Log(path, progress=progress) for path in dict.fromkeys(paths)]


def own_baselines(target: str, baselines: Iterable[str]) -> Iterator[str]:
    """Give a remark for each baseline that is, or holds, what is judged by it.

    Args:
        target: what is judged, as the command line names it.
        baselines: what it is compared with.
    """
    real = Path(os.path.realpath(target))
    if target == STANDARD_INPUT or not real.exists():
        return
    for name in baselines:
        if real.is_relative_to(os.path.realpath(name)):
            beside = "" if name == target else f", as {name}"
            yield f"{target}: is among its own baselines{beside}: nothing of it can be new"


@contextmanager
def target_log(name: str, progress: Progress | None = None) -> Iterator[Log]:
    """Give the log to be judged, which may have to be read twice: a pipe is copied to a temporary file first.

    Args:
        name: a path, or `-` for standard input.
        progress: is told how much has been read.

    Raises:
        ConfigError: there is no such file, it may not be read, or there is no room for the copy.
    """
    if name != STANDARD_INPUT:
        log = Log(Path(name), name, progress)
        if log.readable_again:
            yield log
            return
    import tempfile  # noqa: PLC0415 - only a pipe needs it, and loading it takes as long as judging a short log

    with tempfile.NamedTemporaryFile(prefix="log-classify-") as copy:
        try:
            with piped(name) as pipe:
                shutil.copyfileobj(pipe, copy)
            copy.flush()
        except OSError as error:
            raise ConfigError(
                f"{name}: cannot be copied to {tempfile.gettempdir()}: {error.strerror}; TMPDIR may name a folder "
                "with more room"
            ) from error
        yield Log(Path(copy.name), name, progress)


def piped(name: str) -> BinaryIO:
    """Open a file that may be a pipe, or standard input.

    Raises:
        ConfigError: standard input is closed.
        OSError: it cannot be opened.
    """
    if name != STANDARD_INPUT:
        return Path(name).open("rb")
    if sys.stdin is None:  # its number may be that of another file by now
        raise ConfigError(f"{name}: standard input is closed")
    return os.fdopen(0, "rb", closefd=False)  # a socket could not be opened by a name


def _mode(path: Path) -> int:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise ConfigError(f"{path}: is a folder; name the log files in it")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{path}: cannot be read: you have no permission")
    return mode
