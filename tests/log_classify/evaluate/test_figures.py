from __future__ import annotations

from dataclasses import fields

from anomaly_filter import Finding
from log_classify.evaluate.expected import Expected
from log_classify.evaluate.figures import FEWER_IS_BETTER, MORE_IS_BETTER, Figures, Report, figures
from tests.log_classify.evaluate.made import result

FAILED = Expected(runs=(("error",), ("fatal",)))
PASSED = Expected(passing=True)
CONTROL = Expected(control=(("took 1 s",),))


def test_nothing_measured_is_nothing_not_zero() -> None:
    empty = figures([])
    assert (0, 0, 0) == (empty.cases, empty.anomalies, empty.controls)
    shares = (empty.chunk_recall, empty.false_share, empty.auc, empty.average_precision, empty.first_rank)
    builds = (empty.failed_rows_median, empty.failed_rows_p90, empty.passing_share, empty.passing_rows)
    assert {None} == {*shares, *builds}


def test_anomalies_are_summed_and_shares_are_means_over_cases() -> None:
    both = [
        result(FAILED, "!error", "!noise", "a", "fatal"),
        result(FAILED, "!error", "!fatal", "!noise", "!more noise", "a", "b"),
    ]
    seen = figures(both)
    assert (2, 10, 4, 3, 0.75) == (seen.cases, seen.lines, seen.anomalies, seen.found, seen.chunk_recall)
    assert (6, 3) == (seen.shown, seen.wrong)
    assert 0.5 == seen.false_share
    assert (both[0].auc or 0) + (both[1].auc or 0) == 2 * (seen.auc or 0)


def test_an_anomaly_that_only_a_finding_names_is_found_but_no_chunk_is_shown() -> None:
    seen = figures([result(FAILED, "!error", "fatal", findings=[Finding("order", "fatal")])])
    assert (2, 0.5) == (seen.found, seen.chunk_recall)


def test_rows_of_a_failed_build_are_lines_and_findings() -> None:
    builds = [
        result(FAILED, *["!error"] * count, "fatal", findings=[Finding("gap", "x")]) for count in range(1, 12)
    ]
    seen = figures([*builds, result(PASSED, *["!a"] * 50)])
    assert (11, 7, 11) == (seen.failed_builds, seen.failed_rows_median, seen.failed_rows_p90)


def test_rows_of_a_passing_build_are_lines_and_findings_without_neutral_ones() -> None:
    quiet = result(PASSED, "a", "b")
    loud = result(
        Expected(passing=True, neutral=(("n",),)), "!a", "!n", "b", "c", findings=[Finding("missing", "x")]
    )
    seen = figures([quiet, loud, result(FAILED, "!error", "fatal")])
    assert (2, 1.0, 0.25) == (seen.passing_builds, seen.passing_rows, seen.passing_share)


def test_an_empty_passing_build_has_no_share() -> None:
    assert figures([result(PASSED)]).passing_share is None


def test_the_first_true_line_counts_when_it_is_among_the_first_five() -> None:
    cases = [result(FAILED, *["!noise"] * before, "!error", "fatal") for before in (0, 4, 5)]
    seen = figures([*cases, result(PASSED, "a")])
    assert (3, 2, 5) == (seen.ranked, seen.top_5, seen.first_rank)


def test_controls_are_counted() -> None:
    seen = figures([result(CONTROL, "!took 1 s"), result(CONTROL, "took 1 s"), result(PASSED, "!a")])
    assert (2, 1) == (seen.controls, seen.alarmed)


def test_a_report_has_figures_for_each_set_and_class_in_order_of_names() -> None:
    word = Expected(class_name="word", passing=True)
    report = Report(
        (
            result(PASSED, "a", set_name="b"),
            result(PASSED, "a", set_name="a"),
            result(word, "a", set_name="b"),
            result(Expected(class_name="gap", passing=True), "a", set_name="b"),
            result(word, "a", set_name="b"),
        )
    )
    assert 5 == report.overall.cases
    assert [("a", 1), ("b", 4)] == [(name, seen.cases) for name, seen in report.sets.items()]
    assert ["b"] == list(report.classes)
    assert [("gap", 1), ("word", 2)] == [(name, seen.cases) for name, seen in report.classes["b"].items()]


def test_directions_are_of_figures_that_there_are() -> None:
    assert {field.name for field in fields(Figures)} > MORE_IS_BETTER | FEWER_IS_BETTER
    assert not MORE_IS_BETTER & FEWER_IS_BETTER
