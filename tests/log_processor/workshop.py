"""A pipeline with all its real parts in one folder, and stores that have bad days."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

from anomaly_filter import ModelStore
from log_processor.dead_letters import DeadLetter, DeadLetters
from log_processor.document import FileDocument, LineDocument, LogFile
from log_processor.errors import StoreUnavailable
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from log_processor.metrics import Metrics
from log_processor.pipeline import Pipeline, Rules
from log_processor.stores.contract import Reject, Store
from log_processor.stores.sqlite_reader import SqliteReader
from log_processor.stores.sqlite_store import SqliteStore

NOON = datetime(2026, 3, 9, 12, tzinfo=timezone.utc)
PASSING = "unpacking the archive\ncompiling 31 files\nall tests passed\n"
FAILING = "unpacking the archive\ncompiling 35 files\nno space left on device\n"


class Clock:
    """The time that a test sets."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Workshop:
    """Everything that the work on jobs needs, and what it left behind."""

    def __init__(self, root: Path, *, fetch: FetchSettings | None = None, rules: Rules | None = None) -> None:
        self.root = root
        self.clock = Clock()
        self.logs = root / "logs"
        self.logs.mkdir()
        self.database = root / "store.sqlite"
        self.settings = fetch or FetchSettings(
            allow=(f"file://{self.logs}/", "http://127.0.0.1/"), late_seconds=0
        )
        self.store = SqliteStore(self.database, timeout_seconds=5, chunk_lines=10)
        self.store.prepare()
        self.models = ModelStore(root / "models")
        self.dead_letters = DeadLetters(root / "dead-letters", self.clock)
        self.metrics = Metrics()
        self.fetcher = Fetcher(self.settings)
        self.pipeline = Pipeline(
            self.fetcher,
            self.store,
            self.models,
            self.dead_letters,
            self.metrics,
            rules or Rules(),
            self.clock,
            "w",
        )

    def close(self) -> None:
        self.fetcher.close()
        self.store.close()

    def allow(self, *prefixes: str) -> None:
        """Let jobs name other addresses."""
        self.fetcher.close()
        self.settings = replace(self.settings, allow=(*self.settings.allow, *prefixes))
        self.fetcher = self.pipeline.fetcher = Fetcher(self.settings)

    def write_to(self, store: Store) -> None:
        self.pipeline.store = store

    def log(self, name: str, content: str | bytes, modified: datetime = NOON) -> str:
        """Put a log file down; return its URL."""
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (modified.timestamp(), modified.timestamp()))
        return path.as_uri()

    def job(self, url: str, build: str = "b1", status: str = "FAILURE", **fields: Any) -> bytes:
        """Return a payload; a field that is None is left out."""
        named = {
            "filename": "job-output.txt",
            "build_name": "unit",
            "build_status": status,
            "build_uuid": build,
            "project": "acme/shop",
            "build_branch": "main",
            "build_start": "2026-03-08T23:59:00Z",
            **fields,
        }
        kept = {key: value for key, value in named.items() if value is not None}
        return json.dumps(
            {"retry": False, "source_url": url, "event": {"tags": ["job-output.txt"], "fields": kept}}
        ).encode()

    def run(self, content: str | bytes, build: str = "b1", status: str = "FAILURE", **fields: Any) -> str:
        """Do a job for a file with this content; return the outcome."""
        return self.pipeline.process(
            self.job(self.log(f"{build}.txt", content), build, status, **fields)
        ).value

    def learn(self, content: str = PASSING, build: str = "pass", **fields: Any) -> None:
        assert "indexed" == self.run(content, build, "SUCCESS", **fields)

    def file(self, build: str = "b1", filename: str = "job-output.txt") -> FileDocument:
        document = self.found(build, filename)
        assert document is not None
        return document

    def found(self, build: str = "b1", filename: str = "job-output.txt") -> FileDocument | None:
        return self.store.file(build, filename)

    def lines(self, build: str = "b1", filename: str = "job-output.txt") -> list[LineDocument]:
        with closing(SqliteReader(self.database, 5)) as reader:
            return reader.lines(LogFile(build, filename, NOON.date()), 0, 10**9)

    def texts(self, build: str = "b1", filename: str = "job-output.txt") -> list[str]:
        return [line.message for line in self.lines(build, filename)]

    def documents(self, build: str = "b1") -> tuple[FileDocument, list[LineDocument]]:
        """Everything that is stored of the file, without the times of processing."""
        document = self.file(build)
        scoring = replace(document.file.scoring, age_days=None)
        file = replace(document.file, received_at=None, scoring=scoring)
        return replace(document, file=file, started_at=NOON, seconds=0.0, lag_seconds=None), self.lines(build)

    def letters(self) -> list[DeadLetter]:
        return list(self.dead_letters)

    def segments(self) -> int:
        return len(list(self.models.root.rglob("*.segment")))


class Unsteady:
    """A real store that is away at times.

    Attributes:
        failures: how often a method fails from now on, by its name.
        lines: how many lines a failing `write` stores before it fails.
    """

    def __init__(self, store: Store) -> None:
        self.failures: Counter[str] = Counter()
        self.lines = 0
        self._store = store

    def prepare(self) -> None:
        self._store.prepare()

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        self._fail("file")
        return self._store.file(build_uuid, filename)

    def put_file(self, document: FileDocument) -> None:
        self._fail("put_file")
        self._store.put_file(document)

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        if self.failures["write"]:
            self._store.write(file, islice(lines, self.lines), reject)
        self._fail("write")
        return self._store.write(file, lines, reject)

    def forget_after(self, file: LogFile, last_line: int) -> int:
        self._fail("forget_after")
        return self._store.forget_after(file, last_line)

    def ready(self) -> None:
        self._store.ready()

    def close(self) -> None:
        self._store.close()

    def _fail(self, name: str) -> None:
        if self.failures[name]:
            self.failures[name] -= 1
            raise StoreUnavailable(f"the store is away: {name}")


class Choosy(Unsteady):
    """A real store that refuses lines, as a cluster does whose mapping they do not fit."""

    def __init__(self, store: Store, refused: Callable[[LineDocument], bool]) -> None:
        super().__init__(store)
        self._refused = refused

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        def taken() -> Iterable[LineDocument]:
            for line in lines:
                if self._refused(line):
                    reject(line, "document_parsing_exception")
                else:
                    yield line

        return super().write(file, taken(), reject)
