"""What becomes of a command whose output nobody reads, or cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from log_classify.report.files import read_json
from tests.log_classify.console import COMMAND, FAILED, ROOT, process

FULL = Path("/dev/full")


def _shell(redirection: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, *arguments],
        cwd=ROOT,
        check=False,
        timeout=60,
        capture_output=True,
    )


def _unread(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return process(*arguments, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)


def _diff(folder: Path, *more: str) -> tuple[str, ...]:
    return "diff", str(folder / "passed.log"), str(folder / "failed.log"), *more


def test_a_report_is_written_whole_though_nobody_reads_the_output(folder: Path) -> None:
    done = _unread(*_diff(folder, "--fail-on-anomaly", "--json", str(folder / "r.json")))
    assert 1 == done.returncode
    assert b"Error" not in done.stderr
    assert [4, 12] == [entry.line for entry in read_json(folder / "r.json").files[0].entries]


def test_the_status_is_that_of_the_work_though_nobody_reads_the_output(folder: Path) -> None:
    assert 1 == _unread(*_diff(folder, "--fail-on-anomaly")).returncode
    assert 0 == _unread(*_diff(folder)).returncode


def test_models_are_kept_though_nobody_reads_the_output(folder: Path) -> None:
    model = str(folder / "m")
    assert 0 == _unread("dir-train", model, str(folder / "passed.log")).returncode
    assert 0 == process("model-check", model, stdout=subprocess.DEVNULL).returncode


@pytest.mark.parametrize(
    ("redirection", "why"),
    [(">/dev/full", b"No space left on device"), (">&-", b"Bad file descriptor")],
)
def test_output_that_cannot_be_written_is_told_and_files_are_written(
    folder: Path, redirection: str, why: bytes
) -> None:
    if "full" in redirection and not FULL.exists():
        pytest.skip("this system has no /dev/full")
    done = _shell(redirection, *_diff(folder, "--json", str(folder / "r.json")))
    assert (2, b"log-classify diff: standard output: cannot be written: " + why) == (
        done.returncode,
        done.stderr.splitlines()[-1],
    )
    assert 2 == len(read_json(folder / "r.json").files[0].entries)


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "2>&- <&-"])
def test_work_goes_on_without_standard_error(folder: Path, redirection: str) -> None:
    if "full" in redirection and not FULL.exists():
        pytest.skip("this system has no /dev/full")
    done = _shell(redirection, *_diff(folder, "--fail-on-anomaly", "--json", str(folder / "r.json")))
    assert 1 == done.returncode
    assert FAILED.splitlines()[3].encode() in done.stdout
    assert 2 == len(read_json(folder / "r.json").files[0].entries)


def test_an_error_keeps_its_status_where_nothing_can_be_said() -> None:
    done = _shell(">&- 2>&- <&-", "diff", "none.log", "none.log")
    assert (2, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert 0 == _shell(">&-", "--version").returncode


def test_a_command_that_only_prints_ends_when_nobody_reads() -> None:
    endless = """
import itertools, sys
from log_processor.exits import guarded
sys.exit(guarded("p", lambda: [sys.stdout.write("x\\n") for _ in itertools.count()]))
"""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", endless],
        cwd=ROOT,
        check=False,
        timeout=60,
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    assert (0, b"") == (done.returncode, done.stderr)
