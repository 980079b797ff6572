"""Documents for tests of the stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from anomaly_filter import Finding
from log_processor.document import DaySource, FileDocument, LineDocument, LogFile, Scoring, Status
from log_processor.errors import Outcome

DAY = date(2026, 3, 9)
START = datetime(2026, 3, 9, 12, 0, 0, 123000, tzinfo=timezone.utc)


def a_file(
    filename: str = "controller/logs/screen-n-cpu.txt", build_uuid: str = "5f2e" * 8, day: date = DAY
) -> LogFile:
    return LogFile(
        build_uuid,
        filename,
        day,
        fields={
            "build_name": "tempest-full",
            "build_change": 829161,
            "build_hostids": ("a", "b"),
            "log_url": "https://l/f",
        },
        tags=("screen-n-cpu.txt", "screen"),
        extra={"unknown": {"deep": [1, None]}},
        scoring=Scoring(Status.SCORED, "openstack%2Fnova/tempest-full/master/screen-n-cpu", "0a1b2c3d", 5),
    )


def a_document(file: LogFile, started_at: datetime = START) -> FileDocument:
    return FileDocument(
        file,
        Outcome.INDEXED,
        DaySource.BUILD_START,
        started_at,
        lines_read=7,
        lines_indexed=6,
        lines_rejected=1,
        lines_far=2,
        lines_shown=1,
        max_distance=0.5,
        bytes_read=1234,
        build_files=2,
        findings=(
            Finding("missing", "all tests passed", expected="in each of 5 passing builds"),
            Finding("burst", "retrying", 4, "2 times", "200 times"),
        ),
        seconds=0.25,
        worker="host-1234",
    )


def a_line(
    number: int,
    message: str = "",
    distance: float | None = 0.0,
    reasons: tuple[str, ...] = (),
    group: int | None = None,
) -> LineDocument:
    """A line that stands for itself, where it is far and of no other group."""
    return LineDocument(
        number,
        START + timedelta(milliseconds=number),
        message or f"line {number} of \u00e9\u4e16\U0001f4a5",
        distance=distance,
        nearest="line of a passing build" if distance else None,
        seen_in=None if distance is None else 3,
        reasons=reasons,
        fingerprint="c0ffee" if reasons else None,
        score=distance,
        group=(group or number) if reasons else None,
    )


def lines_of(count: int) -> Iterator[LineDocument]:
    """Every hundredth line is far."""
    for number in range(1, count + 1):
        yield a_line(number, distance=0.5, reasons=("novel",)) if number % 100 == 0 else a_line(number)


def no_reject(line: LineDocument, reason: str) -> None:
    raise AssertionError(f"line {line.number} was rejected: {reason}")
