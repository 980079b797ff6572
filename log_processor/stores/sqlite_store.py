"""The embedded store: one SQLite file that several processes write and read at once.

What a file's lines share is stored once, in its file document; a line is a narrow row beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from log_processor.document import FileDocument, LineDocument, LogFile, file_key
from log_processor.errors import StoreUnavailable
from log_processor.stores.chunks import chunks
from log_processor.stores.contract import Reject
from log_processor.stores.sqlite_database import SCHEMA_VERSION, connect, sqlite_errors, transaction
from log_processor.stores.sqlite_rows import (
    FILE_COLUMNS,
    LINE_COLUMNS,
    LineRow,
    file_document,
    file_number,
    file_row,
    line_row,
)

PUT_FILE = f"INSERT OR REPLACE INTO files (file, {FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
SELECT_FILE = "SELECT document FROM files WHERE file = ?"
PUT_LINE = f"INSERT OR REPLACE INTO lines (file, {LINE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
DELETE_LINES = """
    DELETE FROM lines WHERE file = :file AND number IN
    (SELECT number FROM lines WHERE file = :file AND number > :last ORDER BY number LIMIT :limit)
"""

UNSTORABLE = (UnicodeEncodeError, OverflowError)
"""What a line raises that no row can hold: half a surrogate pair, a number beyond 64 bits."""


class SqliteStore:
    """Writes documents into one SQLite file.

    Each chunk of lines is a transaction of its own, on disk when it ends: a process that dies leaves whole chunks,
    and other writers wait for milliseconds. One thread at a time, except for `ready`.
    """

    def __init__(self, path: Path, timeout_seconds: float, chunk_lines: int) -> None:
        self._path = path.absolute()  # a daemon leaves the folder it was started in
        self._timeout_seconds = timeout_seconds
        self._chunk_lines = chunk_lines
        self._connection: sqlite3.Connection | None = None
        self._inode = (0, 0)

    def prepare(self) -> None:
        """Create the file and its tables, or bring them to the present schema.

        Raises:
            ConfigError: the file is no database, another program's, or written by a newer version.
        """
        self._connected()

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        """Return what an earlier run left of this file."""
        with sqlite_errors(self._path):
            cursor = self._connected().execute(SELECT_FILE, (file_number(file_key(build_uuid, filename)),))
            row = cursor.fetchone()
        return None if row is None else file_document(row[0])

    def put_file(self, document: FileDocument) -> None:
        """Store a file document, over the one that was there."""
        row = file_row(document)
        with self._transaction() as connection:
            connection.execute(PUT_FILE, row)

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        """Store the lines of a file, a chunk at a time."""
        number = file_number(file.key)
        stored = 0
        for chunk in chunks(lines, self._chunk_lines):
            stored += self._write_chunk(number, chunk, reject)
        return stored

    def _write_chunk(self, number: int, chunk: Sequence[LineDocument], reject: Reject) -> int:
        rows = [line_row(number, line) for line in chunk]
        try:
            with self._transaction() as connection:
                connection.executemany(PUT_LINE, rows)
        except UNSTORABLE:
            return self._write_apart(rows, chunk, reject)
        return len(chunk)

    def _write_apart(self, rows: Sequence[LineRow], chunk: Sequence[LineDocument], reject: Reject) -> int:
        with self._transaction() as connection:
            refusals = [_refusal(connection, row) for row in rows]
        for line, refusal in zip(chunk, refusals, strict=True):
            if refusal is not None:
                reject(line, refusal)
        return refusals.count(None)

    def forget_after(self, file: LogFile, last_line: int) -> int:
        """Delete the stored lines of the file beyond `last_line`, a chunk at a time."""
        arguments = {"file": file_number(file.key), "last": last_line, "limit": self._chunk_lines}
        deleted = 0
        while True:
            with self._transaction() as connection:
                now = connection.execute(DELETE_LINES, arguments).rowcount
            deleted += now
            if not now:
                return deleted

    def ready(self) -> None:
        """Raise `StoreUnavailable` unless a small write succeeds; may be called from any thread."""
        with (
            sqlite_errors(self._path),
            closing(connect(self._path, self._timeout_seconds)) as connection,
            transaction(connection),
        ):
            # Writes a page, and changes nothing.
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with sqlite_errors(self._path):
            connection = self._connected()
            with transaction(connection):
                yield connection

    def _connected(self) -> sqlite3.Connection:
        """Return the open connection.

        SQLite goes on writing into a file that somebody has deleted, and nobody would ever read it.
        """
        if self._connection is None:
            self._connection = connect(self._path, self._timeout_seconds)
            self._inode = _inode(self._path)
        elif _inode(self._path) != self._inode:
            self.close()
            raise StoreUnavailable(
                f"SQLite database {self._path} was moved or deleted while in use: it is created anew"
            )
        return self._connection


def _refusal(connection: sqlite3.Connection, row: LineRow) -> str | None:
    try:
        connection.execute(PUT_LINE, row)
    except UNSTORABLE as error:
        return str(error)
    return None


def _inode(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino
