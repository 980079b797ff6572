from __future__ import annotations

import pytest

from anomaly_filter import Finding
from log_classify.evaluate.expected import Expected, InvalidCase, Part
from tests.log_classify.evaluate.made import result

TWO = Expected(runs=(("error", "at a"), ("fatal",)))


def test_a_run_is_found_when_one_of_its_lines_is_shown() -> None:
    judged = result(TWO, "error", "!at a", "fatal")
    assert ("text 'fatal'",) == judged.missed
    assert (2, 1, 1) == (judged.anomalies, judged.runs_shown, judged.shown)


def test_a_run_is_found_when_a_shown_line_stands_for_one_of_its_lines() -> None:
    judged = result(TWO, "!tail", "+error", "at a", "+fatal")
    assert () == judged.missed
    assert 1 == judged.shown


def test_a_far_line_whose_group_is_not_shown_is_not_found() -> None:
    assert 2 == len(result(TWO, "+error", "at a", "fatal").missed)


@pytest.mark.parametrize(
    ("finding", "found"),
    [
        (Finding("burst", "x", line=2), True),
        (Finding("burst", "x", line=4), False),
        (Finding("order", "at a "), True),
        (Finding("order", "at"), False),
        (Finding("unfit_baseline", ""), False),
    ],
)
def test_a_run_is_found_when_a_finding_is_about_one_of_its_lines(finding: Finding, *, found: bool) -> None:
    judged = result(Expected(runs=(("error", "at a", ""),)), "error", "at a", "", "end", findings=[finding])
    assert found is not bool(judged.missed)
    assert 0 == judged.runs_shown


def test_parts_need_a_line_each() -> None:
    expected = Expected(parts=(Part("err", optional=False), Part("err", optional=False)))
    assert ("contains 'err'",) == result(expected, "!err 1", "err 2").missed
    assert () == result(expected, "!err 1", "+err 2").missed


def test_an_optional_part_is_neither_found_nor_wrong() -> None:
    expected = Expected(parts=(Part("err", optional=False), Part("break out", optional=True)))
    for texts in (("!err", "!break out", "end"), ("!err", "break out", "end")):
        judged = result(expected, *texts)
        assert (1, (), ()) == (judged.anomalies, judged.missed, judged.wrong)
        assert 1 == judged.unmarked


@pytest.mark.parametrize(
    ("named", "found"),
    [("12:00:01 all 12 tests ran in 0a7f", True), ("all tests ran", False), ("ran", False)],
)
def test_a_missing_line_is_found_when_a_finding_names_it_with_other_numbers(
    named: str, *, found: bool
) -> None:
    judged = result(Expected(missing=("all 7 tests ran in e12b",)), "x", findings=[Finding("missing", named)])
    assert found is not bool(judged.missed)


@pytest.mark.parametrize(("kind", "missed"), [("burst", ()), ("gap", ("finding burst",))])
def test_a_finding_is_found_by_its_kind(kind: str, missed: tuple[str, ...]) -> None:
    assert missed == result(Expected(findings=("burst",)), "x", findings=[Finding(kind, "x")]).missed


def test_shown_lines_that_nobody_marked_are_wrong() -> None:
    expected = Expected(runs=(("error",),), neutral=(("see log",),))
    judged = result(expected, "!error", "!see log", "!noise", "quiet", "+error")
    assert ((3, "noise"),) == judged.wrong
    assert (3, 2) == (judged.shown, judged.unmarked)


def test_everything_shown_of_a_passing_build_is_wrong_but_what_is_neutral() -> None:
    judged = result(Expected(passing=True, neutral=(("a",),)), "!a", "!b", "c")
    assert ((2, "b"),) == judged.wrong


@pytest.mark.parametrize(
    ("texts", "findings", "alarmed"),
    [
        (("took 17 s", "!x"), [], False),
        (("!took 17 s",), [], True),
        (("!x", "+took 17 s"), [], True),
        (("took 17 s",), [Finding("gap", "x", line=1)], True),
        (("took 17 s",), [Finding("missing", "it took 21 s in all")], True),
        (("took 17 s",), [Finding("missing", "it took long")], False),
        (("!not took 17 s",), [], False),
    ],
)
def test_a_control_alarms_when_it_is_shown_or_named(
    texts: tuple[str, ...], findings: list[Finding], *, alarmed: bool
) -> None:
    assert alarmed is result(Expected(control=(("took 17 s",),)), *texts, findings=findings).alarmed


def test_a_case_without_a_control_has_none_to_alarm() -> None:
    assert result(Expected(passing=True), "!x").alarmed is None


def test_neutral_lines_are_not_ranked() -> None:
    judged = result(Expected(runs=(("error",),), neutral=(("see",),)), "!see", "!error", "quiet", "!noise")
    assert (0.75, 0.5, 1) == (judged.auc, judged.average_precision, judged.first_rank)


def test_a_line_without_a_score_ranks_last() -> None:
    assert 2 == result(Expected(runs=(("error",),)), "!noise", "error").first_rank


def test_a_text_that_is_not_in_the_log_makes_the_case_wrong() -> None:
    with pytest.raises(InvalidCase, match="text 'fatal'"):
        result(TWO, "error", "at a")
