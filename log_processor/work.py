"""One job while it is worked on: what its generators make of the file, and what they count."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import compress, count, repeat
from operator import eq, or_

from anomaly_filter import Block, Finding, Lines, ScoredLine, SegmentBuilder, line_blocks
from log_processor.dead_letters import OpenLetter
from log_processor.document import FileDocument, LineColumns, LineDocument, LogFile, Status, Verdict
from log_processor.document_json import LineSources
from log_processor.errors import JobError, Outcome
from log_processor.fetch.fetcher import Body
from log_processor.job import Job
from log_processor.metrics import Stopwatch
from log_processor.timestamps import LineTimes

_FIRST_YEAR = 2000
_AHEAD = timedelta(days=1)  # that a submitter's clock, or one without a zone, may be
_NONE = repeat(None)
_DIGITS = 6  # of a distance and a score: all stores compare them alike
_FINDING_CHARACTERS = 1000  # of each text of a finding: a file document stays small


@dataclass
class Work:
    """One pass of a job's file: what is counted on its way.

    Attributes:
        job: the job.
        started: when the work on the job began; aware UTC.
        stopwatch: the time of the job by stage.
        error: what ended the file early; None when it was read to its end.
        bytes_read: bytes of text after decompression.
        lines_read: physical lines.
        lines_far: lines with a reason.
        lines_shown: far lines that stand for themselves.
        lines_truncated: lines cut for storage.
        lines_rejected: lines that the store refused.
        max_distance: the farthest line's distance; None without a model.
    """

    job: Job
    started: datetime
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    error: JobError | None = None
    bytes_read: int = 0
    lines_read: int = 0
    lines_far: int = 0
    lines_shown: int = 0
    lines_truncated: int = 0
    lines_rejected: int = 0
    max_distance: float | None = None

    @property
    def build_start(self) -> datetime | None:
        """When the build began; None when the job does not say so, or says what cannot be."""
        start = self.job.build_start
        return start if start and self.is_credible(start) else None

    def is_credible(self, moment: datetime) -> bool:
        """Whether a build can have been at work then: clocks go wrong, and servers send the year 1970."""
        return moment.year >= _FIRST_YEAR and moment - self.started <= _AHEAD

    def read(self, body: Body, teacher: SegmentBuilder | None = None) -> Lines:
        """Return the lines of the file, which are learnt on the way when there is a teacher."""
        read = self._counted(line_blocks(self._received(self.stopwatch.timed("fetch", iter(body)))))
        return Lines(teacher.learning(read) if teacher else read)

    def _counted(self, read: Iterable[Block]) -> Iterator[Block]:
        for block in read:
            self.lines_read += block.count
            yield block

    def _received(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Give the chunks; an error that ends the file early ends it here, so that what came before is stored."""
        try:
            for chunk in chunks:
                self.bytes_read += len(chunk)
                yield chunk
        except JobError as error:
            self.error = error

    def documents(self, batches: Iterable[Sequence[ScoredLine]], times: LineTimes) -> Iterator[LineColumns]:
        """Make the documents of lines, and count what is remarkable about them."""
        for batch in filter(None, batches):
            numbers, texts, truncated, distances, nearest, seen_in, reasons, marks, scores, groups = zip(
                *batch, strict=True
            )
            self.lines_truncated += sum(truncated)
            self.lines_far += len(reasons) - reasons.count(())
            self.lines_shown += sum(map(eq, groups, numbers))
            if known := [distance for distance in distances if distance is not None]:
                self.max_distance = max(self.max_distance or 0.0, round(max(known), _DIGITS))
            # Of most lines there is nothing to say; those at a distance have a score as well.
            verdicts = [*zip(distances, _NONE, seen_in, reasons, marks, scores, strict=False)]
            for at in compress(count(), map(or_, map(bool, scores), map(bool, reasons))):
                verdicts[at] = _stored(verdicts[at], nearest[at])
            yield LineColumns(numbers, times.of(texts), texts, truncated, verdicts, groups)

    def rejecting(self, file: LogFile, letter: OpenLetter) -> Callable[[LineDocument, str], None]:
        """Return what takes a line that the store refuses."""
        sources = LineSources(file)

        def reject(line: LineDocument, reason: str) -> None:
            self.lines_rejected += 1
            letter.reject(json.loads(sources.source(line)), reason)

        return reject

    def ended(
        self, begun: FileDocument, indexed: int, found: Iterable[Finding], now: datetime
    ) -> FileDocument:
        """Return the file document of the finished work."""
        findings = list(map(_bounded, found))
        if self.lines_read and begun.file.scoring.status is Status.NO_MODEL:
            findings.append(
                Finding("no_baseline", "no passing build of this job has taught a model for this file")
            )
        return replace(
            begun,
            outcome=self.error.outcome if self.error else Outcome.INDEXED,
            reason=str(self.error) if self.error else "",
            lines_read=self.lines_read,
            lines_indexed=indexed,
            lines_rejected=self.lines_rejected,
            lines_far=self.lines_far,
            lines_shown=self.lines_shown,
            lines_truncated=self.lines_truncated,
            max_distance=self.max_distance,
            bytes_read=self.bytes_read,
            findings=tuple(findings),
            seconds=(now - self.started).total_seconds(),
        )


def _stored(verdict: Verdict, nearest: str | None) -> Verdict:
    """Return what is stored of what the filter says of a line."""
    distance, _, seen_in, reasons, fingerprint, score = verdict
    return (
        distance and round(distance, _DIGITS),
        nearest if distance or reasons else None,
        seen_in,
        reasons,
        fingerprint,
        score and round(score, _DIGITS),
    )


def _bounded(finding: Finding) -> Finding:
    """Return the finding with texts of a bounded length."""
    return replace(finding, text=_cut(finding.text), expected=_cut(finding.expected), seen=_cut(finding.seen))


def _cut(text: str) -> str:
    return text if len(text) <= _FINDING_CHARACTERS else text[: _FINDING_CHARACTERS - 1] + "…"
