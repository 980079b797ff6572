"""Documents as rows of the SQLite store, and back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from log_processor.document import FileDocument, LineDocument
from log_processor.document_json import file_from_source, file_source

LineRow = tuple[
    int, int, int, str, bool, float | None, str | None, int | None, str | None, str | None, float | None, int | None,
]  # fmt: skip
"""The columns `file` and `LINE_COLUMNS`."""

LINE_COLUMNS = (
    'number, timestamp, message, truncated, distance, nearest, seen_in, reasons, fingerprint, score, "group"'
)

FILE_COLUMNS = "build_uuid, started_at, document, job, project, status, began, shown, distance"

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def file_number(key: str) -> int:
    """Return a file's key (`LogFile.key`) as the signed number of 64 bits that SQLite keeps in place of it."""
    return int.from_bytes(bytes.fromhex(key), "big", signed=True)


def storable(text: str) -> str:
    """Return the text as SQLite can hold it: halves of surrogate pairs, which UTF-8 does not know, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def file_row(document: FileDocument) -> tuple[object, ...]:
    """Return the columns `file` and `FILE_COLUMNS`."""
    file, source = document.file, file_source(document)
    return (
        file_number(file.key),
        storable(file.build_uuid),
        microseconds(document.started_at),
        json.dumps(source, separators=(",", ":")),
        source.get("build_name"),
        source.get("project"),
        source.get("build_status"),
        microseconds(datetime.fromisoformat(source["@timestamp"].replace("Z", "+00:00"))),
        document.lines_shown,
        document.max_distance,
    )


def file_document(column: str) -> FileDocument:
    """Read the column `document`."""
    return file_from_source(json.loads(column))


def line_row(file: int, line: LineDocument) -> LineRow:
    """Return the columns `file` and `LINE_COLUMNS`."""
    number, timestamp, message, truncated, distance, nearest, seen_in, reasons, fingerprint, score, group = (
        line
    )
    return (
        file,
        number,
        microseconds(timestamp),
        message,
        truncated,
        distance,
        nearest,
        seen_in,
        " ".join(reasons) if reasons else None,
        fingerprint,
        score,
        group,
    )


def line_document(columns: LineRow) -> LineDocument:
    """Read the columns `file` and `LINE_COLUMNS`."""
    (
        _, number, timestamp, message, truncated, distance, nearest, seen_in, reasons, fingerprint, score, group,
    ) = columns  # fmt: skip
    return LineDocument(
        number=number,
        timestamp=time_of(timestamp),
        message=message,
        truncated=bool(truncated),
        distance=distance,
        nearest=nearest,
        seen_in=seen_in,
        reasons=tuple(reasons.split()) if reasons else (),
        fingerprint=fingerprint,
        score=score,
        group=group,
    )


def microseconds(moment: datetime) -> int:
    """Return a time as SQLite keeps it."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def time_of(since: int) -> datetime:
    """Return the time that SQLite keeps so, in UTC."""
    return _EPOCH + timedelta(microseconds=since)
