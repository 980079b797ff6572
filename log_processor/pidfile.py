"""The file with a daemon's process id."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from log_processor.errors import ConfigError


class Pidfile:
    """Holds the file for as long as the block, or the process, lasts; it is removed at the end of the block.

    Held means locked: what a killed process left hinders nobody, even where another process has its id now.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is written yet."""
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        """Write this process's id.

        Raises:
            ConfigError: another process holds it, it is no pidfile, or it cannot be written.
        """
        try:
            descriptor = self._locked()
        except OSError as error:
            raise ConfigError(
                f"{self._path}: the pidfile cannot be written: {error.strerror}; name another with --pidfile"
            ) from error
        found = os.read(descriptor, 64).strip()
        if found and not found.isdigit():
            os.close(descriptor)
            raise ConfigError(
                f"{self._path} holds something else than a process id; name another file with --pidfile"
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def __exit__(self, *exception: object) -> None:
        """Remove the file."""
        if self._descriptor is not None:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _locked(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_still(descriptor):
                    return descriptor
            except BlockingIOError:
                holder = os.read(descriptor, 64).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise ConfigError(
                    f"{self._path}: process {holder} holds it; stop that one, or name another file with --pidfile"
                ) from None
            os.close(descriptor)

    def _is_still(self, descriptor: int) -> bool:
        """Whether the file was not removed by its last holder between our opening and our locking."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        return False
