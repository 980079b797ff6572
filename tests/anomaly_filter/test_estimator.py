from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from anomaly_filter import AnomalyFilter, Line
from anomaly_filter.estimator import AnomalyEstimator
from tests import logs

GOOD = ["alpha beta gamma delta", "all tests passed"]

NO_FEATURES = "a line is no row of features, so there is no number of them"
NO_NUMBERS = "a line holds no numbers of which some could be wrong"
NO_SPARSE = "a line is no row of a sparse matrix"
NOVELTY = "every line that was fitted is known: no share of the fitted lines is an outlier"

NOT_FOR_TEXT = {
    "check_n_features_in": NO_FEATURES,
    "check_n_features_in_after_fitting": NO_FEATURES,
    "check_fit1d": NO_FEATURES,
    "check_fit2d_predict1d": NO_FEATURES,
    "check_estimators_empty_data_messages": NO_FEATURES,
    "check_complex_data": NO_NUMBERS,
    "check_estimators_nan_inf": NO_NUMBERS,
    "check_estimator_sparse_tag": NO_SPARSE,
    "check_estimator_sparse_array": NO_SPARSE,
    "check_estimator_sparse_matrix": NO_SPARSE,
    "check_outliers_fit_predict": NOVELTY,
    "check_outliers_train": NOVELTY,
}


class OfRows(AnomalyEstimator):
    """The estimator, fed with rows of numbers that are spelt out as lines: scikit-learn's checks make only such."""

    def fit(self, X: Any, y: object = None) -> OfRows:  # noqa: N803 - scikit-learn's name
        super().fit(spelt(X), y)
        return self

    def score_samples(self, X: Any) -> Any:  # noqa: N803 - scikit-learn's name
        return super().score_samples(spelt(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = tags.input_tags.string = False
        tags.input_tags.two_d_array = True
        return tags


def spelt(rows: Any) -> list[str]:
    letters = str.maketrans("0123456789-.", "abcdefghijkl")
    return [
        " ".join(f"column{float(value):.1f}".translate(letters) for value in row) for row in np.asarray(rows)
    ]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_the_checks_of_scikit_learn_pass_where_they_apply_to_text() -> None:
    results = check_estimator(OfRows(), expected_failed_checks=NOT_FOR_TEXT, on_skip=None, on_fail="raise")
    by_status: dict[str, set[str]] = {}
    for result in results:
        by_status.setdefault(result["status"], set()).add(result["check_name"])
    assert set(NOT_FOR_TEXT) == by_status["xfail"]
    assert {
        "check_fit_idempotent",
        "check_methods_subset_invariance",
        "check_estimators_pickle",
    } <= by_status["passed"]
    assert len(by_status["passed"]) >= 25


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_the_estimator_itself_passes_what_is_checked_of_one_that_takes_text() -> None:
    assert {"passed"} == {result["status"] for result in check_estimator(AnomalyEstimator(), on_skip=None)}


def test_it_takes_text_and_says_so() -> None:
    tags = AnomalyEstimator().__sklearn_tags__()
    assert ("outlier_detector", True, True, False) == (
        tags.estimator_type,
        tags.input_tags.string,
        tags.input_tags.one_d_array,
        tags.input_tags.two_d_array,
    )


@given(st.lists(logs.texts, min_size=1), st.lists(logs.texts, min_size=1))
def test_scores_are_minus_the_distances_of_the_filter(baseline: list[str], target: list[str]) -> None:
    estimator = AnomalyEstimator().fit(baseline)
    scored = AnomalyFilter(estimator.model_).scored(Line(1, text) for text in target)
    assert [-line.distance for line in scored if line.distance is not None] == estimator.score_samples(
        target
    ).tolist()


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0.2, [1, -1, -1]), (0.25, [1, -1, -1]), (0.26, [1, 1, -1]), (1.0, [1, 1, -1])],
)
def test_outliers_are_what_the_filter_shows(threshold: float, expected: list[int]) -> None:
    target = ["alpha beta gamma delta", "alpha beta gamma omega", "no space left"]
    estimator = AnomalyEstimator(threshold=threshold).fit(GOOD)
    assert expected == estimator.predict(target).tolist()
    assert [value < 0 for value in estimator.decision_function(target)] == [label < 0 for label in expected]
    shown = AnomalyFilter(estimator.model_, threshold=threshold).scored(Line(1, text) for text in target)
    assert [line.shown for line in shown] == [label < 0 for label in expected]


def test_the_lower_the_score_the_more_abnormal() -> None:
    known, near, new = (
        AnomalyEstimator().fit(GOOD).score_samples(["all tests passed", "all tests", "no space left"])
    )
    assert 0 == known > near > new == -1


def test_fitting_again_forgets() -> None:
    estimator = AnomalyEstimator().fit(GOOD).fit(["compiling"])
    assert [-1, 1] == estimator.predict([GOOD[0], "compiling"]).tolist()


@pytest.mark.parametrize("texts", [GOOD, tuple(GOOD), np.array(GOOD), np.array(GOOD, dtype=object)])
def test_any_sequence_of_text_is_taken(texts: Sequence[str]) -> None:
    assert [1, 1] == AnomalyEstimator().fit(texts).predict(texts).tolist()
    assert [1, 1] == AnomalyEstimator().fit_predict(texts).tolist()


def test_it_can_be_pickled_cloned_and_put_into_a_pipeline() -> None:
    estimator = AnomalyEstimator(threshold=0.5).fit(GOOD)
    assert [1, -1] == pickle.loads(pickle.dumps(estimator)).predict([GOOD[0], "no space left"]).tolist()
    assert {"threshold": 0.5} == clone(estimator).get_params()
    assert not hasattr(clone(estimator), "model_")
    assert [1, -1] == make_pipeline(AnomalyEstimator()).fit(GOOD).predict([GOOD[0], "no space left"]).tolist()


def test_what_is_not_fitted_says_so() -> None:
    with pytest.raises(NotFittedError):
        AnomalyEstimator().predict(GOOD)


@pytest.mark.parametrize("threshold", [0, -1, 1.1, float("nan")])
def test_a_threshold_out_of_range_is_refused_by_fit(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold: expected a distance above 0 and up to 1"):
        AnomalyEstimator(threshold=threshold).fit(GOOD)


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ("one text", TypeError, "expected a sequence of lines, got one text"),
        (b"one text", TypeError, "expected a sequence of lines, got one text"),
        (["text", 3], TypeError, "expected str, got int at the place 1"),
        ([], ValueError, "expected at least one line, got none"),
        (np.array([GOOD]), ValueError, "expected lines of text in one dimension, got the shape"),
    ],
)
def test_what_is_no_sequence_of_lines_is_refused(texts: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        AnomalyEstimator().fit(texts)
    with pytest.raises(error, match=message):
        AnomalyEstimator().fit(GOOD).predict(texts)
