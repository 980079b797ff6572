from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from anomaly_filter import Finding
from log_processor.document import Scoring
from log_processor.errors import Outcome
from log_processor.query import cli as query_cli
from tests.log_processor.daemon_process import environment, free_port
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
    ],
)
def test_a_wrong_command_line_is_2(run: Ran, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
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
    words = [
        sys.executable,
        "-m",
        "log_processor.query.cli",
        "--store",
        shelf.url,
        "--build-uuid",
        "b1",
        *arguments,
    ]
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
        [sys.executable, "-m", "log_processor.query.cli", "--store", shelf.url, "--build-uuid", "b1", "--format", "jsonl"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
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
