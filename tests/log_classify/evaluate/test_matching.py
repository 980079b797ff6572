from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_classify.evaluate.matching import matched


@pytest.mark.parametrize(
    ("entries", "seen", "expected"),
    [
        ([], {1}, []),
        ([{1, 2}], set(), [False]),
        ([{1, 2}, {1, 2}], {1}, [True, False]),
        ([{1, 2}, {1, 2}], {1, 2}, [True, True]),
        ([{1, 2}, {1, 3}], {1, 2}, [True, True]),  # the first one gives way
        ([{1, 2}, {1, 3}, {1, 2, 3}], {1, 2}, [True, True, False]),
        ([{5}, {5}], {5}, [True, True]),  # both stand in one line, and only there
        ([{5}, {5, 7}], {5}, [True, False]),
        ([{5}, {5, 7}], {5, 7}, [True, True]),
        ([set()], {1}, [False]),
    ],
)
def test_entries_get_lines_one_to_one(entries: list[set[int]], seen: set[int], expected: list[bool]) -> None:
    assert expected == matched(entries, seen)


@given(st.lists(st.sets(st.integers(1, 6), min_size=2, max_size=4), max_size=4), st.sets(st.integers(1, 6)))
def test_as_many_entries_as_can_be_get_a_line(entries: list[set[int]], seen: set[int]) -> None:
    lines = [*seen, *[0] * len(entries)]  # 0 fits nothing
    most = max(
        sum(line in entry for line, entry in zip(order, entries, strict=False))
        for order in permutations(lines, len(entries))
    )
    assert most == sum(matched(entries, seen))
