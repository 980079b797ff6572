"""What is stored: one document a line, one a file.

Inside the program these are frozen types; `document_json.py` gives the JSON forms that the stores and
Logstash get, and `schema.py` describes their fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from anomaly_filter import Finding
from log_processor.errors import Outcome

FieldValue = str | int | tuple[str, ...]
"""A value of a legacy flat field."""


class Status(str, Enum):
    """Which model scored a file's lines."""

    SCORED = "scored"
    """The file's own model."""
    FALLBACK = "fallback"
    """A neighbouring model, named in `anomaly.model`."""
    NO_MODEL = "no_model"
    """None: the lines have no distance."""


class DaySource(str, Enum):
    """Where the build's day was taken from."""

    BUILD_START = "build_start"
    LAST_MODIFIED = "last_modified"
    FIRST_LINE = "first_line"
    TODAY = "today"


@dataclass(frozen=True)
class Scoring:
    """The model that scores a file.

    Attributes:
        status: own model, fallback or none.
        model: the model's name; None without a model.
        version: short hash of the model's set of segments; None without a model.
        baselines: how many passing builds the model holds.
        age_days: how long before the work on the file the newest of them ran; None without a model.
    """

    status: Status = Status.NO_MODEL
    model: str | None = None
    version: str | None = None
    baselines: int = 0
    age_days: float | None = None


@dataclass(frozen=True)
class LogFile:
    """What all lines of one log file of one build share.

    Attributes:
        build_uuid: the build.
        filename: path of the file relative to the build's log root.
        day: the build's day (UTC); names the daily index.
        fields: the legacy flat fields, each of its schema type (`build_name`, `project`, `log_url`, …; without
            `build_uuid` and `filename`).
        tags: the legacy tags, base name first.
        extra: fields that the schema does not know, or whose value does not fit it; stored once, with the
            file's document, and not searched.
        scoring: the model.
        received_at: aware UTC time at which the worker took the job; None when nobody noted it.
    """

    build_uuid: str
    filename: str
    day: date
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    scoring: Scoring = Scoring()
    received_at: datetime | None = None

    @cached_property
    def key(self) -> str:
        """Sixteen hex digits that stand for build and file; the prefix of every document id."""
        return file_key(self.build_uuid, self.filename)

    @property
    def log_url(self) -> str:
        """The address of the file for a person; empty when the job named none."""
        return str(self.fields.get("log_url", ""))

    def line_url(self, number: int) -> str | None:
        """Return a line's address for a person; None when the job named none for its file."""
        return f"{self.log_url}#L{number}" if self.numbers_lines else self.log_url or None

    @property
    def numbers_lines(self) -> bool:
        """Whether a line's address is that of the file, with the line's number as its fragment.

        A fragment that the address already has means something to its server; a number would spoil it.
        """
        return bool(self.log_url) and "#" not in self.log_url


def file_key(build_uuid: str, filename: str) -> str:
    """Return the sixteen hex digits that stand for a build's file: the id of its file document."""
    return hashlib.sha256(f"{build_uuid}\0{filename}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def line_ids(key: str) -> str:
    """Return the ids of the documents of a file's lines, with `%08x` in the place of the number.

    They are a function of build, file and line, so that writing twice is once.
    """
    return f"{key}-%08x"


class LineDocument(NamedTuple):
    """One physical line.

    Attributes:
        number: the line's number, 1-based, the one `sed -n Np` uses.
        timestamp: aware UTC time in whole milliseconds: the line's own, else the previous line's, else the
            start of the build, or of its day where that is not known.
        message: the text, without control characters, at most 32,000 bytes of UTF-8, secrets masked.
        truncated: whether the line was longer.
        distance: in 0..1, 0 = a passing build printed it; None without a model.
        nearest: the nearest baseline line; None where no line shares a token, and of a line of distance 0 that
            is not far.
        seen_in: how many baseline builds hold the nearest line; None without a model.
        reasons: why the line is far; empty for a line that is not.
        fingerprint: stable hash of the line's token set; None unless it is far.
        score: orders lines, in 0..1: the larger of the own distance and a share of the neighbours'; None without
            a model.
        group: the number of the line that stands for this one, because this one repeats it or belongs to its
            block; the own number for a line that stands for itself; None unless the line is far.
    """

    number: int
    timestamp: datetime
    message: str
    truncated: bool = False
    distance: float | None = None
    nearest: str | None = None
    seen_in: int | None = None
    reasons: tuple[str, ...] = ()
    fingerprint: str | None = None
    score: float | None = None
    group: int | None = None

    @property
    def shown(self) -> bool:
        """Whether the line is worth a person's time: far, and no other line stands for it."""
        return self.group == self.number


Verdict = tuple[float | None, str | None, int | None, tuple[str, ...], str | None, float | None]
"""From `LineDocument.distance` to `LineDocument.score`."""


@dataclass(frozen=True)
class LineColumns:
    """Lines field by field: what is done to a field of many lines at once takes a fraction of the time.

    Attributes:
        numbers: one of each line, as in `LineDocument`; so with all others.
        timestamps: see there.
        messages: see there.
        truncated: see there.
        verdicts: several fields in one.
        groups: see there.
    """

    numbers: Sequence[int]
    timestamps: Sequence[datetime]
    messages: Sequence[str]
    truncated: Sequence[bool]
    verdicts: Sequence[Verdict]
    groups: Sequence[int | None]

    @classmethod
    def of(cls, lines: Sequence[LineDocument]) -> LineColumns:
        """Return the columns of lines, of one at least."""
        numbers, timestamps, messages, truncated, *said, groups = zip(*lines, strict=True)
        return cls(numbers, timestamps, messages, truncated, [*zip(*said, strict=True)], groups)

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.numbers)

    def runs(self, most: int) -> Iterator[LineColumns]:
        """Give the lines in runs of at most `most`."""
        if len(self) <= most:
            yield self
            return
        columns = [getattr(self, each.name) for each in fields(self)]
        for first in range(0, len(self), most):
            yield LineColumns(*(column[first : first + most] for column in columns))

    def lines(self) -> Iterator[LineDocument]:
        """Give the lines one by one."""
        texts = zip(self.numbers, self.timestamps, self.messages, self.truncated, strict=True)
        for text, verdict, group in zip(texts, self.verdicts, self.groups, strict=True):
            # What LineDocument(...) does, without the call of a Python function.
            yield tuple.__new__(LineDocument, (*text, *verdict, group))


class LineDocuments(Iterator[LineDocument]):
    """The lines of a file, one by one or many at once."""

    def __init__(self, columns: Iterable[LineColumns]) -> None:
        """Take nothing yet."""
        self._columns = iter(columns)
        self._lines = chain.from_iterable(each.lines() for each in self._columns)

    def __iter__(self) -> Iterator[LineDocument]:  # noqa: PYI034 - it need not pass through __next__
        """Return the lines that are left."""
        return self._lines

    def __next__(self) -> LineDocument:
        """Return the next line."""
        return next(self._lines)

    def columns(self) -> Iterator[LineColumns]:
        """Give the lines that are left; the rest of columns whose lines have begun to be taken is not among them."""
        return self._columns


def columns_of(lines: Iterable[LineDocument], most: int) -> Iterator[LineColumns]:
    """Give lines field by field, at most so many at once."""
    if isinstance(lines, LineDocuments):
        for columns in lines.columns():
            yield from columns.runs(most)
        return
    rest = iter(lines)
    while some := [*islice(rest, most)]:
        yield LineColumns.of(some)


@dataclass(frozen=True)
class FileDocument:
    """One log file of one build: what was done with it.

    Attributes:
        file: what its lines share.
        outcome: how the work ended, or `running`.
        reason: the error's text when the outcome is neither `indexed` nor `running`.
        day_source: where `file.day` was taken from.
        lines_read: physical lines read.
        lines_indexed: lines stored.
        lines_rejected: lines that the store refused; they are in the dead letters.
        lines_far: lines that something speaks for.
        lines_shown: far lines that stand for themselves.
        lines_truncated: lines cut for storage.
        max_distance: the farthest line's distance; None without a model.
        bytes_read: bytes of text after decompression.
        build_files: how many files the submitter said this build has; None when it did not say.
        findings: facts about the whole file, kept apart from far lines.
        started_at: aware UTC time at which the work began.
        seconds: how long the work took.
        lag_seconds: from the file's last change, by its log server, until it was stored for the first time; None
            where the server did not say.
        worker: host name and process id of the worker.
    """

    file: LogFile
    outcome: Outcome
    day_source: DaySource
    started_at: datetime
    reason: str = ""
    lines_read: int = 0
    lines_indexed: int = 0
    lines_rejected: int = 0
    lines_far: int = 0
    lines_shown: int = 0
    lines_truncated: int = 0
    max_distance: float | None = None
    bytes_read: int = 0
    build_files: int | None = None
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    lag_seconds: float | None = None
    worker: str = ""
