"""A build is a view over its file documents; nothing about it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from anomaly_filter import Finding
from log_processor.document import FileDocument, Status
from log_processor.errors import Outcome

_HEAD = "job-output"  # the file that a CI system writes for people
_UNFIT = "unfit_baseline"
_DOUBTS = (_UNFIT, "no_baseline", "nothing_read")


class Completeness(str, Enum):
    """Whether all of a build's files are stored whole."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"
    """The submitter did not say how many files the build has."""


@dataclass(frozen=True)
class Build:
    """What the store has of one build.

    Attributes:
        files: its file documents, worst first: farthest line, then `job-output` before others, then the number of
            lines shown, then the name.
        dashboard: the address of the dashboard that shows it; None where none is configured.
    """

    files: tuple[FileDocument, ...]
    dashboard: str | None = None

    @classmethod
    def of(cls, files: Sequence[FileDocument]) -> Build:
        """Make the view; at least one file is needed."""
        return cls(tuple(sorted(files, key=_badness)))

    @property
    def uuid(self) -> str:
        """The build's unique id."""
        return self.files[0].file.build_uuid

    @property
    def day(self) -> date:
        """The build's day (UTC)."""
        return min(document.file.day for document in self.files)

    def field(self, name: str) -> str:
        """Return a legacy field as the first file that has it says; empty when none has."""
        return next(
            (str(d.file.fields[name]) for d in self.files if d.file.fields.get(name) not in (None, "")), ""
        )

    @property
    def expected_files(self) -> int | None:
        """How many files the submitter said the build has; None: it did not say."""
        return max((d.build_files for d in self.files if d.build_files is not None), default=None)

    @property
    def completeness(self) -> Completeness:
        """Whether every file is stored whole."""
        if self.failed or any(d.outcome is Outcome.RUNNING for d in self.files):
            return Completeness.INCOMPLETE
        if self.expected_files is None:
            return Completeness.UNKNOWN
        return Completeness.COMPLETE if len(self.files) >= self.expected_files else Completeness.INCOMPLETE

    @property
    def lines(self) -> int:
        """Lines read."""
        return sum(d.lines_read for d in self.files)

    @property
    def far_lines(self) -> int:
        """Lines that are far, by the threshold they were stored with."""
        return sum(d.lines_far for d in self.files)

    @property
    def shown_lines(self) -> int:
        """Far lines that no other line stands for."""
        return sum(d.lines_shown for d in self.files)

    @property
    def max_distance(self) -> float | None:
        """The farthest line's distance; None when no file has a model."""
        return max((d.max_distance for d in self.files if d.max_distance is not None), default=None)

    @property
    def without_baseline(self) -> tuple[FileDocument, ...]:
        """Files that have lines and no model."""
        return tuple(d for d in self.files if d.lines_read and d.file.scoring.status is Status.NO_MODEL)

    @property
    def with_unfit_baseline(self) -> tuple[FileDocument, ...]:
        """Files whose model is of something else."""
        return tuple(d for d in self.files if any(finding.kind == _UNFIT for finding in d.findings))

    @property
    def failed(self) -> tuple[FileDocument, ...]:
        """Files that are not there whole: missing, refused, cut short."""
        whole = (Outcome.INDEXED, Outcome.SKIPPED, Outcome.RUNNING)
        return tuple(d for d in self.files if d.outcome not in whole)

    @property
    def doubts(self) -> tuple[tuple[FileDocument, Finding], ...]:
        """The findings by which a file without far lines is no good news."""
        return tuple((d, finding) for d in self.files for finding in d.findings if finding.kind in _DOUBTS)


def evidence(document: FileDocument) -> tuple[Finding, ...]:
    """Return the findings that are no doubts: what may tell why a build failed."""
    return tuple(finding for finding in document.findings if finding.kind not in _DOUBTS)


def _badness(document: FileDocument) -> tuple[float, bool, int, str]:
    distance = document.max_distance if document.lines_far else None
    base = document.file.filename.rsplit("/", 1)[-1]
    return -(distance or 0.0), not base.startswith(_HEAD), -document.lines_shown, document.file.filename
