"""A build is a view over its file documents; nothing about it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from log_processor.document import FileDocument, Finding, Status
from log_processor.errors import Outcome

_HEAD = "job-output"  # the file that a CI system writes for people


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
            far lines, then the name.
    """

    files: tuple[FileDocument, ...]

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
        """Lines shown, by the threshold they were stored with."""
        return sum(d.lines_far for d in self.files)

    @property
    def max_distance(self) -> float | None:
        """The farthest line's distance; None when no file has a model."""
        return max((d.max_distance for d in self.files if d.max_distance is not None), default=None)

    @property
    def without_baseline(self) -> tuple[FileDocument, ...]:
        """Files that have lines and no model."""
        return tuple(d for d in self.files if d.lines_read and d.file.scoring.status is Status.NO_MODEL)

    @property
    def failed(self) -> tuple[FileDocument, ...]:
        """Files that are not there whole: missing, refused, cut short."""
        whole = (Outcome.INDEXED, Outcome.SKIPPED, Outcome.RUNNING)
        return tuple(d for d in self.files if d.outcome not in whole)

    @property
    def findings(self) -> tuple[tuple[FileDocument, Finding], ...]:
        """What was found about whole files."""
        return tuple((d, finding) for d in self.files for finding in d.findings)


def _badness(document: FileDocument) -> tuple[float, bool, int, str]:
    distance = document.max_distance if document.lines_far else None
    base = document.file.filename.rsplit("/", 1)[-1]
    return -(distance or 0.0), not base.startswith(_HEAD), -document.lines_far, document.file.filename
