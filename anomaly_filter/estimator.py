"""The filter as a scikit-learn estimator. The only module of the package that needs scikit-learn to be imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from anomaly_filter.filter import AnomalyFilter
from anomaly_filter.learning import SegmentBuilder
from anomaly_filter.lines import Line
from anomaly_filter.model import Model
from anomaly_filter.threshold import DEFAULT_THRESHOLD


class AnomalyEstimator(OutlierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Novelty detection for lines of text: fit on what passing builds printed, predict on another build.

    A sample is one line, so X is a sequence of str of shape (n_samples,), as scikit-learn's text vectorizers take
    it. Fitted estimators can be pickled and cloned.

    >>> estimator = AnomalyEstimator().fit(["compiling 31 files", "all tests passed"])
    >>> estimator.predict(["compiling 35 files", "no space left"]).tolist()
    [1, -1]

    Attributes:
        model_: what was fitted.
        offset_: what decision_function subtracts from score_samples: the least float above -threshold, so that a
            line exactly at the threshold is an outlier, as in AnomalyFilter.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        """Make an estimator.

        Args:
            threshold: distance from which on a line is an outlier, above 0 and up to 1.
        """
        self.threshold = threshold

    def fit(self, X: Sequence[str], y: object = None) -> AnomalyEstimator:  # noqa: ARG002, N803 - scikit-learn's signature
        """Learn lines, and nothing else: what was fitted before is forgotten.

        Args:
            X: lines of passing builds, shape (n_samples,), at least one.
            y: not used.

        Raises:
            TypeError: X is one text, or has something else than texts in it.
            ValueError: X is empty or has more than one dimension, or the threshold is out of range.
        """
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold: expected a distance above 0 and up to 1, got {self.threshold}")
        builder = SegmentBuilder(build="", file="")
        builder.learn(_lines(X))
        self.model_ = Model([builder.segment()])
        self.offset_ = float(np.nextafter(-self.threshold, 1.0))
        return self

    def score_samples(self, X: Sequence[str]) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """Return minus the distance of each line: shape (n_samples,), in -1..0, the lower the more abnormal.

        Raises:
            TypeError: X is one text, or has something else than texts in it.
            ValueError: X is empty or has more than one dimension.
            NotFittedError: fit was not called.
        """
        check_is_fitted(self)
        distance = AnomalyFilter(self.model_).distance
        return -np.fromiter((distance(line.text) for line in _lines(X)), np.float64)

    def decision_function(self, X: Sequence[str]) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """Return score_samples less offset_: negative for outliers, shape (n_samples,). Raises what that raises."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:  # noqa: N803 - scikit-learn's name
        """Return -1 for outliers and 1 for inliers, shape (n_samples,). Raises what score_samples raises."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _lines(texts: Any) -> list[Line]:  # noqa: ANN401 - what users pass is checked here
    if isinstance(texts, (str, bytes)):
        raise TypeError("X: expected a sequence of lines, got one text")
    if len(shape := getattr(texts, "shape", (0,))) != 1:
        raise ValueError(f"X: expected lines of text in one dimension, got the shape {shape}")
    lines = [Line(number, text) for number, text in enumerate(texts, 1)]
    if not lines:
        raise ValueError("X: expected at least one line, got none")
    for line in lines:
        if not isinstance(line.text, str):
            raise TypeError(f"X: expected str, got {type(line.text).__name__} at the place {line.number - 1}")
    return lines
