"""Documents over HTTP, JSON as a rule: small, read whole, and believed in nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from log_processor.errors import FetchUnavailable, JobError, Outcome
from log_processor.fetch.fetcher import Fetcher

_LARGEST = 8 * 1024**2
"""Bytes of a document: a hundred builds of Zuul take a tenth of it, and what JSON may grow to in memory is bearable."""
_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before further tries: what a server that restarts, or counts requests by the second, needs."""


def get_json(fetcher: Fetcher, url: str, *, sleep: Callable[[float], None] = time.sleep) -> object:
    """Fetch a JSON document as `get_document` does.

    Raises:
        JobError: the server has no such document, refuses it, or gives something else than JSON of 8 MiB at most.
        FetchUnavailable: the server is away.
    """
    data = get_document(fetcher, url, sleep=sleep)
    try:
        return json.loads(data)
    except (ValueError, RecursionError):  # ValueError: also bytes that are no text, and numbers without end
        kind = "a web page" if data.lstrip()[:1] == b"<" else "something else"
        raise JobError(f"{_shown(url)}: expected JSON, got {kind}", Outcome.FETCH_FAILED) from None


def get_document(fetcher: Fetcher, url: str, *, sleep: Callable[[float], None] = time.sleep) -> bytes:
    """Fetch a document, asking again where the server says that it is busy or away.

    Args:
        fetcher: how; its settings bound time and redirects.
        url: of the document.
        sleep: waits for some seconds.

    Raises:
        JobError: the server has no such document, refuses it, or gives more than 8 MiB.
        FetchUnavailable: the server is away.
    """
    for pause in _PAUSES:
        try:
            return _document(fetcher, url)
        except FetchUnavailable:  # noqa: PERF203 - tries are few
            sleep(pause)
    return _document(fetcher, url)


def _document(fetcher: Fetcher, url: str) -> bytes:
    data = bytearray()
    with fetcher.open(url) as body:
        for chunk in body:
            data += chunk
            if len(data) > _LARGEST:
                raise JobError(
                    f"{_shown(url)}: the document is larger than {_LARGEST} bytes", Outcome.TOO_LARGE
                )
    return bytes(data)


def _shown(url: str) -> str:
    """Return a URL as messages show it: what follows its path may be secret."""
    return url.partition("?")[0]
