"""Reading the embedded store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from log_processor.document import FileDocument, LineDocument, LogFile
from log_processor.stores.sqlite_database import connect_for_reading, sqlite_errors
from log_processor.stores.sqlite_rows import LINE_COLUMNS, file_document, file_number, line_document, storable

PAGE_LINES = 1000


class SqliteReader:
    """Reads what `SqliteStore` wrote, also while it writes; creates and changes nothing. One thread at a time."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        self._path = path.absolute()
        self._timeout_seconds = timeout_seconds
        self._connection: sqlite3.Connection | None = None

    def builds(self, limit: int) -> list[list[FileDocument]]:
        """Return the file documents of the builds most recently worked on, newest first."""
        newest = self._select(
            "SELECT build_uuid FROM files GROUP BY build_uuid ORDER BY max(started_at) DESC, build_uuid LIMIT :limit",
            {"limit": limit},
        )
        return [self.files(build_uuid) for (build_uuid,) in newest]

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
