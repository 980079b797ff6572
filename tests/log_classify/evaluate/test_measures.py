from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from log_classify.evaluate.measures import average_precision, first_rank, mean, quantile, roc_auc

ranked = st.lists(st.tuples(st.sampled_from([0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=2, max_size=12)


@given(ranked)
def test_auc_is_that_of_scikit_learn(lines: list[tuple[float, bool]]) -> None:
    scores, labels = zip(*lines, strict=True)
    assume(0 < sum(labels) < len(labels))
    assert pytest.approx(roc_auc_score(labels, scores)) == roc_auc(lines)


@given(ranked)
def test_average_precision_of_ranked_lines_is_that_of_scikit_learn(lines: list[tuple[float, bool]]) -> None:
    scores, labels = zip(*lines, strict=True)
    assume(any(labels))
    assert pytest.approx(average_precision_score(labels, scores)) == average_precision(lines)


@pytest.mark.parametrize(("lines", "auc"), [([], None), ([(1, True)], None), ([(1, False)], None)])
def test_auc_needs_both_kinds_of_lines(lines: list[tuple[float, bool]], auc: float | None) -> None:
    assert auc == roc_auc(lines)


@pytest.mark.parametrize(
    ("lines", "expected"), [([(1, False)], None), ([(0, True)], 0.0), ([(0.5, True), (0, True)], 0.5)]
)
def test_a_line_of_score_0_is_not_ranked(lines: list[tuple[float, bool]], expected: float | None) -> None:
    assert expected == average_precision(lines)


@pytest.mark.parametrize(
    ("lines", "rank"),
    [
        ([], None),
        ([(1, False)], None),
        ([(0.2, True), (0.9, False), (0.5, True)], 2),
        ([(0.5, False), (0.5, True), (0.5, False)], 2),  # ties in file order
        ([(0.5, True), (0.5, False)], 1),
        ([(0, False), (0, True)], 2),
    ],
)
def test_the_first_true_line_has_a_place(lines: list[tuple[float, bool]], rank: int | None) -> None:
    assert rank == first_rank(lines)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.9, None), ([7], 0.9, 7), (range(1, 11), 0.9, 9), (range(1, 12), 0.9, 10), ([3, 1, 2], 0, 1)],
)
def test_a_quantile_is_one_of_the_values(values: list[float], share: float, expected: float | None) -> None:
    assert expected == quantile(values, share)


@pytest.mark.parametrize(("values", "expected"), [([], None), ([None], None), ([1, None, 2], 1.5)])
def test_a_mean_is_of_what_is_there(values: list[float | None], expected: float | None) -> None:
    assert expected == mean(values)
