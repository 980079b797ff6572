"""What a URL leads to on web servers, over several connections at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TypeVar

from log_classify.trees.listing import Listing
from log_classify.trees.lists import LONGEST, listing
from log_processor.errors import FetchUnavailable, JobError, Outcome
from log_processor.fetch.decompress import decompressed
from log_processor.fetch.fetcher import Fetcher, Sent
from log_processor.fetch.reach import Reach
from log_processor.fetch.settings import FetchSettings

T = TypeVar("T")

CONNECTIONS = 8
"""At a time; servers refuse whoever opens many."""

LARGEST = 4 * 1024**3
"""Bytes of a file."""

_LISTS = FetchSettings(
    connect_seconds=10, read_seconds=30, total_seconds=120, late_seconds=0, max_bytes=LONGEST + 1024**2
)
_FILES = replace(_LISTS, total_seconds=900, max_bytes=LARGEST)
_PAUSE = 1.0
"""Seconds before the second try, where a server is away or busy."""


class Web:
    """Fetches on behalf of somebody who named a URL, from any thread."""

    def __init__(self, home: str) -> None:
        """Connect to nothing yet.

        Args:
            home: that URL; what it leads to must not be nearer to this machine than it is.

        Raises:
            JobError: it is none that can be fetched.
        """
        reach = Reach(home)
        self._lists = _Idle(lambda: Fetcher(_LISTS, allowed=reach))
        self._files = _Idle(lambda: Fetcher(_FILES, allowed=reach))

    def file(self, url: str, take: Callable[[Sent], T]) -> T:
        """Fetch a file, and return what is made of it.

        Raises:
            JobError: it is not there, or is refused.
            FetchUnavailable: its server is away.
        """
        return self._tried(self._files, url, take)

    def list(self, url: str) -> Listing | None:
        """Fetch a list of files; None where something else is found.

        Raises:
            JobError: it is not there, or is refused.
            FetchUnavailable: its server is away.
        """
        return self._tried(self._lists, url, _listing)

    def close(self) -> None:
        """Close the connections kept alive."""
        self._lists.close()
        self._files.close()

    def _tried(self, fetchers: _Idle, url: str, take: Callable[[Sent], T]) -> T:
        with fetchers.one() as fetcher:
            try:
                with fetcher.sent(url) as sent:
                    return take(sent)
            except FetchUnavailable:
                time.sleep(_PAUSE)
            with fetcher.sent(url) as sent:
                return take(sent)


def _listing(sent: Sent) -> Listing | None:
    try:
        return listing(sent.url, decompressed(sent, max_bytes=_LISTS.max_bytes, max_ratio=_LISTS.max_ratio))
    except JobError as error:
        if error.outcome in {Outcome.CORRUPT, Outcome.TOO_LARGE}:  # a log may be so, a list is not
            return None
        raise


class _Idle:
    """Fetchers that nobody uses right now; each is for one thread at a time."""

    def __init__(self, make: Callable[[], Fetcher]) -> None:
        self._make = make
        self._made: list[Fetcher] = []
        self._idle: SimpleQueue[Fetcher] = SimpleQueue()

    @contextmanager
    def one(self) -> Iterator[Fetcher]:
        """Lend one."""
        try:
            fetcher = self._idle.get_nowait()
        except Empty:
            fetcher = self._make()
            self._made.append(fetcher)
        try:
            yield fetcher
        finally:
            self._idle.put(fetcher)

    def close(self) -> None:
        """Close all."""
        for fetcher in self._made:
            fetcher.close()
