from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace

import pytest

from anomaly_filter import Model, Segment
from anomaly_filter.evidence import Evidence, skeleton
from anomaly_filter.tokens import Table
from tests.anomaly_filter.builds import learnt, model

ONE = ["12:00:00 alpha", "12:00:07 beta", "12:00:07 alpha"]
TWO = ["12:00:00 beta", "12:00:02 gamma", "12:00:32 beta"]


def texts_of(model: Model, rows: Sequence[int]) -> list[str]:
    return [model.text(row).split()[-1] for row in rows]


def tokens(text: str) -> frozenset[str]:
    return Table().tokens(text)


def evidence(*segments: Segment) -> Evidence:
    return Model(segments).evidence


def test_a_skeleton_has_no_numbers() -> None:
    assert {"tests", "ran"} == skeleton(tokens("ran 12 tests")) == skeleton(tokens("ran 0 tests"))


def test_a_build_has_its_rows_in_the_order_in_which_they_came_first() -> None:
    known = model(ONE, TWO)
    assert [["alpha", "beta"], ["beta", "gamma"]] == [
        texts_of(known, build.order) for build in known.evidence.builds
    ]


def test_a_build_counts_its_sub_lines_and_knows_the_longest_wait_before_each() -> None:
    known = model(ONE, TWO)
    found = [
        {known.text(row).split()[-1]: (build.counts[row], build.waits[row]) for row in build.order}
        for build in known.evidence.builds
    ]
    assert [{"alpha": (2, 0), "beta": (1, 7)}, {"beta": (2, 30), "gamma": (1, 2)}] == found
    assert [7, 30] == [build.longest_wait for build in known.evidence.builds]


def test_a_build_without_times_has_no_longest_wait() -> None:
    assert [0] == [build.longest_wait for build in model(["alpha"]).evidence.builds]


@pytest.mark.parametrize(
    "segments",
    [
        [learnt(*ONE), learnt(*TWO, file="other.log")],
        [learnt(*ONE), replace(learnt(*TWO, build="b2"), left_out=1)],
        [learnt(*ONE), replace(learnt(*TWO, build="b2"), counts=())],
        [learnt(*ONE), replace(learnt(*TWO, build="b2"), waits=())],
        [],
    ],
    ids=["several files of a build", "rows left out", "no counts", "no waits", "nothing"],
)
def test_no_build_is_known_where_one_is_not_known_whole(segments: list[Segment]) -> None:
    assert () == evidence(*segments).builds


def test_builds_of_one_file_each_are_known() -> None:
    assert 2 == len(evidence(learnt(*ONE), learnt(*TWO, build="b2", file="other.log")).builds)


def test_a_total_is_of_all_builds_and_files() -> None:
    known = Model([learnt(*ONE), learnt(*TWO, file="other.log"), learnt(*TWO, build="b2")])
    assert {"alpha": 2, "beta": 5, "gamma": 2} == {
        known.text(row).split()[-1]: known.evidence.total(row) for row in range(len(known))
    }


def test_a_total_that_is_not_known_is_0() -> None:
    known = Model([replace(learnt(*ONE), counts=())])
    assert [0, 0] == [known.evidence.total(row) for row in range(len(known))]


def test_classes_are_those_of_all_lines_with_the_same_skeleton() -> None:
    known = model(["ran 12 tests"], ["ran 0 tests", "compiling"]).evidence
    assert {"tests=n", "tests=0", "ran=n", "ran=0"} >= known.classes(tokens("ran tests"))
    assert {"tests=n", "tests=0"} <= known.classes(tokens("ran tests"))
    assert frozenset() == known.classes(tokens("compiling"))
    assert frozenset() == known.classes(tokens("something else"))


def test_there_is_a_span_for_each_build_that_has_a_number() -> None:
    known = model(["ran 12 tests", "ran 0 tests", "ran 7 tests"], ["ran 31 tests"], ["compiling"]).evidence
    assert [(0.0, 12.0), (31.0, 31.0)] == known.spans(tokens("ran tests"))["tests"]
    assert {} == known.spans(tokens("something else"))


def test_hosts_are_those_of_whole_builds() -> None:
    lines = ["from http://one.example.com/x"] * 2
    builds = [learnt(*lines, build=build, file=file) for build in ("b1", "b2") for file in ("x", "y")]
    assert {"from http://": {"one.example.com"}} == evidence(*builds).usual_hosts
    assert {} == evidence(*builds[:2]).usual_hosts


def test_a_model_can_be_pickled_with_its_evidence() -> None:
    known = pickle.loads(pickle.dumps(model(ONE, TWO, ["ran 12 tests"])))
    assert model(ONE, TWO, ["ran 12 tests"]).evidence.builds == known.evidence.builds
    assert [(12.0, 12.0)] == known.evidence.spans(tokens("ran tests"))["tests"]


def test_a_place_is_always_zero_when_each_line_of_each_build_has_a_zero_there() -> None:
    known = model(["12 here, 0 there", "9 here, 0 there"], ["0 here, 0 there"])
    (row,) = range(len(known))
    assert {"0@1"} == known.evidence.always_zero(row)


def test_a_place_is_not_always_zero_where_one_line_has_another_number() -> None:
    for second in (["5 here"], ["0 here", "5 here"], ["5 here", "0 here"]):
        known = model(["0 here"], second)
        assert frozenset() == known.evidence.always_zero(0)
    assert {"0@0"} == model(["0 here"], ["0 here"], ["other"]).evidence.always_zero(0)
