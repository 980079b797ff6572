"""Builds in a SQLite store, made line by line."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from anomaly_filter import Finding
from log_processor.document import DaySource, FileDocument, LineDocument, LogFile, Scoring, Status
from log_processor.errors import Outcome
from log_processor.query.builds import Build
from log_processor.stores.sqlite_reader import SqliteReader
from log_processor.stores.sqlite_store import SqliteStore
from tests.log_processor.documents import DAY, START, no_reject

FAR = 0.8
SCORED = Scoring(Status.SCORED, "acme%2Fshop/unit/main/job-output", "0a1b2c3d", 5)
FIELDS = {
    "build_name": "unit",
    "build_status": "FAILURE",
    "project": "acme/shop",
    "build_branch": "main",
    "log_url": "https://logs.example.org/b1/job-output.txt",
}


def line(
    number: int,
    distance: float | None = 0.0,
    *reasons: str,
    message: str = "",
    score: float | None = None,
    group: int | None = None,
) -> LineDocument:
    """A line that is novel by its distance, where no reason is given; it stands for itself, but in a group."""
    far = reasons or (("novel",) if distance and distance >= 0.25 else ())
    return LineDocument(
        number,
        START + timedelta(seconds=number),
        message or f"line {number}",
        distance=distance,
        nearest="a line of a passing build" if distance else None,
        seen_in=None if distance is None else 3,
        reasons=far,
        fingerprint="c0ffee" if far else None,
        score=distance if score is None else score,
        group=(group or number) if far else None,
    )


def lines(count: int, **far: float) -> list[LineDocument]:
    """Lines 1 to count; `_7=0.8` is how far line 7 is."""
    distances = {int(name[1:]): distance for name, distance in far.items()}
    return [line(number, distances.get(number, 0.0)) for number in range(1, count + 1)]


class Shelf:
    """A store that a test fills."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "store.sqlite"
        self.url = f"sqlite:///{self.path}"
        self.store = SqliteStore(self.path, timeout_seconds=5, chunk_lines=1000)
        self.store.prepare()
        self.reader = SqliteReader(self.path, timeout_seconds=5)

    def close(self) -> None:
        self.store.close()
        self.reader.close()

    def put(
        self,
        filename: str,
        content: list[LineDocument] | None = None,
        *,
        build: str = "b1",
        scoring: Scoring = SCORED,
        outcome: Outcome = Outcome.INDEXED,
        reason: str = "",
        build_files: int | None = None,
        findings: tuple[Finding, ...] = (),
        **fields: str,
    ) -> FileDocument:
        stored = content or []
        file = LogFile(build, filename, DAY, {**FIELDS, **fields}, scoring=scoring)
        self.store.write(file, stored, no_reject)
        distances = [each.distance for each in stored if each.distance is not None]
        document = FileDocument(
            file,
            outcome,
            DaySource.BUILD_START,
            START,
            reason=reason,
            lines_read=len(stored),
            lines_indexed=len(stored),
            lines_far=sum(bool(each.reasons) for each in stored),
            lines_shown=sum(each.shown for each in stored),
            max_distance=max(distances, default=None),
            build_files=build_files,
            findings=findings,
        )
        if stored and scoring.status is Status.NO_MODEL:
            finding = Finding("no_baseline", "no passing build of this job has taught a model for this file")
            document = replace(document, findings=(*findings, finding))
        self.store.put_file(document)
        return document

    def build(self, uuid: str = "b1") -> Build:
        with closing(SqliteReader(self.path, 5)) as reader:
            return Build.of(reader.files(uuid))
