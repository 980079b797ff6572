"""The `push-log` payload."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import JobError, Outcome
from log_processor.job import Job, decode, encode

LOG_URL = "https://logs.example.org/61/829161/3/controller/logs/screen-n-cpu.txt"
UUID = "4f440b7e8c4b493c81ddf709d8a54076"
ROLE: dict[str, Any] = {
    "retry": False,
    "source_url": LOG_URL,
    "event": {
        "tags": ["screen-n-cpu.txt", "screen", "oslofmt"],
        "fields": {
            "filename": "controller/logs/screen-n-cpu.txt",
            "build_name": "tempest-full",
            "build_status": "FAILURE",
            "build_node": "ubuntu-jammy",
            "build_hostids": ["ab12"],
            "build_master": "ze01.opendev.org",
            "project": "openstack/nova",
            "voting": 1,
            "build_uuid": UUID,
            "build_short_uuid": UUID[:7],
            "build_queue": "gate",
            "build_ref": "refs/changes/61/829161/3",
            "build_branch": "master",
            "build_zuul_url": "N/A",
            "build_change": 829161,
            "build_patchset": "3",
            "node_provider": "rax-DFW",
            "log_url": LOG_URL,
            "zuul_executor": "ze01.opendev.org",
            "zuul_attempts": 1,
        },
    },
}


def payload(root: object) -> bytes:
    return json.dumps(root).encode()


def small(fields: dict[str, object] | None = None, **root: Any) -> bytes:
    fields = {"build_uuid": UUID, "filename": "a/b.txt"} | (fields or {})
    return payload({"source_url": LOG_URL, "event": {"fields": fields}} | root)


def test_the_payload_of_the_zuul_role_is_read_with_every_field_as_it_came() -> None:
    job = decode(payload(ROLE))

    assert LOG_URL == job.source_url
    assert ROLE["event"]["fields"] == job.fields
    assert ("screen-n-cpu.txt", "screen", "oslofmt") == job.tags
    assert not job.retry
    assert {} == job.extra
    assert UUID == job.build_uuid
    assert "FAILURE" == job.build_status
    assert "controller/logs/screen-n-cpu.txt" == job.filename


def test_the_payload_of_the_zuul_role_is_written_byte_for_byte() -> None:
    assert payload(ROLE) == encode(decode(payload(ROLE)))


def test_the_names_of_the_jenkins_era_stand_in_for_fields_and_tags() -> None:
    fields = {"build_uuid": UUID, "filename": "console.html", "voting": "1", "build_change": "UNKNOWN"}
    job = decode(
        payload({"retry": True, "source_url": LOG_URL, "event": {"@fields": fields, "@tags": ["console"]}})
    )

    assert Job(LOG_URL, fields, ("console",), retry=True) == job


def test_fields_win_over_their_jenkins_era_name_which_is_kept() -> None:
    event = {
        "fields": {"build_uuid": UUID, "filename": "a"},
        "@fields": {"build_uuid": "other"},
    }
    job = decode(payload({"source_url": LOG_URL, "event": event}))

    assert UUID == job.build_uuid
    assert {"event": {"@fields": {"build_uuid": "other"}}} == job.extra
    assert job == decode(encode(job))


def test_null_fields_give_way_to_the_jenkins_era_name() -> None:
    event = {"fields": None, "tags": None, "@fields": {"build_uuid": UUID, "filename": "a"}, "@tags": ["x"]}
    job = decode(payload({"source_url": LOG_URL, "event": event}))

    assert ("x",) == job.tags
    assert job == decode(encode(job))


@pytest.mark.parametrize("retry", [True, False])
def test_retry_is_read_in_both_positions(retry: bool) -> None:  # noqa: FBT001 - a value of the payload
    assert retry is decode(small(retry=retry)).retry


@pytest.mark.parametrize("root", [{}, {"retry": None}])
def test_a_missing_retry_is_false(root: dict[str, Any]) -> None:
    assert decode(small(**root)).retry is False


def test_a_missing_source_url_is_the_log_url() -> None:
    assert LOG_URL == decode(small({"log_url": LOG_URL}, source_url=None)).source_url


@pytest.mark.parametrize(
    ("source_url", "expected"),
    [
        (LOG_URL, "screen-n-cpu.txt"),
        ("https://example.org/a/console.txt.gz?token=x/y#L1", "console.txt.gz"),
        ("https://example.org/a/na%20me.txt", "na me.txt"),
        ("file:///var/log/job-output.txt", "job-output.txt"),
    ],
)
@pytest.mark.parametrize("filename", [None, ""])
def test_a_missing_filename_is_the_last_part_of_the_url(
    source_url: str, expected: str, filename: str | None
) -> None:
    job = decode(small({"filename": filename}, source_url=source_url))

    assert expected == job.filename
    assert filename == job.fields["filename"]


def test_unknown_keys_are_kept_at_every_level() -> None:
    root: dict[str, Any] = {
        "source_url": LOG_URL,
        "priority": 3,
        "event": {"fields": {"build_uuid": UUID, "filename": "a", "colour": ["red"]}, "@version": 1},
    }
    job = decode(payload(root))

    assert ["red"] == job.fields["colour"]
    assert {"priority": 3, "event": {"@version": 1}} == job.extra
    assert {**root, "retry": False, "event": {**root["event"], "tags": []}} == json.loads(encode(job))


NOT_A_JOB = [
    (b"", "payload: expected JSON in UTF-8, got "),
    (b"\xff\xfe{\0", "payload: expected JSON in UTF-8, got "),
    (b"[]", "payload: expected an object, got a list"),
    (b"{}", "event: expected an object, got nothing"),
    (b'{"event": null}', "event: expected an object, got null"),
    (b'{"event": {}}', "event.fields: expected an object, got nothing"),
    (b'{"event": {"@fields": 5}}', "event.@fields: expected an object, got an integer"),
    (small(source_url=None), "source_url: expected a non-empty string, got null"),
    (payload({"event": {"fields": {}}}), "source_url: expected a non-empty string, got nothing"),
    (small({"log_url": 1.5}, source_url=None), "event.fields.log_url: expected a non-empty string, got 1.5"),
    (
        small(source_url="x" * 9000),
        "source_url: expected a string of at most 8192 characters, got one of 9000",
    ),
    (
        payload({"source_url": LOG_URL, "event": {"fields": {"filename": "a"}}}),
        "event.fields.build_uuid: expected a non-empty string, got nothing",
    ),
    (small({"build_uuid": None}), "event.fields.build_uuid: expected a non-empty string, got null"),
    (small({"build_uuid": ""}), "event.fields.build_uuid: expected a non-empty string, got an empty string"),
    (small({"build_uuid": True}), "event.fields.build_uuid: expected a non-empty string, got true"),
    (small({"build_uuid": {}}), "event.fields.build_uuid: expected a non-empty string, got an object"),
    (
        small({"build_uuid": "x" * 257}),
        "event.fields.build_uuid: expected a string of at most 256 characters, ",
    ),
    (
        small({"build_uuid": "a\0b"}),
        "event.fields.build_uuid: expected a string that can be written as UTF-8, ",
    ),
    (
        small({"filename": "\ud800"}),
        "event.fields.filename: expected a string that can be written as UTF-8, ",
    ),
    (small({"filename": ["a"]}), "event.fields.filename: expected a non-empty string, got a list"),
    (
        small({"filename": None}, source_url="https://x/"),
        "event.fields.filename: expected a non-empty string, ",
    ),
    (
        small({"filename": None}, source_url="http://["),
        "event.fields.filename: expected a non-empty string, ",
    ),
    (small(retry="yes"), "retry: expected true or false, got a string"),
    (
        payload({**ROLE, "event": {**ROLE["event"], "tags": "x"}}),
        "event.tags: expected a list of strings, got ",
    ),
    (
        payload({**ROLE, "event": {**ROLE["event"], "tags": ["x", 1]}}),
        "event.tags[1]: expected a non-empty string",
    ),
    (b" " * 65_537, "payload: expected at most 65536 bytes, got 65537"),
    (b"[" * 60_000, "payload: expected JSON in UTF-8, got "),
    (b"[" * 40 + b"]" * 40, "payload: expected at most 32 levels of JSON, got more"),
    (b'{"event": ' + b"1" * 10_000 + b"}", ""),
]


@pytest.mark.parametrize(("wrong", "said"), NOT_A_JOB)
def test_what_is_wrong_is_said_with_its_place(wrong: bytes, said: str) -> None:
    with pytest.raises(JobError) as raised:
        decode(wrong)

    assert str(raised.value).startswith(said)
    assert Outcome.MALFORMED is raised.value.outcome


def test_an_error_does_not_quote_what_came() -> None:
    with pytest.raises(JobError) as raised:
        decode(small(retry="hunter2"))

    assert "hunter2" not in str(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=256)
FIELDS = st.fixed_dictionaries({"build_uuid": NAMES, "filename": NAMES}).flatmap(
    lambda known: st.dictionaries(st.text(), JSON, max_size=5).map(lambda unknown: {**unknown, **known})
)
EVENT_EXTRA = st.dictionaries(
    st.text().filter(lambda key: key not in {"fields", "tags"}), JSON, min_size=1, max_size=3
)
EXTRA = st.builds(
    lambda top, event: {**top, **event},
    st.dictionaries(
        st.text().filter(lambda key: key not in {"retry", "source_url", "event"}), JSON, max_size=3
    ),
    st.just({}) | EVENT_EXTRA.map(lambda event: {"event": event}),
)
JOBS = st.builds(Job, NAMES, FIELDS, st.lists(NAMES, max_size=3).map(tuple), st.booleans(), EXTRA)


@given(JOBS)
def test_what_is_written_is_read_back(job: Job) -> None:
    assert job == decode(encode(job))


@given(
    st.binary()
    | JSON.map(payload)
    | st.builds(lambda event, url: payload({"event": event, "source_url": url}), JSON, JSON)
    | st.builds(lambda fields, url: payload({"event": {"fields": fields}, "source_url": url}), FIELDS, JSON)
)
def test_any_bytes_are_a_job_or_a_job_error(anything: bytes) -> None:
    try:
        job = decode(anything)
    except JobError as error:
        assert Outcome.MALFORMED is error.outcome  # noqa: PT017 - that it is raised is not promised
    else:
        assert 0 < len(job.build_uuid) <= 256
        assert 0 < len(job.filename) <= 1024
        assert job.build_files is None or job.build_files > 0
        assert job.build_start is None or timezone.utc == job.build_start.tzinfo
        assert isinstance(job.build_status, str)


@pytest.mark.parametrize("status", [None, 5, ["SUCCESS"]])
def test_a_status_that_is_no_string_is_empty(status: object) -> None:
    assert "" == Job("u", {"build_status": status}).build_status


@pytest.mark.parametrize(
    ("value", "expected"),
    [(12, 12), ("12", 12), (0, None), (-1, None), ("many", None), (1.5, None), (None, None), (2**63, None)],
)
def test_build_files_is_a_number_above_zero_or_unknown(value: object, expected: int | None) -> None:
    assert expected == Job("u", {"build_files": value}).build_files


@pytest.mark.parametrize("value", ["2024-01-02T12:00:00Z", 1704196800, "1704196800"])
def test_build_start_is_read_as_text_and_as_seconds(value: object) -> None:
    assert datetime(2024, 1, 2, 12, tzinfo=timezone.utc) == Job("u", {"build_start": value}).build_start


@pytest.mark.parametrize("fields", [{}, {"build_start": "yesterday"}, {"build_start": None}])
def test_build_start_is_unknown_where_it_cannot_be_read(fields: dict[str, object]) -> None:
    assert Job("u", fields).build_start is None
