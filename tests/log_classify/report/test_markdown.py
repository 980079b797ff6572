"""A report as Markdown and as GitHub's workflow commands."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from log_classify.report.annotations import warnings
from log_classify.report.markdown import markdown
from log_classify.report.model import BaselineBuild, Entry, FileReport, FoundInFile, Report, Work

HOSTILE = st.text(alphabet="`~<>|[]()@#*:,%\\ \n\r\ta0é\u2028\u202e\x1b", max_size=50) | st.sampled_from(
    ["```", "````", "</details>", "```text"]
)


def entry(line: int, text: str, **more: object) -> Entry:
    fields = {
        "truncated": False,
        "distance": 0.5,
        "score": 0.5,
        "reasons": ("novel",),
        "nearest": None,
        "seen_in": 0,
        "fingerprint": f"{line:016x}",
    }
    return Entry(line=line, text=text, **{**fields, **more})  # type: ignore[arg-type] # what a test names fits


def file(path: str, *entries: Entry, findings: tuple[FoundInFile, ...] = ()) -> FileReport:
    return FileReport(path, path, "m", "v", 2, None, 1000, 9000, len(entries), entries, findings)


def report(*files: FileReport, **more: object) -> Report:
    fields = {
        "target": "failed/",
        "url": None,
        "created": "2026-01-31T12:00:00Z",
        "program": "log-classify 1.0",
        "threshold": 0.25,
        "baselines": (BaselineBuild("passed/"),),
        "training": Work(),
        "testing": Work(),
        "files": files,
    }
    return Report(**{**fields, **more})  # type: ignore[arg-type] # what a test names fits


def test_the_head_counts_and_names_what_failed_first_and_matters_most() -> None:
    late = entry(40, "ERROR: cannot link", reasons=("novel", "error"), time="2026-01-31T12:00:09Z", score=0.9)
    early = entry(
        7, "no space left on device", reasons=("novel", "error"), time="2026-01-31T12:00:01Z", score=0.6
    )
    text = markdown(report(file("job.log", late), file("disk.log", early)))
    assert text.startswith(
        "**2 lines that no passing build printed**, of 2,000 lines in 2 files of ` failed/ `\n"
    )
    assert "What failed first, ` disk.log:7 `:\n\n```text\nno space left on device\n```\n" in text
    most = "```text\njob.log:40  ERROR: cannot link\ndisk.log:7  no space left on device\n```\n"
    assert f"The 2 lines that matter most:\n\n{most}" in text
    assert text.endswith("Compared with ` passed/ `.\n")


def test_a_file_is_unfolded_to_its_findings_and_lines_with_what_they_stand_for() -> None:
    missing = FoundInFile("missing", "all tests ran")
    text = markdown(report(file("job.log", entry(7, "boom", count=1200), findings=(missing,))))
    lines = "missing: all tests ran\n      7 0.50  boom  (1,200 times)\n"
    assert (
        "<details><summary><code>job.log</code>: 1 line</summary>\n\n```text\n"
        + lines
        + "```\n\n</details>\n"
        in text
    )


def test_what_is_too_much_is_left_out_and_counted() -> None:
    lines = [entry(number, "x" * 5000) for number in range(1, 31)]
    text = markdown(report(*(file(f"{name:02}.log", *lines) for name in range(30))))
    assert "… and 10 more\n" in text
    assert "Of 30 files with something to see these are the 20 worst." in text
    assert len(text) <= 60_000


def test_a_report_of_nothing_says_so() -> None:
    text = markdown(report(file("job.log")))
    assert text.startswith("**0 lines that no passing build printed**, of 1,000 lines in 1 file of")
    assert "<details>" not in text


def test_what_was_compared_with_nothing_is_counted() -> None:
    alone = replace(file("new.log", entry(1, "?", distance=None, score=None)), model=None)
    text = markdown(report(alone, baselines=()))
    assert text.startswith(
        "**1 line that speaks of errors**, compared with no passing build, of 1,000 lines in 1 file of"
    )
    assert text.endswith("\nCompared with no passing build.\n")


def test_a_file_that_no_passing_build_has_is_counted_beside_those_that_were_compared() -> None:
    alone = replace(file("new.log", entry(1, "?", distance=None, score=None)), model=None)
    text = markdown(report(alone, file("job.log", entry(1, "?"))))
    assert text.startswith("**2 lines that no passing build printed**, of")
    assert text.endswith("\nNo passing build has anything like 1 file.\n")


@given(path=HOSTILE, text=HOSTILE, name=HOSTILE)
def test_no_text_of_a_log_leaves_its_block(path: str, text: str, name: str) -> None:
    written = markdown(
        report(
            file(path, entry(1, text), entry(9, text)), target=name, remarks=(text,), url=f"https://l/{name}"
        )
    )
    outside, fence = [], ""
    for line in written.split("\n"):
        ticks = re.match("`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif ticks and line == f"{ticks[0]}text":
            fence = ticks[0]
        else:
            outside.append(line)
    assert "" == fence
    for line in outside:
        bare = re.sub(r"(`+) .*? \1(?!`)", "", line)
        bare = re.sub(r"^<details><summary><code>[^<>]*</code>: 2 lines</summary>$|^</details>$", "", bare)
        bare = re.sub(r"^\[the build\]\(https://l/[^()\s]*\)$", "", bare)
        assert not set("`<[") & set(bare), line


@given(path=HOSTILE, text=HOSTILE)
def test_a_warning_is_one_command_whatever_the_text(path: str, text: str) -> None:
    (command,) = warnings(report(file(path, entry(3, text))))
    assert "\n" not in command
    assert "\r" not in command
    assert re.fullmatch(r"::warning title=[^:,]*::(?s:.*)", command)


def test_warnings_are_the_ten_lines_that_matter_most() -> None:
    entries = [entry(number * 10, f"line {number}%", score=number / 100) for number in range(1, 31)]
    commands = list(warnings(report(file("a,b:c.log", *entries))))
    assert 10 == len(commands)
    assert "::warning title=a%2Cb%3Ac.log%3A300::line 30%25" == commands[0]
