from __future__ import annotations

from pathlib import Path

import pytest

from tests.log_classify.console import FAILED, Ran, write


def test_a_line_is_explained(run: Ran) -> None:
    line = "08:31:00 shop linking again with tape"
    code, out, err = run("explain", line, "--baseline", "passed.log", "--threshold", "0.5")
    expected = """\
line      08:31:00 shop linking again with tape
tokens    again linking shop tape with
distance  0.329180 (threshold 0.5)
nearest   2026-03-09 12:00:02 {+shop+} linking [-shop-]{+again+} with [-libstdc-]{+tape+} (seen in 1 of 1 passing build)
new       again tape
gone      libstdc
verdict   not shown: its distance is below the threshold, and nothing else speaks for it
"""
    assert (0, expected, "") == (code, out, err)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (
            "12:59:59 compiling 9 files of the shop",
            "not shown: a passing build has the same, apart from what varies",
        ),
        ("Quite another matter", "shown: novel"),
    ],
)
def test_a_verdict_has_its_reason(run: Ran, line: str, verdict: str) -> None:
    assert f"verdict   {verdict}\n" in run("explain", line, "--baseline", "passed.log")[1]


def test_a_line_like_nothing_has_no_nearest_one(run: Ran) -> None:
    assert "nearest" not in run("explain", "Quite another matter", "--baseline", "passed.log")[1]


@pytest.mark.parametrize(
    ("arguments", "shown"), [([], True), (["--threshold", "0.3"], True), (["--threshold", "0.5"], False)]
)
def test_the_threshold_decides(run: Ran, arguments: list[str], *, shown: bool) -> None:
    line = "shop linking again with tape"
    for order in (
        (line, "--baseline", "passed.log", *arguments),
        (*arguments, line, "--baseline", "passed.log"),
    ):
        assert shown == ("verdict   shown: novel\n" in run("explain", *order)[1])


def test_baselines_may_be_named_together_or_apart(run: Ran) -> None:
    together = run("explain", "compiling", "--baseline", "passed.log", "failed.log")
    apart = run("explain", "compiling", "--baseline", "passed.log", "--baseline", "failed.log")
    assert together == apart
    assert "(seen in 2 of 2 passing builds)" in apart[1]


def test_a_baseline_is_needed(run: Ran) -> None:
    assert 2 == run("explain", "boom")[0]
    code, _, err = run("explain", "boom", "--baseline", "nowhere.log")
    assert (2, "log-classify explain: nowhere.log: cannot be read: No such file or directory\n") == (
        code,
        err,
    )


def test_an_empty_baseline_is_said(run: Ran, folder: Path) -> None:
    write(folder / "empty.log", "")
    code, out, err = run("explain", "boom", "--baseline", "empty.log")
    assert 5 == code
    assert "empty.log: has no line to compare with" in err
    assert "there is no baseline" in out


def test_a_hostile_line_cannot_steer_the_terminal(run: Ran) -> None:
    out = run("explain", "a\x1b[2J\x07b \u202efault\x1b]0;x", "--baseline", "passed.log")[1]
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colour_is_for_terminals(run: Ran, color: str, *, coloured: bool) -> None:
    out = run("explain", "boom", "--baseline", "passed.log", "--color", color)[1]
    assert coloured == ("\x1b[1mline" in out)


# ---- diff --explain ---------------------------------------------------------------------------------


def test_a_line_of_the_target_is_explained(run: Ran) -> None:
    code, out, _ = run("diff", "passed.log", "failed.log", "--explain", "12")
    assert 0 == code
    assert out.startswith(
        "line      Quite another matter altogether\ntokens    altogether another matter quite\n"
    )
    assert out.endswith("verdict   shown: novel\n  novel   its distance 1.00 reaches the threshold 0.25\n")


def test_a_line_that_is_not_there_is_named(run: Ran) -> None:
    code, out, err = run("diff", "passed.log", "failed.log", "--explain", "14")
    assert (2, "", "log-classify diff: --explain 14: failed.log has 13 lines\n") == (code, out, err)


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_line_numbers_begin_with_one(run: Ran, number: str) -> None:
    code, _, err = run("diff", "passed.log", "failed.log", f"--explain={number}")
    assert 2 == code
    assert "expected a whole number from 1 on" in err


def test_a_line_is_explained_for_a_person_only(run: Ran) -> None:
    assert 2 == run("diff", "passed.log", "failed.log", "--explain", "5", "--format", "jsonl")[0]


@pytest.mark.parametrize(("target", "status"), [("passed.log", 0), ("failed.log", 1)])
def test_the_exit_status_is_that_of_the_whole_log(run: Ran, target: str, status: int) -> None:
    assert status == run("diff", "passed.log", target, "--explain", "1", "--fail-on-anomaly")[0]
    assert 0 == run("diff", "passed.log", target, "--explain", "1")[0]


def test_explaining_a_line_of_an_empty_target_says_that_nothing_was_read(run: Ran, folder: Path) -> None:
    write(folder / "empty.log", "")
    code, _, err = run("diff", "passed.log", "empty.log", "--explain", "1")
    assert (5, "log-classify diff: empty.log: nothing_read: the file has no line\n") == (code, err)


def test_a_line_without_a_baseline_has_no_distance(run: Ran, folder: Path) -> None:
    write(folder / "empty.log", "")
    write(folder / "plain.log", FAILED)
    code, out, _ = run("diff", "empty.log", "plain.log", "--explain", "2")
    assert 5 == code
    assert "distance" not in out
