"""How far long work has come, for somebody who waits in front of a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO

from log_processor.visible import visible

_PATIENCE = 1.0  # seconds after which somebody wants to know
_PAUSE = 0.2  # seconds between two looks
_SETTLED = 2.0  # seconds of a piece of work after which its pace says when it will end
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
        self._work = ""
        self._since = 0.0

    def show(self, name: str, read: int, size: int) -> None:
        """Say how much of a file is read.

        Args:
            name: of the file.
            read: bytes.
            size: bytes of the whole file; 0 where nobody knows.
        """
        if self._due(name):
            done = f"{100 * read // size} %" if size else f"{read // 1_000_000:,} MB"
            self._write(f"reading {name}: {done}{self._pace(read)}{self._rest(read, size)}")

    def step(self, work: str, done: int, total: int, size: int = 0) -> None:
        """Say how many of several files are done.

        Args:
            work: what is done to them, such as `judging`.
            done: files.
            total: files that there are.
            size: bytes of those that are done; 0 where nobody counts them.
        """
        if self._due(work):
            self._write(f"{work}: {done:,} of {total:,} files{self._pace(size)}{self._rest(done, total)}")

    def end(self) -> None:
        """Take the line away; nothing is shown from now on."""
        self._on = False
        if self._written:
            self._out.write(_CLEAR)
            self._out.flush()
            self._written = False

    def _due(self, work: str) -> bool:
        if not self._on:
            return False
        now = self._clock()
        if work != self._work:
            self._work, self._since = work, now
        if now < self._next:
            return False
        self._next = now + _PAUSE
        return True

    def _pace(self, size: int) -> str:
        seconds = self._clock() - self._since
        return f", {size / seconds / 1e6:,.1f} MB/s" if size and seconds >= _SETTLED else ""

    def _rest(self, done: int, total: int) -> str:
        seconds = self._clock() - self._since
        if not 0 < done < total or seconds < _SETTLED:
            return ""
        rest = round(seconds * (total - done) / done)
        return f", {rest // 60} min {rest % 60} s left" if rest >= 60 else f", {rest} s left"

    def _write(self, text: str) -> None:
        self._written = True
        self._out.write(f"{_CLEAR}{visible(text)}")
        self._out.flush()
