"""The JSON forms of documents: of a line, of a file, and of an event for Logstash.

`line_from_source(line_source(file, line)) == line` and `file_from_source(file_source(document)) == document`,
also with the JSON text of the form in between. What has no value is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timezone
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
from log_processor.errors import LogProcessorError, Outcome
from log_processor.schema import FIELDS
from log_processor.timestamps import instant, iso_text

_OURS = {field.name.partition(".")[0] for field in FIELDS if not field.from_job}
"""The top-level names that are no `LogFile.fields`."""
_COUNTS = (
    "lines_read", "lines_indexed", "lines_rejected", "lines_far", "lines_shown", "lines_truncated", "bytes_read",
)  # fmt: skip


class LineSources:
    """The JSON forms of one file's lines.

    What they share is built once, so they are to be written, not changed.
    """

    def __init__(self, file: LogFile) -> None:
        self._shared = _identity(file)
        if file.received_at is not None:
            self._shared["received_at"] = iso_text(file.received_at)
        self._event = {**file.extra, **_identity(file)}  # the ancestor sent each field, known to it or not
        self._anomaly = _model(file.scoring)
        # A fragment that the address already has means something to its server; a number would spoil it.
        self._log_url = file.log_url
        self._numbered = bool(file.log_url) and "#" not in file.log_url

    def source(self, line: LineDocument) -> dict[str, Any]:
        """Return the form of a line that Elasticsearch and OpenSearch store."""
        return {
            "@timestamp": iso_text(line.timestamp),
            "message": line.message,
            **self._shared,
            "log": self._log(line),
            "anomaly": self._score(line),
        }

    def event(self, line: LineDocument) -> dict[str, Any]:
        """Return the form of a line that Logstash gets: what the ancestor's worker sent, and beside it ours.

        `@timestamp` and `received_at` are not in it, for existing filters make both, of the message and of the
        time of arrival; the line's time is in `[log][timestamp]`.
        """
        log = self._log(line)
        log["timestamp"] = iso_text(line.timestamp)
        return {**self._event, "message": line.message, "log": log, "anomaly": self._score(line)}

    def url(self, line: LineDocument) -> str | None:
        """Return the line's address for a person; None when the job named none for its file."""
        if self._numbered:
            return f"{self._log_url}#L{line.number}"
        return self._log_url or None

    def _log(self, line: LineDocument) -> dict[str, Any]:
        log: dict[str, Any] = {"line": line.number}
        url = self.url(line)
        if url:
            log["line_url"] = url
        if line.truncated:
            log["truncated"] = True
        return log

    def _score(self, line: LineDocument) -> dict[str, Any]:
        anomaly = {**self._anomaly, "shown": line.shown}
        if line.distance is not None:
            anomaly["distance"] = line.distance
        if line.score is not None:
            anomaly["score"] = line.score
        if line.nearest is not None:
            anomaly["nearest"] = line.nearest
        if line.seen_in is not None:
            anomaly["seen_in"] = line.seen_in
        if line.reasons:
            anomaly["reasons"] = list(line.reasons)
        if line.group is not None:
            anomaly["group"] = line.group
        if line.fingerprint is not None:
            anomaly["fingerprint"] = line.fingerprint
        return anomaly


def line_source(file: LogFile, line: LineDocument) -> dict[str, Any]:
    """Return the stored form of one line; for more of a file see `LineSources`."""
    return LineSources(file).source(line)


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
