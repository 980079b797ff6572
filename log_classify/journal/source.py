"""Where entries come from: `journalctl`, or a file of what it printed."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from log_classify.journal.entry import FIELDS, SECOND, Entry, entry, time_of
from log_classify.journal.exported import Exported
from log_classify.journal.period import Period
from log_classify.logs import STANDARD_INPUT, Log, piped
from log_processor.errors import ConfigError
from log_processor.visible import counted, visible

_CHUNK = 256 * 1024
_NATIVE = b"LPKSHHRH"
"""What a file of journald's begins with."""
_SAID = 500  # bytes of what journalctl says that are repeated
_MISSING = "journalctl: is not installed here; where it is, `journalctl -o json` or `-o export` prints what --file can name"


class Journalctl:
    """The program, which reads journals as they lie on disk.

    Attributes:
        damage: what it complained of when it ran last; None when it did not.
    """

    def __init__(self, *where: str) -> None:
        """Run nothing yet.

        Args:
            where: arguments that say which journal; none: this machine's.
        """
        self.damage: str | None = None
        self._where = where

    def chunks(self, period: Period | None) -> Iterator[bytes]:
        """Give the entries of a period, and a few around it; without one, all.

        Raises:
            ConfigError: they cannot be read.
        """
        fields = ",".join(FIELDS)
        command = ["journalctl", "--output=json", "--all", f"--output-fields={fields}", *self._where]
        if period:  # in whole seconds
            command += [f"--since=@{period.start // SECOND}", f"--until=@{period.end // SECOND + 1}"]
        with tempfile.TemporaryFile() as said:
            yield from _printed(command, said)
            self.damage = _text(said) or None


class ExportedFile(Log):
    """A file of what journalctl printed, compressed or not."""

    def chunks(self, period: Period | None) -> Iterator[bytes]:
        """Give all that is in it.

        Raises:
            ConfigError: it cannot be read.
        """
        del period
        self.damage = None
        return self._decompressed()


class Source:
    """Entries of a journal, in its order.

    Attributes:
        name: for a person.
        remarks: what a person should know of what was read so far, one sentence each.
    """

    def __init__(self, name: str, export: Journalctl | ExportedFile) -> None:
        """Read nothing yet."""
        self.name = name
        self.remarks: list[str] = []
        self._export = export

    def entries(self, period: Period | None = None) -> Iterator[Entry]:
        """Give the entries of a period; without one, all.

        Raises:
            ConfigError: they cannot be read.
        """
        exported = Exported(self._export.chunks(period))
        unread = 0
        for fields in self._checked(exported):
            found = entry(fields)
            if found is None:
                unread += 1
            elif period is None or period.has(found):
                yield found
        if unread + exported.unread:
            self.remarks.append(
                f"{self.name}: {counted(unread + exported.unread, 'record')} left out, no entries of a journal"
            )
        if self._export.damage:
            self.remarks.append(f"{self.name}: maybe only a part of it could be read: {self._export.damage}")

    def newest(self) -> int:
        """Return the time of the newest entry, in microseconds since 1970; 0 where there is none.

        Raises:
            ConfigError: they cannot be read.
        """
        found = self._checked(Exported(self._export.chunks(None)))
        return max((time_of(fields) or 0 for fields in found), default=0)

    def _checked(self, exported: Exported) -> Iterator[Mapping[str, bytes]]:
        """Give what is in an export.

        Raises:
            ConfigError: there is something, and nothing of it is of a journal.
        """
        empty = True
        for fields in exported:
            empty = False
            yield fields
        if empty and exported.unread:
            raise ConfigError(f"{self.name}: is no journal; `journalctl -o export` writes one")


def source(name: str, scratch: Path) -> Source:
    """Return the journal that a person names.

    Args:
        name: a file or folder of journald's, a file of what journalctl printed, `-` for standard input, or nothing at
            all for this machine's journal.
        scratch: a folder for what can be read only once.

    Raises:
        ConfigError: there is no such file, or it cannot be read.
    """
    if not name:
        return Source("journal", Journalctl())
    path = Path(name)
    try:
        if name != STANDARD_INPUT and path.is_dir():
            return Source(name, Journalctl(f"--directory={path}"))
        if name == STANDARD_INPUT or not path.is_file():
            path = scratch / "input"
            with piped(name) as pipe, path.open("wb") as copy:
                shutil.copyfileobj(pipe, copy)
        with path.open("rb") as file:
            native = file.read(len(_NATIVE)) == _NATIVE
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from error
    if native:
        return Source(name, Journalctl(f"--file={glob.escape(str(path))}"))
    return Source(name, ExportedFile(path, name))


def _printed(command: Sequence[str], said: IO[bytes]) -> Iterator[bytes]:
    """Give what a program prints to its standard output.

    Raises:
        ConfigError: it is not there, or fails.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and nothing of it comes from a journal
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"},
        )
    except OSError as error:
        raise ConfigError(_MISSING) from error
    with process:
        try:
            while process.stdout and (chunk := process.stdout.read(_CHUNK)):
                yield chunk
        except BaseException:  # also where nobody wants more of it
            process.kill()
            raise
    if process.returncode:
        raise ConfigError(f"{command[0]}: {_text(said) or f'ended with status {process.returncode}'}")


def _text(said: IO[bytes]) -> str:
    said.seek(0)
    return visible(" ".join(said.read(_SAID).decode("utf-8", "replace").split()))
