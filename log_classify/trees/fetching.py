"""Fetches many files of one server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from log_classify.trees.listing import Entry
from log_classify.trees.parallel import in_parallel
from log_classify.trees.web import CONNECTIONS, Web
from log_processor.errors import JobError, Outcome, Unavailable
from log_processor.fetch.fetcher import Sent

T = TypeVar("T")

_MOST_AWAY = 10
"""Files in a row for which a server was away; each may have taken a minute, and further ones would."""


def fetched(
    files: Sequence[Entry], web: Web, take: Callable[[Entry, Sent], T]
) -> Iterator[tuple[Entry, T | str]]:
    """Yield files with what is made of each, or with the reason why it could not be had, in their order.

    Args:
        files: what to fetch.
        web: fetches.
        take: makes something of a file; called from several threads.
    """

    def one(entry: Entry) -> T | JobError | Unavailable:
        try:
            return web.file(entry.url, lambda sent: take(entry, sent))
        except (JobError, Unavailable) as error:
            return error

    away = 0
    with closing(in_parallel(one, files, CONNECTIONS)) as results:
        for number, (entry, result) in enumerate(zip(files, results, strict=True), 1):
            away = away + 1 if _away(result) else 0
            yield entry, str(result) if isinstance(result, JobError | Unavailable) else result
            if away == _MOST_AWAY:
                yield from (
                    (rest, f"not asked for: the server was away for {away} others") for rest in files[number:]
                )
                return


def _away(result: object) -> bool:
    slow = isinstance(result, JobError) and result.outcome is Outcome.TOO_SLOW
    return slow or isinstance(result, Unavailable)
