from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from anomaly_filter import AnomalyFilter, Finding, Line, Scan
from tests.anomaly_filter.builds import word
from tests.log_classify.console import (
    COMMAND,
    FAILED,
    NEAR_DISTANCE,
    PASSED,
    ROOT,
    FixedScan,
    Ran,
    process,
    rows,
    scored,
    write,
)
from tests.logs import real


def numbers(jsonl: str) -> list[int]:
    return [row["line"] for row in rows(jsonl)]


def numbers_of_table(table: str) -> list[int]:
    """Every line of the log that the table has."""
    return [int(number) for number in re.findall(r"^.{5}  +([0-9]+)  ", table, re.MULTILINE)]


# ---- what is shown ----------------------------------------------------------------------------------


def test_the_lines_that_no_passing_build_printed_are_shown(run: Ran) -> None:
    expected = """\
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

failed.log: 2 of 13 lines shown; compared with 1 passing build
84.62% reduction (from 13 lines to 2)
"""
    assert (0, expected, "") == run("diff", "passed.log", "failed.log", "-B", "1", "-A", "0")


def test_each_baseline_is_a_build(run: Ran, folder: Path) -> None:
    write(folder / "other.log", PASSED.replace("linking shop with libstdc", "linking nothing"))
    out = run("diff", "passed.log", "other.log", "failed.log")[1]
    assert "nearest (seen in 1 of 2 passing builds)" in out
    assert out == run("diff", "other.log", "passed.log", "./passed.log", "failed.log")[1]


def test_nothing_new_is_said(run: Ran, folder: Path) -> None:
    write(folder / "again.log", PASSED.replace("12:", "13:"))
    expected = """\
again.log: 0 of 11 lines shown; compared with 1 passing build
100.00% reduction (from 11 lines to 0)
"""
    assert (0, expected, "") == run("diff", "passed.log", "again.log")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [4, 12]),
        (["--threshold", "0.5"], [12]),
        (["--threshold", "1"], [12]),
        (["--threshold", "0"], list(range(1, 14))),
    ],
)
def test_the_threshold_chooses_the_lines(run: Ran, arguments: list[str], expected: list[int]) -> None:
    for order in (
        (*arguments, "passed.log", "failed.log"),
        ("passed.log", "failed.log", *arguments),
        ("passed.log", *arguments, "failed.log"),
    ):
        code, out, err = run("diff", "--format", "jsonl", *order)
        assert (0, "", expected) == (code, err, numbers(out))


def test_threshold_zero_prints_every_line_with_its_distance(run: Ran, folder: Path) -> None:
    write(folder / "failed.log", FAILED + "\n" + FAILED)
    table = run("diff", "passed.log", "failed.log", "--threshold", "0")[1]
    assert list(range(1, 28)) == numbers_of_table(table)
    assert " 0.00        1  2026-03-10 08:30:00 unpacking the sources\n 0.00        2  " in table
    assert list(range(1, 28)) == numbers(
        run("diff", "passed.log", "failed.log", "--threshold", "0", "--format", "jsonl")[1]
    )


@pytest.mark.parametrize("distance", ["-0.1", "1.1", "nan", "near"])
def test_a_threshold_is_a_distance(run: Ran, distance: str) -> None:
    code, _, err = run("diff", "passed.log", "failed.log", f"--threshold={distance}")
    assert 2 == code
    assert "expected a distance in 0..1" in err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [9, 10, 11, 12, 13]),
        (["-B", "0"], [12, 13]),
        (["-A", "0"], [9, 10, 11, 12]),
        (["-B", "1", "-A", "0"], [11, 12]),
        (["-C", "0"], [12]),
        (["-C", "99"], list(range(1, 14))),
        (["-C", "0", "-B", "1"], [11, 12]),
        (["-B", "1", "-C", "0"], [11, 12]),
        (["-A", "1", "-C", "0"], [12, 13]),
        (["--before-context", "1", "--after-context", "0"], [11, 12]),
        (["--context", "1"], [11, 12, 13]),
    ],
)
def test_context_is_as_wide_as_asked(run: Ran, arguments: list[str], expected: list[int]) -> None:
    novel = "--threshold=0.5"
    for order in ((*arguments, "passed.log", "failed.log"), ("passed.log", "failed.log", *arguments)):
        assert expected == numbers_of_table(run("diff", novel, *order)[1])
    (row,) = rows(run("diff", "passed.log", "failed.log", "--format", "jsonl", novel, *arguments)[1])
    assert expected == [each["line"] for each in (*row["before"], row, *row["after"])]


@pytest.mark.parametrize("flag", ["-A", "-B", "-C"])
@pytest.mark.parametrize("number", ["-1", "x", "1.5", "²"])
def test_context_is_a_whole_number(run: Ran, flag: str, number: str) -> None:
    code, _, err = run("diff", "passed.log", "failed.log", f"{flag}{number}")
    assert 2 == code
    assert "expected a whole number from 0 on" in err


# ---- jsonl ------------------------------------------------------------------------------------------


def test_a_row_has_everything_that_is_known_of_a_line(run: Ran) -> None:
    row, _ = rows(run("diff", "passed.log", "failed.log", "--format", "jsonl")[1])
    assert re.fullmatch("[0-9a-f]{12}", row.pop("model"))
    assert re.fullmatch("[0-9a-f]{16}", row.pop("fingerprint"))
    assert 0 <= row.pop("score") <= 1
    assert {
        "type": "line",
        "file": "failed.log",
        "line": 4,
        "text": "2026-03-10 08:30:02 shop linking again with tape",
        "distance": NEAR_DISTANCE,
        "shown": True,
        "reasons": ["novel"],
        "nearest": "2026-03-09 12:00:02 linking shop with libstdc",
        "seen_in": 1,
        "baselines": 1,
        "group": 4,
        "truncated": False,
        "before": [
            {"line": 1, "text": "2026-03-10 08:30:00 unpacking the sources"},
            {"line": 2, "text": "2026-03-10 08:30:01 compiling 33 files of the shop"},
            {"line": 3, "text": "2026-03-10 08:30:02 linking shop with libstdc"},
        ],
        "after": [{"line": 5, "text": "2026-03-10 08:30:03 running the tests on worker-4"}],
    } == row


def test_rows_are_json_lines_and_nothing_else(run: Ran) -> None:
    for row in run("diff", "passed.log", "failed.log", "--format", "jsonl", "--color", "always")[
        1
    ].splitlines():
        assert isinstance(json.loads(row), dict)


# ---- findings ---------------------------------------------------------------------------------------


class Gap(AnomalyFilter):
    """Finds that line 2 took long, and no far line."""

    def scored(
        self, lines: Iterable[Line], *, only: frozenset[int] | None = None, around: int | None = None
    ) -> Scan:
        found = (Finding("gap", "compiling", 2, "1 s", "90 s"),)
        return FixedScan((scored(line.number, line.text) for line in lines), found)


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("log_classify.diff.AnomalyFilter", Gap)


@pytest.mark.usefixtures("gap")
def test_findings_are_shown_and_count_as_anomalies(run: Ran) -> None:
    code, out, _ = run("diff", "passed.log", "failed.log")
    assert 0 == code
    assert out.startswith("findings\n  gap             line 2: compiling\n")
    assert "0 of 13 lines shown, 1 finding;" in out
    assert 1 == run("diff", "passed.log", "failed.log", "--fail-on-anomaly")[0]


@pytest.mark.usefixtures("gap")
def test_findings_are_rows(run: Ran) -> None:
    (row,) = rows(run("diff", "passed.log", "failed.log", "--format", "jsonl")[1], "finding")
    assert ("gap", "failed.log", 2, "90 s") == (row["kind"], row["file"], row["line"], row["seen"])


def test_a_line_that_every_baseline_has_is_missed(run: Ran, folder: Path) -> None:
    write(folder / "failed.log", PASSED.replace("2026-03-09 12:00:09 every test passed\n", ""))
    code, out, _ = run("diff", "passed.log", "failed.log", "--fail-on-anomaly")
    assert 1 == code
    assert "missing         2026-03-09 12:00:09 every test passed" in out


def test_a_line_that_comes_again_is_one_entry_and_many_rows(run: Ran, folder: Path) -> None:
    write(folder / "failed.log", PASSED + "something else was printed here\n" * 3)
    table = run("diff", "passed.log", "failed.log")[1]
    assert "       12  something else was printed here\n                novel · lines 12-14 (x 3)\n" in table
    assert "1 of 14 lines shown (and 2 more lines that these stand for)" in table
    found = rows(run("diff", "passed.log", "failed.log", "--format", "jsonl")[1])
    assert [(12, 12, True), (13, 12, False), (14, 12, False)] == [
        (row["line"], row["group"], row["shown"]) for row in found
    ]


def _of_another_job(lines: int) -> str:
    """A log whose every line is new, and a few of which say so."""
    words = ("amber", "beech", "cedar", "dove", "elm", "fern", "grove", "holly", "iris", "jade", "kelp")
    return "".join(
        f"{words[at % 11]} {words[at // 11 % 11]}ing {words[at // 121 % 11]}ed{' fatal error' * (at % 97 == 0)}\n"
        for at in range(lines)
    )


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_a_baseline_of_another_job_is_said_and_few_lines_are_shown(run: Ran, folder: Path, form: str) -> None:
    write(folder / "other.log", _of_another_job(1000))
    code, out, _ = run("diff", "passed.log", "other.log", "--format", form, "-C", "0")
    assert 0 == code
    assert "unfit_baseline" in out
    shown = numbers_of_table(out) if form == "table" else [row["line"] for row in rows(out) if row["shown"]]
    assert 10 <= len(shown) <= 50
    told = run("diff", "passed.log", "other.log", "--explain", "1000")[1]
    assert "not shown: the baseline does not fit this log, and others are worse" in told


# ---- exit status ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "arguments", "status"),
    [
        ("failed.log", [], 0),
        ("failed.log", ["--fail-on-anomaly"], 1),
        ("passed.log", ["--fail-on-anomaly"], 0),
        ("passed.log", ["--fail-on-anomaly", "--threshold", "0"], 1),
    ],
)
@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_far_lines_fail_the_command_only_if_asked(
    run: Ran, target: str, arguments: list[str], status: int, form: str
) -> None:
    assert status == run("diff", *arguments, "passed.log", target, "--format", form)[0]
    assert status == run("diff", "passed.log", target, "--format", form, *arguments)[0]


@pytest.mark.parametrize("form", ["table", "jsonl"])
@pytest.mark.parametrize("arguments", [[], ["--fail-on-anomaly"]])
def test_an_empty_target_is_said(run: Ran, folder: Path, form: str, arguments: list[str]) -> None:
    write(folder / "empty.log", "")
    code, _, err = run("diff", "passed.log", "empty.log", "--format", form, *arguments)
    assert (5, "log-classify diff: empty.log: nothing_read: the file has no line\n") == (code, err)


@pytest.mark.parametrize("form", ["table", "jsonl"])
@pytest.mark.parametrize("content", ["", "\n\n\n", "12:00:00\n"])
def test_an_empty_baseline_is_said(run: Ran, folder: Path, form: str, content: str) -> None:
    write(folder / "empty.log", content)
    code, _, err = run("diff", "empty.log", "failed.log", "--format", form, "--fail-on-anomaly")
    assert 5 == code
    assert (
        "log-classify diff: empty.log: has no line to compare with; it does not count as a baseline\n"
        "log-classify diff: failed.log: no_baseline: there is not one line of a passing build to compare with\n"
    ) == err


def test_one_empty_baseline_of_two_is_said_and_does_not_count(run: Ran, folder: Path) -> None:
    write(folder / "empty.log", "")
    code, out, err = run("diff", "empty.log", "passed.log", "failed.log")
    assert 0 == code
    assert "compared with 1 passing build\n" in out
    assert (
        "log-classify diff: empty.log: has no line to compare with; it does not count as a baseline\n" == err
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.log", "failed.log"], "nowhere.log: cannot be read: No such file or directory"),
        (["passed.log", "nowhere.log"], "nowhere.log: cannot be read: No such file or directory"),
        (["passed.log", "nowhere/x.log"], "nowhere/x.log: cannot be read: No such file or directory"),
        (["passed.log", "passed.log/x"], "passed.log/x: cannot be read: Not a directory"),
        (["-", "failed.log"], "-: only the target can be standard input; a file of that name is ./-"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    run: Ran, folder: Path, arguments: list[str], message: str
) -> None:
    assert (2, "", f"log-classify diff: {message}\n") == run("diff", *arguments)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(run: Ran, folder: Path) -> None:
    (folder / "passed.log").chmod(0)
    code, _, err = run("diff", "passed.log", "failed.log")
    assert (2, "log-classify diff: passed.log: cannot be read: you have no permission\n") == (code, err)


# ---- files, compressed and piped --------------------------------------------------------------------


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_files_are_read(run: Ran, folder: Path, compress: Callable[[bytes], bytes]) -> None:
    write(folder / "passed.packed", compress(PASSED.encode()))
    write(folder / "failed.packed", compress(FAILED.encode()))
    plain = run("diff", "passed.log", "failed.log")[1]
    assert plain.replace(".log", ".packed") == run("diff", "passed.packed", "failed.packed")[1]


def test_a_file_that_was_cut_is_read_as_far_as_it_goes(run: Ran, folder: Path) -> None:
    cut = gzip.compress("".join(f"{FAILED}{at * 7919}\n" for at in range(2000)).encode())[:-500]
    write(folder / "cut.gz", cut)
    code, out, err = run("diff", "passed.log", "cut.gz", "-C", "0")
    assert 0 == code
    assert "shop linking again" in out
    assert re.fullmatch(
        r"log-classify diff: cut\.gz: only [0-9,]+ lines could be read: the gzip data ends too early\n", err
    )
    assert re.search(
        r"^log-classify diff: cut\.gz: only [0-9,]+ lines could be read",
        run("diff", "cut.gz", "failed.log")[2],
    )


def test_a_file_of_which_nothing_can_be_read_is_named(run: Ran, folder: Path) -> None:
    write(folder / "broken.gz", gzip.compress(FAILED.encode())[:12])
    code, _, err = run("diff", "passed.log", "broken.gz")
    assert 5 == code
    assert "broken.gz: only 0 lines could be read: the gzip data ends too early\n" in err
    assert "broken.gz: nothing_read: " in err


def test_lines_without_a_word_are_nothing_to_judge(run: Ran, folder: Path) -> None:
    write(folder / "blank.log", "\n\n")
    assert 5 == run("diff", "passed.log", "blank.log")[0]


@pytest.mark.parametrize("content", [FAILED.encode(), gzip.compress(FAILED.encode())])
def test_standard_input_can_be_the_target(folder: Path, run: Ran, content: bytes) -> None:
    ran = process("diff", str(folder / "passed.log"), "-", input=content, capture_output=True)
    expected = run("diff", "passed.log", "failed.log")[1].replace("failed.log", "-")
    assert (0, expected, b"") == (ran.returncode, ran.stdout.decode(), ran.stderr)


def test_a_closed_standard_input_is_said(folder: Path) -> None:
    ran = process(
        "diff", str(folder / "passed.log"), "-", capture_output=True, preexec_fn=lambda: os.close(0)
    )
    assert (2, b"log-classify diff: -: standard input is closed\n") == (ran.returncode, ran.stderr)


def test_a_named_pipe_can_be_any_of_the_files(run: Ran, folder: Path) -> None:
    expected = run("diff", "passed.log", "failed.log")[1]
    for name, content in (("passed", PASSED), ("failed", FAILED)):
        os.mkfifo(folder / name)
        threading.Thread(target=write, args=(folder / name, content)).start()
    assert expected.replace("failed.log", "failed") == run("diff", "passed", "failed")[1]


# ---- terminals --------------------------------------------------------------------------------------

_HOSTILE = (
    b"\x1b[2J\x1b]0;owned\x07\x1b[31mred alert\x1b[0m\n"
    b"10%\r20%\rdisk\x00 failure\x9b2J\r\n"
    b"\xff\xfe not UTF-8 \xe2\x80\xae reversed \xc2\x9b2J\n" + b"huge " * 60_000 + b"\n"
    b"half an escape \x1b\n"
    b"no line end \x1b[5"
)


@pytest.mark.parametrize("color", ["never", "always"])
def test_a_hostile_log_cannot_steer_the_terminal(run: Ran, folder: Path, color: str) -> None:
    write(folder / "hostile.log", _HOSTILE)
    write(folder / "hostile passed.log", PASSED.encode() + _HOSTILE.replace(b"alert", b"light"))
    for arguments in (["passed.log"], ["hostile passed.log"]):
        code, out, _ = run("diff", *arguments, "hostile.log", "--threshold", "0", "--color", color)
        assert 0 == code
        text = re.sub(r"\x1b\[[0-9;]+m", "", out) if color == "always" else out
        assert set() == {character for character in text if not character.isprintable()} - {"\n"}
        assert all(len(line) < 1000 for line in text.splitlines())
        assert [1, 2, 3, 4, 5, 6] == numbers_of_table(text)


def test_a_hostile_log_is_valid_jsonl(run: Ran, folder: Path) -> None:
    write(folder / "hostile.log", _HOSTILE)
    out = run("diff", "passed.log", "hostile.log", "--threshold", "0", "--format", "jsonl")[1]
    assert "\x1b" not in out
    assert [False, False, False, True, False, False] == [row["truncated"] for row in rows(out)]
    assert "10%\r20%\rdisk failure�2J" == rows(out)[1]["text"]


def test_secrets_are_masked(run: Ran, folder: Path) -> None:
    write(folder / "failed.log", FAILED + "login failed password=hunter2\n")
    for form in ("table", "jsonl"):
        out = run("diff", "passed.log", "failed.log", "--format", form)[1]
        assert "password=***" in out
        assert "hunter2" not in out


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_a_pipe_gets_colour_only_if_asked(run: Ran, color: str, *, coloured: bool) -> None:
    assert coloured == ("\x1b[" in run("diff", "passed.log", "failed.log", "--color", color)[1])
    assert "\x1b" not in run("diff", "passed.log", "failed.log")[1]


@pytest.mark.parametrize(("setting", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colour(folder: Path, setting: dict[str, str], *, coloured: bool) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | setting
    ran = process(
        "diff",
        "-C0",
        "--threshold=0.5",
        str(folder / "passed.log"),
        str(folder / "failed.log"),
        stdout=theirs,
        env=environment,
    )
    os.close(theirs)
    out = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert 0 == ran.returncode
    assert coloured == out.startswith("\x1b[31m 1.00\x1b[0m")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_is_told_how_fast_it_was(folder: Path, *, terminal: bool) -> None:
    ours, theirs = pty.openpty()
    names = [str(folder / name) for name in ("passed.log", "failed.log")]
    ran = process("diff", *names, stdout=subprocess.DEVNULL, stderr=theirs if terminal else subprocess.PIPE)
    os.close(theirs)
    err = os.read(ours, 1 << 16) if terminal else ran.stderr
    os.close(ours)
    speed = rb"log-classify diff: %s: 0\.0 MB in \d+\.\d s, \d+\.\d MB/s\r\n"
    assert re.fullmatch(speed % b"training" + speed % b"testing" if terminal else b"", err)


def test_a_reader_who_has_seen_enough_ends_the_command_quietly(folder: Path) -> None:
    write(folder / "long.log", "".join(f"{'ab'[at % 2] * (at % 97)} new\n" for at in range(20_000)))
    with subprocess.Popen(
        [*COMMAND, "diff", str(folder / "passed.log"), str(folder / "long.log"), "--threshold", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as ran:
        assert ran.stdout
        assert ran.stderr
        ran.stdout.readline()
        ran.stdout.close()
        assert (b"", 0) == (ran.stderr.read(), ran.wait(60))


def test_an_interrupt_ends_the_command_quietly(folder: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "diff", str(folder / "passed.log"), "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as ran:
        assert ran.stdin
        ran.stdin.write(b"x" * 200_000)  # more than a pipe holds, so that it is being read
        ran.stdin.flush()
        ran.send_signal(signal.SIGINT)
        _, err = ran.communicate(timeout=60)
    assert (130, b"") == (ran.returncode, err)


# ---- large files ------------------------------------------------------------------------------------

_MEASURED = """
import resource, sys
from log_classify.cli import main
status = main(sys.argv[1:])
sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
sys.exit(status)
"""


def _megabytes(*arguments: str) -> int:
    """Run the command; return the most memory that it took."""
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    return int(ran.stderr)


@pytest.mark.parametrize(
    ("most", "arguments"), [(200_000, []), (60_000, ["--threshold", "0"]), (60_000, ["--format", "jsonl"])]
)
def test_memory_does_not_grow_with_the_target(folder: Path, most: int, arguments: list[str]) -> None:
    steps = [
        f"step {'abcdefgh'[at % 8] * (1 + at % 11)} of the build is done, {'and on ' * 40}"
        for at in range(88)
    ]
    passed = write(folder / "steps.log", "".join(f"{step}\n" for step in steps))
    taken = []
    for lines in (20_000, most):
        with (folder / f"{lines}.log").open("w") as log:
            log.writelines(
                f"{'new fault' if at % 5000 == 0 else steps[at % 88]} at {at}\n" for at in range(lines)
            )
        taken.append(_megabytes("diff", str(passed), str(folder / f"{lines}.log"), *arguments))
    assert taken[1] - taken[0] < 10


# ---- real logs --------------------------------------------------------------------------------------


def test_the_failure_of_a_real_build_is_shown(run: Ran, folder: Path) -> None:
    good, bad = real("logjuicer-tests/tempest-01")
    write(folder / "good.log", good)
    write(folder / "bad.log", bad)
    code, out, err = run("diff", "good.log", "bad.log")
    assert (0, "") == (code, err)
    assert "Initializing SSH connection to 172.24.5.9 failed" in out


# ---- what is near a far line ----------------------------------------------------------------------------


@pytest.fixture
def long(folder: Path) -> None:
    usual = [f"step {word(number)} of the build is done" for number in range(40)]
    (folder / "usual.log").write_text("\n".join(usual) + "\n", "utf-8")
    odd = [*usual[:20], "no space left on the device", *usual[20:]]
    (folder / "odd.log").write_text("\n".join(odd) + "\n", "utf-8")


@pytest.mark.usefixtures("long")
def test_a_line_far_from_any_far_one_can_be_explained(run: Ran) -> None:
    code, out, _ = run("diff", "usual.log", "odd.log", "--explain", "3")
    assert 0 == code
    assert f"step {word(2)} of the build is done" in out


@pytest.mark.usefixtures("long")
def test_all_lines_are_printed_with_a_threshold_of_0(run: Ran) -> None:
    found = rows(run("diff", "usual.log", "odd.log", "--threshold", "0", "--format", "jsonl")[1], "line")
    assert [*range(1, 42)] == [row["line"] for row in found]


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("options", "first", "last"),
    [(["-C", "10"], 11, 31), (["-B", "9", "-A", "0"], 12, 21), (["-B", "0", "-A", "9"], 21, 30)],
)
def test_as_many_lines_are_printed_around_a_far_one_as_are_asked_for(
    run: Ran, options: list[str], first: int, last: int
) -> None:
    out = run("diff", "usual.log", "odd.log", *options)[1]
    steps = {f"step {word(number)} of": number + 1 + (number >= 20) for number in range(40)}
    assert [at for at in range(first, last + 1) if at != 21] == [
        at for text, at in steps.items() if text in out
    ]
