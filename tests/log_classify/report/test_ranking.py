from __future__ import annotations

from log_classify.report.ranking import failed_first, foremost, worst_first
from tests.log_classify.report.reports import entry, file, report, time


def paths(*files: tuple[str, list[float]]) -> list[str]:
    found = worst_first(
        report(
            file(path, [entry(at, f"{path} {at}", score=score) for at, score in enumerate(scores, 1)])
            for path, scores in files
        )
    )
    return [each.path for each in found]


def test_the_file_with_the_worst_lines_comes_first() -> None:
    assert ["b", "a", "c"] == paths(("a", [0.5, 0.4]), ("b", [1.0]), ("c", []))


def test_ten_lines_weigh_as_much_as_a_hundred() -> None:
    assert ["a", "b"] == paths(("a", [1.0] * 10), ("b", [1.0] * 100))


def test_files_without_lines_come_last_those_with_findings_before_others() -> None:
    found = worst_first(
        report([file("a"), file("b", [entry(1, "x", score=None)]), file("c", findings=("something",))])
    )
    assert ["b", "c", "a"] == [each.path for each in found]


def test_the_earliest_failure_failed_first() -> None:
    made = report(
        [
            file("a", [entry(1, "one", time=time(1)), entry(2, "two", time=time(9), reasons=("error",))]),
            file("b", [entry(3, "three", time=time(5), reasons=("novel", "number"))]),
        ]
    )
    first = failed_first(made)
    assert first
    assert ("b", 3) == (first.file.path, first.entry.line)


def test_of_lines_compared_with_nothing_those_that_only_warn_did_not_fail_first() -> None:
    alone = {"distance": None, "reasons": ("error",)}
    lines = [
        entry(at, str(at), score=score, **alone) for at, score in ((1, 0.2), (20, 0.7), (40, 0.9), (60, 0.9))
    ]
    for given, number in ((lines, 40), (lines[:2], 20), (lines[:1], 1), ([*lines[:2], entry(80, "far")], 80)):
        first = failed_first(report([file("a", given)]))
        assert first
        assert number == first.entry.line


def test_without_a_failure_the_earliest_line_is_first_and_without_times_the_worst_files() -> None:
    timed = failed_first(report([file("a", [entry(1, "one"), entry(2, "two", time=time(9))])]))
    assert timed
    assert 2 == timed.entry.line
    untimed = failed_first(report([file("a", [entry(1, "one", score=0.3)]), file("b", [entry(2, "two")])]))
    assert untimed
    assert 2 == untimed.entry.line
    assert None is failed_first(report([file("a")]))


def test_a_time_may_have_a_zone_or_none_or_be_nonsense() -> None:
    lines = [
        entry(1, "one", time="nonsense"),
        entry(2, "two", time="2026-03-10T08:00:00+02:00"),
        entry(3, "three", time="2026-03-10T07:00:00"),
        entry(4, "four", time="2026-03-10T07:30:00Z"),
        entry(5, "five", time="9999-12-31T23:59:59-23:59"),
    ]
    first = failed_first(report([file("a", lines)]))
    assert first
    assert 2 == first.entry.line
    earliest = entry(6, "six", time="0001-01-01T00:00:00+23:59")
    first = failed_first(report([file("a", [*lines, earliest])]))
    assert first
    assert 6 == first.entry.line


def test_the_foremost_lines_are_those_with_the_largest_scores() -> None:
    lines = [entry(10 * at, f"line {at}", score=at / 20) for at in range(1, 21)]
    found = foremost(report([file("a", lines)]), 3)
    assert [200, 190, 180] == [place.entry.line for place in found]


def test_of_equal_lines_failures_come_first_then_the_earliest() -> None:
    lines = [
        entry(10, "one", time=time(3)),
        entry(20, "two", time=time(2)),
        entry(30, "three", time=time(9), reasons=("error",)),
        entry(40, "four", score=None, time=time(1)),
    ]
    found = foremost(report([file("a", lines)]), 10)
    assert [30, 20, 10, 40] == [place.entry.line for place in found]


def test_of_lines_that_stand_together_or_say_the_same_only_one_is_foremost() -> None:
    made = report(
        [
            file("a", [entry(10, "one"), entry(14, "two"), entry(15, "three")]),
            file("b", [entry(12, "one"), entry(11, "four", score=0.9)]),
        ]
    )
    found = foremost(made, 10)
    assert [("a", 10), ("a", 15), ("b", 11)] == [(place.file.path, place.entry.line) for place in found]
