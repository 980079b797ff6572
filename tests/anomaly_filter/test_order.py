from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter.order import BUILDS, FAR, moved

LOG = [*range(40)]


def with_moved(row: int, to: int, log: Sequence[int] = LOG) -> list[int]:
    rest = [other for other in log if other != row]
    return [*rest[:to], row, *rest[to:]]


def rows_moved(log: Sequence[int], *builds: Sequence[int]) -> list[int]:
    return [log[at] for at in moved(log, builds)]


@pytest.mark.parametrize("builds", [1, 2, 3, 5])
def test_a_log_in_the_order_of_all_builds_has_nothing_moved(builds: int) -> None:
    assert [] == moved(LOG, [LOG] * builds)


@pytest.mark.parametrize(("row", "to"), [(5, 6), (5, 4), (5, 30), (30, 5), (39, 0), (0, 39)])
def test_one_line_that_has_moved_is_told_where_three_builds_agree(row: int, to: int) -> None:
    assert rows_moved(with_moved(row, to), *[LOG] * BUILDS) in ([row], [row + 1], [row - 1])


def test_a_line_that_has_passed_several_is_told_and_not_those_that_it_passed() -> None:
    assert [30] == rows_moved(with_moved(30, 25), *[LOG] * BUILDS)
    assert [25] == rows_moved(with_moved(25, 30), *[LOG] * BUILDS)


def test_fewer_builds_tell_only_of_a_line_that_has_moved_far() -> None:
    assert [5] == rows_moved(with_moved(5, 5 + FAR), LOG)
    assert [] == rows_moved(with_moved(5, 4 + FAR), LOG)
    assert [] == rows_moved(with_moved(20, 0, with_moved(5, 5 + FAR)), LOG, LOG)


def test_a_step_that_changes_places_in_passing_builds_does_not_stand_firm() -> None:
    wandering = [with_moved(20, to) for to in (18, 20, 22)]
    assert [] == rows_moved(with_moved(20, 16), *wandering)
    assert [20] == rows_moved(with_moved(20, 5), *[LOG] * BUILDS)


def test_a_line_does_not_count_beside_one_that_does_not_stand_firm() -> None:
    wandering = [with_moved(20, to) for to in (19, 20, 21)]
    assert [] == rows_moved(with_moved(20, 17), *wandering)


def test_a_log_counts_only_if_it_is_less_in_order_than_the_passing_builds_are() -> None:
    # Each build has one pair of its own that the two others have the other way round.
    swaps = [with_moved(row, row + 1) for row in (5, 15, 25)]
    assert [] == moved(with_moved(35, 36), swaps)
    assert [] != moved(with_moved(35, 36, with_moved(31, 32)), swaps)


def test_a_log_in_quite_another_order_is_a_parallel_one() -> None:
    shuffled = [*range(200)]
    Random(1).shuffle(shuffled)
    assert [] == moved(shuffled, [range(200)] * BUILDS)


@given(st.permutations(range(12)), st.lists(st.permutations(range(12)), min_size=1, max_size=4))
def test_places_are_those_of_the_log_in_their_order_and_no_build_is_moved_among_its_equals(
    log: list[int], builds: list[list[int]]
) -> None:
    found = moved(log, builds)
    assert sorted(set(found)) == found
    assert set(found) <= set(range(len(log)))
    assert [] == moved(log, [log] * len(builds))
