"""Rank the lines of a failed build with scikit-learn: the detector as a step of a pipeline, its threshold chosen.

    python sklearn_pipeline.py passed-1.log passed-2.log failed.log

The threshold is the smallest one at which hardly a line of another passing build is an outlier.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from anomaly_filter.estimator import AnomalyEstimator

ALARMS = 0.001  # share of a passing build's lines that may be outliers
THRESHOLDS = np.arange(0.05, 1.0, 0.05)


def without_stamps(texts: list[str]) -> list[str]:
    """Return lines without what a CI system puts before each: the part up to the first bar."""
    return [text.partition(" | ")[2] or text for text in texts]


def read(path: str) -> list[str]:
    """Return the lines of a log."""
    return Path(path).read_text("utf-8", errors="replace").splitlines()


def main() -> None:
    """Fit on the first log, choose the threshold on the second, rank the lines of the third."""
    first, second, failed = map(read, sys.argv[1:])
    pipeline = make_pipeline(FunctionTransformer(without_stamps), AnomalyEstimator()).fit(first)
    distances = -pipeline.score_samples(second)
    threshold = next((each for each in THRESHOLDS if np.mean(distances >= each) <= ALARMS), THRESHOLDS[-1])
    pipeline.set_params(anomalyestimator__threshold=float(threshold)).fit(first)
    outliers = np.flatnonzero(pipeline.predict(failed) == -1)
    scores = pipeline.score_samples(failed)
    print(f"threshold {threshold:.2f}: {len(outliers)} of {len(failed)} lines")
    for number in sorted(outliers, key=lambda line: scores[line])[:10]:
        print(f"{-scores[number]:.2f} {number + 1:6} {failed[number]}")


if __name__ == "__main__":
    main()
