"""The JSON forms of documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Finding
from log_processor.document import (
    DaySource,
    FileDocument,
    LineDocument,
    LogFile,
    Scoring,
    Status,
)
from log_processor.document_json import (
    LineSources,
    file_from_source,
    file_source,
    line_from_source,
    line_source,
)
from log_processor.errors import LogProcessorError, Outcome
from log_processor.schema import FIELDS, Kind, On

NOON = datetime(2024, 1, 2, 12, tzinfo=timezone.utc)
FILE = LogFile(
    build_uuid="4f440b7e",
    filename="logs/job-output.txt",
    day=date(2024, 1, 2),
    fields={
        "project": "openstack/nova",
        "voting": 1,
        "hosts_id": ("a", "b"),
        "log_url": "https://x/job-output.txt",
    },
    tags=("job-output.txt", "console"),
    extra={"colour": "red"},
    scoring=Scoring(Status.SCORED, "nova/tempest", "abc123", 8),
    received_at=NOON,
)
FAR = LineDocument(
    number=7,
    timestamp=NOON.replace(microsecond=123000),
    message="Kernel panic",
    truncated=True,
    distance=0.75,
    nearest="Kernel fine",
    seen_in=3,
    reasons=("novel",),
    fingerprint="f00",
    score=0.8,
    group=5,
)
PLAIN = LineDocument(number=8, timestamp=NOON, message="")


def test_a_far_line_has_every_field() -> None:
    expected = {
        "@timestamp": "2024-01-02T12:00:00.123Z",
        "message": "Kernel panic",
        "build_uuid": "4f440b7e",
        "filename": "logs/job-output.txt",
        "project": "openstack/nova",
        "voting": 1,
        "hosts_id": ["a", "b"],
        "log_url": "https://x/job-output.txt",
        "tags": ["job-output.txt", "console"],
        "received_at": "2024-01-02T12:00:00.000Z",
        "log": {"line": 7, "line_url": "https://x/job-output.txt#L7", "truncated": True},
        "anomaly": {
            "status": "scored",
            "model": "nova/tempest",
            "model_version": "abc123",
            "baselines": 8,
            "distance": 0.75,
            "score": 0.8,
            "nearest": "Kernel fine",
            "seen_in": 3,
            "shown": False,
            "reasons": ["novel"],
            "group": 5,
            "fingerprint": "f00",
        },
    }

    assert expected == line_source(FILE, FAR)


def test_a_line_without_a_model_has_no_distance() -> None:
    file = LogFile("u", "f", date(2024, 1, 2))
    expected = {
        "@timestamp": "2024-01-02T12:00:00.000Z",
        "message": "",
        "build_uuid": "u",
        "filename": "f",
        "tags": [],
        "log": {"line": 8},
        "anomaly": {"status": "no_model", "baselines": 0, "shown": False},
    }

    assert expected == line_source(file, PLAIN)


def test_a_line_that_a_passing_build_printed_has_distance_zero_and_no_nearest() -> None:
    anomaly = line_source(FILE, LineDocument(1, NOON, "x", distance=0.0, seen_in=8))["anomaly"]

    assert 0.0 == anomaly["distance"]
    assert "nearest" not in anomaly


@pytest.mark.parametrize(
    ("log_url", "expected"),
    [
        ("https://x/a.txt", "https://x/a.txt#L7"),
        ("https://x/#/log/a.txt", "https://x/#/log/a.txt"),
        ("", None),
    ],
)
def test_the_line_number_is_the_fragment_of_an_address_that_has_none(
    log_url: str, expected: str | None
) -> None:
    file = LogFile("u", "f", date(2024, 1, 2), {"log_url": log_url})

    assert expected == line_source(file, FAR)["log"].get("line_url")


def test_an_event_has_the_ancestors_flat_fields_and_ours_beside_them() -> None:
    event = LineSources(FILE).event(FAR)

    assert {"colour": "red", "project": "openstack/nova", "voting": 1}.items() <= event.items()
    assert ["job-output.txt", "console"] == event["tags"]
    assert "Kernel panic" == event["message"]
    assert "2024-01-02T12:00:00.123Z" == event["log"]["timestamp"]
    assert line_source(FILE, FAR)["anomaly"] == event["anomaly"]


def test_an_event_leaves_to_logstash_what_its_filters_make() -> None:
    assert not {"@timestamp", "received_at", "host", "type", "@version"} & LineSources(FILE).event(FAR).keys()


def test_an_unknown_field_of_the_job_does_not_stand_in_for_one_of_ours() -> None:
    file = LogFile(
        "u", "f", date(2024, 1, 2), extra={"message": "x", "tags": "x", "anomaly": "x", "build_uuid": "x"}
    )
    event = LineSources(file).event(FAR)

    assert ("Kernel panic", [], "u", 0.75) == (
        event["message"],
        event["tags"],
        event["build_uuid"],
        event["anomaly"]["distance"],
    )


def test_the_lines_of_a_file_do_not_change_each_other() -> None:
    sources = LineSources(FILE)
    first, event = sources.source(FAR), sources.event(FAR)
    sources.source(PLAIN)
    sources.event(PLAIN)

    assert line_source(FILE, FAR) == first
    assert line_source(FILE, PLAIN) == sources.source(PLAIN)
    assert event == sources.event(FAR)


DOCUMENT = FileDocument(
    file=FILE,
    outcome=Outcome.TOO_LARGE,
    day_source=DaySource.LAST_MODIFIED,
    started_at=NOON.replace(microsecond=123456),
    reason="more than 1 GB",
    lines_read=10,
    lines_indexed=9,
    lines_rejected=1,
    lines_far=2,
    lines_shown=1,
    lines_truncated=3,
    max_distance=0.75,
    bytes_read=1000,
    build_files=4,
    findings=(
        Finding("no_baseline", "No passing build has this file."),
        Finding("burst", "retrying", 4, "2 times", "200 times"),
    ),
    seconds=1.5,
    worker="host:1",
)


def test_a_file_document_has_every_field() -> None:
    expected = {
        "@timestamp": "2024-01-02T00:00:00.000Z",
        "build_uuid": "4f440b7e",
        "filename": "logs/job-output.txt",
        "project": "openstack/nova",
        "voting": 1,
        "hosts_id": ["a", "b"],
        "log_url": "https://x/job-output.txt",
        "tags": ["job-output.txt", "console"],
        "received_at": "2024-01-02T12:00:00.000Z",
        "extra": {"colour": "red"},
        "anomaly": {
            "status": "scored",
            "model": "nova/tempest",
            "model_version": "abc123",
            "baselines": 8,
            "max_distance": 0.75,
        },
        "outcome": "too_large",
        "reason": "more than 1 GB",
        "day": "2024-01-02",
        "day_source": "last_modified",
        "lines_read": 10,
        "lines_indexed": 9,
        "lines_rejected": 1,
        "lines_far": 2,
        "lines_shown": 1,
        "lines_truncated": 3,
        "bytes_read": 1000,
        "build_files": 4,
        "findings": [
            {"kind": "no_baseline", "text": "No passing build has this file."},
            {"kind": "burst", "text": "retrying", "line": 4, "expected": "2 times", "seen": "200 times"},
        ],
        "started_at": "2024-01-02T12:00:00.123456Z",
        "seconds": 1.5,
        "worker": "host:1",
    }

    assert expected == file_source(DOCUMENT)


def test_a_line_that_no_other_stands_for_is_shown() -> None:
    shown = replace(FAR, group=FAR.number)

    assert (True, 7) == (shown.shown, line_source(FILE, shown)["anomaly"]["group"])
    assert line_source(FILE, shown)["anomaly"]["shown"] is True


def test_documents_of_before_there_were_groups_are_read() -> None:
    """Then each far line stood for itself."""
    far, plain, file = line_source(FILE, FAR), line_source(FILE, PLAIN), file_source(DOCUMENT)
    del far["anomaly"]["group"], far["anomaly"]["score"], file["lines_shown"]
    far["anomaly"]["shown"] = True

    assert replace(FAR, group=FAR.number, score=None) == line_from_source(far)
    assert PLAIN == line_from_source(plain)
    assert replace(DOCUMENT, lines_shown=DOCUMENT.lines_far) == file_from_source(file)


def test_the_time_of_a_file_document_is_the_start_of_the_build_where_it_is_known() -> None:
    file = LogFile("u", "f", date(2024, 1, 2), {"build_start": "2024-01-02T10:00:00.000Z"})
    document = FileDocument(file, Outcome.INDEXED, DaySource.BUILD_START, NOON)

    assert "2024-01-02T10:00:00.000Z" == file_source(document)["@timestamp"]


@pytest.mark.parametrize(
    ("on", "source"), [(On.LINE, line_source(FILE, FAR)), (On.FILE, file_source(DOCUMENT))]
)
def test_no_form_has_a_field_that_the_schema_lacks(on: On, source: dict[str, Any]) -> None:
    names = {f"{group}.{name}" for group in ("anomaly", "log") for name in source.get(group, {})}
    names |= {f"findings.{name}" for finding in source.get("findings", ()) for name in finding}
    names |= source.keys() - {"anomaly", "log", "findings"}

    assert names <= {field.name for field in FIELDS if on in field.on}


TEXT = st.text(st.characters(codec="utf-8"))
MOMENTS = st.datetimes(timezones=st.just(timezone.utc))
DISTANCES = st.none() | st.floats(0, 1)
COUNTS = st.integers(0, 2**63 - 1)
VALUES = {Kind.INTEGER: st.integers(-(2**63), 2**63 - 1), Kind.KEYWORDS: st.lists(TEXT).map(tuple)}
JOB_FIELDS = st.fixed_dictionaries(
    {}, optional={field.name: VALUES.get(field.kind, TEXT) for field in FIELDS if field.from_job}
)
EXTRA = st.dictionaries(
    TEXT, st.none() | COUNTS | TEXT | st.lists(TEXT) | st.dictionaries(TEXT, TEXT), max_size=3
)
SCORINGS = st.builds(Scoring, st.sampled_from(Status), st.none() | TEXT, st.none() | TEXT, COUNTS)
FILES = st.builds(
    LogFile,
    TEXT,
    TEXT,
    st.dates(),
    JOB_FIELDS,
    st.lists(TEXT).map(tuple),
    EXTRA,
    SCORINGS,
    st.none() | MOMENTS,
)
LINES = st.builds(
    LineDocument,
    number=COUNTS,
    timestamp=MOMENTS,
    message=TEXT,
    truncated=st.booleans(),
    distance=DISTANCES,
    nearest=st.none() | TEXT,
    seen_in=st.none() | COUNTS,
    reasons=st.lists(TEXT).map(tuple),
    fingerprint=st.none() | TEXT,
    score=DISTANCES,
    group=st.none() | COUNTS,
)
DOCUMENTS = st.builds(
    FileDocument,
    file=FILES,
    outcome=st.sampled_from(Outcome),
    day_source=st.sampled_from(DaySource),
    started_at=MOMENTS,
    reason=TEXT,
    lines_read=COUNTS,
    lines_indexed=COUNTS,
    lines_rejected=COUNTS,
    lines_far=COUNTS,
    lines_shown=COUNTS,
    lines_truncated=COUNTS,
    max_distance=DISTANCES,
    bytes_read=COUNTS,
    build_files=st.none() | COUNTS,
    findings=st.lists(st.builds(Finding, TEXT, TEXT, st.none() | COUNTS, TEXT, TEXT)).map(tuple),
    seconds=st.floats(0, allow_infinity=False),
    worker=TEXT,
)


@given(FILES, LINES)
def test_a_line_comes_back_from_its_json_text(file: LogFile, line: LineDocument) -> None:
    assert line == line_from_source(json.loads(json.dumps(line_source(file, line))))


@given(DOCUMENTS)
def test_a_file_document_comes_back_from_its_json_text(document: FileDocument) -> None:
    assert document == file_from_source(json.loads(json.dumps(file_source(document))))


FOREIGN = [
    {},
    {"log": None, "anomaly": {}},
    {"log": {"line": 1}, "anomaly": {}, "@timestamp": "noon"},
    {"log": {"line": 1}, "anomaly": {}, "@timestamp": 5},
    {**file_source(DOCUMENT), "outcome": "splendid"},
    {**file_source(DOCUMENT), "day": "someday"},
]


@pytest.mark.parametrize("source", FOREIGN)
@pytest.mark.parametrize("read", [line_from_source, file_from_source])
def test_a_document_of_another_program_is_named_as_such(
    read: Callable[[Mapping[str, Any]], object], source: dict[str, Any]
) -> None:
    with pytest.raises(LogProcessorError, match="not of this program"):
        read(source)
