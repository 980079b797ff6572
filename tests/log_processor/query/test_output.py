from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.document import Scoring, Status
from log_processor.errors import Outcome
from log_processor.query.output import WRITERS, Table, build_row, write_rows
from log_processor.query.question import Question, answer
from log_processor.visible import visible
from tests.log_processor.shelf import SCORED, Shelf, line, lines

HOSTILE = "=cmd|calc\x1b[2J\u202egnp.exe\n\u2066"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def written(shelf: Shelf, form: str, question: Question | None = None) -> tuple[str, int]:
    asked = question or Question()
    out = io.StringIO()
    build = shelf.build()
    found = answer(shelf.reader, build, asked)
    if form == "table":
        count = Table(out, colour=False).write(build, found, asked)
    else:
        count = WRITERS[form](build, found, out)
    return out.getvalue(), count


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


def a_build(shelf: Shelf) -> None:
    shelf.put("job-output.txt", [*lines(4, _3=0.8), line(5, 0.05, "error")], build_files=3)
    shelf.put("new.log", [line(1, None)], scoring=Scoring(), build_files=3)
    shelf.put("gone.log", outcome=Outcome.NOT_FOUND, reason="https://l/gone.log: not there", build_files=3)


# ---- for programs -----------------------------------------------------------------------------------


def test_json_lines_are_the_build_its_findings_and_its_far_lines(shelf: Shelf) -> None:
    a_build(shelf)
    text, count = written(shelf, "jsonl")
    build, finding, *far = rows(text)
    assert ["build", "finding", "line", "line"] == [row["type"] for row in rows(text)]
    assert 2 == count == len(far)
    assert {
        "type": "build",
        "build_uuid": "b1",
        "build_name": "unit",
        "build_status": "FAILURE",
        "project": "acme/shop",
        "branch": "main",
        "day": "2026-03-09",
        "completeness": "incomplete",
        "files": 3,
        "files_expected": 3,
        "files_failed": [
            {"file": "gone.log", "outcome": "not_found", "reason": "https://l/gone.log: not there"}
        ],
        "files_without_baseline": ["new.log"],
        "lines": 6,
        "far_lines": 2,
        "max_distance": 0.8,
    } == build
    assert ("no_baseline", "new.log") == (finding["kind"], finding["file"])


def test_a_line_says_where_it_is_how_far_from_what_and_by_which_model(shelf: Shelf) -> None:
    a_build(shelf)
    row = rows(written(shelf, "jsonl")[0])[2]
    assert {
        "type": "line",
        "file": "job-output.txt",
        "line": 3,
        "text": "line 3",
        "truncated": False,
        "distance": 0.8,
        "reasons": ["novel"],
        "nearest": "a line of a passing build",
        "seen_in": 3,
        "baselines": 5,
        "status": "scored",
        "model": SCORED.model,
        "model_version": SCORED.version,
        "timestamp": "2026-03-09T12:00:03.123Z",
        "fingerprint": "c0ffee",
        "url": "https://logs.example.org/b1/job-output.txt#L3",
        "before": [],
        "after": [],
    } == row


def test_context_stands_beside_its_line_up_to_the_next_far_one(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _3=0.8, _5=0.8))
    far = rows(written(shelf, "jsonl", Question(context=2))[0])[1:]
    assert [[1, 2], [4]] == [[each["line"] for each in row["before"]] for row in far]
    assert [[4], [6, 7]] == [[each["line"] for each in row["after"]] for row in far]
    assert {"line": 1, "text": "line 1"} == far[0]["before"][0]


def test_json_is_one_object_with_the_same(shelf: Shelf) -> None:
    a_build(shelf)
    text, count = written(shelf, "json", Question(context=1))
    build, finding, *far = rows(written(shelf, "jsonl", Question(context=1))[0])
    assert {**build, "findings": [finding], "far": far} == json.loads(text)
    assert 2 == count


def test_csv_has_a_row_for_each_far_line(shelf: Shelf) -> None:
    a_build(shelf)
    text, count = written(shelf, "csv")
    first, second = csv.DictReader(io.StringIO(text))
    assert 2 == count
    assert ("job-output.txt", "3", "0.8", "novel", "3", "5") == tuple(
        first[name] for name in ("file", "line", "distance", "reasons", "seen_in", "baselines")
    )
    assert ("5", "error", "line 5") == (second["line"], second["reasons"], second["text"])


@pytest.mark.parametrize("form", [*WRITERS, "table"])
def test_every_form_says_nothing_is_far_without_failing(shelf: Shelf, form: str) -> None:
    shelf.put("a.log", lines(3))
    text, count = written(shelf, form)
    assert 0 == count
    assert text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ('say "hi", then', 'say "hi", then'),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(shelf: Shelf, text: str, cell: str) -> None:
    shelf.put("a.log", [line(1, 0.8, message=text)])
    (row,) = csv.DictReader(io.StringIO(written(shelf, "csv")[0], newline=""))
    assert cell == row["text"]


def test_builds_are_rows_in_each_form(shelf: Shelf) -> None:
    a_build(shelf)
    row = build_row(shelf.build())
    texts = {}
    for form in WRITERS:
        out = io.StringIO()
        write_rows([row, row], form, out)
        texts[form] = out.getvalue()
    assert [row, row] == json.loads(texts["json"]) == rows(texts["jsonl"])
    head, first, second = csv.reader(io.StringIO(texts["csv"]))
    assert list(row) == head
    assert first == second
    assert '{"file": "gone.log", "outcome": "not_found"' in first[head.index("files_failed")]


@pytest.mark.parametrize(("form", "text"), [("json", "[]\n"), ("jsonl", ""), ("csv", "")])
def test_no_builds_are_no_rows(form: str, text: str) -> None:
    out = io.StringIO()
    write_rows([], form, out)
    assert text == out.getvalue()


# ---- for people -------------------------------------------------------------------------------------


def test_the_table_has_the_summary_above_and_the_far_lines_by_file(shelf: Shelf) -> None:
    a_build(shelf)
    text, count = written(shelf, "table", Question(context=1))
    assert 2 == count
    assert [
        "build b1  unit · acme/shop · main · FAILURE · 2026-03-09",
        "2 of 3 files, 6 lines, 2 far; INCOMPLETE: 1 not read whole",
        "not read: gone.log: not_found: https://l/gone.log: not there",
        "no_baseline: new.log: no passing build of this job has taught a model for this file",
        "",
        "job-output.txt  2 far of 5 lines  model acme%2Fshop/unit/main/job-output, 5 passing builds",
        "  https://logs.example.org/b1/job-output.txt",
        "             2  line 2",
        " 0.80        3  line 3",
        "                nearest (in 3 of 5): a line of a passing build",
        "             4  line 4",
        " 0.05        5  line 5",
        "                nearest (in 3 of 5): a line of a passing build",
        "                https://logs.example.org/b1/job-output.txt#L3",
    ] == text.splitlines()


def test_blocks_are_set_apart(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _1=0.8, _5=0.8, _6=0.8))
    assert 1 == written(shelf, "table")[0].splitlines().count("     ...")


def test_a_file_without_an_address_has_no_links(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1, _1=0.8), log_url="")
    assert "http" not in written(shelf, "table")[0]
    assert None is rows(written(shelf, "jsonl")[0])[1]["url"]


def test_a_neighbouring_model_is_named_as_one(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1, _1=0.8), scoring=replace(SCORED, status=Status.FALLBACK, baselines=1))
    assert "main/job-output (fallback), 1 passing build\n" in written(shelf, "table")[0]


def test_a_line_without_a_distance_shows_none(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, None)], scoring=Scoring())
    text = written(shelf, "table", Question(threshold=0))[0]
    assert "   -         1  line 1" in text
    assert "a.log  0 far of 1 lines  no model" in text


@pytest.mark.parametrize(
    ("outcomes", "expected", "said"),
    [
        ([Outcome.INDEXED], 1, "; complete"),
        ([Outcome.REFUSED], 1, "0 of 1 files, 1 lines, 0 far; INCOMPLETE: 1 not read whole"),
        ([Outcome.INDEXED], None, "; the submitter did not say how many files the build has"),
        ([Outcome.RUNNING], 1, "; INCOMPLETE: 1 still being read"),
        ([Outcome.INDEXED], 3, "; INCOMPLETE: 2 waiting in the queue or never submitted"),
        ([Outcome.INDEXED, Outcome.RUNNING], 4, "; INCOMPLETE: 1 still being read, 2 waiting in the queue or never submitted"),
    ],
)  # fmt: skip
def test_the_summary_says_whether_the_build_is_complete(
    shelf: Shelf, outcomes: list[Outcome], expected: int | None, said: str
) -> None:
    for number, outcome in enumerate(outcomes):
        shelf.put(f"{number}.log", lines(1), outcome=outcome, build_files=expected)
    assert f"{said}\n" in written(shelf, "table")[0]


@pytest.mark.parametrize(("top", "said"), [(1, True), (2, True), (3, False), (None, False)])
def test_it_says_that_more_lines_may_be_far(shelf: Shelf, top: int | None, said: bool) -> None:  # noqa: FBT001 - a table
    shelf.put("a.log", lines(9, _3=0.8, _7=0.9))
    text = written(shelf, "table", Question(top=top))[0]
    assert said is text.endswith(f"\nthe {top} farthest lines, as --top asks\n")


def test_a_file_that_was_cut_short_is_said_to_be_read_in_part(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), outcome=Outcome.TOO_LARGE, reason="more than 3 bytes (fetch.max_bytes)")
    assert "read in part: a.log: too_large: more than 3 bytes (fetch.max_bytes)" in written(shelf, "table")[0]


@pytest.mark.parametrize(
    ("content", "scoring", "said"),
    [
        (lines(3), SCORED, "no line is far from what passing builds printed"),
        ([line(1, None)], Scoring(), "no baseline: nothing to compare with"),
        ([], SCORED, "nothing was read"),
    ],
)
def test_the_table_says_why_it_is_empty(
    shelf: Shelf, content: list[Any], scoring: Scoring, said: str
) -> None:
    shelf.put("a.log", content, scoring=scoring)
    shelf.put("b.log", lines(1, _1=0.9))
    assert said == written(shelf, "table", Question(files="a.log"))[0].splitlines()[-1]


def test_the_table_says_when_another_threshold_chose_its_lines(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.3, _2=0.9))
    said = "below: lines at a distance of 0.5 or more, in place of those counted as far"
    assert said in written(shelf, "table", Question(threshold=0.5))[0]
    assert "below:" not in written(shelf, "table")[0]


def test_a_long_line_is_cut_in_the_table_only(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.8, message="x" * 600)])
    assert f"{'x' * 500}… (+100 characters)" in written(shelf, "table")[0]
    assert "x" * 600 in written(shelf, "jsonl")[0]


def test_nothing_that_a_log_or_a_job_says_steers_a_terminal(shelf: Shelf) -> None:
    document = shelf.put(
        HOSTILE, [line(1, 0.8, message=HOSTILE), line(2)], build=HOSTILE, project=HOSTILE, build_name=HOSTILE,
        log_url=HOSTILE, scoring=replace(SCORED, model=HOSTILE), outcome=Outcome.CORRUPT, reason=HOSTILE,
    )  # fmt: skip
    assert HOSTILE == document.file.filename
    shelf.put("other", [line(1, None, message=HOSTILE)], build=HOSTILE, scoring=Scoring())
    build = shelf.build(HOSTILE)
    for colour in (False, True):
        out = io.StringIO()
        table = Table(out, colour=colour)
        table.write(build, answer(shelf.reader, build, Question(context=1)), Question())
        table.builds([build])
        text = re.sub(r"\x1b\[\d+m", "", out.getvalue()) if colour else out.getvalue()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "=cmd|calc\\u001b[2J\\u202egnp.exe\\u000a\\u2066" in text


def test_colours_are_used_only_when_they_are_wanted(shelf: Shelf) -> None:
    a_build(shelf)
    build = shelf.build()
    texts = []
    for colour in (True, False):
        out = io.StringIO()
        Table(out, colour=colour).write(build, answer(shelf.reader, build, Question()), Question())
        texts.append(out.getvalue())
    assert "\x1b[31m 0.80\x1b[0m" in texts[0]
    assert "\x1b" not in texts[1]
    assert texts[1] == re.sub(r"\x1b\[\d+m", "", texts[0])


def test_builds_are_listed_in_columns(shelf: Shelf) -> None:
    a_build(shelf)
    shelf.put(
        "a.log", [line(1, None)], build="a-longer-name", scoring=Scoring(), build_name="", build_status=""
    )
    out = io.StringIO()
    Table(out, colour=False).builds([shelf.build(), shelf.build("a-longer-name")])
    assert [
        "far   max  lines  files  build          job   project    status   day",
        "  2  0.80      6    2/3  b1             unit  acme/shop  FAILURE  2026-03-09",
        "  0     -      1    1/?  a-longer-name  -     acme/shop  -        2026-03-09",
    ] == out.getvalue().splitlines()


@given(st.text())
def test_what_is_made_visible_prints_on_one_line_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert shown == visible(shown)
    assert 1 >= len(shown.splitlines())
    shown.encode()
