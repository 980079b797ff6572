from __future__ import annotations

import json
import os
import threading
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_classify.report import model
from log_classify.report.files import LARGEST, read_json, write_json, write_text
from log_classify.report.model import ContextLine, Report
from log_classify.report.page import write_html
from log_processor.errors import ConfigError
from tests.log_classify.report.reports import entry, file, hostile, report, small


@pytest.mark.parametrize("written", [small(), hostile(), report([])])
def test_what_is_read_is_what_was_written(tmp_path: Path, written: Report) -> None:
    write_json(written, tmp_path / "report.json")
    assert written == read_json(tmp_path / "report.json")


@given(text=st.text(st.characters(), max_size=40))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("report") / "report.json"
    written = report([file(text, [entry(7, text, nearest=text, before=(ContextLine(6, text),))])])
    write_json(written, path)
    assert written == read_json(path)


def test_the_file_is_utf_8_and_begins_with_the_version(tmp_path: Path) -> None:
    write_json(hostile(), tmp_path / "report.json")
    text = (tmp_path / "report.json").read_bytes().decode("utf-8")
    assert text.startswith('{"version":1,')
    assert 1 == text.count("\n")


def test_a_field_has_the_name_that_it_has_here(tmp_path: Path) -> None:
    write_json(small(), tmp_path / "report.json")
    written = json.loads((tmp_path / "report.json").read_bytes())
    assert {field.name for field in fields(Report)} == set(written)
    [first, *_] = written["files"]
    assert {field.name for field in fields(model.FileReport)} == set(first)
    assert {field.name for field in fields(model.Entry)} == set(first["entries"][0])


def test_fields_that_are_not_known_are_passed_over_and_those_with_a_default_may_be_missing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.json"
    write_json(small(), path)
    written = json.loads(path.read_bytes())
    written["new"] = written["files"][0]["new"] = {"a": [1]}
    del written["remarks"], written["files"][0]["remarks"], written["files"][0]["entries"][0]["time"]
    path.write_text(json.dumps(written), "utf-8")
    read = read_json(path)
    assert () == read.remarks
    assert None is read.files[0].entries[0].time


FOREIGN = {
    "": "it is no JSON: Expecting value: line 1 column 1 (char 0)",
    "<html>": "it is no JSON: Expecting value",
    "[]": "it holds no object",
    '{"files": {}, "anomalies_count": 3}': "it has no 'version'",
    '{"version": "1"}': "it has no 'version'",
    '{"version": true}': "it has no 'version'",
    '{"version": 2}': "it is of version 2, and this log-classify reads version 1",
    '{"version": 1}': "has no 'target'",
    "[" * 100_000: "lists within lists without end",
    '{"version": 1' + "0" * 5000 + "}": "it is no JSON",
    '{"version": 1, "target": null}': "target: expected a text, got null",
    '{"version": 1, "target": {"a": 1}}': "target: expected a text, got an object of 1",
}


@pytest.mark.parametrize("content", FOREIGN)
def test_a_file_that_is_no_report_is_refused_with_the_reason(tmp_path: Path, content: str) -> None:
    path = tmp_path / "foreign.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as raised:
        read_json(path)
    assert str(raised.value).startswith(f"{path}: is no report of log-classify: {FOREIGN[content]}")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\xfd", b'{"version": 1, "target": "\xff"}', b"\x00" * 100, b"\x1f\x8b"]
)
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "foreign.json").write_bytes(content)
    with pytest.raises(ConfigError, match="is no report of log-classify: it is no JSON"):
        read_json(tmp_path / "foreign.json")


WRONG: list[tuple[list[str | int], object, str]] = [
    (["threshold"], "high", "threshold: expected a number, got 'high'"),
    (["threshold"], 1.5, "threshold: expected a number in 0..1, got 1.5"),
    (["threshold"], float("nan"), "threshold: expected a number in 0..1, got nan"),
    (["training", "seconds"], float("inf"), "training.seconds: expected a number in 0.."),
    (["baselines"], {"name": "x"}, "baselines: expected a list, got an object of 1"),
    (["files", 1, "lines"], -1, "files[1].lines: expected a number in 0..9007199254740991, got -1"),
    (["files", 1, "lines"], True, "files[1].lines: expected a whole number, got True"),
    (["files", 0, "entries", 1, "line"], 0, "files[0].entries[1].line: expected a number in 1.."),
    (["files", 0, "entries", 1, "line"], 7.0, "files[0].entries[1].line: expected a whole number, got 7.0"),
    (
        ["files", 0, "entries", 1, "truncated"],
        1,
        "files[0].entries[1].truncated: expected true or false, got 1",
    ),
    (
        ["files", 0, "entries", 1, "fingerprint"],
        "x" * 500,
        "files[0].entries[1].fingerprint: expected a text of the",
    ),
    (
        ["files", 0, "entries", 1, "runs"],
        [[1, 2, 3]],
        "files[0].entries[1].runs[0]: expected a list of 2, got 3",
    ),
    (
        ["files", 0, "entries", 1, "before", 0],
        "x",
        "files[0].entries[1].before[0]: expected an object, got 'x'",
    ),
]


@pytest.mark.parametrize(("place", "value", "message"), WRONG)
def test_a_wrong_value_is_named_with_its_place(
    tmp_path: Path, place: list[str | int], value: object, message: str
) -> None:
    path = tmp_path / "report.json"
    write_json(small(), path)
    written: Any = json.loads(path.read_bytes())
    inside = written
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    path.write_text(json.dumps(written), "utf-8")
    with pytest.raises(ConfigError) as raised:
        read_json(path)
    assert f"is no report of log-classify: {message}" in str(raised.value)
    assert 250 > len(str(raised.value)) - len(str(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(data=st.data(), value=JSON)
def test_whatever_stands_in_a_report_it_is_refused_or_has_a_page(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: object
) -> None:
    path = tmp_path_factory.mktemp("report") / "report.json"
    write_json(small(), path)
    written: Any = json.loads(path.read_bytes())
    inside = written
    while True:
        step = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not inside[step] or not isinstance(inside[step], dict | list) or data.draw(st.integers(0, 7)) == 0:
            break
        inside = inside[step]
    inside[step] = value
    path.write_text(json.dumps(written), "utf-8")
    try:
        read = read_json(path)
    except ConfigError:
        return
    write_html(read, path.with_suffix(".html"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.json: cannot be read: No such file"):
        read_json(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_json(tmp_path)


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as large:
        large.truncate(LARGEST + 1)
    with pytest.raises(ConfigError, match="is larger than 1,073,741,824 bytes"):
        read_json(tmp_path / "large.json")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ConfigError, match=r"file/report\.json: cannot be written: (Not a directory|File exists)"
    ):
        write_json(small(), tmp_path / "file" / "report.json")


def test_a_report_that_fails_on_the_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(small(), path)
    old = path.read_bytes()
    with pytest.raises(ValueError, match="Out of range"):
        write_json(replace(small(), threshold=float("nan")), path)
    assert old == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("real.json")
    write_text("text", tmp_path / "link.json")
    assert "text" == (tmp_path / "real.json").read_text("utf-8")
    assert (tmp_path / "link.json").is_symlink()


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text("utf-8")))
    reader.start()
    write_text("text", tmp_path / "pipe")
    reader.join(timeout=5)
    assert ["text"] == read


def test_every_attribute_of_every_shape_is_explained() -> None:
    from log_classify.report.schema import schema

    shapes = {name for name, kind in vars(model).items() if isinstance(kind, type) and is_dataclass(kind)}
    found = schema()
    assert shapes - {"Report"} == set(found["$defs"])
    for shape in (found, *found["$defs"].values()):
        assert shape["description"]
        assert all(field["description"] for field in shape["properties"].values())
