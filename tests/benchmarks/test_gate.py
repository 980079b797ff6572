from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from anomaly_filter import Finding
from benchmarks.evaluation import gate
from log_classify.comparison import Compared, compare
from log_classify.evaluate.changes import ALL, Number
from log_classify.evaluate.figures import FEWER_IS_BETTER, MORE_IS_BETTER
from log_classify.evaluate.run import evaluate

Row = dict[str, Number]

KEPT: Row = {"cases": 20, "lines": 900, "anomalies": 34, "controls": 0, "found": 34, "wrong": 70, "auc": 0.99}


def failed(**now: Number) -> list[str]:
    return list(gate.failures({"set": KEPT}, {"set": {**KEPT, **now}}))


def test_the_same_figures_pass() -> None:
    assert [] == failed()


def test_better_figures_pass() -> None:
    assert [] == failed(found=34, wrong=10, auc=1.0)


@pytest.mark.parametrize(
    ("figure", "tolerated", "worse"), [("found", 34, 33), ("wrong", 71, 72), ("auc", 0.989, 0.9889)]
)
def test_a_figure_may_be_worse_by_its_tolerance_and_no_more(
    figure: str, tolerated: float, worse: float
) -> None:
    assert [] == failed(**{figure: tolerated})
    (failure,) = failed(**{figure: worse})
    assert failure.startswith(f"set: {figure} is {worse:g}, was {KEPT[figure]:g} (")


def test_a_figure_that_is_gone_is_worse_and_one_that_was_not_there_is_not() -> None:
    (failure,) = failed(auc=None)
    assert failure.startswith("set: auc is not there, was 0.99")
    assert [] == failed(top_5=1)


def test_other_cases_are_not_compared_but_named() -> None:
    assert ["set: these are other cases than were kept: 21 cases, kept 20 cases"] == failed(cases=21, found=0)


def test_a_set_that_is_gone_or_new_is_named() -> None:
    (gone,) = gate.failures({"set": KEPT}, {})
    (new,) = gate.failures({}, {"set": KEPT})
    assert gone.startswith("set: these are other cases than were kept: None cases")
    assert new.endswith("kept None cases, None lines, None anomalies, None controls")


def test_the_figures_of_all_sets_together_are_not_compared() -> None:
    assert [] == list(gate.failures({ALL: {"found": 10}}, {ALL: {"found": 1}}))


def test_a_bound_that_was_reached_stays_reached_even_within_the_tolerance() -> None:
    bound = next(bound for bound in gate.BOUNDS if ("logjuicer", "wrong") == (bound.set_name, bound.figure))
    row = {**KEPT, "wrong": bound.limit}
    (failure,) = gate.failures({"logjuicer": row}, {"logjuicer": {**row, "wrong": bound.limit + 1}})
    assert "logjuicer: wrong is 25, was 24; at most 24 was reached" == failure


def test_a_bound_that_was_not_reached_need_not_be() -> None:
    row = {**KEPT, "wrong": 30}
    assert [] == list(gate.failures({"logjuicer": row}, {"logjuicer": row}))


def test_a_case_whose_baseline_is_wrongly_said_not_to_fit_is_worse() -> None:
    (figure, bound) = gate.failures({gate.OTHERS: {gate.UNFIT: 0}}, {gate.OTHERS: {gate.UNFIT: 1}})
    assert figure.startswith("all but misfit: unfit is 1, was 0")
    assert "all but misfit: unfit is 1, was 0; at most 0 was reached" == bound


def test_a_finding_that_the_baseline_does_not_fit_counts_where_it_is_not_expected(tmp_path: Path) -> None:
    for name, anomaly in (("right", "finding: unfit_baseline"), ("wrong", "text: broken")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "good.log").write_text("fine\n")
        (folder / "fail.log").write_text("broken\n")
        (folder / "expected.yaml").write_text(f"anomalies: [{{{anomaly}}}]\n")

    def judge(baselines: Sequence[Path], target: Path) -> Compared:
        return replace(compare(baselines, target), findings=(Finding("unfit_baseline", "it does not fit"),))

    report = evaluate([tmp_path], jobs=1, judge=judge)
    assert {"set": KEPT, gate.OTHERS: {gate.UNFIT: 1}} == gate.measured({"set": KEPT}, report)


@pytest.mark.parametrize(
    ("row", "value", "reached"),
    [
        ({"found": 90, "anomalies": 100}, 0.9, True),
        ({"found": 89, "anomalies": 100}, 0.89, False),
        ({"found": 0, "anomalies": 0}, None, False),
        ({}, None, False),
    ],
)
def test_a_bound_may_be_a_share_and_is_not_reached_where_nothing_was_measured(
    row: Row,
    value: Number,
    reached: bool,  # noqa: FBT001 - pytest names it
) -> None:
    bound = gate.Bound("set", "found", 0.9, of="anomalies")
    assert (value, reached) == (bound.value({"set": row}), bound.reached({"set": row}))


def test_every_figure_that_has_a_better_has_a_tolerance_with_a_reason() -> None:
    assert MORE_IS_BETTER | FEWER_IS_BETTER | {gate.UNFIT} == set(gate.TOLERANCES)
    assert all(tolerance.reason and tolerance.by >= 0 for tolerance in gate.TOLERANCES.values())


def test_every_bound_is_of_a_figure_that_is_compared() -> None:
    assert {bound.figure for bound in gate.BOUNDS} <= set(gate.TOLERANCES)
