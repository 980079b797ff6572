"""The JSON forms of documents: of a line, of a file, and of an event for Logstash.

`line_from_source(json.loads(LineSources(file).source(line))) == line`, and `file_from_source(file_source(document)) ==
document`, also with the JSON text of the form in between. What has no value is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timezone
from functools import cached_property
from typing import Any

from anomaly_filter import Finding
from log_processor.document import (
    DaySource,
    FieldValue,
    FileDocument,
    LineDocument,
    LogFile,
    Scoring,
    Status,
)
from log_processor.document_text import LineText
from log_processor.errors import LogProcessorError, Outcome
from log_processor.schema import FIELDS
from log_processor.timestamps import instant, iso_text

_OURS = {field.name.partition(".")[0] for field in FIELDS if not field.from_job}
"""The top-level names that are no `LogFile.fields`."""
_OF_THE_LINE = {"message", "log", "anomaly"}
"""The top-level names that each line has for itself."""
_COUNTS = (
    "lines_read", "lines_indexed", "lines_rejected", "lines_far", "lines_shown", "lines_truncated", "bytes_read",
)  # fmt: skip


class LineSources:
    """The JSON texts of one file's lines; what the lines share is written once."""

    def __init__(self, file: LogFile) -> None:
        self._file = file

    @cached_property
    def source(self) -> LineText:
        """Writes the form of a line that Elasticsearch and OpenSearch store."""
        file = self._file
        shared = _identity(file)
        if file.received_at is not None:
            shared["received_at"] = iso_text(file.received_at)
        return LineText(file, shared, _model(file.scoring), time_in_log=False, ascii_only=False)

    @cached_property
    def event(self) -> LineText:
        """Writes the form of a line that Logstash gets: what the ancestor's worker sent, and beside it ours.

        `@timestamp` and `received_at` are not in it, for existing filters make both, of the message and of the
        time of arrival; the line's time is in `[log][timestamp]`.
        """
        file = self._file
        # The ancestor sent each field, known to it or not.
        unknown = {name: value for name, value in file.extra.items() if name not in _OF_THE_LINE}
        shared = {**unknown, **_identity(file)}
        return LineText(file, shared, _model(file.scoring), time_in_log=True, ascii_only=True)


def line_from_source(source: Mapping[str, Any]) -> LineDocument:
    """Read the stored form of a line.

    Raises:
        LogProcessorError: the document is not one of ours.
    """
    with _reading("line"):
        log, anomaly = source["log"], source["anomaly"]
        return LineDocument(
            number=log["line"],
            timestamp=_moment(source["@timestamp"]),
            message=source["message"],
            truncated=log.get("truncated", False),
            distance=anomaly.get("distance"),
            nearest=anomaly.get("nearest"),
            seen_in=anomaly.get("seen_in"),
            reasons=tuple(anomaly.get("reasons", ())),
            fingerprint=anomaly.get("fingerprint"),
            score=anomaly.get("score"),
            # Before there were groups each far line stood for itself.
            group=anomaly.get("group", log["line"] if anomaly["shown"] else None),
        )


def file_source(document: FileDocument) -> dict[str, Any]:
    """Return the stored form of a file document."""
    file = document.file
    start = instant(file.fields.get("build_start")) or datetime.combine(file.day, time(), timezone.utc)
    source = {
        "@timestamp": iso_text(start),
        **_identity(file),
        "anomaly": _model(file.scoring),
        "outcome": document.outcome.value,
        "day": file.day.isoformat(),
        "day_source": document.day_source.value,
        **{name: getattr(document, name) for name in _COUNTS},
        "findings": [_finding_source(finding) for finding in document.findings],
        "started_at": iso_text(document.started_at),
        "seconds": document.seconds,
        "worker": document.worker,
        "extra": dict(file.extra),
    }
    if document.max_distance is not None:
        source["anomaly"]["max_distance"] = document.max_distance
    if file.scoring.age_days is not None:
        source["anomaly"]["model_age_days"] = file.scoring.age_days
    if document.lag_seconds is not None:
        source["lag_seconds"] = document.lag_seconds
    if document.reason:
        source["reason"] = document.reason
    if document.build_files is not None:
        source["build_files"] = document.build_files
    if file.received_at is not None:
        source["received_at"] = iso_text(file.received_at)
    return source


def file_from_source(source: Mapping[str, Any]) -> FileDocument:
    """Read the stored form of a file document.

    Raises:
        LogProcessorError: the document is not one of ours.
    """
    with _reading("file"):
        anomaly = source["anomaly"]
        file = LogFile(
            build_uuid=source["build_uuid"],
            filename=source["filename"],
            day=date.fromisoformat(source["day"]),
            fields={name: _field(value) for name, value in source.items() if name not in _OURS},
            tags=tuple(source["tags"]),
            extra=source["extra"],
            scoring=Scoring(
                status=Status(anomaly["status"]),
                model=anomaly.get("model"),
                version=anomaly.get("model_version"),
                baselines=anomaly["baselines"],
                age_days=anomaly.get("model_age_days"),
            ),
            received_at=_moment(source["received_at"]) if "received_at" in source else None,
        )
        return FileDocument(
            file=file,
            outcome=Outcome(source["outcome"]),
            day_source=DaySource(source["day_source"]),
            started_at=_moment(source["started_at"]),
            reason=source.get("reason", ""),
            max_distance=anomaly.get("max_distance"),
            build_files=source.get("build_files"),
            findings=tuple(map(_finding, source["findings"])),
            seconds=source["seconds"],
            lag_seconds=source.get("lag_seconds"),
            worker=source["worker"],
            **{name: source[name] for name in _COUNTS if name != "lines_shown"},
            lines_shown=source.get("lines_shown", source["lines_far"]),  # the same, before there were groups
        )


def _finding_source(finding: Finding) -> dict[str, Any]:
    source: dict[str, Any] = {"kind": finding.kind, "text": finding.text}
    if finding.line is not None:
        source["line"] = finding.line
    if finding.expected:
        source["expected"] = finding.expected
    if finding.seen:
        source["seen"] = finding.seen
    return source


def _finding(source: Mapping[str, Any]) -> Finding:
    return Finding(
        source["kind"],
        source["text"],
        source.get("line"),
        source.get("expected", ""),
        source.get("seen", ""),
    )


def _identity(file: LogFile) -> dict[str, Any]:
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in file.fields.items()}
    return {"build_uuid": file.build_uuid, "filename": file.filename, **fields, "tags": list(file.tags)}


def _model(scoring: Scoring) -> dict[str, Any]:
    model: dict[str, Any] = {"status": scoring.status.value, "baselines": scoring.baselines}
    if scoring.model is not None:
        model["model"] = scoring.model
    if scoring.version is not None:
        model["model_version"] = scoring.version
    return model


def _field(value: str | int | list[str]) -> FieldValue:
    return tuple(value) if isinstance(value, list) else value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@contextmanager
def _reading(kind: str) -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LogProcessorError(
            f"the store holds a {kind} document that is not of this program, or of another version of it "
            f"({type(error).__name__}: {error}); delete the build's documents and submit it again"
        ) from error
