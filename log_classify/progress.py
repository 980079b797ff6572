"""How far a long file has been read, for somebody who waits in front of a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO

from log_processor.visible import visible

_PATIENCE = 1.0  # seconds after which somebody wants to know
_PAUSE = 0.2  # seconds between two looks
_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is written over and over; nothing at all where the stream is no terminal."""

    def __init__(self, out: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        """Write to a stream, as a rule standard error.

        Args:
            out: the stream.
            clock: seconds from any start.
        """
        self._out = out
        self._clock = clock
        self._on = out.isatty()
        self._next = clock() + _PATIENCE
        self._written = False

    def show(self, name: str, read: int, size: int) -> None:
        """Say how much of a file is read.

        Args:
            name: of the file.
            read: bytes.
            size: bytes of the whole file; 0 where nobody knows.
        """
        if not self._on or self._clock() < self._next:
            return
        self._next = self._clock() + _PAUSE
        self._written = True
        done = f"{100 * read // size} %" if size else f"{read // 1_000_000:,} MB"
        self._out.write(f"{_CLEAR}reading {visible(name)}: {done}")
        self._out.flush()

    def end(self) -> None:
        """Take the line away; nothing is shown from now on."""
        self._on = False
        if self._written:
            self._out.write(_CLEAR)
            self._out.flush()
            self._written = False
