"""The contract of a store, and the choice of one by its URL.

Three implementations: embedded SQLite (`sqlite:///path`), Elasticsearch or OpenSearch (`http://…`,
`https://…`), Logstash (`logstash+tcp://host:port`, write only).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

from log_processor.document import FileDocument, LineDocument, LogFile

Reject = Callable[[LineDocument, str], None]
"""Called with each line that the store refuses for good, and with the reason."""


class Store(Protocol):
    """Where documents go. Every write is idempotent: processing twice is processing once.

    Every method raises `StoreUnavailable` when the store is away or refuses for a reason that is not the
    document's; the caller holds the job and runs it again from its payload.
    """

    def prepare(self) -> None:
        """Create what is missing (tables, index template); does nothing the second time."""

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        """Return what an earlier run left of this file; None when there was none or the store is write-only."""

    def put_file(self, document: FileDocument) -> None:
        """Store a file document, over the one that was there."""

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        """Store the lines of a file as they come and return how many were stored.

        Memory is a chunk or two of lines, whatever the number. A line that can never be stored goes to `reject`,
        in the caller's thread; the rest of its chunk is stored. Returns after the store has acknowledged every line.
        """

    def forget_after(self, file: LogFile, last_line: int) -> int:
        """Delete the stored lines of the file beyond `last_line` (a shorter rerun); return how many."""

    def ready(self) -> None:
        """Raise `StoreUnavailable` unless the store would take a document now."""

    def close(self) -> None:
        """Release connections; the store is not used again."""


@runtime_checkable
class Reader(Protocol):
    """What `anomaly-query` asks; SQLite and Elasticsearch/OpenSearch answer alike."""

    def builds(self, limit: int) -> list[list[FileDocument]]:
        """Return the file documents of the builds most recently worked on, a list a build, newest first."""

    def files(self, build_uuid: str) -> list[FileDocument]:
        """Return a build's file documents by file name; empty when the store has none."""

    def far_lines(self, file: LogFile, threshold: float | None) -> Iterator[LineDocument]:
        """Give the far lines of a file by number, any amount of them.

        Without a threshold: the lines that had a reason when they were stored, those that another line stands
        for among them. With one: it stands in for the one they were judged by, so the lines with distance >=
        threshold and those that have another reason than `novel`; 0 gives every line, also those without a
        distance.
        """

    def lines(self, file: LogFile, first: int, last: int) -> list[LineDocument]:
        """Return the lines with first <= number <= last, by number."""

    def close(self) -> None:
        """Release connections; the store is not used again."""
