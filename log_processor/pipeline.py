"""The way of a log file: one screen, one thread, no queue in between; a cluster's store sends in another thread.

payload -> decode -> fetch -> lines -> AnomalyFilter.scored -> documents -> store.write -> learn

Each step is a generator over the one before it, so memory is a chunk or two whatever the file's size. When
`process` returns, every line is stored or in the dead letters, and the gearman job may be acknowledged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import chain

from anomaly_filter import (
    DEFAULT_THRESHOLD,
    FALLBACKS,
    AnomalyFilter,
    Fallback,
    Found,
    ModelStore,
    Scan,
    ScoredLine,
    SegmentBuilder,
    Tokenizer,
    model_name,
)
from log_processor.dead_letters import DeadLetters, OpenLetter
from log_processor.document import DaySource, FileDocument, LineDocuments, LogFile, Scoring, Status
from log_processor.errors import JobError, Outcome
from log_processor.fetch.fetcher import Body, Fetcher
from log_processor.job import Job, decode
from log_processor.metrics import Metrics
from log_processor.schema import legacy_fields
from log_processor.stores.contract import Store
from log_processor.timestamps import LineTimes, first_day
from log_processor.work import Work

_LOG = logging.getLogger(__name__)
_ABORTED = "ABORTED"
_BATCH_LINES = 1000
"""From so many on, lines are handed to the next step; in the first of them the build's day is looked for."""
_BATCH_CHARACTERS = 1_000_000
"""The same, where lines are long."""


@dataclass(frozen=True)
class Rules:
    """How lines are judged, and which builds teach.

    Attributes:
        threshold: distance from which on a line is novel.
        fallback: which other models may score a file without one of its own.
        learn_statuses: values of `build_status` that mean a passing build.
    """

    threshold: float = DEFAULT_THRESHOLD
    fallback: tuple[Fallback, ...] = FALLBACKS
    learn_statuses: tuple[str, ...] = ("SUCCESS",)


@dataclass
class Pipeline:
    """What the work on a job needs.

    Attributes:
        fetcher: gets the file.
        store: takes the documents.
        models: what passing builds taught.
        dead_letters: takes what cannot be done.
        metrics: counts.
        rules: see there.
        now: gives the present, aware UTC.
        worker: host name and process id, for the file document.
        tokenizer: remembers words from job to job.
    """

    fetcher: Fetcher
    store: Store
    models: ModelStore
    dead_letters: DeadLetters
    metrics: Metrics
    rules: Rules = Rules()
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    worker: str = ""
    tokenizer: Tokenizer = field(default_factory=Tokenizer)

    def process(self, payload: bytes) -> Outcome:
        """Do one job, wholly, and return how it ended.

        Raises:
            Unavailable: a server is away; the job has to be held and processed again. Nothing is doubled.
        """
        with self.dead_letters.letter(payload) as letter:
            try:
                job = decode(payload)
            except JobError as error:
                return self._malformed(letter, error)
            work = Work(job, self.now())
            try:
                document = self._index(work, letter)
            except JobError as error:
                document = self._early_end(work, error.outcome, str(error))
            return self._settled(work, document, letter)

    def give_up(self, payload: bytes, outcome: Outcome, reason: str) -> Outcome:
        """End a job that was tried for long enough: dead letter, file document, counted.

        Raises:
            Unavailable: the dead letters or the store cannot be written.
        """
        with self.dead_letters.letter(payload) as letter:
            try:
                job = decode(payload)
            except JobError as error:
                return self._malformed(letter, error)
            work = Work(job, self.now())
            return self._settled(work, self._early_end(work, outcome, reason), letter)

    def _index(self, work: Work, letter: OpenLetter) -> FileDocument:
        job = work.job
        if job.build_status == _ABORTED:
            return self._early_end(work, Outcome.SKIPPED, "")
        with self.fetcher.open(job.source_url) as body:
            found = self._model(job)
            teacher = self._teacher(job)
            anomaly_filter = AnomalyFilter(
                found.model if found else None, threshold=self.rules.threshold, tokenizer=self.tokenizer
            )
            scan = anomaly_filter.scored(work.read(body, teacher))
            document = self._stored(work, body, scan, _scoring(found, work.started), letter)
        if scan.worst is not None:
            # That the baseline does not fit is known at the end only: once more, to show no more than the worst lines.
            work = Work(job, work.started, work.stopwatch)
            with self.fetcher.open(job.source_url) as body:
                letter.discard()
                scan = anomaly_filter.scored(work.read(body), only=scan.worst)
                document = self._stored(work, body, scan, _scoring(found, work.started), letter)
        if teacher and document.outcome is Outcome.INDEXED:
            self._learn(work, document.file, teacher)
        return document

    def _stored(
        self, work: Work, body: Body, scan: Scan, scoring: Scoring, letter: OpenLetter
    ) -> FileDocument:
        """Store what a scan gives, and return the file document of it, stored as well."""
        job, watch = work.job, work.stopwatch
        earlier = self.store.file(job.build_uuid, job.filename)
        batches = watch.timed("score", _batches(scan))
        with watch.measured("document"), watch.measured("write"):
            head = next(batches, [])
        day, day_source = _build_day(work, body, earlier, (line.text for line in head))
        document = _begun(work, day, day_source, scoring, self.worker)
        self.store.put_file(_again(earlier, document) if earlier else document)

        times = LineTimes(day, work.build_start)
        documents = watch.timed("document", work.documents(chain([head], batches), times))
        with watch.measured("write"):
            indexed = self.store.write(
                document.file, LineDocuments(documents), work.rejecting(document.file, letter)
            )
        if earlier and (earlier.outcome is not Outcome.INDEXED or earlier.lines_read > work.lines_read):
            self.store.forget_after(document.file, work.lines_read)
        now = self.now()
        document = replace(
            work.ended(document, indexed, scan.findings, now), lag_seconds=_lag(work, body, earlier, now)
        )
        self.store.put_file(document)
        return document

    def _model(self, job: Job) -> Found | None:
        name = model_name({**job.fields, "filename": job.filename})
        found = self.models.find(name, without_build=job.build_uuid, fallback=self.rules.fallback)
        if found:
            self.metrics.model_age.set((self.now() - found.newest).total_seconds())
            for reason in found.unreadable:
                self.metrics.unreadable_segments.inc()
                _LOG.warning("model %s: %s", found.model.name, reason)
        return found

    def _teacher(self, job: Job) -> SegmentBuilder | None:
        if job.build_status not in self.rules.learn_statuses:
            return None
        return SegmentBuilder(job.build_uuid, job.filename, self.tokenizer)

    def _learn(self, work: Work, file: LogFile, teacher: SegmentBuilder) -> None:
        job = work.job
        built_at = work.build_start or datetime.combine(file.day, time(), timezone.utc)
        name = model_name({**job.fields, "filename": job.filename})
        try:
            if self.models.learn(name, teacher.segment(), built_at=built_at, now=self.now()):
                self.metrics.learned.inc()
        except OSError as error:
            # The documents are safe, and the next passing build teaches the same; holding the job would not help.
            self.metrics.learn_errors.inc()
            _LOG.error("model %s cannot be written: %s", name, error)

    def _early_end(self, work: Work, outcome: Outcome, reason: str) -> FileDocument:
        """Leave a file document that says why nothing was read; that of a run that read the file stays.

        A run that did not come to its end leaves lines that no file document counts; they are deleted, but not
        those of a run before it that had stored the file whole.
        """
        earlier = self.store.file(work.job.build_uuid, work.job.filename)
        day, day_source = _build_day(work, None, earlier, ())
        document = _begun(work, day, day_source, Scoring(), self.worker)
        document = replace(
            document, outcome=outcome, reason=reason, seconds=(self.now() - work.started).total_seconds()
        )
        if earlier and earlier.outcome is Outcome.RUNNING:
            self.store.forget_after(document.file, earlier.lines_read)
            stored_before = replace(earlier, outcome=Outcome.INDEXED)
            self.store.put_file(stored_before if earlier.lines_read else document)
        elif not earlier or not (earlier.lines_read or earlier.outcome is Outcome.INDEXED):
            self.store.put_file(document)
        return document

    def _malformed(self, letter: OpenLetter, error: JobError) -> Outcome:
        letter.send(error.outcome, str(error))
        self.metrics.failed(error.outcome.value)
        _LOG.warning("job refused: outcome=%s reason=%s", error.outcome.value, error)
        return error.outcome

    def _settled(self, work: Work, document: FileDocument, letter: OpenLetter) -> Outcome:
        if document.outcome not in (Outcome.INDEXED, Outcome.SKIPPED):
            letter.send(document.outcome, document.reason)
        elif letter.rejected:
            letter.send(
                document.outcome, f"the store refused {letter.rejected} of {document.lines_read} lines"
            )
        self.metrics.ended(document, work.stopwatch)
        _LOG.info(
            "job done: build=%s file=%s outcome=%s lines=%d far=%d shown=%d rejected=%d model=%s seconds=%.3f%s",
            document.file.build_uuid,
            document.file.filename,
            document.outcome.value,
            document.lines_read,
            document.lines_far,
            document.lines_shown,
            document.lines_rejected,
            document.file.scoring.model or "-",
            document.seconds,
            f" reason={document.reason}" if document.reason else "",
        )
        return document.outcome


def _batches(scan: Scan) -> Iterator[list[ScoredLine]]:
    """Give the lines of a scan, of which some come one by one, in lists that are worth the beginning."""
    batch: list[ScoredLine] = []
    characters = 0
    for lines in scan.batches():
        batch += lines
        characters += sum(len(line.text) for line in lines)
        if len(batch) >= _BATCH_LINES or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _build_day(
    work: Work, body: Body | None, earlier: FileDocument | None, texts: Iterable[str]
) -> tuple[date, DaySource]:
    """Return the day that names the index; an earlier run's, so that a retry finds its documents again."""
    if earlier:
        return earlier.file.day, earlier.day_source
    if work.build_start:
        return work.build_start.date(), DaySource.BUILD_START
    if body and body.last_modified and work.is_credible(body.last_modified):
        return body.last_modified.date(), DaySource.LAST_MODIFIED
    dated = first_day(texts, work.started)
    return (dated, DaySource.FIRST_LINE) if dated else (work.started.date(), DaySource.TODAY)


def _again(earlier: FileDocument, begun: FileDocument) -> FileDocument:
    """Return the document of a run that has begun; it keeps what an earlier one stored, should this one not end."""
    stored = earlier.outcome is Outcome.INDEXED or (earlier.outcome is Outcome.RUNNING and earlier.lines_read)
    if not stored:
        return begun
    return replace(earlier, outcome=Outcome.RUNNING, started_at=begun.started_at, worker=begun.worker)


def _lag(work: Work, body: Body, earlier: FileDocument | None, now: datetime) -> float | None:
    """Return the seconds from the file's last change until it is stored; a later run does not make them more."""
    if earlier and earlier.lag_seconds is not None:
        return earlier.lag_seconds
    if body.last_modified is None or not work.is_credible(body.last_modified):
        return None
    return max((now - body.last_modified).total_seconds(), 0.0)


def _scoring(found: Found | None, now: datetime) -> Scoring:
    if found is None:
        return Scoring()
    model = found.model
    status = Status.FALLBACK if found.fallback else Status.SCORED
    age = max((now - found.newest) / timedelta(days=1), 0.0)
    return Scoring(status, model.name, model.version, len(model.builds), age)


def _begun(work: Work, day: date, day_source: DaySource, scoring: Scoring, worker: str) -> FileDocument:
    job = work.job
    fields, extra = legacy_fields({**job.extra, **job.fields})
    file = LogFile(job.build_uuid, job.filename, day, fields, job.tags, extra, scoring, work.started)
    return FileDocument(
        file, Outcome.RUNNING, day_source, work.started, build_files=job.build_files, worker=worker
    )
