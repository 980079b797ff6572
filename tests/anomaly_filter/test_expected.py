from __future__ import annotations

from math import inf, nextafter

import pytest

from anomaly_filter import expected as module
from anomaly_filter.amounts import FAULTS, PERCENT, SHARE, STATUS, VERSION
from anomaly_filter.expected import Expected, expected
from anomaly_filter.reasons import NUMBER
from anomaly_filter.reasons import VERSION as VERSION_REASON

Spans = list[tuple[float, float]]
TRIED, TOTAL, FAULT, MAJOR = "tests", "records", f"{FAULTS}errors", f"{VERSION}0"


def odd(key: str, number: float, *spans: tuple[float, float], builds: int = 0) -> bool:
    """Whether a number is odd, by the spans of baselines; there are as many as spans unless told."""
    found = expected({key: spans}, builds or len(spans))
    return key in found and found[key].note(key, number) is not None


def least(key: str, *spans: tuple[float, float]) -> float:
    """The lowest number that is not odd."""
    return expected({key: spans}, len(spans))[key].low


def test_a_number_between_its_bounds_is_not_odd() -> None:
    what = Expected(2, 4, (2, 4))
    assert [True, False, False, False, True] == [what.note("x", n) is not None for n in (1.9, 2, 3, 4, 4.1)]
    assert Expected().note("x", 1e9) is None


@pytest.mark.parametrize(
    ("key", "reason"),
    [(MAJOR, VERSION_REASON), (TRIED, NUMBER), (FAULT, NUMBER), (SHARE, NUMBER), (PERCENT, NUMBER)],
)
def test_a_note_has_the_number_and_what_the_baselines_have(key: str, reason: str) -> None:
    found = Expected(2, 4, (2, 4)).note(key, 7.5)
    assert found is not None
    assert reason == found[0]
    assert "7.5" in found[1]
    assert "2 to 4" in found[1]
    assert FAULTS not in found[1]
    same = Expected(2, 2, (2, 2)).note(key, 7.5)
    assert same is not None
    assert "2 to" not in same[1]


def test_of_keys_that_the_baselines_do_not_have_nothing_is_expected() -> None:
    assert {} == expected({}, 1)


def test_a_version_has_to_be_one_between_those_of_the_baselines() -> None:
    assert [True, False, False, False, True] == [odd(MAJOR, n, (3, 3), (5, 5)) for n in (2, 3, 4, 5, 6)]


def test_a_version_counts_even_if_some_baselines_lack_it() -> None:
    assert odd(MAJOR, 4, (3, 3), builds=2)


@pytest.mark.parametrize("key", [TRIED, TOTAL, PERCENT])
def test_any_other_number_that_some_baseline_lacks_may_be_anything(key: str) -> None:
    assert not any(odd(key, number, (1, 1), (0, 0), builds=3) for number in (0, 0.5, 1, 7, 100))


def test_faults_are_odd_where_no_baseline_has_any() -> None:
    assert odd(FAULT, 1, (0, 0))
    assert odd(FAULT, 1, (0, 0), (0, 0))
    assert not odd(FAULT, 0, (0, 0))
    assert not odd(FAULT, 9, (0, 0), (0, 1))


def test_a_share_that_is_not_whole_is_odd_where_it_always_was() -> None:
    assert odd(SHARE, 0.9, (1, 1))
    assert not odd(SHARE, 1, (1, 1))
    assert not odd(SHARE, 0.9, (0.9, 1), (1, 1))


def test_an_http_status_is_odd_when_it_is_worse_than_all() -> None:
    assert odd(STATUS, 4, (2, 2))
    assert odd(STATUS, 5, (2, 4))
    assert not odd(STATUS, 3, (2, 2))
    assert not odd(STATUS, 4, (2, 2), (4, 4))


def test_what_was_tried_is_odd_below_a_part_of_what_one_baseline_has() -> None:
    low = least(TRIED, (100, 100))
    assert 1 < low < 100
    assert odd(TRIED, nextafter(low, 0), (100, 100))
    assert not odd(TRIED, low, (100, 100))
    assert not odd(TRIED, 1e6, (100, 100))


def test_another_total_may_shrink_further_with_one_baseline_than_with_two() -> None:
    assert least(TOTAL, (100, 100)) < least(TOTAL, (100, 100), (100, 100)) == least(TRIED, (100, 100))
    assert 0 < least(TOTAL, (100, 100))


@pytest.mark.parametrize("key", [TRIED, TOTAL])
def test_a_total_that_varies_among_the_baselines_may_shrink_to_nearly_nothing(key: str) -> None:
    varied = 100 * module._SHRUNK
    assert least(key, (varied, 100), (100, 100)) < 1 < least(key, (varied + 1, 100), (100, 100))
    assert odd(key, 0, (varied, 100), (100, 100))


@pytest.mark.parametrize(("key", "fewest"), [(TRIED, module._FEWEST), (TOTAL, module._FEWEST_OF_ANY)])
def test_a_small_total_may_shrink_but_not_to_nothing(key: str, fewest: int) -> None:
    few = fewest - 1
    assert not odd(key, 1, (few, few), (few, few))
    assert odd(key, 0, (few, few), (few, few))
    assert odd(key, 1, (fewest, fewest), (fewest, fewest))


def test_a_total_that_was_nothing_once_may_be_anything() -> None:
    assert not odd(TRIED, 0, (0, 0), (100, 100))


def test_a_percentage_is_odd_above_the_whole_where_it_never_was() -> None:
    assert odd(PERCENT, 101, (40, 100))
    assert not odd(PERCENT, 100, (40, 100))
    assert not odd(PERCENT, 130, (40, 120))
    assert expected({PERCENT: [(90, 90)]}, 1)[PERCENT].high < inf


def test_a_rate_is_odd_when_it_falls_though_it_is_below_one() -> None:
    assert odd("accuracy", 0.3, (0.9, 0.9))
    assert odd("val_accuracy", 0.3, (0.9, 0.9))
    assert not odd("accuracy", 0.8, (0.9, 0.9))
