"""The table of fields, the mappings, and the sorting of a job's fields."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.schema import (
    FIELDS,
    Kind,
    On,
    document_mapping,
    integer,
    legacy_fields,
)

UUID = "4f440b7e8c4b493c81ddf709d8a54076"
PORTABLE = {"keyword", "text", "long", "double", "boolean", "date", "alias", "object"}
"""Types that Elasticsearch 8 and 9 and OpenSearch 2 and 3 have without extra modules."""


def leaves(mapping: dict[str, Any], path: str = "") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, field in mapping["properties"].items():
        found |= leaves(field, f"{path}{name}.") if "properties" in field else {path + name: field}
    return found


def test_each_field_has_one_row_and_one_sentence() -> None:
    names = [field.name for field in FIELDS]

    assert len(names) == len(set(names))
    assert all(field.about.endswith((".", "…")) for field in FIELDS)


@pytest.mark.parametrize("on", [On.LINE, On.FILE])
def test_the_mapping_is_portable_and_takes_no_new_fields(on: On) -> None:
    mapping = document_mapping(on)

    assert mapping["dynamic"] is False
    assert {field["type"] for field in leaves(mapping).values()} <= PORTABLE


@pytest.mark.parametrize("on", [On.LINE, On.FILE])
def test_the_mapping_has_the_rows_of_its_kind_and_their_aliases(on: On) -> None:
    rows = [field for field in FIELDS if on in field.on]
    aliases = {field.alias for field in rows if field.alias}

    assert {field.name for field in rows} | aliases == leaves(document_mapping(on)).keys()


def test_every_alias_leads_to_a_field() -> None:
    found = leaves(document_mapping(On.LINE))
    paths = {name: field["path"] for name, field in found.items() if field["type"] == "alias"}

    assert "build_uuid" == paths["cicd.pipeline.run.id"]
    assert "build_name" == paths["cicd.pipeline.name"]
    assert "build_status" == paths["cicd.pipeline.result"]
    assert "project" == paths["vcs.repository.name"]
    assert "filename" == paths["log.file.path"]
    assert "log_url" == paths["url.full"]
    assert "received_at" == paths["event.created"]
    assert all(found[path]["type"] != "alias" for path in paths.values())


def test_fields_are_typed_for_what_is_asked_of_them() -> None:
    found = leaves(document_mapping(On.LINE))

    assert {"type": "text", "norms": False} == found["message"]
    assert {"type": "keyword", "ignore_above": 1024} == found["build_uuid"]
    assert {"type": "keyword", "index": False, "doc_values": False} == found["anomaly.nearest"]
    assert {"type": "double"} == found["anomaly.distance"]
    assert {"type": "long"} == found["build_change"]
    assert {"type": "object", "enabled": False} == leaves(document_mapping(On.FILE))["extra"]


def test_what_no_search_of_lines_asks_for_is_only_stored_with_them() -> None:
    names = ("anomaly.model", "anomaly.model_version", "anomaly.baselines")
    only_stored = {"index": False, "doc_values": False}
    stored = [{"type": type_, **only_stored} for type_ in ("keyword", "keyword", "long")]
    model = {"type": "keyword", "ignore_above": 1024}

    assert stored == [leaves(document_mapping(On.LINE))[name] for name in names]
    assert [model, model, {"type": "long"}] == [leaves(document_mapping(On.FILE))[name] for name in names]


def test_a_mapping_is_the_callers_to_change() -> None:
    document_mapping(On.LINE)["properties"]["message"]["type"] = "keyword"

    assert "text" == document_mapping(On.LINE)["properties"]["message"]["type"]


@pytest.mark.parametrize(
    ("name", "came", "kept"),
    [
        ("voting", "1", 1),
        ("voting", "0", 0),
        ("voting", True, 1),
        ("voting", False, 0),
        ("voting", 2, 2),
        ("build_change", "829161", 829161),
        ("build_change", 2**63 - 1, 2**63 - 1),
        ("build_patchset", 3, "3"),
        ("build_queue", "UNKNOWN", "UNKNOWN"),
        ("build_hostids", ["a", "b"], ("a", "b")),
        ("build_hostids", "a", ("a",)),
        ("hosts_id", [1, "", None, "b"], ("1", "b")),
        ("build_start", 1704196800, "2024-01-02T12:00:00.000Z"),
        ("build_start", "2024-01-02 13:00:00.5+01:00", "2024-01-02T12:00:00.500Z"),
        ("project", "half \ud83d a pair", "half \ufffd a pair"),
        ("project", "x" * 1024, "x" * 1024),
        ("log_url", "x" * 8191, "x" * 8191),
    ],
)
def test_a_value_takes_the_kind_of_its_field(name: str, came: object, kept: object) -> None:
    assert ({name: kept}, {}) == legacy_fields({name: came})


@pytest.mark.parametrize("nothing", [None, "", [], [""]])
def test_nothing_is_absent(nothing: object) -> None:
    assert ({}, {}) == legacy_fields({"build_hostids": nothing})


@pytest.mark.parametrize(
    ("name", "came", "kept"),
    [
        ("build_change", "UNKNOWN", "UNKNOWN"),
        ("build_change", 1.5, 1.5),
        ("build_change", 2**63, "9223372036854775808"),
        ("build_change", float("nan"), "nan"),
        ("build_change", "9" * 19, "9" * 19),
        ("project", ["a", "list"], ["a", "list"]),
        ("project", True, True),
        ("project", {"an": {"object": "\udc80"}}, {"an": {"object": "\ufffd"}}),
        ("project", "x" * 1025, "x" * 1025),
        ("hosts_id", ["a", {}], ["a", {}]),
        ("build_start", "yesterday", "yesterday"),
        ("build_files", "many", "many"),
        ("build_files", 0, 0),
        ("message", "not the job's to say", "not the job's to say"),
        ("anomaly", {"distance": 1}, {"distance": 1}),
        ("colour", None, None),
        ("col\ud800our", [float("inf"), -(2**70)], ["inf", str(-(2**70))]),
    ],
)
def test_what_does_not_fit_is_kept_as_extra(name: str, came: object, kept: object) -> None:
    assert ({}, {name.replace("\ud800", "\ufffd"): kept}) == legacy_fields({name: came})


@pytest.mark.parametrize("files", [7, "7"])
def test_what_has_its_own_place_in_the_documents_is_no_field(files: object) -> None:
    fields = {"build_uuid": UUID, "filename": "a", "build_files": files}

    assert ({"build_short_uuid": "4f440b7"}, {}) == legacy_fields(fields)


@pytest.mark.parametrize("missing", [{}, {"build_short_uuid": ""}, {"build_short_uuid": None}])
def test_a_missing_short_uuid_is_added(missing: dict[str, object]) -> None:
    assert "4f440b7" == legacy_fields({"build_uuid": UUID, **missing})[0]["build_short_uuid"]


def test_a_short_uuid_that_came_is_kept() -> None:
    assert "abc" == legacy_fields({"build_uuid": UUID, "build_short_uuid": "abc"})[0]["build_short_uuid"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=8,
)
KINDS = {field.name: field.kind for field in FIELDS if field.from_job}
ELSEWHERE = {"build_uuid", "filename", "build_files"}
NAMES = st.sampled_from(sorted(KINDS)) | st.text().filter(lambda name: name not in ELSEWHERE)
JOB_FIELDS = st.dictionaries(NAMES, JSON, max_size=10)


def is_empty(value: object) -> bool:
    return value in (None, "") or (isinstance(value, list) and set(value) <= {None, ""})


@given(JOB_FIELDS)
def test_no_field_is_lost_and_each_is_of_its_kind(fields: dict[str, object]) -> None:
    known, extra = legacy_fields(fields)

    absent = {name for name in fields if name not in known.keys() | extra.keys()}
    assert all(is_empty(fields[name]) for name in absent)
    for name, value in known.items():
        expected = {Kind.INTEGER: int, Kind.KEYWORDS: tuple}.get(KINDS[name], str)
        assert type(value) is expected


@given(JOB_FIELDS)
def test_both_halves_can_be_written_as_json_in_utf_8_and_read_back(fields: dict[str, object]) -> None:
    known, extra = legacy_fields(fields)
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}
    text = json.dumps([lists, extra], allow_nan=False, ensure_ascii=False)

    assert [lists, extra] == json.loads(text.encode("utf-8"))


@pytest.mark.parametrize("text", ["", "-", "1.0", " 1", "1\n", "\u0661", "1e3", "0x1", "1_0"])
def test_only_ascii_digits_are_an_integer(text: str) -> None:
    assert integer(text) is None
