"""How fast many files are worked on, and how long it will take, for somebody who waits in front of a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO

from log_processor.visible import visible

_PATIENCE = 1.0  # seconds after which somebody wants to know
_PAUSE = 0.2  # seconds between two looks
_NAMED = 50  # characters; the line has to fit into a terminal's
_CLEAR = "\r\x1b[K"


def clear(out: IO[str]) -> None:
    """Take away the line that a pace may have written, so that something else can be."""
    if out.isatty():
        out.write(_CLEAR)
        out.flush()


class Pace:
    """One line that is written over and over; nothing at all where the stream is no terminal."""

    def __init__(
        self, out: IO[str], doing: str, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin.

        Args:
            out: the stream, as a rule standard error.
            doing: what is done.
            total: bytes of all files, as they lie on disk.
            clock: seconds from any start.
        """
        self._out = out
        self._doing = visible(doing[:_NAMED])
        self._total = total
        self._clock = clock
        self._on = out.isatty()
        self._begun = clock()
        self._next = self._begun + _PATIENCE
        self._done = 0
        self._written = False

    def add(self, size: int) -> None:
        """Count so many bytes as done."""
        self._done += size
        moment = self._clock()
        if not self._on or moment < self._next:
            return
        self._next = moment + _PAUSE
        self._written = True
        rate = self._done / (moment - self._begun)
        left = round((self._total - self._done) / rate) if rate else 0
        share = 100 * self._done // max(self._total, 1)
        minutes, seconds = divmod(left, 60)
        self._out.write(
            f"{_CLEAR}{self._doing}: {share} %, {rate / 1e6:.1f} MB/s, {minutes}:{seconds:02d} left"
        )
        self._out.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._written:
            clear(self._out)
