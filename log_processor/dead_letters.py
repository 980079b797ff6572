"""The spool of what could not be done: jobs that can never work, and lines that the store refused.

A folder on each host, one file a job, so that it works while every server is away. A file is JSON lines: the
job's payload first, then each refused line, the verdict last. It appears whole, by a rename, under a name that
stands for the payload, so that the same job fails into the same file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from log_processor.errors import LogProcessorError, Outcome, Unavailable

_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class DeadLetter:
    """One letter of the spool.

    Attributes:
        path: its file.
        payload: the gearman payload as it came.
        at: when it was written; aware UTC.
        outcome: how the job ended; `indexed` when only some of its lines were refused.
        reason: one sentence.
        rejected: how many lines the letter holds.
        identity: tells this letter from another one at the same path.
    """

    path: Path
    payload: bytes
    at: datetime
    outcome: Outcome
    reason: str
    rejected: int
    identity: tuple[int, int]


class OpenLetter:
    """A letter that is being written; nobody sees it before it is sent."""

    def __init__(self, root: Path, payload: bytes, now: Callable[[], datetime]) -> None:
        """Begin a letter; its file is made with the first line that is refused, or when it is sent."""
        self._root = root
        self._payload = payload
        self._now = now
        self._part: _Part | None = None
        self.rejected = 0

    def reject(self, line: Mapping[str, object], reason: str) -> None:
        """Add a line that the store refused.

        Args:
            line: its document.
            reason: the store's.

        Raises:
            Unavailable: the folder cannot be written; the job has to be held.
        """
        with _spooling(self._root):
            self._begun().write({"line": line, "reason": reason})
        self.rejected += 1

    def send(self, outcome: Outcome, reason: str) -> None:
        """Put the letter into the spool, over an earlier one of the same payload.

        Raises:
            Unavailable: the folder cannot be written; the job has to be held.
        """
        verdict = {
            "at": self._now().isoformat(),
            "outcome": outcome.value,
            "reason": reason,
            "rejected": self.rejected,
        }
        name = hashlib.sha256(self._payload).hexdigest()[:24] + _SUFFIX
        with _spooling(self._root):
            part = self._begun()
            part.write(verdict)
            part.finish(self._root / name)
        self._part = None

    def discard(self) -> None:
        """Throw away what the letter holds; does nothing to one that was sent."""
        if self._part is not None:
            self._part.remove()
            self._part = None
            self.rejected = 0

    def _begun(self) -> _Part:
        if self._part is None:
            self._root.mkdir(parents=True, exist_ok=True)
            self._part = _Part(self._root)
            self._part.write(_encoded(self._payload))
        return self._part


class _Part:
    """A file of JSON lines that is not yet visible under its name."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")
        self._path = Path(name)

    def write(self, record: Mapping[str, object]) -> None:
        self._file.write(json.dumps(record) + "\n")

    def finish(self, path: Path) -> None:
        """Make the file durable, then visible."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        with suppress(OSError):  # what could not be written cannot be flushed by closing either
            self._file.close()
        self._path.unlink(missing_ok=True)


class DeadLetters:
    """The spool folder of this host."""

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        """Use a folder; it is made with the first letter."""
        self.root = root
        self._now = now

    @contextmanager
    def letter(self, payload: bytes) -> Iterator[OpenLetter]:
        """Begin a letter for a job; one that is not sent within the block is thrown away."""
        letter = OpenLetter(self.root, payload, self._now)
        try:
            yield letter
        finally:
            letter.discard()

    def __len__(self) -> int:
        """Return how many letters there are."""
        return sum(1 for _ in self._paths())

    def __iter__(self) -> Iterator[DeadLetter]:
        """Give the letters, oldest first.

        Raises:
            LogProcessorError: a file of the folder is not one that this program wrote.
        """
        return iter(sorted(map(_read, self._paths()), key=lambda letter: letter.at))

    def remove(self, letter: DeadLetter) -> None:
        """Remove a letter, unless the same job has failed again since it was read; the new one stays."""
        aside = letter.path.with_name(f".{letter.path.name}.removed")
        with suppress(FileNotFoundError):
            letter.path.replace(aside)
            if _identity(aside) == letter.identity:
                aside.unlink()
            else:
                aside.replace(letter.path)

    def _paths(self) -> Iterator[Path]:
        return self.root.glob(f"[!.]*{_SUFFIX}")


@contextmanager
def _spooling(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"the dead letters in {root} cannot be written: {error.strerror or error}"
        ) from error


def _identity(file: Path | int) -> tuple[int, int]:
    status = os.stat(file)  # noqa: PTH116 - an open file has no Path
    return status.st_ino, status.st_mtime_ns


def _encoded(payload: bytes) -> dict[str, object]:
    try:
        return {"payload": payload.decode()}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(payload).decode()}


def _decoded(head: Mapping[str, str]) -> bytes:
    return head["payload"].encode() if "payload" in head else base64.b64decode(head["payload_base64"])


def _read(path: Path) -> DeadLetter:
    """Read the first and the last line of a letter.

    Raises:
        LogProcessorError: it is not one that this program wrote.
    """
    try:
        with path.open("rb") as file:
            identity = _identity(file.fileno())
            first = last = file.readline()
            for line in file:
                last = line
        head, verdict = json.loads(first), json.loads(last)
        return DeadLetter(
            path,
            _decoded(head),
            datetime.fromisoformat(verdict["at"]),
            Outcome(verdict["outcome"]),
            str(verdict["reason"]),
            int(verdict["rejected"]),
            identity,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LogProcessorError(f"{path} is no dead letter: {error}; move it out of the folder") from error
