"""Every metric of the daemon, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from log_processor.document import FileDocument
from log_processor.errors import Outcome
from log_processor.queue_status import QueueStatus

_T = TypeVar("_T")

STAGES = ("fetch", "score", "document", "write")
"""Where the time of a job goes, in the order of a line's way."""

_JOB_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)


class Stopwatch:
    """The time of one job by stage. The stages are nested generators, so each one's own time is a difference."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Start with no time in any stage.

        Args:
            clock: gives seconds.
        """
        self._clock = clock
        self._inclusive = dict.fromkeys(STAGES, 0.0)

    def timed(self, stage: str, items: Iterator[_T]) -> Iterator[_T]:
        """Give the items; the time that each one takes to come counts for the stage and those within it."""
        clock = self._clock
        inclusive = 0.0
        try:
            while True:
                begun = clock()
                try:
                    item = next(items)
                except StopIteration:
                    return
                finally:
                    inclusive += clock() - begun
                yield item
        finally:
            self._inclusive[stage] += inclusive

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        """Count the time of a block for the stage and those within it."""
        begun = self._clock()
        try:
            yield
        finally:
            self._inclusive[stage] += self._clock() - begun

    def seconds(self) -> dict[str, float]:
        """Return each stage's own seconds."""
        inner = 0.0
        own = {}
        for stage in STAGES:
            own[stage] = max(0.0, self._inclusive[stage] - inner)
            inner = self._inclusive[stage]
        return own


class Metrics:
    """The daemon's metrics, in a registry of their own. A line counts as dropped nowhere: none is."""

    def __init__(self) -> None:
        """Make the metrics at zero."""
        self.registry = registry = CollectorRegistry()
        self._jobs = Counter(
            "log_processor_jobs", "Log files whose work has ended", ["outcome"], registry=registry
        )
        self._lines = Counter(
            "log_processor_lines",
            "Physical lines by what became of them: indexed, rejected; far, shown and truncated ones are also indexed",
            ["outcome"],
            registry=registry,
        )
        self._findings = Counter(
            "log_processor_findings", "Facts about whole files, by their kind", ["kind"], registry=registry
        )
        self._bytes = Counter("log_processor_bytes", "Bytes of log text, decompressed", registry=registry)
        self._stages = Counter(
            "log_processor_stage_seconds", "Seconds of work by stage", ["stage"], registry=registry
        )
        self._job_seconds = Histogram(
            "log_processor_job_seconds", "Seconds of one file", buckets=_JOB_SECONDS, registry=registry
        )
        self._models = Counter(
            "log_processor_models",
            "Files by the model that scored them: scored (their own), fallback, no_model",
            ["status"],
            registry=registry,
        )
        self.model_age = Gauge(
            "log_processor_model_age_seconds",
            "Age of the newest build in the model that was used last",
            registry=registry,
        )
        self.unreadable_segments = Counter(
            "log_processor_unreadable_segments", "Segments left out of a model", registry=registry
        )
        self.learned = Counter(
            "log_processor_learned", "Segments learnt from passing builds", registry=registry
        )
        self.learn_errors = Counter(
            "log_processor_learn_errors", "Segments that could not be written", registry=registry
        )
        self.held = Gauge(
            "log_processor_held", "1 while a job is held because a server is away", registry=registry
        )
        self.holds = Counter(
            "log_processor_holds", "Times that a job was held", ["server"], registry=registry
        )
        self.lost = Counter(
            "log_processor_source_lost",
            "Jobs whose gearman server went away before the acknowledgement",
            registry=registry,
        )
        self.dead_letters = Gauge(
            "log_processor_dead_letters", "Letters in this host's spool", registry=registry
        )
        self._last_success = Gauge(
            "log_processor_last_success_timestamp_seconds", "When a file was last indexed", registry=registry
        )
        self._queue = Gauge(
            "log_processor_queue_jobs",
            "Jobs at the gearman server: waiting, running; NaN when it does not answer",
            ["state"],
            registry=registry,
        )
        self._workers = Gauge(
            "log_processor_queue_workers", "Workers at the gearman server", registry=registry
        )

    def ended(self, document: FileDocument, stopwatch: Stopwatch) -> None:
        """Count a file whose work has ended."""
        self._jobs.labels(document.outcome.value).inc()
        self._lines.labels("indexed").inc(document.lines_indexed)
        self._lines.labels("rejected").inc(document.lines_rejected)
        self._lines.labels("far").inc(document.lines_far)
        self._lines.labels("shown").inc(document.lines_shown)
        self._lines.labels("truncated").inc(document.lines_truncated)
        for finding in document.findings:
            self._findings.labels(finding.kind).inc()
        self._bytes.inc(document.bytes_read)
        if document.lines_read:  # nothing scored a file that was not there
            self._models.labels(document.file.scoring.status.value).inc()
        self._job_seconds.observe(document.seconds)
        for stage, seconds in stopwatch.seconds().items():
            self._stages.labels(stage).inc(seconds)
        if document.outcome is Outcome.INDEXED:
            self._last_success.set_to_current_time()

    def failed(self, outcome: str) -> None:
        """Count a job that ended before there was a file."""
        self._jobs.labels(outcome).inc()

    def queue(self, own: QueueStatus | None) -> None:
        """Show the queue of our function; None: the server does not answer, or does not know the function."""
        nothing = float("nan")
        self._queue.labels("waiting").set(own.waiting if own else nothing)
        self._queue.labels("running").set(own.running if own else nothing)
        self._workers.set(own.workers if own else nothing)
