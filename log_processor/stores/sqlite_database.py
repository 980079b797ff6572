"""The database file of the SQLite store: how it is opened, its tables, and what its errors mean."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from log_processor.errors import ConfigError, StoreUnavailable

APPLICATION_ID = 0x6C6F6763
"""Marks the file as ours: the letters `logc`."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE files (
            file INTEGER PRIMARY KEY,     -- LogFile.key as a signed number of 64 bits
            build_uuid TEXT NOT NULL,
            started_at INTEGER NOT NULL,  -- microseconds since 1970, UTC
            document TEXT NOT NULL        -- JSON of the file document
        )
        """,
        "CREATE INDEX files_of_build ON files (build_uuid, started_at)",
        """
        CREATE TABLE lines (
            file INTEGER NOT NULL,
            number INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,   -- microseconds since 1970, UTC
            message TEXT NOT NULL,
            truncated INTEGER NOT NULL,
            distance REAL,
            nearest TEXT,
            seen_in INTEGER,
            reasons TEXT,                 -- separated by spaces; NULL for a line that is not far
            fingerprint TEXT,
            PRIMARY KEY (file, number)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX far_lines ON lines (file, number) WHERE reasons IS NOT NULL",
    ),
    (
        "ALTER TABLE lines ADD COLUMN score REAL",
        'ALTER TABLE lines ADD COLUMN "group" INTEGER',  # NULL for a line that is not far
        # Each far line stood for itself, and was ordered by its distance.
        'UPDATE lines INDEXED BY far_lines SET score = distance, "group" = number WHERE reasons IS NOT NULL',
    ),
    (
        # What builds are chosen by; NULL where the document has none.
        "ALTER TABLE files ADD COLUMN job TEXT",
        "ALTER TABLE files ADD COLUMN project TEXT",
        "ALTER TABLE files ADD COLUMN status TEXT",
        "ALTER TABLE files ADD COLUMN began INTEGER",  # microseconds since 1970, UTC
        "ALTER TABLE files ADD COLUMN shown INTEGER",
        "ALTER TABLE files ADD COLUMN distance REAL",
        """
        UPDATE files SET
            job = json_extract(document, '$.build_name'),
            project = json_extract(document, '$.project'),
            status = json_extract(document, '$.build_status'),
            began = 1000 * CAST(
                round((julianday(json_extract(document, '$."@timestamp"')) - 2440587.5) * 86400000) AS INTEGER
            ),
            shown = coalesce(json_extract(document, '$.lines_shown'), json_extract(document, '$.lines_far')),
            distance = json_extract(document, '$.anomaly.max_distance')
        """,
        # The table's key is in it too: what is known of a fingerprint needs no look at the lines.
        "CREATE INDEX seen_lines ON lines (fingerprint, timestamp) WHERE fingerprint IS NOT NULL",
    ),
)
"""The statements that lead from each schema version to the next; the file keeps its version in `user_version`."""

SCHEMA_VERSION = len(MIGRATIONS)

_PAUSE_SECONDS = 0.01

_MENDS = (
    (
        "locked",
        "another process has kept it locked; lower the number of workers or raise store.timeout_seconds",
    ),
    ("full", "free space on its disk"),
    ("readonly", "let this process's user write to the file and to its folder"),
    ("unable to open", "its folder has to exist, and this process's user has to be allowed to write there"),
    ("disk I/O", "look for disk errors in the system's log"),
    (
        "malformed",
        "the file is damaged: stop the workers, then salvage it (`sqlite3 FILE .recover`) or move it away",
    ),
)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file into our errors, with the way to mend it.

    Raises:
        ConfigError: the file is not a database.
        StoreUnavailable: it cannot be used now.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise  # not the file's fault, but ours
        # The error's numeric code is known to Python from 3.11 on; the texts have been the same for decades.
        text = str(error)
        if "not a database" in text:
            raise ConfigError(f"{path} is not an SQLite database: name another file in store.url") from error
        mend = next((mend for part, mend in _MENDS if part in text), "see whether other processes use it")
        raise StoreUnavailable(f"SQLite database {path}: {text}: {mend}") from error


def connect(path: Path, timeout_seconds: float) -> sqlite3.Connection:
    """Open the database for writing; create it, or bring it to the present schema, if need be.

    Raises:
        ConfigError: the file is no database, another program's, or written by a newer version.
        StoreUnavailable: it cannot be opened now.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"cannot create the folder of the SQLite database {path}: {error}") from error
    with sqlite_errors(path), ExitStack() as undo:
        connection = undo.enter_context(closing(_open(path, "rwc", timeout_seconds)))
        _refuse_strangers(connection, path)
        _write_ahead(connection, timeout_seconds)
        # Each commit reaches the disk: an acknowledged job is not submitted again after a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection)
        undo.pop_all()
        return connection


def connect_for_reading(path: Path, timeout_seconds: float) -> sqlite3.Connection:
    """Open the database; nothing is created or changed.

    Raises:
        ConfigError: the file is no database, another program's, or written by a newer version.
        StoreUnavailable: there is no such file, or it cannot be read now.
    """
    if not path.exists():
        raise StoreUnavailable(
            f"there is no SQLite database {path}: log-processor creates it when it takes its first job; "
            "name the one that it writes to"
        )
    with sqlite_errors(path), ExitStack() as undo:
        connection = undo.enter_context(closing(_open(path, "ro", timeout_seconds)))
        _refuse_strangers(connection, path)
        if _version(connection) < SCHEMA_VERSION:
            raise StoreUnavailable(
                f"SQLite database {path}: its tables are not up to date: start log-processor once"
            )
        undo.pop_all()
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that is done inside, or nothing; other writers wait meanwhile."""
    # A transaction that begins as a reader may find later that another has written, and fails without waiting.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _open(path: Path, mode: str, timeout_seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=timeout_seconds,
        isolation_level=None,  # transactions begin and end where we say
        check_same_thread=False,  # one thread at a time is enough for SQLite
    )


def _write_ahead(connection: sqlite3.Connection, timeout_seconds: float) -> None:
    """Have readers and a writer work side by side, for good: the file remembers it."""
    begun = time.monotonic()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:  # noqa: PERF203 - the loop is there for it
            # For this statement alone SQLite does not wait until another process has done with it.
            if "locked" not in str(error) or time.monotonic() - begun >= timeout_seconds:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    # In this order: another process may create ours, with its id, between the two.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and application != APPLICATION_ID:
        raise ConfigError(f"{path} is another program's database: name another file in store.url")
    if _version(connection) > SCHEMA_VERSION:
        raise ConfigError(f"{path} was written by a newer version of log-processor: upgrade this one")


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == SCHEMA_VERSION:
        return
    with transaction(connection):
        # Another process may have been faster while this one waited.
        for statements in MIGRATIONS[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
