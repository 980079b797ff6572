from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from log_processor.fetch.answers import Answer, objects

NO_OBJECTS: list[Any] = [None, 3, "text", [], [{"name": "a"}], True]


@pytest.mark.parametrize("value", NO_OBJECTS)
def test_what_is_no_object_has_nothing_in_it(value: object) -> None:
    answer = Answer(value)
    assert ("", True, None) == (answer.text("name"), answer.flag("name", default=True), answer.time("name"))
    assert [] == [*answer.list("name"), *answer.texts("name"), *answer.names()]
    assert "" == answer.object("name").text("name")


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("a", "a"),
        ("12", 12),
        ("", None),
        ("", True),
        ("", 1.5),
        ("", ["a"]),
        ("", {"a": "b"}),
        ("", 10**20),
        ("", "a" * 4097),
        ("a?", "a\udc80"),
    ],
)
def test_a_name_is_a_text_or_a_whole_number(expected: str, value: object) -> None:
    assert expected == Answer({"name": value}).text("name")


def test_the_first_name_that_has_a_text_counts() -> None:
    assert "b" == Answer({"one": "", "two": "b", "three": "c"}).text("none", "one", "two", "three")


def test_a_flag_is_true_or_false_and_nothing_else() -> None:
    answer = Answer({"no": False, "yes": True, "number": 0, "text": "false"})
    assert (False, True) == (answer.flag("no", default=True), answer.flag("yes", default=False))
    assert answer.flag("number", default=True)
    assert answer.flag("text", default=True)


@pytest.mark.parametrize(
    "value", ["2026-11-20T11:00:00", "2026-11-20T11:00:00Z", 1795172400, "2026-11-20T12:00:00+01:00"]
)
def test_a_time_is_an_iso_text_or_seconds(value: object) -> None:
    assert datetime(2026, 11, 20, 11, tzinfo=timezone.utc) == Answer({"end": value}).time("begin", "end")


@pytest.mark.parametrize("value", ["yesterday", -1, 10**30, [], None])
def test_what_is_no_time_is_none(value: object) -> None:
    assert Answer({"end": value}).time("end") is None


def test_lists_are_read_without_trust() -> None:
    answer = Answer({"list": ["a", 3, "", {"name": "b"}, "x" * 5000], "text": "abc"})
    assert ["a"] == list(answer.texts("list"))
    assert ["", "", "", "b", ""] == [each.text("name") for each in answer.list("list")]
    assert [] == [*answer.texts("text"), *answer.list("text")]
    assert ["list", "text"] == list(answer.names())
    assert [] == list(objects({"name": "b"}))
