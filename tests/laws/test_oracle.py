"""scikit-learn's exact nearest neighbours, on the same tokens, find the same distances."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.neighbors import NearestNeighbors

from anomaly_filter import AnomalyFilter, Line, Model, SegmentBuilder, lines
from anomaly_filter.lines import parts
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import Table
from tests import logs

CASES = [
    "logjuicer-tests/testr-nodepool-01",
    "logjuicer-tests/dib-01",
    "logjuicer-tests/syslog-01",
    "logjuicer-tests/mock-01",
    "logjuicer-tests/ansible-01",
    "logjuicer-tests/zuul-console-01",
    "cidiff-dev/jenkins-and-gha/astor_1278",
]


def oracle(baseline: Sequence[str], target: Sequence[str]) -> NDArray[np.float64]:
    """The distance of each of the target's sub-lines; one without tokens is near everything."""
    tokens = functools.cache(Table().tokens)
    # Fitted on both sides: tokens that the baseline does not know count in the norm of the target.
    vectorizer = CountVectorizer(binary=True, analyzer=tokens).fit([*baseline, *target])
    neighbours = NearestNeighbors(n_neighbors=1, metric="cosine", algorithm="brute")
    neighbours.fit(vectorizer.transform({text for text in baseline if tokens(text)}))
    distinct = list(dict.fromkeys(text for text in target if tokens(text)))
    found = neighbours.kneighbors(vectorizer.transform(distinct))[0][:, 0] if distinct else ()
    distances = dict(zip(distinct, found, strict=True))
    return np.array([distances.get(text, 0.0) for text in target])


def sub_lines(read: Sequence[Line]) -> list[str]:
    return [mask_secrets(part) for line in read for part in parts(line)]


def ours(baseline: Sequence[Line], target: Sequence[Line]) -> list[float]:
    builder = SegmentBuilder("b1", "job.log")
    builder.learn(baseline)
    scored = AnomalyFilter(Model([builder.segment()])).scored(target)
    return [line.distance for line in scored if line.distance is not None]


def largest_difference(baseline: Sequence[Line], target: Sequence[Line]) -> float:
    # With each sub-line as a line of its own, and with lines as they are.
    alone = [Line(number, part) for number, part in enumerate(sub_lines(target), 1)]
    of_parts = oracle(sub_lines(baseline), [line.text for line in alone])
    of_lines, start = [], 0
    for line in target:
        end = start + len(list(parts(line)))
        of_lines.append(max(of_parts[start:end], default=0.0))
        start = end
    largest: float = max(
        np.abs(of_parts - ours(baseline, alone)).max(initial=0.0),
        np.abs(np.array(of_lines) - ours(baseline, target)).max(initial=0.0),
    )
    return largest


@pytest.mark.parametrize("case", CASES)
def test_distances_of_every_line_of_a_real_log_are_those_of_scikit_learn(case: str) -> None:
    good, fail = (list(lines([log])) for log in logs.real(case))
    assert largest_difference(good, fail) < 1e-6


@given(st.lists(logs.texts, max_size=15), st.lists(logs.texts, min_size=1, max_size=15))
@settings(deadline=None)
def test_distances_of_made_up_lines_are_those_of_scikit_learn(baseline: list[str], target: list[str]) -> None:
    learnt, scored = (
        [Line(number, text) for number, text in enumerate(t, 1)] for t in ([*baseline, "alpha"], target)
    )
    assert largest_difference(learnt, scored) < 1e-6
