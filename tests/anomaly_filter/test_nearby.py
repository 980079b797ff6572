from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter.lines import Block
from anomaly_filter.nearby import Nearby
from anomaly_filter.scanner import Seen


def seen(lines: int) -> Seen:
    ends = memoryview(bytes(4 * lines)).cast("I")
    return Seen(lines, ends, ends, [], irregular=False, _lines=b"", _parts=b"")


def picked(around: int, sizes: Sequence[int], mattering: set[int]) -> list[int]:
    """Which lines of a log of such blocks are picked."""
    near: Nearby[int] = Nearby(around)
    numbers, first = [], 1
    for size in sizes:
        block = Block(b"\n" * size, first)
        places = [number - first for number in sorted(mattering) if first <= number < first + size]
        known = {at: first + at for at in range(size)}
        for stretch in near.of(block, seen(size), places, known):
            assert stretch.first < stretch.end
            found = [stretch.known[at] for at in stretch.places()]
            assert [*range(stretch.number, stretch.number + stretch.end - stretch.first)] == found
            numbers += found
        first += size
    return numbers


@pytest.mark.parametrize(("around", "expected"), [(0, [5]), (1, [4, 5, 6]), (9, [*range(1, 11)])])
def test_lines_around_one_that_matters_are_picked(around: int, expected: list[int]) -> None:
    assert expected == picked(around, [10], {5})


def test_lines_around_are_picked_from_the_blocks_before_and_after() -> None:
    assert [3, 4, 5, 6, 7] == picked(2, [4, 1, 1, 9], {5})
    assert [] == picked(2, [4, 1], set())


@given(st.integers(0, 5), st.lists(st.integers(1, 7), max_size=8), st.sets(st.integers(1, 40)))
def test_all_lines_near_one_and_no_others_are_picked_once_and_in_order(
    around: int, sizes: list[int], mattering: set[int]
) -> None:
    there = {number for number in mattering if number <= sum(sizes)}
    expected = [at for at in range(1, sum(sizes) + 1) if any(abs(at - number) <= around for number in there)]
    assert expected == picked(around, sizes, there)
