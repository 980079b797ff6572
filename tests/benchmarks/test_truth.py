from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.evaluation import truth


def packed(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_listed_line_is_looked_for_without_the_blanks_around_it_and_may_be_optional(tmp_path: Path) -> None:
    inf = written(
        tmp_path / "inf.yaml",
        "skip: true\nanomalies:\n  - line: |\n      FAILED!\n\n  - optional: True\n    line: + break\n",
    )
    expected = {"anomalies": [{"contains": "FAILED!"}, {"contains": "+ break", "optional": True}]}
    assert expected == truth.listed(inf)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ("E 1", "one"),
        ("E 2-3", "two\rthree"),
        ("E 3", "two\rthree"),
        ("E 3-4", "two\rthree\nfour"),
        ("E 5-6", "five\nsix"),
    ],
)
def test_an_interval_counts_every_cr_as_a_line_end_and_names_whole_lines(
    tmp_path: Path, interval: str, text: str
) -> None:
    log = packed(tmp_path / "fail.log.gz", "one\ntwo\rthree\nfour\r\nfive\nsix\n")
    first = written(tmp_path / "groundtruth", f"DEFAULT\n{interval}\n")
    expected = {"anomalies": [{"text": text}], "neutral": []}
    assert expected == truth.annotated(log, first, tmp_path / "nobody")


def test_context_and_what_only_the_second_annotator_marks_is_neutral(tmp_path: Path) -> None:
    log = packed(tmp_path / "fail.log.gz", "".join(f"line {n}\n" for n in range(1, 10)))
    first = written(tmp_path / "groundtruth", "DEFAULT\nE 3-4\nC 5\nE 9\n")
    second = written(tmp_path / "groundtruth2", "DEFAULT\nE 2-4\nC 7-8\n")
    expected = {
        "anomalies": [{"text": "line 3\nline 4"}, {"text": "line 9"}],
        "neutral": ["line 2", "line 5", "line 7\nline 8"],
    }
    assert expected == truth.annotated(log, first, second)


def test_an_interval_beyond_the_log_is_refused_by_name(tmp_path: Path) -> None:
    log = packed(tmp_path / "fail.log.gz", "one\ntwo\n")
    first = written(tmp_path / "groundtruth", "DEFAULT\nE 2-5\n")
    with pytest.raises(
        truth.AnnotationError, match=r"groundtruth: line 5 is marked, .*fail\.log\.gz has 3 lines"
    ):
        truth.annotated(log, first, tmp_path / "nobody")


def test_texts_have_no_colours_as_the_product_reads_none(tmp_path: Path) -> None:
    log = packed(tmp_path / "fail.log.gz", "\x1b[31mred\x1b[0m\r\n")
    first = written(tmp_path / "groundtruth", "DEFAULT\nE 1\n")
    assert [{"text": "red"}] == truth.annotated(log, first, tmp_path / "nobody")["anomalies"]


@pytest.mark.parametrize(
    "line",
    [
        "[ERROR] Failed to execute goal",
        "\x1b[0m[FATAL] Non-resolvable parent POM",
        "[INFO] BUILD FAILURE",
        "BUILD FAILED",
        "FAILURE: Build failed with an exception.",
        "* What went wrong:",
        "Tests in error: ",
        "  Failed tests:   aTest(ATest): expected 1",
        "Tests run: 3, Failures: 1 - in ATest <<< FAILURE!",
        'The command "mvn test" exited with 1.',
        "Done. Your build exited with 1.",
        "Execution failed for task ':test'.",
        ":core:test FAILED",
        "ATest > fails FAILED  ",
        "A.java:3: error: ';' expected",
    ],
)
def test_a_line_that_build_tools_print_for_a_failure_is_one(tmp_path: Path, line: str) -> None:
    log = packed(tmp_path / "fail.log.gz", f"{line}\n")
    found = truth.reported(log, [packed(tmp_path / "pass.log.gz", "BUILD SUCCESS\n")])["anomalies"]
    assert [{"text": line.removeprefix("\x1b[0m")}] == found


@pytest.mark.parametrize(
    "line",
    [
        "Done. Your build exited with 0.",
        'The command "mvn test" exited with 0.',
        "Tests run: 3, Failures: 0",
        "[WARNING] deprecated",
        "0 FAILED, 3 passed",
        "see [ERROR] above",
        "   BUILD FAILED before",
    ],
)
def test_a_line_that_is_harmless_or_that_a_passing_build_has_is_no_failure(tmp_path: Path, line: str) -> None:
    log = packed(tmp_path / "fail.log.gz", f"{line}\n")
    good = packed(tmp_path / "pass.log.gz", "BUILD FAILED before\n")
    assert {"anomalies": [], "neutral": []} == truth.reported(log, [good])


@pytest.mark.parametrize(("between", "anomalies"), [(0, 1), (1, 1), (2, 1), (3, 2)])
def test_failure_lines_with_at_most_two_lines_between_them_are_one_run(
    tmp_path: Path, between: int, anomalies: int
) -> None:
    log = packed(tmp_path / "fail.log.gz", "BUILD FAILED\n" + "at a\n" * between + "BUILD FAILED\n")
    found = truth.reported(log, [packed(tmp_path / "pass.log.gz", "")])
    assert anomalies == len(found["anomalies"])  # type: ignore[arg-type]


def test_four_lines_before_and_twenty_nine_after_a_failure_line_are_neutral(tmp_path: Path) -> None:
    rows = [f"line {n}" for n in range(1, 60)]
    rows[9] = "BUILD FAILED"
    log = packed(tmp_path / "fail.log.gz", "\n".join(rows))
    found = truth.reported(log, [packed(tmp_path / "pass.log.gz", "")])
    assert ["\n".join(rows[5:9]), "\n".join(rows[10:39])] == found["neutral"]
