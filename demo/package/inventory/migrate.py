"""Schema versions: one SQL file each, applied in the order of their names."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from importlib.resources import files

log = logging.getLogger(__name__)


def migrate(database: sqlite3.Connection, *, to: int | None = None) -> int:
    """Bring the schema to version `to` (the newest by default) and return its version.

    Each file is one transaction. Values may legally disappear in one (a column is given up), so
    that is reported and not refused.
    """
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    scripts = sorted(
        (f for f in (files("inventory") / "migrations").iterdir() if f.name.endswith(".sql")),
        key=lambda f: f.name,
    )
    log.info("database at version %d, %d migrations known", version, len(scripts))
    for script in scripts:
        number, name = int(script.name[:4]), script.name.removesuffix(".sql")
        if number <= version or (to is not None and number > to):
            log.debug("%s: not needed", name)
            continue
        _apply(database, number, name, script.read_text("utf-8"))
        version = number
    log.info("database now at version %d", version)
    return version


def _apply(database: sqlite3.Connection, number: int, name: str, script: str) -> None:
    began = time.perf_counter()
    before = _values(database)
    database.execute("BEGIN")
    count = 0
    for count, statement in enumerate(_statements(script), 1):
        rows = database.execute(statement).rowcount
        log.debug("%s: statement %d touched %d rows", name, count, max(rows, 0))
    database.execute(f"PRAGMA user_version = {number}")
    database.execute("COMMIT")
    after = _values(database)
    for column in after.keys() - before.keys():
        log.debug("%s: column %s added", name, column)
    for column in sorted(before):
        if after.get(column, 0) < before[column]:
            log.warning(
                "%s: %s held %d values before and holds %d now",
                name,
                column,
                before[column],
                after.get(column, 0),
            )
    log.info("%s: applied %d statements in %.1f ms", name, count, (time.perf_counter() - began) * 1000)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _values(database: sqlite3.Connection) -> dict[str, int]:
    """How many values that are not NULL each column holds."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        f"{table}.{column}": database.execute(f'SELECT COUNT("{column}") FROM "{table}"').fetchone()[0]
        for table in tables
        for (_, column, *_) in database.execute(f'PRAGMA table_info("{table}")').fetchall()
    }
