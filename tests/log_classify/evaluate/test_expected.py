from __future__ import annotations

from pathlib import Path

import pytest

from log_classify.evaluate.expected import Expected, InvalidCase, Part, read_expected, run_of
from tests.log_classify.evaluate.made import expected

EVERYTHING = """\
set: smoke
class: exit code
anomalies:
  - text: |
      ERROR: cannot link
      make: *** [app] Error 1
  - contains: 2 failed
  - contains: 2 skipped
    optional: true
  - missing: all tests ran
  - finding: burst
neutral: ["", "see\\nthe log"]
control: [took 17 s]
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    assert Expected(
        set_name="smoke",
        class_name="exit code",
        runs=(("ERROR: cannot link", "make: *** [app] Error 1"),),
        parts=(Part("2 failed", optional=False), Part("2 skipped", optional=True)),
        missing=("all tests ran",),
        findings=("burst",),
        neutral=(("",), ("see", "the log")),
        control=(("took 17 s",),),
    ) == expected(tmp_path, EVERYTHING)


def test_only_what_is_not_optional_has_to_be_found(tmp_path: Path) -> None:
    assert 4 == expected(tmp_path, EVERYTHING).anomalies


@pytest.mark.parametrize(
    ("text", "passing"), [("passing: true", True), ("{passing: false, control: [a]}", False)]
)
def test_a_case_says_whether_it_is_a_passing_build(tmp_path: Path, text: str, *, passing: bool) -> None:
    assert passing is expected(tmp_path, text).passing


def test_texts_are_cleaned_and_masked_as_lines_are() -> None:
    assert ("red password=***", "", " end") == run_of("\x1b[31mred\x1b[0m password=hunter2 \r\n\n end\t\n")


def test_an_empty_text_is_a_blank_line() -> None:
    assert ("",) == run_of("")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected keys out of set, class, anomalies, neutral, passing, control, got nothing"),
        ("[a]", "got a list"),
        ("passing: yes please", "passing: expected true or false, got text"),
        ("{}", "expects nothing: give anomalies, a control, or `passing: true`"),
        ("anomalies: []", "expects nothing"),
        ("{passing: true, anomalies: [{text: a}]}", "passing and anomalies exclude each other"),
        ("anomaly: []", "unknown key anomaly; did you mean anomalies?; known are set, class"),
        ("anomalies: {text: a}", "anomalies: expected a list, got a mapping; begin each entry with `- `"),
        ("anomalies: [a]", "anomalies, entry 1: expected keys out of text"),
        ("anomalies: [{text: a}, {txt: b}]", "anomalies, entry 2: unknown key txt; did you mean text?"),
        (
            "anomalies: [{text: a, contains: a}]",
            "expected one of text, contains, missing, finding, got text and contains",
        ),
        ("anomalies: [{optional: true}]", "got none"),
        ("anomalies: [{text: a, optional: true}]", "optional goes with contains only"),
        ("anomalies: [{contains: a, optional: 1}]", "optional: expected true or false, got 1"),
        ("anomalies: [{text: 17}]", "anomalies, entry 1: text: expected text, got 17; put it in quotes"),
        ("anomalies: [{contains: ' '}]", "anomalies, entry 1: contains: is blank"),
        ('anomalies: [{contains: "a\\nb"}]', "contains is about one line"),
        ('anomalies: [{missing: "a\\nb"}]', "missing is about one line"),
        (
            "anomalies: [{finding: brst}]",
            "no finding is called 'brst'; did you mean burst?; known are missing, burst",
        ),
        ("{passing: true, control: ['']}", "control, entry 1: is blank"),
        ("{passing: true, neutral: [[a]]}", "neutral, entry 1: expected text, got a list"),
        ("{passing: true, set: 17}", "set: expected text, got 17"),
        ("{passing: true, class: ' '}", "class: is blank"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidCase) as raised:
        expected(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'expected.yaml'}: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"passing: [", ":1: is not YAML"),
        (b"passing: true\n\npassing: false", ":3: is not YAML: passing is given twice"),
        (b"passing: true\ncontrol: [{? [a] : b}]", ":2: is not YAML: found unhashable key"),
        (b"set: 2026-13-45\n", ": is not YAML: month must be in 1..12"),
        (b"set: \xff", ": is not UTF-8 (byte 5); save it as UTF-8"),
        (b"set: \x00", ": is not YAML: "),
    ],
)
def test_a_file_that_is_not_yaml_is_named_with_the_line(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "expected.yaml"
    file.write_bytes(text)
    with pytest.raises(InvalidCase) as raised:
        read_expected(file)
    assert f"{file}{said}" in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidCase, match=r"absent\.yaml: cannot be read: No such file or directory"):
        read_expected(tmp_path / "absent.yaml")
