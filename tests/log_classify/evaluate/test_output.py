from __future__ import annotations

import json

from anomaly_filter import Finding
from log_classify.evaluate.changes import Change
from log_classify.evaluate.expected import Expected
from log_classify.evaluate.figures import Report
from log_classify.evaluate.output import change_lines, change_row, numbers, report_lines, report_row
from tests.log_classify.evaluate.made import result

REPORT = Report(
    (
        result(
            Expected(class_name="word", runs=(("error",), ("fatal\x1b",))),
            "!error",
            "!noise",
            "a",
            "fatal\x1b",
        ),
        result(
            Expected(passing=True, control=(("b",),)),
            "a",
            "!b",
            findings=[Finding("missing", "all ran", None, "in 3 of 3")],
            name="quiet",
            set_name="passing",
        ),
    )
)
TABLE = """\
set       cases  lines  found  recall  shown  wrong  findings  false%    AUC     AP  rank  top 5  failed  p90  passing  passing%  alarmed
passing       1      2      -       -      1      1         1   50.00      -      -     -      -       -    -      2.0    100.00      1/1
set           1      4    1/2   0.500      2      1         0   50.00  0.500  0.500   1.0    1/1     2.0  2.0        -         -        -
all sets      2      6    1/2   0.500      3      2         1   50.00  0.500  0.500   1.0    1/1     2.0  2.0      2.0    100.00      1/1
"""
NAMED = """\
set: case
  missed: text 'fatal\\x1b'
  wrong: 2: noise

passing: quiet
  the control is alarmed
  finding: missing: all ran
  wrong: 2: b
"""


def lines(*, cases: bool = False, verbose: bool = False) -> str:
    return "".join(f"{line}\n" for line in report_lines(REPORT, cases=cases, verbose=verbose))


def heads(text: str) -> list[str]:
    """Return what the tables are about, and whose rows they have."""
    return [line.partition("  ")[0] for line in text.splitlines() if "  " in line.strip()]


def test_the_table_has_a_row_a_set_and_says_where_there_is_no_figure() -> None:
    assert lines().startswith(TABLE)


def test_classes_have_rows_of_their_own() -> None:
    assert ["set", "passing", "set", "all sets", "class", "set: word"] == heads(lines())


def test_cases_have_rows_where_they_are_asked_for() -> None:
    assert ["case", "set: case", "passing: quiet"] == heads(lines(cases=True))[6:]


def test_verbose_adds_what_was_missed_and_what_is_wrong() -> None:
    assert lines(cases=True) + "\n" + NAMED == lines(verbose=True)


def test_only_the_first_wrong_lines_of_a_case_are_named() -> None:
    report = Report((result(Expected(passing=True), *["!x"] * 22),))
    assert ["  wrong: 20: x", "  and 2 wrong lines more; JSON has all"] == list(
        report_lines(report, verbose=True)
    )[-2:]


def test_nothing_steers_the_terminal() -> None:
    report = Report((result(Expected(passing=True), "!a\x1b[2J", set_name="s\x1b[2J"),))
    assert "\x1b" not in "".join(report_lines(report, verbose=True))


def test_json_has_rounded_figures_and_a_schema() -> None:
    row = report_row(REPORT)
    assert ["schema", "overall", "sets", "classes"] == list(row)
    assert 1 == row["schema"]
    third = Report((result(Expected(passing=True), "!a", "b", "c"),))
    assert 0.333333 == numbers(third)["set"]["false_share"]
    assert row == json.loads(json.dumps(row))


def test_json_has_cases_where_they_are_asked_for() -> None:
    (case, _) = json.loads(json.dumps(report_row(REPORT, cases=True)))["cases"]
    assert ("set", "case", "word", 1) == (case["set"], case["case"], case["class"], case["found"])
    assert "missed" not in case


def test_verbose_json_names_what_was_missed_and_what_is_wrong() -> None:
    case, quiet = json.loads(json.dumps(report_row(REPORT, verbose=True)))["cases"]
    assert ["text 'fatal\\x1b'"] == case["missed"]
    assert [{"line": 2, "text": "noise"}] == case["wrong_lines"]
    assert [
        {"kind": "missing", "text": "all ran", "line": None, "expected": "in 3 of 3", "seen": ""}
    ] == quiet["finding_list"]


def test_changes_are_told_in_words() -> None:
    found = [Change("s", "auc", 0.9, 0.95, "better"), Change("s", "lines", None, 1200, "differs")]
    assert [
        "",
        "changed since old.json:",
        "set  figure  old    new",
        "s    auc     0.9   0.95  better",
        "s    lines     -  1,200  differs",
    ] == list(change_lines(found, "old.json"))
    assert {"set": "s", "figure": "auc", "old": 0.9, "new": 0.95, "verdict": "better"} == change_row(found[0])


def test_no_change_is_told_too() -> None:
    assert ["", "nothing changed since old.json"] == list(change_lines([], "old.json"))
