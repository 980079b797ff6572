"""The report of one build: what was compared with what, and the lines of each file that matter.

This is the shape of the JSON file, too: a field there has the name it has here. `VERSION` grows when a field is taken
away or changes its meaning; a reader ignores fields that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NamedTuple

VERSION = 1

CONTEXT_LINES = 12
"""Lines on either side of an entry that a report should hold: a page shows a few, and the others when asked."""


class Range(NamedTuple):
    """The least and the largest value of a number."""

    least: float
    most: float


class Pattern(NamedTuple):
    """The form of a text: a regular expression that all of it matches."""

    expression: str


_LARGEST = 2**53 - 1  # what every reader of JSON takes for the number that was written

Share = Annotated[float, Range(0, 1)]
"""A distance, a score."""
Number = Annotated[int, Range(1, _LARGEST)]
"""Of a line, or of something that is there."""
Count = Annotated[int, Range(0, _LARGEST)]
Seconds = Annotated[float, Range(0, _LARGEST)]
Fingerprint = Annotated[str, Pattern("(?:[0-9a-f]{16})?")]


@dataclass(frozen=True)
class ContextLine:
    """A line that stands beside one that matters.

    Attributes:
        line: its number, 1-based.
        text: as stored, secrets masked.
    """

    line: Number
    text: str


@dataclass(frozen=True)
class Entry:
    """A line that matters, for itself or for all those that it stands for.

    Attributes:
        line: its number, 1-based.
        text: as stored, secrets masked.
        truncated: whether the line is longer than its text.
        distance: to the nearest baseline line, in 0..1; None without a model.
        score: orders entries, in 0..1; without a model, how strongly the line speaks of a failure. None: nobody said.
        reasons: why the line is far.
        nearest: the nearest baseline line; None where no line is anything like it.
        seen_in: how many baseline builds have that line; None without a model.
        fingerprint: sixteen hex digits, the same for the same line in other builds; empty for a line that is not far.
        time: when the line was written, ISO 8601 in UTC; None where neither it nor a line before it says so.
        count: how many lines it stands for, itself among them.
        runs: first and last number of each run of these lines; the first hundred runs.
        before: lines before it, the nearest last.
        after: lines behind it, the nearest first.
        group: number of the line that stands for this one; None: it is shown itself, as all entries of a report are.
    """

    line: Number
    text: str
    truncated: bool
    distance: Share | None
    score: Share | None
    reasons: tuple[str, ...]
    nearest: str | None
    seen_in: Count | None
    fingerprint: Fingerprint
    time: str | None = None
    count: Number = 1
    runs: tuple[tuple[Number, Number], ...] = ()
    before: tuple[ContextLine, ...] = ()
    after: tuple[ContextLine, ...] = ()
    group: Number | None = None


@dataclass(frozen=True)
class FoundInFile:
    """A finding: something about a file as a whole.

    Attributes:
        kind: one of `anomaly_filter.FINDINGS`.
        text: the log line that it is about, or a sentence.
        line: the number of the line that it points at; None when it points at none.
        expected: what the baselines have; may be empty.
        seen: what this file has instead; may be empty.
    """

    kind: str
    text: str
    line: Number | None = None
    expected: str = ""
    seen: str = ""


@dataclass(frozen=True)
class FileReport:
    """What is worth knowing of one file.

    Attributes:
        path: within the build's logs; parts joined with slashes.
        source: where a person can open it: a path or a URL.
        model: name of the model that answered; None without one.
        model_version: which set of baselines that was; None without a model.
        baselines: how many passing builds it knows.
        fallback: the step that found the model, one of `anomaly_filter.FALLBACKS`; None: it is the file's own.
        lines: lines read.
        bytes: of these lines, unpacked.
        far: far lines.
        entries: of these, the lines that are shown, in the order of the file.
        findings: about the file as a whole.
        remarks: what went wrong with it, one sentence each: damaged data, a baseline that could not be read.
    """

    path: str
    source: str
    model: str | None
    model_version: str | None
    baselines: Count
    fallback: str | None
    lines: Count
    bytes: Count
    far: Count
    entries: tuple[Entry, ...]
    findings: tuple[FoundInFile, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A file that was not compared.

    Attributes:
        path: within the build's logs.
        reason: why, for a person.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class BaselineBuild:
    """A passing build that was compared with.

    Attributes:
        name: for a person: a path, a build's id.
        url: where it can be looked at; None for a local one.
        reason: why it was taken; empty where the command line named it.
    """

    name: str
    url: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Work:
    """What a step read, and how long it took.

    Attributes:
        lines: lines read.
        bytes: of these lines, unpacked.
        seconds: of wall time.
    """

    lines: Count = 0
    bytes: Count = 0
    seconds: Seconds = 0.0


@dataclass(frozen=True)
class Report:
    """The report of one build.

    Attributes:
        target: what was judged: a path, a URL.
        url: where the build can be looked at; None for a local one.
        created: when, ISO 8601 in UTC.
        program: name and version of what wrote it.
        threshold: distance in 0..1 from which on a line was novel.
        baselines: what was compared with.
        training: the work of learning them; all zero where a model was there already.
        testing: the work of judging the target.
        files: in the order of their paths.
        left_out: files that were not compared.
        remarks: what a person should know about the whole, one sentence each.
        version: of this shape.
    """

    target: str
    url: str | None
    created: str
    program: str
    threshold: Share
    baselines: tuple[BaselineBuild, ...]
    training: Work
    testing: Work
    files: tuple[FileReport, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    version: int = VERSION
