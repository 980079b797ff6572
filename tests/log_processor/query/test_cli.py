from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from anomaly_filter import Finding
from log_processor.document import Scoring
from log_processor.errors import Outcome, StoreUnavailable
from log_processor.query import cli as query_cli
from log_processor.stores.contract import Sighting, Wanted
from log_processor.stores.sqlite_reader import SqliteReader
from log_processor.timestamps import iso_text
from tests.log_processor.daemon_process import environment, free_port, query_command
from tests.log_processor.shelf import Shelf, line, lines


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


class Ran:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Run anomaly-query; return exit status, standard output and standard error."""
        try:
            code = query_cli.main(arguments)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Ran(capsys)


def far_numbers(jsonl: str) -> list[int]:
    return [row["line"] for row in map(json.loads, jsonl.splitlines()) if row["type"] == "line"]


# ---- what is shown ----------------------------------------------------------------------------------


def test_the_far_lines_of_a_build_are_shown(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", lines(5, _3=0.8))
    code, out, err = run("--store", shelf.url, "--build-uuid", "b1")
    assert (0, "") == (code, err)
    assert " 0.80        3  line 3\n" in out


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ([], [2, 4]),
        (["--threshold", "0.5"], [4]),
        (["--threshold", "0.1"], [2, 4, 5]),
        (["--threshold", "0"], [1, 2, 3, 4, 5]),
        (["--threshold", "1"], []),
        (["--top", "1"], [4]),
        (["--file", "*.log"], [2, 4]),
        (["--context", "9"], [2, 4]),
    ],
)
def test_flags_choose_the_lines(shelf: Shelf, run: Ran, arguments: list[str], numbers: list[int]) -> None:
    shelf.put("a.log", lines(5, _2=0.3, _4=0.8, _5=0.2))
    code, out, _ = run("--store", shelf.url, "--build-uuid", "b1", "--format", "jsonl", *arguments)
    assert 0 == code
    assert numbers == far_numbers(out)


@pytest.mark.parametrize(
    ("form", "numbers"), [("table", [1, 4]), ("jsonl", [1, 3, 4]), ("json", [1, 3, 4]), ("csv", [1, 3, 4])]
)
def test_only_the_table_folds_lines(shelf: Shelf, run: Ran, form: str, numbers: list[int]) -> None:
    shelf.put(
        "a.log", [line(1, 0.8, message="far"), line(2), line(3, 0.8, message="far", group=1), line(4, 0.3)]
    )
    out = run("--store", shelf.url, "--build-uuid", "b1", "--format", form)[1]
    if form == "table":
        assert "x 2: lines 1, 3" in out
        found = [int(each) for each in re.findall(r"^ 0\.\d\d +(\d+)  ", out, re.MULTILINE)]
    elif form == "csv":
        found = [int(row["line"]) for row in csv.DictReader(io.StringIO(out))]
    elif form == "json":
        found = [row["line"] for row in json.loads(out)["far"]]
    else:
        found = far_numbers(out)
    assert numbers == found


@pytest.mark.parametrize(("form", "had"), [("table", 2), ("jsonl", 3), ("brief", 2)])
def test_far_lines_that_are_gone_are_missed(shelf: Shelf, run: Ran, form: str, had: int) -> None:
    words = ("--store", shelf.url, "--build-uuid", "b1", "--format", form)
    content = [line(1, 0.8), line(2, 0.8, group=1), line(3), line(4, 0.9)]
    document = shelf.put("a.log", content)
    assert (0, "") == run(*words)[::2]
    shelf.store.forget_after(document.file, 0)
    assert f"anomaly-query: 0 of {had} far lines can be found: the others were deleted" in run(*words)[2]
    assert "" == run(*words, "--top", "1")[2]
    shelf.put("a.log", [], outcome=Outcome.RUNNING)
    assert "" == run(*words)[2]


@pytest.mark.parametrize(("context", "before"), [("0", []), ("1", [3]), ("2", [2, 3])])
def test_context_is_shown_around_far_lines(shelf: Shelf, run: Ran, context: str, before: list[int]) -> None:
    shelf.put("a.log", lines(5, _4=0.8))
    out = run("--store", shelf.url, "--build-uuid", "b1", "--format", "json", "--context", context)[1]
    assert before == [each["line"] for each in json.loads(out)["far"][0]["before"]]


def test_builds_are_listed_worst_first(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", lines(5), build="good")
    shelf.put("a.log", lines(5, _1=0.9), build="bad")
    shelf.put("a.log", lines(5, _1=0.3, _2=0.3), build="worse")
    shelf.put("a.log", lines(5, _1=0.3), build="odd")
    repeated = [line(number, 0.2, "error", group=1) for number in range(1, 6)]
    shelf.put("a.log", repeated, build="loud")
    first = [line(number, None, "error") for number in range(1, 6)]
    shelf.put("a.log", first, build="first", scoring=Scoring())
    code, out, _ = run("--store", shelf.url)
    assert 0 == code
    # What stands in a build without any baseline is far by its words alone; nobody can say what that is worth.
    assert ["build", "worse", "bad", "odd", "loud", "good", "first"] == [
        row.split()[4] for row in out.splitlines()
    ]
    for form in ("jsonl", "json", "csv"):
        assert "worse" in run("--store", shelf.url, "--format", form)[1]


@pytest.mark.parametrize(("arguments", "count"), [([], 20), (["--limit", "3"], 3), (["--limit", "99"], 25)])
def test_the_list_is_limited(shelf: Shelf, run: Ran, arguments: list[str], count: int) -> None:
    for number in range(25):
        shelf.put("a.log", lines(1), build=f"b{number}")
    assert count == len(run("--store", shelf.url, "--format", "jsonl", *arguments)[1].splitlines())


def uuids(jsonl: str) -> list[str]:
    return [row["build_uuid"] for row in map(json.loads, jsonl.splitlines()) if "build_uuid" in row]


def a_week(shelf: Shelf) -> None:
    now = datetime.now(timezone.utc)
    builds = {"old": ("unit", "acme/shop", "FAILURE", 30), "new": ("lint", "acme/till", "SUCCESS", 2)}
    for build, (job, project, status, days) in builds.items():
        begin = iso_text(now - timedelta(days=days))
        far = [line(1, 0.9)._replace(timestamp=now - timedelta(days=days), fingerprint="0123456789abcdef")]
        shelf.put(
            "a.log", far, build=build, build_name=job, project=project, build_status=status, build_start=begin
        )


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], {"old", "new"}),
        (["--job", "unit"], {"old"}),
        (["--project", "acme/till"], {"new"}),
        (["--status", "FAILURE"], {"old"}),
        (["--since", "7d"], {"new"}),
        (["--since", "47h"], set()),
        (["--since", "49h"], {"new"}),
        (["--since", "2020-01-01"], {"old", "new"}),
        (["--since", "7d", "--status", "FAILURE"], set()),
        (["--limit", "1"], {"old"}),
    ],
)
def test_flags_choose_the_builds_of_the_list_and_those_with_a_line(
    shelf: Shelf, run: Ran, arguments: list[str], found: set[str]
) -> None:
    a_week(shelf)
    if "--limit" not in arguments:
        assert found == set(uuids(run("--store", shelf.url, "--format", "jsonl", *arguments)[1]))
    similar = ["--similar", "0123456789abcdef", "--format", "jsonl"]
    asked = run("--store", shelf.url, *similar, *arguments)[1]
    assert (found if "--limit" not in arguments else {"new"}) == set(uuids(asked))


@pytest.mark.parametrize(("number", "found"), [("1", ["b2"]), ("3", ["b2", "b3", "b1"])])
def test_the_worst_builds_are_listed(shelf: Shelf, run: Ran, number: str, found: list[str]) -> None:
    shelf.put("a.log", lines(5, _1=0.9), build="b1")
    shelf.put("a.log", lines(5, _1=0.3, _2=0.3, _3=0.4), build="b2")
    shelf.put("a.log", lines(5, _1=0.3, _2=0.5), build="b3")
    shelf.put("a.log", [line(each, None, "error") for each in range(1, 9)], build="first", scoring=Scoring())
    assert found == uuids(run("--store", shelf.url, "--format", "jsonl", "--worst", number)[1])


def test_nothing_chosen_is_not_an_empty_store(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", lines(1))
    assert (0, "the store has no such build\n", "") == run("--store", shelf.url, "--job", "none")


def test_builds_with_a_line_are_named(shelf: Shelf, run: Ran) -> None:
    a_week(shelf)
    code, out, _ = run("--store", shelf.url, "--similar", "0123456789abcdef")
    first, latest, empty, head, *rows = out.splitlines()
    assert 0 == code
    assert first.startswith("0123456789abcdef  2 far lines in 2 builds of 2 jobs and 2 projects, 20")
    assert ("  latest: line 1", "") == (latest, empty)
    assert ["lines", "build", "job", "project", "status", "first", "last", "where"] == head.split()
    assert [["1", "new", "lint"], ["1", "old", "unit"]] == [row.split()[:3] for row in rows]
    assert rows[0].endswith("https://logs.example.org/b1/job-output.txt#L1")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "markdown"])
def test_builds_with_a_line_are_rows(shelf: Shelf, run: Ran, form: str) -> None:
    a_week(shelf)
    out = run("--store", shelf.url, "--similar", "0123456789abcdef", "--format", form)[1]
    if form == "json":
        found = json.loads(out)
        assert (2, 2, 2) == tuple(found["fingerprints"][0][name] for name in ("builds", "jobs", "projects"))
        assert ["new", "old"] == [row["build_uuid"] for row in found["occurrences"]]
    elif form == "jsonl":
        assert ["fingerprint", "occurrence", "occurrence"] == [
            json.loads(row)["type"] for row in out.splitlines()
        ]
    elif form == "csv":
        assert ["new", "old"] == [row["build_uuid"] for row in csv.DictReader(io.StringIO(out))]
    else:
        assert out.startswith("```text\n0123456789abcdef  2 far lines")


def test_a_line_that_no_build_has_is_an_answer(shelf: Shelf, run: Ran) -> None:
    a_week(shelf)
    said = (0, "no such build has a far line like this one\n", "")
    assert said == run("--store", shelf.url, "--similar", "never printed", "--fail-on-anomaly")
    empty = '{\n "fingerprints": [],\n "occurrences": []\n}\n'
    assert empty == run("--store", shelf.url, "--similar", "never printed", "--format", "json")[1]


def test_the_build_in_hand_is_none_of_the_others(shelf: Shelf, run: Ran) -> None:
    a_week(shelf)
    arguments = ("--similar", "0123456789abcdef", "--build-uuid", "new", "--format", "jsonl")
    assert ["old"] == uuids(run("--store", shelf.url, *arguments)[1])


@pytest.mark.parametrize("variable", ["KIBANA_URL", "LOG_PROCESSOR_KIBANA_URL"])
def test_a_dashboard_is_named_where_there_is_a_kibana(
    shelf: Shelf, run: Ran, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    shelf.put("a.log", lines(3, _1=0.8))
    assert "dashboards" not in run("--store", shelf.url, "--build-uuid", "b1")[1]
    monkeypatch.setenv(variable, "https://kibana.example.org")
    link = "https://kibana.example.org/app/dashboards#/view/log-classify-build?_g="
    for form in ("table", "jsonl", "json", "markdown"):
        assert link in run("--store", shelf.url, "--build-uuid", "b1", "--format", form)[1]
    assert link in json.loads(run("--store", shelf.url, "--format", "json")[1])[0]["dashboard_url"]


def test_each_form_of_a_build_names_its_far_line(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", [line(3, 0.8, message="no space left")])
    for form in ("table", "jsonl", "json", "csv", "markdown", "brief"):
        code, out, _ = run("--store", shelf.url, "--build-uuid", "b1", "--format", form)
        assert (0, True) == (code, "no space left" in out)


@pytest.mark.parametrize(("flags", "least", "most"), [([], 6000, 16000), (["--bytes", "3000"], 2000, 3000)])
def test_a_brief_has_a_budget(shelf: Shelf, run: Ran, flags: list[str], least: int, most: int) -> None:
    shelf.put("a.log", [line(each, 0.8, message="x" * 200) for each in range(1, 500)])
    out = run("--store", shelf.url, "--build-uuid", "b1", "--format", "brief", *flags)[1]
    assert least < len(out.encode()) <= most


@pytest.mark.parametrize(("flags", "numbers"), [([], {2, 3, 4, 6, 7, 8}), (["--context", "0"], set())])
def test_a_brief_has_context_unless_none_is_wanted(
    shelf: Shelf, run: Ran, flags: list[str], numbers: set[int]
) -> None:
    shelf.put("a.log", lines(9, _5=0.8))
    out = run("--store", shelf.url, "--build-uuid", "b1", "--format", "brief", *flags)[1]
    assert numbers == {int(each) for each in re.findall(r"^  (\d+) ", out, re.MULTILINE)}


@pytest.mark.parametrize(("form", "count"), [("csv", 0), ("jsonl", 1), ("table", 1), ("markdown", 1)])
def test_other_builds_are_asked_for_once_and_only_where_they_are_shown(
    shelf: Shelf, run: Ran, monkeypatch: pytest.MonkeyPatch, form: str, count: int
) -> None:
    asked: list[int] = []
    ask = SqliteReader.sightings

    def counting(reader: SqliteReader, fingerprints: Collection[str], wanted: Wanted) -> dict[str, Sighting]:
        asked.append(len(fingerprints))
        return ask(reader, fingerprints, wanted)

    monkeypatch.setattr(SqliteReader, "sightings", counting)
    for name in ("a.log", "b.log"):
        far = [line(each, 0.8)._replace(fingerprint=f"{name}{each}") for each in range(1, 30)]
        shelf.put(name, far)
    run("--store", shelf.url, "--build-uuid", "b1", "--format", form)
    assert [58] * count == asked


@pytest.mark.parametrize("watch", [[], ["--watch"]])
def test_a_build_is_answered_also_when_other_builds_cannot_be_read(
    shelf: Shelf, run: Ran, monkeypatch: pytest.MonkeyPatch, watch: list[str]
) -> None:
    def refuse(reader: SqliteReader, fingerprints: Collection[str], wanted: Wanted) -> dict[str, Sighting]:
        raise StoreUnavailable(f"{len(fingerprints)} of {reader}: {wanted.besides}'s neighbour has no shards")

    monkeypatch.setattr(SqliteReader, "sightings", refuse)
    shelf.put("a.log", lines(3, _1=0.8), build_files=1)
    code, out, err = run("--store", shelf.url, "--build-uuid", "b1", *watch)
    assert (0, True) == (code, " 0.80        1  line 1\n" in out)
    assert "anomaly-query: which other builds have these lines is not known: 1 of " in err
    assert err.endswith("b1's neighbour has no shards\n")
    assert 3 == run("--store", shelf.url, "--similar", "line 1")[0]


def test_a_store_without_builds_says_so(shelf: Shelf, run: Ran) -> None:
    assert (0, "the store has no build yet\n", "") == run("--store", shelf.url)
    assert (0, "[]\n", "") == run("--store", shelf.url, "--format", "json")


# ---- where the store is -----------------------------------------------------------------------------


def test_flags_win_over_the_environment_and_that_over_the_file(
    shelf: Shelf, run: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("a.log", lines(1))
    config = tmp_path / "log-processor.yaml"
    config.write_text(f"store: {{url: '{shelf.url}'}}")
    assert 0 == run("-c", str(config), "--build-uuid", "b1")[0]
    monkeypatch.setenv("LOG_PROCESSOR_STORE_URL", "sqlite:///none.sqlite")
    assert 3 == run("-c", str(config), "--build-uuid", "b1")[0]
    assert 0 == run("-c", str(config), "--build-uuid", "b1", "--store", shelf.url)[0]


def test_a_path_of_a_store_may_hold_anything(run: Ran, tmp_path: Path) -> None:
    folder = tmp_path / 'a: "b" # [c]'
    folder.mkdir()
    with closing(Shelf(folder)) as shelf:
        shelf.put("a.log", lines(1))
        assert 0 == run("--store", shelf.url, "--build-uuid", "b1")[0]


# ---- how it ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--fail-on-anomaly"], 1)])
def test_far_lines_are_a_failure_only_when_it_is_asked_for(
    shelf: Shelf, run: Ran, flags: list[str], code: int
) -> None:
    shelf.put("a.log", lines(3, _1=0.8))
    shelf.put("a.log", lines(3), build="good")
    assert code == run("--store", shelf.url, "--build-uuid", "b1", *flags)[0]
    assert 0 == run("--store", shelf.url, "--build-uuid", "good", *flags)[0]
    assert code == run("--store", shelf.url, *flags)[0]
    assert 0 == run("--store", shelf.url, "--limit", "1", "--job", "none", *flags)[0]
    for form in ("markdown", "brief", "csv"):
        assert code == run("--store", shelf.url, "--build-uuid", "b1", "--format", form, *flags)[0]


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--fail-on-anomaly"], 1)])
def test_a_line_that_some_build_has_is_a_failure_only_when_it_is_asked_for(
    shelf: Shelf, run: Ran, flags: list[str], code: int
) -> None:
    a_week(shelf)
    assert code == run("--store", shelf.url, "--similar", "0123456789abcdef", *flags)[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--threshold", "1.5"],
        ["--threshold", "nan"],
        ["--threshold", "x"],
        ["--context", "-1"],
        ["--top", "x"],
        ["--top", "0"],
        ["--limit", "0"],
        ["--limit", "1.5"],
        ["--format", "xml"],
        ["--color", "maybe"],
        ["--unknown"],
        ["--store", "redis://localhost"],
        ["--store", "logstash+tcp://localhost:9999"],
        ["-c", "none.yaml"],
        ["--since", "7"],
        ["--since", "7w"],
        ["--since", "2026-02-30"],
        ["--since", "2026-11-01T12:00"],
        ["--worst", "0"],
        ["--bytes", "1999"],
        ["--bytes", "2000"],
        ["--build-uuid", "b1", "--format", "json", "--bytes", "2000"],
        ["--format", "brief"],
        ["--watch"],
        ["--watch", "--build-uuid", "b1", "--top", "3"],
        ["--watch", "--build-uuid", "b1", "--format", "csv"],
        ["--watch", "--build-uuid", "b1", "--similar", "line"],
        ["--job", "unit", "--build-uuid", "b1"],
        ["--since", "7d", "--build-uuid", "b1"],
        ["--worst", "3", "--build-uuid", "b1"],
        ["--worst", "3", "--similar", "line"],
        ["--similar", "line", "--format", "brief", "--build-uuid", "b1"],
        ["--threshold", "0.5"],
        ["--context", "0", "--similar", "line"],
        ["--file", "*"],
        ["--top", "3"],
        ["--similar", "---"],
    ],
)
def test_a_wrong_command_line_is_2(shelf: Shelf, run: Ran, arguments: list[str]) -> None:
    shelf.put("a.log", lines(1))
    code, out, err = run(
        *arguments, *([] if "--store" in arguments or "-c" in arguments else ["--store", shelf.url])
    )
    assert (2, "") == (code, out)
    assert "Traceback" not in err
    assert arguments[-1] in err or arguments[0] in err


@pytest.mark.parametrize(
    ("kind", "flags", "code"),
    [
        ("missing", ["--fail-on-anomaly"], 1),
        ("missing", [], 0),
        ("missing", ["--fail-on-anomaly", "--file", "b.log"], 0),
        ("unfit_baseline", ["--fail-on-anomaly"], 0),
    ],
)
def test_what_was_found_in_a_file_is_a_failure_as_far_lines_are(
    shelf: Shelf, run: Ran, kind: str, flags: list[str], code: int
) -> None:
    shelf.put("a.log", lines(3), findings=(Finding(kind, "all tests passed"),))
    shelf.put("b.log", lines(3))
    for form in ("table", "jsonl"):
        assert code == run("--store", shelf.url, "--build-uuid", "b1", "--format", form, *flags)[0]


def test_a_store_that_is_not_there_is_3(run: Ran) -> None:
    code, _, err = run("--store", "sqlite:///none.sqlite", "--build-uuid", "b1")
    assert 3 == code
    assert "there is no SQLite database" in err
    assert "log-processor creates it when it takes its first job" in err
    code, _, err = run("--store", f"http://127.0.0.1:{free_port()}", "--build-uuid", "b1")
    assert 3 == code
    assert "Traceback" not in err


def test_a_build_that_the_store_does_not_know_is_4(shelf: Shelf, run: Ran) -> None:
    code, out, err = run("--store", shelf.url, "--build-uuid", "b1")
    assert (4, "") == (code, out)
    assert "no build b1 in the store: check the id, or wait until a worker has it" in err


@pytest.mark.parametrize("form", ["table", "json"])
def test_without_a_baseline_or_a_line_it_is_5(shelf: Shelf, run: Ran, form: str) -> None:
    shelf.put("a.log", [line(1, None)], build="new", scoring=Scoring())
    shelf.put("a.log", [], build="empty")
    shelf.put("a.log", outcome=Outcome.NOT_FOUND, build="gone")
    for build in ("new", "empty", "gone"):
        code, out, err = run("--store", shelf.url, "--build-uuid", build, "--format", form)
        assert (5, "") == (code, err)
        assert build in out


def test_only_the_files_that_were_asked_about_count(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", lines(3, _1=0.9))
    shelf.put("new.log", [line(1, None)], scoring=Scoring())
    assert 0 == run("--store", shelf.url, "--build-uuid", "b1")[0]
    assert 5 == run("--store", shelf.url, "--build-uuid", "b1", "--file", "new.*")[0]


def test_a_pattern_that_matches_no_file_is_told_what_there_is(shelf: Shelf, run: Ran) -> None:
    shelf.put("a.log", lines(3))
    shelf.put("sub/b.log", lines(3))
    code, out, err = run("--store", shelf.url, "--build-uuid", "b1", "--file", "c.log")
    assert (5, "") == (code, out)
    assert "anomaly-query: --file 'c.log' matches no file of the build; it has a.log, sub/b.log\n" == err


def test_its_help_has_examples_and_its_exit_statuses(run: Ran) -> None:
    code, out, _ = run("--help")
    assert 0 == code
    assert "examples:\n  anomaly-query " in out
    assert "exit status: 0 done" in out
    assert (0, True) == (run("--version")[0], run("--version")[1].startswith("anomaly-query 0."))


# ---- on a terminal, on a pipe -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environ", "terminal", "coloured"),
    [
        ([], {}, False, False),
        ([], {}, True, True),
        ([], {"NO_COLOR": "1"}, True, False),
        (["--color", "always"], {"NO_COLOR": "1"}, False, True),
        (["--color", "never"], {}, True, False),
    ],
)
def test_it_is_coloured_on_a_terminal_and_when_asked(
    shelf: Shelf,
    arguments: list[str],
    environ: dict[str, str],
    terminal: bool,  # noqa: FBT001 - a fact
    coloured: bool,  # noqa: FBT001 - the same
) -> None:
    shelf.put("a.log", lines(3, _1=0.8))
    env = {key: value for key, value in environment().items() if key != "NO_COLOR"} | environ
    words = query_command(shelf.url, "--build-uuid", "b1", *arguments)
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with os.fdopen(ours, "rb", 0) as reader:
        with os.fdopen(theirs, "wb", 0) as writer:
            ended = subprocess.run(words, stdout=writer, env=env, check=False, timeout=30)
            text = reader.read(65536)
        assert 0 == ended.returncode
    assert b"line 1" in text
    assert coloured == (b"\x1b[" in text)


def test_a_reader_that_has_seen_enough_ends_it_quietly(shelf: Shelf) -> None:
    shelf.put("a.log", [line(number, 0.8) for number in range(1, 20_001)])
    process = subprocess.Popen(
        query_command(shelf.url, "--build-uuid", "b1", "--format", "jsonl"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert b"" == process.stderr.read()
    process.stderr.close()
    assert 0 == process.wait(30)


def test_a_terminal_that_cannot_show_a_character_gets_its_name(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("a.log", [line(1, 0.8, message="\u4e16\u754c")])
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert 0 == query_cli.main(["--store", shelf.url, "--build-uuid", "b1"])
    assert b"\\u4e16\\u754c" in raw.getvalue()
