from __future__ import annotations

from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, Tokenizer
from anomaly_filter.lines import Line
from anomaly_filter.verdict import fingerprint
from log_classify.report.model import Report
from log_classify.report.sharing import Anomaly, anomalies
from tests.log_classify.report.reports import entry, file, report

TOKENS = Tokenizer()


def build(*texts: str, score: float = 1.0) -> Report:
    """Return the report of a build with these lines."""
    return report(
        [
            file(
                "a.log",
                [
                    entry(at, text, fingerprint=fingerprint(TOKENS.tokens(text)), score=score)
                    for at, text in enumerate(texts, 1)
                ],
            )
        ]
    )


def found(*builds: Report, threshold: float = 0.25) -> dict[str, list[int]]:
    """Return the builds of each anomaly."""
    return {anomaly.text: sorted(anomaly.places) for anomaly in anomalies(builds, threshold)}


def test_the_same_line_in_two_builds_is_one_anomaly() -> None:
    assert {"disk is full": [0, 1], "network is down": [1]} == found(
        build("disk is full"), build("network is down", "disk is full")
    )


def test_times_and_ids_do_not_make_lines_differ() -> None:
    assert {"12:30:01 request 0a1b2c3d4e5f failed badly": [0, 1]} == found(
        build("12:30:01 request 0a1b2c3d4e5f failed badly"),
        build("13:45:59 request 9f8e7d6c5b4a failed badly"),
    )


def test_a_line_that_is_nearly_the_same_joins_it_unless_it_must_be_the_same() -> None:
    one = "cannot mount the volume of node alpha in time because of a lock"
    other = "cannot mount the volume of node gamma in time because of a lock"
    assert {one: [0, 1]} == found(build(one), build(other))
    assert {one: [0], other: [1]} == found(build(one), build(other), threshold=0.0)


def test_near_means_what_it_means_to_the_engine() -> None:
    one = "cannot mount the volume of node alpha in time because of a lock"
    other = "cannot mount the volume of node gamma in time because of a lock"
    builder = SegmentBuilder("build", "file")
    builder.learn([Line(1, one)])
    distance = AnomalyFilter(Model([builder.segment()])).distance(other)
    assert distance
    assert {one: [0, 1]} == found(build(one), build(other), threshold=distance + 1e-9)
    assert {one: [0], other: [1]} == found(build(one), build(other), threshold=distance)


def test_lines_of_one_build_stay_apart() -> None:
    one = "cannot mount the volume of node alpha in time because of a lock"
    other = "cannot mount the volume of node gamma in time because of a lock"
    assert {one: [0], other: [0]} == found(build(one, other), build())


def test_the_most_shared_come_first_then_the_worst() -> None:
    shared = anomalies(
        [build("disk is full", "alone here"), build("disk is full"), build("other thing", score=0.5)], 0.25
    )
    assert ["disk is full", "alone here", "other thing"] == [anomaly.text for anomaly in shared]


def test_an_anomaly_knows_all_its_places_and_its_largest_score() -> None:
    [anomaly] = anomalies([build("disk is full", "disk is full", score=0.4), build("disk is full")], 0.25)
    assert isinstance(anomaly, Anomaly)
    assert {0: [1, 2], 1: [1]} == {
        number: [place.line for place in places] for number, places in anomaly.places.items()
    }
    assert 1.0 == anomaly.score


def test_lines_that_are_not_far_are_no_anomalies() -> None:
    near = report([file("a.log", [entry(1, "well known", fingerprint="", distance=0.0)])])
    assert {} == found(near, near)


def test_lines_without_tokens_are_the_same_only_by_their_fingerprint() -> None:
    assert {"---": [0, 1]} == found(build("---"), build("---"))
