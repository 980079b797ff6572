"""What people run: `dir`, `dir-train`, `dir-run`, `model-check`, `errors`, and `diff` of whole builds."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from log_classify.report.files import read_json
from log_classify.run import workers
from tests.log_classify.console import COMMAND, FAILED, NEAR_DISTANCE, PASSED, ROOT, Ran, rows, write
from tests.logs import real

FAR = [("job-output.txt", 4), ("job-output.txt", 12)]


def far(jsonl: str) -> list[tuple[str, int]]:
    return [(row["file"], row["line"]) for row in rows(jsonl)]


@pytest.mark.parametrize("command", ["dir", "diff"])
def test_files_are_compared_with_those_of_the_same_name(run: Ran, builds: Path, command: str) -> None:
    expected = """\
job-output.txt  2 of 13 lines shown; compared with 1 passing build
             3  2026-03-10 08:30:02 linking shop with libstdc
 0.33        4  2026-03-10 08:30:02 shop linking again with tape
                novel
                nearest (seen in 1 of 1 passing build): 2026-03-09 12:00:02 {+shop+} linking [-shop-]{+again+} with \
[-libstdc-]{+tape+}
     ...
            11  2026-03-10 08:30:09 every test passed
 1.00       12  Quite another matter altogether
                novel
                nothing like it in 1 passing build

baseline      passed
shown         2 lines in 1 of 2 files
result        87.50% reduction (from 16 lines to 2)
"""
    code, out, err = run(command, "passed", "failed", "-B", "1", "-A", "0")
    assert (0, expected) == (code, out)
    assert re.fullmatch(
        rf"log-classify {command}: training: 0\.0 MB in \d+\.\d s, \d+\.\d MB/s\n"
        rf"log-classify {command}: testing: 0\.0 MB in \d+\.\d s, \d+\.\d MB/s\n",
        err,
    )


def test_all_baselines_are_named_and_each_counts(run: Ran, builds: Path) -> None:
    (builds / "other").mkdir()
    write(
        builds / "other" / "job-output.txt", FAILED.replace("Quite another", "Nothing to do with any other")
    )
    out = run("dir", "passed", "other", "passed", "failed")[1]
    assert "baseline      passed\nbaseline      other\n" in out
    assert "compared with 2 passing builds" in out
    assert "shop linking again" not in out


def test_archives_and_folders_are_compared(run: Ran, builds: Path) -> None:
    with tarfile.open("passed.tar.gz", "w:gz") as archive:
        archive.add("passed", arcname=".")
    assert FAR == far(run("dir", "passed.tar.gz", "failed", "--format", "jsonl")[1])
    assert FAR == far(run("diff", "passed.tar.gz", "failed", "--format", "jsonl")[1])


def test_single_files_are_compared_whatever_their_names(run: Ran, builds: Path) -> None:
    assert [("failed.log", 4), ("failed.log", 12)] == far(
        run("dir", "passed.log", "failed.log", "--format", "jsonl")[1]
    )


# ---- rows -------------------------------------------------------------------------------------------


def test_a_row_is_that_of_diff(run: Ran, builds: Path) -> None:
    whole = run("dir", "passed", "failed", "--format", "jsonl")[1]
    alone = run("diff", "passed/job-output.txt", "failed/job-output.txt", "--format", "jsonl")[1]
    for one, other in zip(rows(whole), rows(alone), strict=True):
        assert one.pop("file") == other.pop("file").removeprefix("failed/")
        assert one.pop("model")
        assert other.pop("model")
        assert one == other
    assert NEAR_DISTANCE == rows(whole)[0]["distance"]


def test_rows_are_never_folded(run: Ran, builds: Path) -> None:
    write(builds / "failed" / "job-output.txt", "no way\n" * 3)
    found = rows(run("dir", "passed", "failed", "--format", "jsonl", "--json", "report.json")[1])
    assert [(1, True, 1), (2, False, 1), (3, False, 1)] == [
        (row["line"], row["shown"], row["group"]) for row in found
    ]
    file, _ = read_json(Path("report.json")).files
    assert [(1, 3, ((1, 3),))] == [(entry.line, entry.count, entry.runs) for entry in file.entries]


def test_rows_have_as_much_context_as_asked_beside_a_report_that_has_more(run: Ran, builds: Path) -> None:
    alone = run("dir", "passed", "failed", "--format", "jsonl", "-A", "2")[1]
    assert alone == run("dir", "passed", "failed", "--format", "jsonl", "-A", "2", "--json", "report.json")[1]
    assert 2 == len(rows(alone)[0]["after"])


def test_findings_have_rows(run: Ran, builds: Path) -> None:
    write(builds / "failed" / "job-output.txt", PASSED.replace("signing all packages\n", "\n"))
    (row,) = rows(run("dir", "passed", "failed", "--format", "jsonl")[1], "finding")
    assert ("missing", "job-output.txt", "2026-03-09 12:00:08 signing all packages") == (
        row["kind"],
        row["file"],
        row["text"],
    )


# ---- what is read, and what is shown ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], FAR),
        (["-t", "0.5"], FAR[1:]),
        (["--threshold", "0.5"], FAR[1:]),
        (["-x", "job"], []),
        (["-x", "output"], FAR),
        (["--exclude-file", "job"], []),
        (["-X", "output"], []),
        (["--exclude-path", "^logs/"], FAR),
        (["--include-path", "job"], FAR),
        (["--include-path", "setup"], []),
        (["-f", "Quite"], FAR[:1]),
        (["--exclude-line", "shop linking", "-f", "matter"], []),
    ],
)
def test_options_choose_files_and_lines(
    run: Ran, builds: Path, arguments: list[str], expected: list[tuple[str, int]]
) -> None:
    for order in ((*arguments, "passed", "failed"), ("passed", "failed", *arguments)):
        assert expected == far(run("dir", "--format", "jsonl", *order)[1])


def test_ignored_lines_are_not_learnt(run: Ran, builds: Path) -> None:
    write(builds / "failed" / "job-output.txt", PASSED.replace("signing all packages\n", "\n"))
    found = run("dir", "passed", "failed", "-f", "signing", "--format", "jsonl")[1]
    assert [] == rows(found, "finding")


def test_a_configuration_file_says_the_same(run: Ran, builds: Path) -> None:
    write(
        builds / "more.yaml", "ignore_patterns: [Quite]\nextra_baselines: [failed.log]\nexcludes: [setup]\n"
    )
    out = run("dir", "passed", "failed", "--config", "more.yaml")[1]
    assert "baseline      failed.log\n" in out
    assert "left out      its path is excluded: setup: 1 file: logs/setup-6.log\n" in out
    assert 0 == len(far(run("dir", "passed", "failed.log", "--config", "more.yaml", "--format", "jsonl")[1]))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-C", "0"], [4, 12]),
        (["-C", "0", "-M", "8"], [4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (["-C", "0", "--merge-distance", "7"], [4, 12]),
        (["-B", "1", "-A", "0"], [3, 4, 11, 12]),
        (["--context-length", "1"], [3, 4, 5, 11, 12, 13]),
        (["-C", "1", "--html", "r.html"], [3, 4, 5, 11, 12, 13]),
    ],
)
def test_context_is_as_wide_as_asked(
    run: Ran, builds: Path, arguments: list[str], expected: list[int]
) -> None:
    for names in (("passed", "failed"), ("passed.log", "failed.log")):
        for order in ((*arguments, *names), (*names, *arguments)):
            out = run("diff", *order)[1]
            assert expected == [int(n) for n in re.findall(r"^.{5}  +([0-9]+)  ", out, re.MULTILINE)]


def test_a_file_without_a_baseline_of_its_own_is_compared_with_all_and_named(run: Ran, builds: Path) -> None:
    write(builds / "failed" / "new.log", "2026-03-10 08:30:09 every test passed\nand now for something new\n")
    out = run("dir", "passed", "failed")[1]
    assert "new.log  1 of 2 lines shown; compared with all files of 1 passing build\n" in out
    assert "fallback      1 file compared with all files of passing builds\n" in out


def test_with_no_baseline_at_all_words_of_failure_count(run: Ran, builds: Path) -> None:
    (builds / "empty").mkdir()
    write(builds / "failed" / "job-output.txt", "all is well\nerror: disk full\n")
    code, out, err = run("dir", "empty", "failed")
    assert 5 == code
    assert "no baseline   2 files: job-output.txt, logs/setup-6.log\n" in out
    assert " -         2  error: disk full" in out
    assert "failed: no_baseline: not one file could be compared with a passing build\n" in err


@pytest.mark.parametrize(("passed", "said"), [("", False), ("all is well\n", True)])
def test_an_empty_file_is_odd_only_where_a_baseline_has_lines(
    run: Ran, builds: Path, passed: str, *, said: bool
) -> None:
    write(builds / "passed" / "quiet.log", passed)
    write(builds / "failed" / "quiet.log", "")
    assert said == ("nothing_read" in run("dir", "passed", "failed")[1])


@pytest.mark.parametrize(("target", "problem"), [("failed", "nothing was read"), ("none", "no file to read")])
def test_a_target_without_a_line_is_said(run: Ran, builds: Path, target: str, problem: str) -> None:
    (builds / "none").mkdir()
    for file in ("job-output.txt", "logs/setup-6.log"):
        write(builds / "failed" / file, "")
    code, _, err = run("dir", "passed", target)
    assert 5 == code
    assert problem in err


@pytest.mark.parametrize(
    ("target", "arguments", "status"),
    [("failed", [], 0), ("failed", ["--fail-on-anomaly"], 1), ("passed", ["--fail-on-anomaly"], 0)],
)
def test_far_lines_fail_the_command_only_if_asked(
    run: Ran, builds: Path, target: str, arguments: list[str], status: int
) -> None:
    assert status == run("dir", *arguments, "passed", target)[0]
    assert status == run("dir", "passed", target, *arguments)[0]


# ---- reports ----------------------------------------------------------------------------------------


def test_reports_are_written_beside_the_table(run: Ran, builds: Path) -> None:
    table = run("dir", "passed", "failed")[1]
    assert table == run("dir", "passed", "failed", "--html", "r.html", "--json", "r.json")[1]
    report = read_json(Path("r.json"))
    assert ("failed", ["passed"]) == (report.target, [build.name for build in report.baselines])
    job, setup = report.files
    assert [4, 12] == [entry.line for entry in job.entries]
    assert "2026-03-10T08:30:02.000Z" == job.entries[0].time
    assert len(job.entries[1].before) == 7
    assert ((13, 0), (len(FAILED), 3)) == ((job.lines, setup.far), (job.bytes, setup.lines))
    assert "Quite another matter" in Path("r.html").read_text()


@pytest.mark.parametrize("form", ["html", "json"])
def test_a_report_is_what_its_name_says(run: Ran, builds: Path, form: str) -> None:
    assert 0 == run("dir", "passed", "failed", "--report", f"r.{form}")[0]
    assert [f"r.{form}"] == [path.name for path in builds.glob("r.*")]


def test_a_report_of_another_form_is_refused(run: Ran, builds: Path) -> None:
    code, _, err = run("dir", "passed", "failed", "--report", "r.pdf")
    assert 2 == code
    assert "expected a name that ends in .html or .json, got 'r.pdf'" in err


@pytest.mark.parametrize("option", ["--html", "--json"])
def test_a_report_without_a_place_is_refused_before_the_work(run: Ran, builds: Path, option: str) -> None:
    code, out, err = run("dir", "passed", "failed", option, "nowhere/r")
    assert (2, "") == (code, out)
    assert "nowhere/r: cannot be written: there is no such folder" in err


# ---- what is kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["models", "models.zip"])
def test_what_is_learnt_once_is_compared_with_later(run: Ran, builds: Path, model: str) -> None:
    code, out, _ = run("dir-train", model, "passed")
    assert 0 == code
    assert re.match(r"passed: learnt 14 lines of 2 files; 0\.0 MB in ", out)
    expected = far(run("dir", "passed", "failed", "--format", "jsonl")[1])
    for command in (["dir-run", model], ["model-run", model]):
        code, out, _ = run(*command, "failed", "--format", "jsonl")
        assert (0, expected) == (code, far(out))
    assert re.search(
        rf"^baseline      passed#\w{{8}} \(learnt in {model}\)$",
        run("dir-run", model, "failed")[1],
        re.MULTILINE,
    )


def test_another_build_in_the_same_folder_is_another_build(run: Ran, builds: Path) -> None:
    for log in (PASSED, FAILED):
        write(builds / "passed" / "job-output.txt", log)
        for _ in range(2):
            assert 0 == run("dir-train", "models", "passed")[0]
    assert "of 2 passing builds" in run("model-check", "models")[1]
    assert [] == far(run("dir-run", "models", "failed", "--format", "jsonl")[1])


def test_a_build_that_teaches_nothing_is_named_and_nothing_is_kept(run: Ran, builds: Path) -> None:
    (builds / "empty").mkdir()
    assert (5, "empty: has no line to compare with") == _status_and_error(run("dir-train", "models", "empty"))
    assert not Path("models").exists()


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["-m", "1"], 0), (["--max-age", "0"], 5)])
def test_models_that_are_too_old_are_told(run: Ran, builds: Path, arguments: list[str], status: int) -> None:
    run("dir-train", "models", "passed")
    for command in ("model-check", "check-model"):
        code, out, _ = run(command, "models", *arguments)
        assert status == code
        assert out.startswith(
            "models: 2 models, learnt from 14 lines of 1 passing build; "
            "the newest ended, or was learnt where nobody says when it ended, at 2"
        )


def test_models_that_are_damaged_are_told(run: Ran, builds: Path) -> None:
    run("dir-train", "models", "passed")
    segment = next(iter(Path("models").rglob("*.segment")))
    segment.write_bytes(b"hello")
    code, _, err = run("model-check", "models")
    assert 5 == code
    assert segment.name in err


@pytest.mark.parametrize("command", [["dir-run"], ["model-check"]])
def test_models_that_are_not_there_are_named(run: Ran, builds: Path, command: list[str]) -> None:
    target = [] if command == ["model-check"] else ["failed"]
    code, _, err = run(*command, "models", *target)
    assert 2 == code
    assert "models: " in err


@pytest.mark.parametrize(
    "words",
    [
        ("passed", "failed"),
        ("passed/job-output.txt", "failed/job-output.txt", "--json", "r.json"),
        ("passed/job-output.txt", "failed/job-output.txt", "--html", "r.html"),
        ("passed/job-output.txt", "failed/job-output.txt", "-f", "DEBUG"),
        ("https://logs.example.com/a.log", "failed/job-output.txt"),
    ],
)
def test_what_does_not_go_with_the_explanation_of_a_line_is_said(
    words: tuple[str, ...], run: Ran, builds: Path
) -> None:
    code, _, err = run("diff", *words, "--explain", "4")
    assert 2 == code
    assert (
        "--explain: goes with log files of this machine only, not with folders, archives or URLs, and not with "
        "--html, --json, --config or --exclude-line"
    ) in err


def _status_and_error(ran: tuple[int, str, str]) -> tuple[int, str]:
    return ran[0], ran[2].partition(": ")[2].rstrip("\n")


# ---- errors -----------------------------------------------------------------------------------------

BROKEN = """\
all is well
Traceback (most recent call last):
  File "shop.py", line 3, in sell
IndexError: list index out of range
all is well again
error: disk full
error: disk full
"""


def test_errors_need_no_baseline(run: Ran, builds: Path) -> None:
    write(builds / "failed" / "job-output.txt", BROKEN)
    expected = """\
job-output.txt  2 of 7 lines shown
   -         4  IndexError: list index out of range
                error · lines 2-4 (x 3)
     ...
   -         6  error: disk full
                error · lines 6-7 (x 2)

shown         2 lines in 1 of 2 files
result        80.00% reduction (from 10 lines to 2)
"""
    code, out, err = run("errors", "failed", "-C", "0")
    assert (0, expected) == (code, out)
    assert "testing: " in err
    assert "training: " not in err


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--fail-on-anomaly"], 1)])
def test_errors_fail_the_command_only_if_asked(
    run: Ran, builds: Path, arguments: list[str], status: int
) -> None:
    path = write(builds / "broken.log", BROKEN)
    assert status == run("errors", *arguments, path)[0]


def test_errors_of_standard_input(run: Ran, folder: Path) -> None:
    ran = subprocess.run(
        [*COMMAND, "errors", "-", "--format", "jsonl"],
        input=BROKEN.encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert [(4, True), (6, True)] == [
        (row["line"], row["shown"]) for row in rows(ran.stdout.decode()) if row["shown"]
    ]


# ---- many files -------------------------------------------------------------------------------------


@pytest.fixture
def many(builds: Path) -> Path:
    """The same, with 64 files more; those whose name begins with `amber` have a line that is new."""
    text = "".join(f"{word} is {other}\n" for word in _WORDS for other in _WORDS)
    for name in ("passed", "failed"):
        for one in _WORDS:
            for other in _WORDS:
                new = f"error: {other} broke\n" if name == "failed" and one == "amber" else ""
                write(builds / name / f"{one}-{other}.log", text + new)
    return builds


_WORDS = ("amber", "beech", "cedar", "dove", "elm", "fern", "grove", "holly")


def test_the_result_does_not_depend_on_the_number_of_processes(
    run: Ran, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_WORTH", 0)
    found = []
    for processes in (1, 2):
        monkeypatch.setattr(workers, "usable_processes", lambda processes=processes: processes)
        found.append(run("dir", "passed", "failed")[1])
    assert found[0] == found[1]
    assert "shown         10 lines in 9 of 66 files\n" in found[0]


@pytest.mark.parametrize("command", ["dir", "dir-train"])
def test_an_interrupted_command_leaves_nothing_behind(many: Path, command: str) -> None:
    scratch = many / "scratch"
    scratch.mkdir()
    os.mkfifo(many / "pipe")  # nobody writes to it: learning this build never ends
    names = ["passed", "failed", "--html", "r.html"] if command == "dir" else ["models", "passed", "pipe"]
    ran = subprocess.Popen(
        [*COMMAND, command, *names],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=many,
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)},
    )
    before = {path.name for path in many.iterdir()}
    for _ in range(3000):
        if next(many.rglob("*.segment"), None):
            break
        time.sleep(0.01)
    ran.send_signal(signal.SIGINT)
    err = ran.communicate(timeout=60)[1]
    assert (130, b"") == (ran.returncode, err)
    assert [] == list(scratch.iterdir())
    assert {path.name for path in many.iterdir()} <= before
    assert not (many / "models").exists()


@pytest.mark.parametrize(
    ("command", "expected"), [("dir", "Your build exited with [-0.-]{+1.+}"), ("errors", "BUILD FAILURE")]
)
def test_a_real_build_is_judged(run: Ran, folder: Path, command: str, expected: str) -> None:
    for name, log in zip(
        ("passed", "failed"), real("bugswarm-dev/pairs/raphw-byte-buddy-95795967"), strict=True
    ):
        (folder / name).mkdir()
        write(folder / name / "job.log", log)
    code, out, _ = run(command, *(["passed", "failed"] if command == "dir" else ["failed"]))
    assert 0 == code
    assert expected in out
    assert re.search(r"^result        9\d\.\d\d% reduction \(from [\d,]+ lines to \d+\)$", out, re.MULTILINE)


# ---- what is refused before any work ----------------------------------------------------------------


@pytest.mark.parametrize("option", ["-f", "-x", "-X", "--include-path"])
@pytest.mark.parametrize(
    ("text", "why"),
    [("(", "'(' is no regular expression"), ("", "expected a regular expression, got ''")],
)
def test_an_option_takes_a_regular_expression(
    run: Ran, builds: Path, option: str, text: str, why: str
) -> None:
    code, out, err = run("dir", "none", "none", option, text)
    assert (2, "") == (code, out)
    assert re.search(rf"error: argument (-./)?--[a-z-]+: {re.escape(why)}", err)
    assert option in err


@pytest.mark.parametrize(
    ("config", "where"),
    [
        ("ignore_patterns: ['(']", "c.yaml: ignore_patterns: '(' is no regular expression"),
        ("excludes: ['']", "c.yaml: excludes: expected a regular expression, got ''"),
        (
            "filters: {exclude_lines: ['*']}",
            "c.yaml: filters: exclude_lines: '*' is no regular expression",
        ),
    ],
)
def test_a_configuration_has_regular_expressions(run: Ran, builds: Path, config: str, where: str) -> None:
    write(builds / "c.yaml", config)
    code, out, err = run("dir", "none", "none", "--config", "c.yaml")
    assert (2, "") == (code, out)
    assert err.startswith(f"log-classify dir: {where}")


def test_builds_of_a_configuration_are_no_expressions(run: Ran, builds: Path) -> None:
    (builds / "passed").rename(builds / "passed(")
    write(builds / "c.yaml", "extra_baselines: ['passed(']")
    assert 0 == run("dir", "passed(", "failed", "--config", "c.yaml")[0]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ["dir", "passed.log", "failed.log", "--html", "failed.log"],
            "would overwrite what is read: failed.log",
        ),
        (["diff", "passed.log", "failed.log", "--json", "link"], "would overwrite what is read: passed.log"),
        (["errors", "failed.log", "--json", "failed.log"], "would overwrite what is read: failed.log"),
        (
            ["dir", "passed", "failed", "--html", "r", "--json", "./r"],
            "--json ./r: would overwrite --html: r",
        ),
        (["dir", "passed", "failed", "--report", "a.html", "--html", "b.html"], "goes to a.html already"),
        (["dir", "passed", "failed", "--html", "b.html", "--report", "a.html"], "goes to b.html already"),
        (["dir", "passed", "failed", "--json", "passed"], "passed: cannot be written: it is a folder"),
        (["dir", "passed", "failed", "--html", "x" * 300], "x: cannot be written: File name too long"),
        (["dir", "passed", "failed", "--html", ""], ": cannot be written: reports go to files; name one"),
        (["dir", "passed", "failed", "--html", "-"], "-: cannot be written: reports go to files; name one"),
        (
            ["dir", "passed", "failed", "--json", "no/r.json"],
            "no/r.json: cannot be written: there is no such",
        ),
    ],
)
def test_a_report_overwrites_nothing_that_is_named(
    run: Ran, builds: Path, arguments: list[str], why: str
) -> None:
    (builds / "link").symlink_to("passed.log")
    code, out, err = run(*arguments)
    assert (2, "") == (code, out)
    assert why in err
    assert (PASSED, FAILED) == tuple((builds / name).read_text() for name in ("passed.log", "failed.log"))


def test_reports_may_go_nowhere_and_be_written_again(run: Ran, builds: Path) -> None:
    for _ in range(2):
        assert 0 == run("dir", "passed", "failed", "--html", "r.html", "--json", "r.json")[0]
    assert 0 == run("dir", "passed", "failed", "--html", os.devnull, "--json", os.devnull)[0]


def test_models_go_to_no_folder_and_no_file_of_something_else(run: Ran, builds: Path) -> None:
    code, out, err = run("dir-train", "passed", "failed")
    assert (2, "") == (code, out)
    assert "log-classify dir-train: passed: holds files and no models; is MODEL missing?\n" == err
    for name in ("passed.log", "passed.zip"):
        write(builds / name, PASSED)
        assert (
            2,
            "",
            f"log-classify dir-train: {name}: is no zip file of models; is MODEL missing?\n",
        ) == run("dir-train", name, "none")
        assert PASSED == (builds / name).read_text()
    (builds / "empty").mkdir()
    assert 0 == run("dir-train", "empty", "passed")[0]


@pytest.mark.parametrize("command", [["dir-run", "none", "failed"], ["model-check", "none"]])
def test_models_that_are_not_there_are_easy_to_make(run: Ran, builds: Path, command: list[str]) -> None:
    code, out, err = run(*command)
    assert (2, "") == (code, out)
    assert (
        f"log-classify {command[0]}: none: there is no such file or folder; "
        "`log-classify dir-train none BASELINE` makes one\n"
    ) == err


# ---- remarks ----------------------------------------------------------------------------------------


def test_a_build_that_is_its_own_baseline_is_told(run: Ran, builds: Path) -> None:
    own = "is among its own baselines"
    assert f"failed: {own}: nothing of it can be new" in run("dir", "passed", "failed", "failed")[1]
    assert f"failed/logs: {own}, as failed: nothing" in run("dir", "failed", "failed/logs")[1]
    assert (
        f"log-classify diff: failed.log: {own}, as ./failed.log"
        in run("diff", "./failed.log", "failed.log")[2]
    )
    for command in ("dir", "diff"):
        assert own not in "".join(run(command, "passed", "failed")[1:])


def test_an_empty_baseline_is_told(run: Ran, builds: Path) -> None:
    (builds / "empty").mkdir()
    remark = "has no line to compare with; it does not count as a baseline"
    assert f"empty: {remark}" in run("dir", "passed", "empty", "failed")[1]
    assert remark not in run("dir", "passed", "failed")[1]
