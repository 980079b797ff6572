from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import Finding
from log_processor.document import Scoring
from log_processor.errors import Outcome
from log_processor.query.question import Question, answer
from log_processor.query.rows import WRITERS, build_row, write_rows
from tests.log_processor.shelf import SCORED, Shelf, line, lines


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def written(shelf: Shelf, form: str, question: Question | None = None) -> tuple[str, int]:
    asked = question or Question()
    out = io.StringIO()
    build = shelf.build()
    count = WRITERS[form](build, answer(shelf.reader, build, asked), asked, out)
    return out.getvalue(), count


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


def a_build(shelf: Shelf) -> None:
    shelf.put("job-output.txt", [*lines(4, _3=0.8), line(5, 0.05, "error")], build_files=3)
    shelf.put("new.log", [line(1, None)], scoring=Scoring(), build_files=3)
    shelf.put("gone.log", outcome=Outcome.NOT_FOUND, reason="https://l/gone.log: not there", build_files=3)


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
        "files_with_unfit_baseline": [],
        "lines": 6,
        "far_lines": 2,
        "shown_lines": 2,
        "max_distance": 0.8,
        "dashboard_url": None,
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
        "score": 0.8,
        "shown": True,
        "reasons": ["novel"],
        "nearest": "a line of a passing build",
        "seen_in": 3,
        "baselines": 5,
        "status": "scored",
        "model": SCORED.model,
        "model_version": SCORED.version,
        "group": 3,
        "timestamp": "2026-03-09T12:00:03.123Z",
        "fingerprint": "c0ffee",
        "url": "https://logs.example.org/b1/job-output.txt#L3",
        "also_in": None,
        "before": [],
        "after": [],
    } == row


def test_a_line_says_which_other_builds_have_it(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5, _3=0.8))
    shelf.put("z.log", lines(9, _2=0.9, _7=0.3), build="b2", build_name="lint")
    (_, row) = rows(written(shelf, "jsonl", Question(elsewhere=True))[0])
    assert {
        "builds": 1,
        "jobs": 1,
        "projects": 1,
        "lines": 2,
        "first": "2026-03-09T12:00:02.123Z",
        "last": "2026-03-09T12:00:07.123Z",
    } == row["also_in"]


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


REPEATED = [line(1, 0.8), line(2), line(3, 0.8, group=1), line(4, 0.3), line(5, 0.8, "block", group=1)]


@pytest.mark.parametrize("form", WRITERS)
def test_no_form_folds_a_line_into_another(shelf: Shelf, form: str) -> None:
    shelf.put("a.log", REPEATED)
    text, count = written(shelf, form)
    assert 4 == count
    if form == "csv":
        found: Iterable[dict[str, Any]] = csv.DictReader(io.StringIO(text))
    else:
        found = json.loads(text)["far"] if form == "json" else rows(text)[1:]
    told = [(int(row["line"]), str(row["shown"]), int(row["group"])) for row in found]
    assert [(1, "True", 1), (3, "False", 1), (4, "True", 4), (5, "False", 1)] == told


def test_the_far_lines_and_those_shown_of_a_build_are_counted_apart(shelf: Shelf) -> None:
    shelf.put("a.log", REPEATED)
    row = build_row(shelf.build())
    assert (4, 2) == (row["far_lines"], row["shown_lines"])


def test_a_line_that_only_another_threshold_asks_for_is_of_no_group(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.1)])
    _, row = rows(written(shelf, "jsonl", Question(threshold=0.05))[0])
    assert (False, None, 0.1) == (row["shown"], row["group"], row["score"])


def test_a_finding_says_what_is_expected_and_what_was_seen(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), findings=(Finding("burst", "retrying", 2, "2 times", "200 times"),))
    _, row = rows(written(shelf, "jsonl")[0])
    assert {
        "type": "finding",
        "kind": "burst",
        "file": "a.log",
        "line": 2,
        "text": "retrying",
        "expected": "2 times",
        "seen": "200 times",
    } == row
    assert [row] == json.loads(written(shelf, "json")[0])["findings"]


@pytest.mark.parametrize(("pattern", "files"), [(None, ["a.log", "b.log"]), ("b*", ["b.log"])])
def test_findings_are_those_of_the_files_that_were_asked_about(
    shelf: Shelf, pattern: str | None, files: list[str]
) -> None:
    for name in ("a.log", "b.log"):
        shelf.put(name, lines(3), findings=(Finding("missing", "all tests passed"),))
    found = rows(written(shelf, "jsonl", Question(files=pattern))[0])[1:]
    assert files == sorted(row["file"] for row in found)


def test_a_build_names_the_files_whose_baseline_does_not_fit(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), findings=(Finding("unfit_baseline", "90 % of the lines are unknown"),))
    shelf.put("b.log", lines(3), findings=(Finding("missing", "all tests passed"),))
    assert ["a.log"] == build_row(shelf.build())["files_with_unfit_baseline"]


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_says_nothing_is_far_without_failing(shelf: Shelf, form: str) -> None:
    shelf.put("a.log", lines(3))
    text, count = written(shelf, form)
    assert 0 == count
    assert text
