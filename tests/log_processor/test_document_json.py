"""The JSON forms of documents."""

from __future__ import annotations

import gc
import json
import tracemalloc
import weakref
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
    LineColumns,
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
)
from log_processor.errors import LogProcessorError, Outcome
from log_processor.schema import FIELDS, Kind, On
from log_processor.timestamps import iso_text

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
    scoring=Scoring(Status.SCORED, "nova/tempest", "abc123", 8, 1.25),
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


def line_source(file: LogFile, line: LineDocument) -> dict[str, Any]:
    return read(LineSources(file).source(line))


def line_event(file: LogFile, line: LineDocument) -> dict[str, Any]:
    return read(LineSources(file).event(line))


def read(text: bytes) -> dict[str, Any]:
    source: dict[str, Any] = json.loads(text, object_pairs_hook=each_name_once)
    return source


def each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(pairs) == len(dict(pairs)), "readers differ in which of two values of a name they take"
    return dict(pairs)


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
    event = line_event(FILE, FAR)

    assert {"colour": "red", "project": "openstack/nova", "voting": 1}.items() <= event.items()
    assert ["job-output.txt", "console"] == event["tags"]
    assert "Kernel panic" == event["message"]
    assert "2024-01-02T12:00:00.123Z" == event["log"]["timestamp"]
    assert line_source(FILE, FAR)["anomaly"] == event["anomaly"]


def test_an_event_leaves_to_logstash_what_its_filters_make() -> None:
    assert not {"@timestamp", "received_at", "host", "type", "@version"} & line_event(FILE, FAR).keys()


def test_an_unknown_field_of_the_job_does_not_stand_in_for_one_of_ours() -> None:
    file = LogFile(
        "u", "f", date(2024, 1, 2), extra={"message": "x", "tags": "x", "anomaly": "x", "build_uuid": "x"}
    )
    event = line_event(file, FAR)

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

    assert LineSources(FILE).source(FAR) == first
    assert LineSources(FILE).source(PLAIN) == sources.source(PLAIN)
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
    lag_seconds=30.5,
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
            "model_age_days": 1.25,
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
        "lag_seconds": 30.5,
        "worker": "host:1",
    }

    assert expected == file_source(DOCUMENT)


def test_a_line_that_no_other_stands_for_is_shown() -> None:
    shown = FAR._replace(group=FAR.number)

    assert (True, 7) == (shown.shown, line_source(FILE, shown)["anomaly"]["group"])
    assert line_source(FILE, shown)["anomaly"]["shown"] is True


def test_documents_of_before_there_were_groups_are_read() -> None:
    """Then each far line stood for itself."""
    far, plain, file = line_source(FILE, FAR), line_source(FILE, PLAIN), file_source(DOCUMENT)
    del far["anomaly"]["group"], far["anomaly"]["score"], file["lines_shown"]
    far["anomaly"]["shown"] = True

    assert FAR._replace(group=FAR.number, score=None) == line_from_source(far)
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
SCORINGS = st.builds(
    Scoring,
    st.sampled_from(Status),
    st.none() | TEXT,
    st.none() | TEXT,
    COUNTS,
    st.none() | st.floats(0, 1e6),
)
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
    lag_seconds=st.none() | st.floats(0, allow_infinity=False),
    worker=TEXT,
)


@given(FILES, LINES)
def test_a_line_comes_back_from_its_json_text(file: LogFile, line: LineDocument) -> None:
    assert line == line_from_source(line_source(file, line))


@given(FILES, st.lists(LINES, min_size=1))
def test_lines_together_are_written_as_each_by_itself(file: LogFile, lines: list[LineDocument]) -> None:
    for text in (LineSources(file).source, LineSources(file).event):
        assert b"".join(text(line) + b"\n" for line in lines) == text.all(LineColumns.of(lines))


def plain_source(file: LogFile, line: LineDocument) -> dict[str, Any]:
    """The form that the cluster stores, built without haste."""
    times = {"@timestamp": iso_text(line.timestamp)}
    if file.received_at is not None:
        times["received_at"] = iso_text(file.received_at)
    return {
        **identity(file),
        **times,
        "message": line.message,
        "log": place(file, line),
        "anomaly": verdict(file, line),
    }


def plain_event(file: LogFile, line: LineDocument) -> dict[str, Any]:
    """The form that Logstash gets, built without haste."""
    log = {**place(file, line), "timestamp": iso_text(line.timestamp)}
    own = {"message": line.message, "log": log, "anomaly": verdict(file, line)}
    return {**file.extra, **identity(file), **own}


def identity(file: LogFile) -> dict[str, Any]:
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in file.fields.items()}
    return {"build_uuid": file.build_uuid, "filename": file.filename, **fields, "tags": list(file.tags)}


def place(file: LogFile, line: LineDocument) -> dict[str, Any]:
    url = file.line_url(line.number)
    return {
        "line": line.number,
        **({"line_url": url} if url else {}),
        **({"truncated": True} if line.truncated else {}),
    }


def verdict(file: LogFile, line: LineDocument) -> dict[str, Any]:
    scoring = file.scoring
    values = {
        "status": scoring.status.value,
        "model": scoring.model,
        "model_version": scoring.version,
        "baselines": scoring.baselines,
        "distance": line.distance,
        "score": line.score,
        "nearest": line.nearest,
        "seen_in": line.seen_in,
        "shown": line.shown,
        "reasons": list(line.reasons) or None,
        "group": line.group,
        "fingerprint": line.fingerprint,
    }
    return {name: value for name, value in values.items() if value is not None}


@given(FILES, st.lists(LINES, min_size=1, max_size=4))
def test_the_texts_hold_what_the_plain_forms_do(file: LogFile, lines: list[LineDocument]) -> None:
    sources = LineSources(file)
    for line in [*lines, *lines]:
        assert plain_source(file, line) == read(sources.source(line))
        assert plain_event(file, line) == read(sources.event(line))


HOSTILE = [
    "",
    '"quoted", \\n and \\',
    "tab\tand CR\r",
    "".join(map(chr, range(32))) + "\x7f\x80\x9f\u2028\ufeff\uffff",
    "\u4e16\U0001f4a5",
    "\ud800",
    "an end \udfff and a begin \udbff",
    "x" * 32_000,
    "\u4e16" * 10_666,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_written_as_it_is(text: str) -> None:
    line = FAR._replace(message=text, nearest=text)
    file = replace(FILE, build_uuid=text, fields={"log_url": text}, extra={text: text})

    assert plain_source(file, line) == line_source(file, line)
    assert plain_event(file, line) == line_event(file, line)
    assert b"\n" not in LineSources(file).source(line) + LineSources(file).event(line)


def test_half_a_surrogate_pair_goes_to_logstash_as_json_and_to_a_cluster_as_bytes_that_it_refuses() -> None:
    line = PLAIN._replace(message="\ud800")
    sources = LineSources(FILE)

    assert b'"message":"\\ud800"' in sources.event(line)
    assert b'"message":"\xed\xa0\x80"' in sources.source(line)


@pytest.mark.parametrize("microsecond", [0, 1, 999, 1000, 1001, 120_000, 123_000, 123_456, 999_000, 999_999])
@pytest.mark.parametrize("year", [1, 999, 2026, 9999])
def test_a_line_has_its_time_as_a_file_has(year: int, microsecond: int) -> None:
    moment = datetime(year, 1, 2, 3, 4, 5, microsecond, tzinfo=timezone.utc)

    assert iso_text(moment) == line_source(FILE, PLAIN._replace(timestamp=moment))["@timestamp"]


def test_lines_of_more_verdicts_than_are_remembered_keep_their_own() -> None:
    sources = LineSources(FILE)
    lines = [PLAIN._replace(number=number, distance=number / 1000, seen_in=number) for number in range(1000)]

    for line in [*lines, *lines]:
        assert plain_source(FILE, line) == read(sources.source(line))


def test_the_writer_of_a_file_goes_with_its_last_user_and_waits_for_no_collector() -> None:
    sources = LineSources(FILE)
    sources.source(FAR)
    sources.event(FAR)
    writers = [weakref.ref(sources.source), weakref.ref(sources.event)]
    gc.disable()
    try:
        del sources
        assert [None, None] == [writer() for writer in writers]
    finally:
        gc.enable()


def test_verdicts_with_long_nearest_lines_are_not_held() -> None:
    sources = LineSources(FILE)
    tracemalloc.start()
    try:
        for number in range(100):
            line = FAR._replace(number=number, nearest=f"{number} " + "x" * 32_000)
            assert plain_source(FILE, line) == read(sources.source(line))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1024**2


@pytest.mark.parametrize("length", [999, 1000, 1001, 32_000])
def test_a_nearest_line_of_any_length_is_written(length: int) -> None:
    line = FAR._replace(nearest="\u4e16" * length)

    assert plain_source(FILE, line) == line_source(FILE, line)
    assert plain_event(FILE, line) == line_event(FILE, line)


def test_logstash_gets_the_message_in_utf_8_and_all_else_escaped() -> None:
    line = FAR._replace(message="\u4e16", nearest="\u4e16")
    event = LineSources(replace(FILE, extra={"unknown": "\u4e16"})).event(line)
    before, _, after = event.partition('"message":"\u4e16"'.encode())

    assert before.isascii()
    assert after.isascii()
    assert b'"unknown":"\\u4e16"' in before
    assert b'"nearest":"\\u4e16"' in after


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
@pytest.mark.parametrize("reader", [line_from_source, file_from_source])
def test_a_document_of_another_program_is_named_as_such(
    reader: Callable[[Mapping[str, Any]], object], source: dict[str, Any]
) -> None:
    with pytest.raises(LogProcessorError, match="not of this program"):
        reader(source)
