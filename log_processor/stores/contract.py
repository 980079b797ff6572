"""The contract of a store, and the choice of one by its URL.

Three implementations: embedded SQLite (`sqlite:///path`), Elasticsearch or OpenSearch (`http://…`,
`https://…`), Logstash (`logstash+tcp://host:port`, write only).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from log_processor.document import FileDocument, LineDocument, LogFile

Reject = Callable[[LineDocument, str], None]
"""Called with each line that the store refuses for good, and with the reason."""


@dataclass(frozen=True)
class Wanted:
    """Which builds count; None leaves a thing open.

    Attributes:
        job: their `build_name`.
        project: their `project`.
        status: their `build_status`.
        since: aware time; builds that began then or later, lines that were written then or later.
        besides: the id of a build that does not count.
    """

    job: str | None = None
    project: str | None = None
    status: str | None = None
    since: datetime | None = None
    besides: str | None = None


EVERY = Wanted()
"""All builds."""


class Sighting(NamedTuple):
    """How often the far lines of one fingerprint were stored, and where.

    A cluster counts up to some 3,000 builds, jobs and projects exactly, and estimates larger numbers.

    Attributes:
        lines: how many there are; a line that was written twice is one.
        builds: in how many builds.
        jobs: in how many different jobs.
        projects: in how many different projects.
        first: the earliest of the lines' times, UTC.
        last: the latest.
    """

    lines: int
    builds: int
    jobs: int
    projects: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Occurrence:
    """What one build has of some fingerprints.

    Attributes:
        build_uuid: the build.
        job: its `build_name`; empty where it has none, as the next two are.
        project: its project.
        status: its result.
        lines: how many of its far lines have one of the fingerprints.
        first: the earliest of their times, UTC.
        last: the latest.
        filename: the file of the latest line.
        number: that line's number.
        message: that line's text.
        url: that line's address for a person; None when the job named none.
    """

    build_uuid: str
    job: str
    project: str
    status: str
    lines: int
    first: datetime
    last: datetime
    filename: str
    number: int
    message: str
    url: str | None


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

    def builds(self, limit: int, wanted: Wanted = EVERY, *, worst: bool = False) -> list[list[FileDocument]]:
        """Return the file documents of some builds, a list a build.

        Args:
            limit: how many builds at most.
            wanted: which builds count.
            worst: whether those with the most lines shown in files that have a baseline are returned, worst first,
                of equal ones those with the farther line; without it those most recently worked on, newest first.
        """

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

    def sightings(self, fingerprints: Collection[str], wanted: Wanted = EVERY) -> dict[str, Sighting]:
        """Return what is known of each fingerprint that some far line has."""

    def occurrences(
        self, fingerprints: Collection[str], limit: int, wanted: Wanted = EVERY
    ) -> list[Occurrence]:
        """Return the builds with far lines of these fingerprints; the latest lines first, at most `limit` builds."""

    def close(self) -> None:
        """Release connections; the store is not used again."""
