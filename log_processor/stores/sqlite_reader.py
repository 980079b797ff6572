"""Reading the embedded store."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from log_processor.document import FileDocument, LineDocument, LogFile
from log_processor.stores.contract import EVERY, Occurrence, Sighting, Wanted
from log_processor.stores.sqlite_database import connect_for_reading, sqlite_errors
from log_processor.stores.sqlite_rows import (
    LINE_COLUMNS,
    file_document,
    file_number,
    line_document,
    microseconds,
    storable,
    time_of,
)

PAGE_LINES = 1000

FINGERPRINTS = 500
"""Fingerprints asked for at once: before 3.32 SQLite took at most 999 arguments."""

_SEEN = "lines AS seen INDEXED BY seen_lines JOIN files ON files.file = seen.file"


class SqliteReader:
    """Reads what `SqliteStore` wrote, also while it writes; creates and changes nothing. One thread at a time."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        self._path = path.absolute()
        self._timeout_seconds = timeout_seconds
        self._connection: sqlite3.Connection | None = None

    def builds(self, limit: int, wanted: Wanted = EVERY, *, worst: bool = False) -> list[list[FileDocument]]:
        """Return the file documents of the builds most recently worked on, or of the worst."""
        condition, arguments = _wanted(wanted, "began")
        order = "max(started_at) DESC"
        if worst:
            condition, order = f"distance IS NOT NULL AND {condition}", "sum(shown) DESC, max(distance) DESC"
        found = self._select(
            f"SELECT build_uuid FROM files WHERE {condition} GROUP BY build_uuid ORDER BY {order}, build_uuid "  # noqa: S608 - constants
            "LIMIT :limit",
            {**arguments, "limit": limit},
        )
        return [self.files(build_uuid) for (build_uuid,) in found]

    def files(self, build_uuid: str) -> list[FileDocument]:
        """Return a build's file documents by file name."""
        rows = self._select(
            "SELECT document FROM files WHERE build_uuid = :build", {"build": storable(build_uuid)}
        )
        return sorted((file_document(text) for (text,) in rows), key=lambda document: document.file.filename)

    def far_lines(self, file: LogFile, threshold: float | None) -> Iterator[LineDocument]:
        """Give the far lines of a file by number; no lock is held while the caller works on them."""
        table, condition = "lines", "distance >= :threshold OR reasons <> 'novel'"
        if threshold is None:
            table, condition = "lines INDEXED BY far_lines", "reasons IS NOT NULL"
        elif threshold <= 0:
            condition = "TRUE"
        query = (
            f"SELECT file, {LINE_COLUMNS} FROM {table} WHERE file = :file AND number > :last AND ({condition}) "  # noqa: S608 - constants
            "ORDER BY number LIMIT :limit"
        )
        last = 0
        while True:
            page = self._select(
                query,
                {"file": file_number(file.key), "last": last, "threshold": threshold, "limit": PAGE_LINES},
            )
            yield from map(line_document, page)
            if len(page) < PAGE_LINES:
                return
            last = page[-1][1]

    def lines(self, file: LogFile, first: int, last: int) -> list[LineDocument]:
        """Return the lines with first <= number <= last, by number."""
        rows = self._select(
            f"SELECT file, {LINE_COLUMNS} FROM lines WHERE file = :file AND number BETWEEN :first AND :last "  # noqa: S608 - constants
            "ORDER BY number",
            {"file": file_number(file.key), "first": first, "last": last},
        )
        return list(map(line_document, rows))

    def sightings(self, fingerprints: Collection[str], wanted: Wanted = EVERY) -> dict[str, Sighting]:
        """Return what is known of each fingerprint that some far line has."""
        condition, arguments = _wanted(wanted, "timestamp")
        rest = iter(sorted(set(fingerprints)))
        found: dict[str, Sighting] = {}
        while some := [*islice(rest, FINGERPRINTS)]:
            rows = self._select(
                "SELECT fingerprint, count(*), count(DISTINCT build_uuid), count(DISTINCT job), "  # noqa: S608 - constants
                "count(DISTINCT project), min(timestamp), max(timestamp) "
                f"FROM {_SEEN} WHERE {_among(some)} AND {condition} GROUP BY fingerprint",
                {**arguments, **_numbered(some)},
            )
            for fingerprint, lines, builds, jobs, projects, first, last in rows:
                found[fingerprint] = Sighting(lines, builds, jobs, projects, time_of(first), time_of(last))
        return found

    def occurrences(
        self, fingerprints: Collection[str], limit: int, wanted: Wanted = EVERY
    ) -> list[Occurrence]:
        """Return the builds with far lines of these fingerprints, the latest lines first."""
        condition, arguments = _wanted(wanted, "timestamp")
        far = f"FROM {_SEEN} WHERE {_among(fingerprints)} AND {condition}"
        arguments |= _numbered(fingerprints)
        builds = self._select(
            f"SELECT build_uuid, count(*), min(timestamp), max(timestamp) {far} "
            "GROUP BY build_uuid ORDER BY max(timestamp) DESC, build_uuid LIMIT :limit",
            {**arguments, "limit": limit},
        )
        found = []
        for build_uuid, lines, first, last in builds:
            ((text, number, message),) = self._select(
                f"SELECT document, number, (SELECT message FROM lines WHERE file = seen.file AND number = seen.number) {far} "  # noqa: S608 - constants
                "AND build_uuid = :build ORDER BY timestamp DESC, json_extract(document, '$.filename'), number LIMIT 1",
                {**arguments, "build": build_uuid},
            )
            found.append(_occurrence(file_document(text).file, number, message, (lines, first, last)))
        return found

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _select(self, query: str, arguments: Mapping[str, object]) -> list[Any]:
        if self._connection is None:
            self._connection = connect_for_reading(self._path, self._timeout_seconds)
        with sqlite_errors(self._path):
            return self._connection.execute(query, arguments).fetchall()


def _wanted(wanted: Wanted, time: str) -> tuple[str, dict[str, object]]:
    """Return the condition that leaves rows of builds that count, and its arguments; `time` is the column of times."""
    terms = {
        "job = :job": wanted.job,
        "project = :project": wanted.project,
        "status = :status": wanted.status,
        f"{time} >= :since": None if wanted.since is None else microseconds(wanted.since),
        "build_uuid <> :besides": None if wanted.besides is None else storable(wanted.besides),
    }
    given = {term: value for term, value in terms.items() if value is not None}
    arguments: dict[str, object] = {term.partition(":")[2]: value for term, value in given.items()}
    return " AND ".join(given) or "TRUE", arguments


def _among(fingerprints: Collection[str]) -> str:
    return f"fingerprint IN ({', '.join(f':{name}' for name in _numbered(fingerprints))})"


def _numbered(fingerprints: Collection[str]) -> dict[str, object]:
    """Return fingerprints as named arguments."""
    return {f"f{at}": fingerprint for at, fingerprint in enumerate(fingerprints)}


def _occurrence(file: LogFile, number: int, message: str, seen: tuple[int, int, int]) -> Occurrence:
    lines, first, last = seen
    return Occurrence(
        build_uuid=file.build_uuid,
        job=str(file.fields.get("build_name", "")),
        project=str(file.fields.get("project", "")),
        status=str(file.fields.get("build_status", "")),
        lines=lines,
        first=time_of(first),
        last=time_of(last),
        filename=file.filename,
        number=number,
        message=message,
        url=file.line_url(number),
    )
