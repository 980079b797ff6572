from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter.line_set import LineSet

NUMBERS = st.integers(0, 300)


@given(st.sets(NUMBERS), st.integers(-9, 320), st.integers(-9, 320))
def test_a_set_has_what_was_added_in_any_range(numbers: set[int], first: int, end: int) -> None:
    found = LineSet()
    for number in numbers:
        found.add(number)
    assert sorted(number for number in numbers if first <= number < end) == found.within(first, end)


def test_a_number_may_be_added_twice() -> None:
    found = LineSet()
    found.add(7)
    found.add(7)
    assert [7] == found.within(0, 100)


def test_a_set_of_all_lines_of_a_large_log_is_small() -> None:
    found = LineSet()
    for number in range(80_000):
        found.add(number)
    assert 10_000 == len(found._bits)
