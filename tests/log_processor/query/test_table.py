from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Finding
from log_processor.document import Scoring, Status
from log_processor.errors import Outcome
from log_processor.query.phrases import also_in
from log_processor.query.question import Question, answer
from log_processor.query.similar import Similar
from log_processor.query.table import Table
from log_processor.stores.contract import Sighting
from log_processor.visible import visible
from tests.log_processor.documents import START
from tests.log_processor.shelf import SCORED, Shelf, line, lines

HOSTILE = "=cmd|calc\x1b[2J\u202egnp.exe\n\u2066"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def written(shelf: Shelf, question: Question | None = None) -> tuple[str, int]:
    asked = replace(question or Question(), folded=True)
    out = io.StringIO()
    build = shelf.build()
    count = Table(out, colour=False).write(build, answer(shelf.reader, build, asked), asked)
    return out.getvalue(), count


def a_build(shelf: Shelf) -> None:
    shelf.put("job-output.txt", [*lines(4, _3=0.8), line(5, 0.05, "error")], build_files=3)
    shelf.put("new.log", [line(1, None)], scoring=Scoring(), build_files=3)
    shelf.put("gone.log", outcome=Outcome.NOT_FOUND, reason="https://l/gone.log: not there", build_files=3)


def test_the_table_has_the_summary_above_and_the_far_lines_by_file(shelf: Shelf) -> None:
    a_build(shelf)
    text, count = written(shelf, Question(context=1))
    assert 2 == count
    assert [
        "build b1  unit · acme/shop · main · FAILURE · 2026-03-09",
        "2 of 3 files, 6 lines, 2 far, 2 shown; INCOMPLETE: 1 not read whole",
        "not read: gone.log: not_found: https://l/gone.log: not there",
        "no_baseline: new.log: no passing build of this job has taught a model for this file",
        "",
        "job-output.txt  2 far of 5 lines, 2 shown  model acme%2Fshop/unit/main/job-output, 5 passing builds",
        "  https://logs.example.org/b1/job-output.txt",
        "             2  line 2",
        " 0.80        3  line 3",
        "                novel",
        "                nearest (seen in 3 of 5): a line of a passing build",
        "             4  line 4",
        " 0.05        5  line 5",
        "                error",
        "                nearest (seen in 3 of 5): a line of a passing build",
        "                https://logs.example.org/b1/job-output.txt#L3",
    ] == text.splitlines()


def test_blocks_are_set_apart(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _1=0.8, _5=0.8, _6=0.8))
    assert 1 == written(shelf)[0].splitlines().count("     ...")


def test_a_file_without_an_address_has_no_links(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1, _1=0.8), log_url="")
    assert "http" not in written(shelf)[0]


def test_a_neighbouring_model_is_named_as_one(shelf: Shelf) -> None:
    shelf.put("a.log", lines(1, _1=0.8), scoring=replace(SCORED, status=Status.FALLBACK, baselines=1))
    assert "main/job-output (fallback), 1 passing build\n" in written(shelf)[0]


def test_a_line_without_a_distance_shows_none(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, None)], scoring=Scoring())
    text = written(shelf, Question(threshold=0))[0]
    assert "   -         1  line 1" in text
    assert "a.log  0 far of 1 lines, 0 shown  no model" in text


@pytest.mark.parametrize(
    ("outcomes", "expected", "said"),
    [
        ([Outcome.INDEXED], 1, "; complete"),
        ([Outcome.REFUSED], 1, "0 of 1 files, 1 lines, 0 far, 0 shown; INCOMPLETE: 1 not read whole"),
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
    assert f"{said}\n" in written(shelf)[0]


@pytest.mark.parametrize(("top", "said"), [(1, True), (2, True), (3, False), (None, False)])
def test_it_says_that_more_lines_may_be_far(shelf: Shelf, top: int | None, said: bool) -> None:  # noqa: FBT001 - a table
    shelf.put("a.log", lines(9, _3=0.8, _7=0.9))
    text = written(shelf, Question(top=top))[0]
    assert said is text.endswith(f"\nthe {top} worst lines, as --top asks\n")


def test_a_file_that_was_cut_short_is_said_to_be_read_in_part(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), outcome=Outcome.TOO_LARGE, reason="more than 3 bytes (fetch.max_bytes)")
    assert "read in part: a.log: too_large: more than 3 bytes (fetch.max_bytes)" in written(shelf)[0]


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
    assert said == written(shelf, Question(files="a.log"))[0].splitlines()[-1]


def test_the_table_says_when_another_threshold_chose_its_lines(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.3, _2=0.9))
    said = "below: lines at a distance of 0.5 or more, in place of those counted as far"
    assert said in written(shelf, Question(threshold=0.5))[0]
    assert "below:" not in written(shelf)[0]


def test_a_long_line_is_cut(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.8, message="x" * 600)])
    assert f"{'x' * 500}… (+100 characters)" in written(shelf)[0]


def test_nothing_that_a_log_or_a_job_says_steers_a_terminal(shelf: Shelf) -> None:
    document = shelf.put(
        HOSTILE, [line(1, 0.8, message=HOSTILE), line(2)], build=HOSTILE, project=HOSTILE, build_name=HOSTILE,
        log_url=HOSTILE, scoring=replace(SCORED, model=HOSTILE), outcome=Outcome.CORRUPT, reason=HOSTILE,
        findings=(Finding("missing", HOSTILE, 1, HOSTILE, HOSTILE), Finding("unfit_baseline", HOSTILE)),
    )  # fmt: skip
    assert HOSTILE == document.file.filename
    shelf.put("other", [line(1, None, "error", message=HOSTILE)], build=HOSTILE, scoring=Scoring())
    build = shelf.build(HOSTILE)
    for colour in (False, True):
        out = io.StringIO()
        table = Table(out, colour=colour)
        question = Question(context=1, folded=True)
        table.write(build, answer(shelf.reader, build, question), question)
        table.builds([build])
        table.similar(Similar(shelf.reader.sightings(["c0ffee"]), shelf.reader.occurrences(["c0ffee"], 9)))
        text = re.sub(r"\x1b\[\d+m", "", out.getvalue()) if colour else out.getvalue()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "=cmd|calc\\u001b[2J\\u202egnp.exe\\u000a\\u2066" in text


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], ""),
        ([("b2", "unit", 9)], "also in 1 build of 1 job since 2026-03-09"),
        ([("b2", "unit", 9), ("b3", "lint", 2)], "also in 2 builds of 2 jobs since 2026-03-02"),
    ],
)
def test_a_far_line_says_which_other_builds_have_it(
    shelf: Shelf, others: list[tuple[str, str, int]], said: str
) -> None:
    shelf.put("a.log", lines(5, _3=0.8))
    for build, job, day in others:
        far = line(9, 0.9)._replace(timestamp=START.replace(day=day))
        shelf.put("z.log", [far], build=build, build_name=job)
    text, _ = written(shelf, Question(elsewhere=True))
    assert said == "".join(re.findall(r"^ +(also in .*) \(--similar c0ffee\)$", text, re.MULTILINE))
    assert "also in" not in written(shelf, Question())[0]


def test_builds_without_a_job_are_of_none() -> None:
    assert "also in 3 builds since 2026-03-09" == also_in(Sighting(9, 3, 0, 0, START, START))


def test_a_dashboard_stands_below_the_summary(shelf: Shelf) -> None:
    a_build(shelf)
    out = io.StringIO()
    Table(out, colour=False).summary(replace(shelf.build(), dashboard="https://k/d"))
    assert "https://k/d" == out.getvalue().splitlines()[2]
    Table(out := io.StringIO(), colour=False).summary(shelf.build())
    assert "https://k/d" not in out.getvalue()


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
        "shown   max  lines  files  build          job   project    status   day",
        "    2  0.80      6    2/3  b1             unit  acme/shop  FAILURE  2026-03-09",
        "    0     -      1    1/?  a-longer-name  -     acme/shop  -        2026-03-09",
    ] == out.getvalue().splitlines()


@given(st.text())
def test_what_is_made_visible_prints_on_one_line_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert shown == visible(shown)
    assert 1 >= len(shown.splitlines())
    shown.encode()


# ---- what is folded ---------------------------------------------------------------------------------


def test_lines_that_another_one_stands_for_are_folded_into_it(shelf: Shelf) -> None:
    shelf.put(
        "a.log",
        [
            line(1, 0.8, message="no space left"),
            line(2, 0.8, "novel", "block", message="at one", group=1),
            line(3, 0.8, "novel", "block", message="at two", group=1),
            line(4),
            line(5, 0.8, message="no space left", group=1),
            line(6, 0.8, message="no space left", group=1),
            line(7, 0.3, message="other"),
            line(8, 0.8, message="no space left", group=1),
        ],
    )
    text, count = written(shelf)
    assert 2 == count
    assert [
        " 0.80        1  no space left",
        "                novel · x 4: lines 1, 5-6, 8 · block of lines 1-3",
        "                nearest (seen in 3 of 5): a line of a passing build",
        "                https://logs.example.org/b1/job-output.txt#L1",
        "     ...",
        " 0.30        7  other",
        "                novel",
        "                nearest (seen in 3 of 5): a line of a passing build",
        "                https://logs.example.org/b1/job-output.txt#L7",
    ] == text.splitlines()[5:]
    assert "1 files, 8 lines, 7 far, 2 shown;" in text
    assert "a.log  7 far of 8 lines, 2 shown  " in text


def test_a_folded_line_is_context_where_it_stands_beside_a_shown_one(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.8), line(2), line(3, 0.8, group=1), line(4, 0.3)])
    text = written(shelf, Question(context=1))[0]
    assert "             3  line 3" in text
    assert "x 2: lines 1, 3" in text


def test_where_every_line_is_asked_for_none_is_folded(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.8), line(2), line(3, 0.8, group=1)])
    text, count = written(shelf, Question(threshold=0))
    assert 3 == count
    assert " 0.80        3  line 3" in text
    assert "x 2" not in text


def test_the_numbers_of_very_many_folded_lines_are_not_all_printed(shelf: Shelf) -> None:
    far = [line(number, 0.8, group=1) if number % 2 else line(number) for number in range(1, 401)]
    shelf.put("a.log", far)
    text = written(shelf)[0]
    assert "x 200: lines 1, 3, 5" in text
    assert ", 199, …\n" in text


# ---- what was found ---------------------------------------------------------------------------------

FOUND = (
    Finding("missing", "all tests passed", expected="in each of 5 passing builds"),
    Finding("burst", "retrying", 2, "2 times", "200 times"),
)


@pytest.mark.parametrize("content", [lines(3), lines(3, _3=0.8)])
def test_what_was_found_stands_with_its_file(shelf: Shelf, content: list[Any]) -> None:
    shelf.put("a.log", content, findings=FOUND)
    text = written(shelf)[0]
    assert [
        "  missing: all tests passed",
        "                expected: in each of 5 passing builds",
        "  burst at line 2: retrying",
        "                expected: 2 times",
        "                seen: 200 times",
    ] == text.splitlines()[5:10]
    assert 1 == text.count("all tests passed")


def test_what_was_found_in_a_file_that_was_not_asked_about_is_left_out(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), findings=FOUND)
    shelf.put("b.log", lines(3))
    assert "missing" not in written(shelf, Question(files="b.log"))[0]
    assert "missing" in written(shelf, Question(files="a.log"))[0]


def test_that_a_baseline_does_not_fit_is_said_in_the_summary(shelf: Shelf) -> None:
    unfit = Finding("unfit_baseline", "the baseline does not fit: 90 % of 3 lines are unknown to it")
    shelf.put("a.log", lines(3, _3=0.8), findings=(unfit,))
    text = written(shelf)[0]
    assert f"unfit_baseline: a.log: {unfit.text}" == text.splitlines()[2]
    assert 1 == text.count("unfit_baseline")


def test_a_table_says_when_nothing_is_far(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3))
    assert 0 == written(shelf)[1]
