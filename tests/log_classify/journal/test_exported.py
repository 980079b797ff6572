from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_classify.journal import exported
from log_classify.journal.entry import FIELDS, TIME
from log_classify.journal.exported import Exported
from tests.services.journald import export

ENTRY = {TIME: b"17", "MESSAGE": b"text"}


def read(data: bytes, size: int = 7) -> tuple[list[Mapping[str, bytes]], int]:
    found = Exported(data[at : at + size] for at in range(0, len(data), size))
    return list(found), found.unread


VALUES = st.dictionaries(st.sampled_from(FIELDS), st.binary(max_size=40)).map(
    lambda fields: {TIME: b"17", **fields}
)


@given(st.lists(VALUES), st.integers(1, 50))
def test_an_export_gives_back_what_was_written(entries: list[dict[str, bytes]], size: int) -> None:
    assert (entries, 0) == read(export(entries), size)


@given(st.lists(VALUES), st.integers(1, 50))
def test_json_gives_back_what_was_written(entries: list[dict[str, bytes]], size: int) -> None:
    lines = [json.dumps({name: list(value) for name, value in each.items()}) + "\n" for each in entries]
    filled = [{name: value for name, value in each.items() if value} for each in entries]
    assert (filled, 0) == read("".join(lines).encode(), size)


def test_both_formats_hold_fields_that_are_not_read() -> None:
    more: dict[str, str | bytes] = {"__CURSOR": "s=1", **ENTRY, "COREDUMP": b"\x00\x01\n\n", "PRIORITY": "6"}
    assert ([ENTRY, ENTRY], 0) == read(export([more, more]))
    text = json.dumps({"__CURSOR": "s=1", TIME: "17", "MESSAGE": "text", "PRIORITY": 6, "X": None})
    assert ([ENTRY], 0) == read(text.encode())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", b"text"),
        ([104, 105], b"hi"),
        ([[104, 105], [106]], b"hi"),
        (["one", "two"], b"one"),
        ("caf\u00e9", b"caf\xc3\xa9"),
        ("\ud800", b"?"),
        ([256], None),
        ([-1], None),
        ([1.5], None),
        ([[[104]]], None),
        (None, None),
        ({}, None),
        (17, None),
    ],
)
def test_a_field_of_json_has_many_forms(value: object, expected: bytes | None) -> None:
    (found,), unread = read(json.dumps({TIME: "17", "MESSAGE": value}).encode())
    assert (expected, 0) == (found.get("MESSAGE"), unread)


@pytest.mark.parametrize(
    ("data", "unread"),
    [
        (b"", 0),
        (b"\n\n\n", 0),
        (b"no journal at all\n", 1),
        (b"{\n}\n[]\n", 3),
        (b'{"MESSAGE": "', 1),
        (b"{" + b'"a":{' * 5000, 1),
        (b"{\xff}\n", 1),
        (b"MESSAGE=text\n\n", 1),
        (b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xfftext", 1),
        (b"MESSAGE\n\x05", 1),
    ],
)
def test_what_is_no_entry_is_counted(data: bytes, unread: int) -> None:
    assert ([], unread) == read(data)


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(data: bytes) -> None:
    read(data)
    read(b"{" + data)
    read(export([ENTRY]) + data)


def test_entries_behind_damage_are_read() -> None:
    line = json.dumps({TIME: "17", "MESSAGE": "text"}).encode() + b"\n"
    assert ([ENTRY, ENTRY], 1) == read(line + b"{damage\n" + line)


def test_what_is_too_long_is_left_out_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "_LONGEST", 50)
    line = json.dumps({TIME: "17", "MESSAGE": "text"}).encode() + b"\n"
    long = json.dumps({TIME: "17", "MESSAGE": "x" * 500}).encode() + b"\n"
    assert ([ENTRY, ENTRY], 1) == read(line + long + line)
    fields: dict[str, str | bytes] = {
        TIME: "17",
        "COREDUMP": b"x" * 500,
        "LONG": "x" * 500,
        "MESSAGE": "text",
    }
    assert ([ENTRY, ENTRY], 0) == read(export([fields, fields]))
    cut: dict[str, str | bytes] = {TIME: "17", "MESSAGE": b"x" * 500}
    assert ([{TIME: b"17", "MESSAGE": b"x" * 50}], 0) == read(export([cut]))
