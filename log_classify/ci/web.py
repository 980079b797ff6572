"""The servers of one CI system: documents, and downloads, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from log_classify.trees.scratch import room
from log_processor.fetch.documents import get_document, get_json
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.reach import Reach
from log_processor.fetch.settings import FetchSettings

_DOCUMENTS = FetchSettings(connect_seconds=10, read_seconds=30, total_seconds=60, late_seconds=0)
"""A person waits for these: a server that takes longer is away."""
_DOWNLOADS = replace(_DOCUMENTS, total_seconds=1800, max_bytes=2 * 1024**3)
"""Logs of a build in one file; systems cut them far earlier."""


Connect = Callable[[str, Mapping[str, str]], "Web"]
"""Makes a Web, of its home and what it sends as `Authorization`."""


class Web:
    """What a URL, and the answers of its server, lead to."""

    def __init__(
        self,
        home: str,
        authorization: Mapping[str, str],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connect to nothing yet.

        Args:
            home: the URL of a server that a person named, or whose system is meant.
            authorization: what to send as `Authorization`, by origin.
            sleep: waits for some seconds.

        Raises:
            JobError: `home` cannot be fetched.
        """
        self.reach = Reach(home)
        self._sleep = sleep
        self._documents = Fetcher(_DOCUMENTS, allowed=self.reach, authorization=authorization, sleep=sleep)
        self._downloads = Fetcher(_DOWNLOADS, allowed=self.reach, authorization=authorization, sleep=sleep)

    def json(self, url: str) -> object:
        """Fetch a JSON document.

        Raises:
            JobError: there is none, or it is refused.
            FetchUnavailable: the server is away.
        """
        return get_json(self._documents, url, sleep=self._sleep)

    def document(self, url: str) -> bytes:
        """Fetch a document that is no JSON.

        Raises:
            JobError: there is none, or it is refused.
            FetchUnavailable: the server is away.
        """
        return get_document(self._documents, url, sleep=self._sleep)

    def download(self, url: str, file: Path) -> None:
        """Fetch a file, with compression taken off.

        Raises:
            JobError: there is none, it is refused, or it is too large.
            FetchUnavailable: the server is away.
            ConfigError: it cannot be written.
        """
        with self._downloads.open(url) as body, room(file.parent), file.open("wb") as out:
            for chunk in body:
                out.write(chunk)

    def close(self) -> None:
        """Close the connections kept alive."""
        self._documents.close()
        self._downloads.close()
