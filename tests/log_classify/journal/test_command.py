"""The commands for the journal: against the real one where it is installed, and against exports everywhere."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.log_classify.console import COMMAND, ROOT, Ran, rows
from tests.log_classify.journal.entries import DAY, NOW, entry, two_days
from tests.services import journald

real = pytest.mark.services("journald")
Make = Callable[[Path], Path]


def exported(folder: Path) -> Path:
    file = folder / "two-days.export"
    file.write_bytes(journald.export(two_days()))
    return file


def as_json(folder: Path) -> Path:
    """As `journalctl -o json` writes it: what is no text is a list of bytes."""
    file = folder / "two-days.json"
    lines = [
        {name: value if isinstance(value, str) else list(value) for name, value in each.items()}
        for each in two_days()
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def packed(folder: Path) -> Path:
    file = folder / "two-days.export.gz"
    file.write_bytes(gzip.compress(exported(folder).read_bytes()))
    return file


def native(folder: Path) -> Path:
    return journald.written(two_days(), folder / "two [days].journal")


def of_journald(folder: Path) -> Path:
    place = folder / "journal" / ("7" * 32)
    place.mkdir(parents=True)
    journald.written(two_days(), place / "system.journal")
    return folder / "journal"


def printed(*options: str) -> Make:
    """What the real journalctl prints."""

    def make(folder: Path) -> Path:
        journal = journald.written(two_days(), folder / "x.journal")
        file = folder / "printed"
        with file.open("wb") as out:
            subprocess.run(["journalctl", f"--file={journal}", *options], stdout=out, check=True, timeout=30)
        return file

    return make


@pytest.mark.parametrize(
    "make",
    [
        exported,
        as_json,
        packed,
        pytest.param(native, marks=real),
        pytest.param(of_journald, marks=real),
        pytest.param(printed("-o", "export"), marks=real),
        pytest.param(printed("-o", "json", "--all"), marks=real),
    ],
)
def test_a_day_is_compared_with_the_one_before(make: Make, run: Ran, folder: Path) -> None:
    code, out, err = run("journal", "--file", make(folder), "--range", "day", "--format", "jsonl")
    assert 0 == code, err
    shown = {(row["file"], row["text"].rpartition(": ")[2]) for row in rows(out) if row["shown"]}
    assert {("kernel", "caf\ufffd "), ("shop.service", "the disk")} == shown


def test_the_report_says_what_was_compared(run: Ran, folder: Path) -> None:
    code, _, err = run("journal", "--file", exported(folder), "--json", "report.json")
    assert 0 == code, err
    report = json.loads((folder / "report.json").read_text("utf-8"))
    (baseline,) = report["baselines"]
    assert ("2026-09-19T14:13:20Z to 2026-09-20T14:13:20Z", "the day before") == (
        baseline["name"],
        baseline["reason"],
    )
    assert ["kernel", "shop.service", "sudo"] == [file["path"] for file in report["files"]]


def test_standard_input_is_a_journal(folder: Path) -> None:
    words = [*COMMAND, "journal", "--file", "-", "--format", "jsonl"]
    data = exported(folder).read_bytes()
    done = subprocess.run(words, cwd=ROOT, input=data, capture_output=True, check=False, timeout=60)
    assert 0 == done.returncode, done.stderr
    assert any("the disk" in row["text"] for row in rows(done.stdout.decode()))


def test_a_command_that_is_asked_to_end_leaves_no_entries_behind(folder: Path) -> None:
    (folder / "tmp").mkdir()
    with subprocess.Popen(
        [*COMMAND, "journal", "--file", "-"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while not list((folder / "tmp").glob("*/input")):
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        process.wait(30)
    assert [] == list((folder / "tmp").iterdir())


def test_a_week_is_compared_with_the_one_before(run: Ran, folder: Path) -> None:
    file = folder / "weeks.export"
    days = (12, 9, 8, 3, 1)
    entries = [entry(NOW - day * DAY, "something old" if day > 7 else "nothing like before") for day in days]
    file.write_bytes(journald.export([*entries, entry(NOW, "something old")]))
    _, out, _ = run("journal", "--file", file, "--range", "week", "--format", "jsonl")
    assert [1] == [row["line"] for row in rows(out) if row["shown"]]
    code, _, _ = run("journal", "--file", file, "--range", "month")
    assert 5 == code  # there is no month before


def test_a_journal_without_an_entry_is_said_to_be_one_once(run: Ran, folder: Path) -> None:
    (folder / "empty").write_bytes(b"")
    code, out, err = run("journal", "--file", folder / "empty")
    assert (5, "", 1) == (code, out, err.count("there is no entry"))


def test_a_machine_without_an_entry_is_told_with_the_period(
    run: Ran, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_journalctl(folder, monkeypatch, "exit 0")
    code, _, err = run("journal", "--range", "week")
    assert 5 == code
    assert re.search(r"journal: journal \d{4}-\S+Z to \d{4}-\S+Z: there is no entry$", err.rstrip("\n"))


def test_units_are_left_out(run: Ran, folder: Path) -> None:
    words = ("-x", "kernel", "-X", "^shop", "--json", "r.json")
    assert 0 == run("journal", "--file", exported(folder), *words)[0]
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert ["sudo"] == [file["path"] for file in report["files"]]
    assert ["kernel", "shop.service"] == [each["path"] for each in report["left_out"]]


@pytest.mark.parametrize("model", ["models", "models.zip"])
def test_what_was_learnt_of_files_serves_later(model: str, run: Ran, folder: Path) -> None:
    good = folder / "good.export"
    good.write_bytes(journald.export(each for each in two_days() if "disk" not in str(each["MESSAGE"])))
    code, out, err = run("journal-train", model, "--file", good)
    assert 0 == code, err
    assert out.startswith(f"{good}: learnt 121 lines of 3 units; ")
    code, out, err = run("journal-run", model, "--file", exported(folder), "--format", "jsonl")
    assert 0 == code, err
    assert {"shop.service"} == {row["file"] for row in rows(out) if row["shown"]}


@real
def test_this_machines_journal_is_read(run: Ran, folder: Path) -> None:
    code, _, err = run("journal", "--range", "day")
    assert code in {0, 5}, err  # 5: it has no entry


def fake_journalctl(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program in the place of journalctl."""
    program = folder / "bin" / "journalctl"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_the_periods_of_this_machine_are_asked_for(
    run: Ran, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_journalctl(folder, monkeypatch, f'echo "$@" >> {folder}/asked')
    run("journal", "--range", "week")
    (words,) = (folder / "asked").read_text("utf-8").splitlines()
    since, until = [int(word.partition("@")[2]) for word in words.split() if "=@" in word]
    assert 2 * 7 * 24 * 3600 + 1 == until - since
    assert words.startswith("--output=json --all --output-fields=MESSAGE,")


@pytest.mark.parametrize("command", [("journal",), ("journal-train", "models")])
def test_what_journalctl_complains_of_is_told(
    command: tuple[str, ...], run: Ran, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_journalctl(folder, monkeypatch, "echo 'No journal files were \033[1mfound' >&2; exit 1")
    code, _, err = run(*command)
    assert 2 == code
    assert f"log-classify {command[0]}: journalctl: No journal files were \\u001b[1mfound\n" == err


def test_a_hint_of_journalctl_is_no_error(run: Ran, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_journalctl(folder, monkeypatch, f"echo 'Hint: not all is seen' >&2; cat {as_json(folder)}")
    code, _, err = run("journal")
    assert 5 == code  # all of it is of other days
    assert "maybe only a part of it could be read: Hint: not all is seen" in err


def test_without_journalctl_files_can_be_named(
    run: Ran, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    code, _, err = run("journal")
    assert 2 == code
    assert (
        "journalctl: is not installed here; where it is, `journalctl -o json` or `-o export` prints what --file"
        in err
    )
    assert 0 == run("journal", "--file", exported(folder))[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("journal", "--file", "no-such-file"), "no-such-file: cannot be read: No such file or directory"),
        (("journal-train", "models", "--range", "day", "--file", "a.export"), "--file is read whole"),
        (("journal-run", "models", "--range", "day", "--file", "a.export"), "--file is read whole"),
        (("journal-run", "models"), "models: "),
        (("journal", "--range", "year"), "invalid choice: 'year'"),
    ],
)
def test_what_cannot_be_done_is_named(words: tuple[str, ...], message: str, run: Ran) -> None:
    code, _, err = run(*words)
    assert 2 == code
    assert message in err


def test_a_file_that_is_no_journal_is_a_wrong_argument(run: Ran, folder: Path) -> None:
    for words in (("journal",), ("journal-train", "models")):
        code, _, err = run(*words, "--file", "passed.log")
        assert 2 == code
        assert "passed.log: is no journal; `journalctl -o export` writes one" in err
    assert not (folder / "models").exists()
