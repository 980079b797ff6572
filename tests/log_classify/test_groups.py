from __future__ import annotations

import pytest

from log_classify.groups import Numbers


def numbers(*given: int) -> Numbers:
    found = Numbers()
    for number in given:
        found.add(number)
    return found


@pytest.mark.parametrize(
    ("given", "more", "text"),
    [
        ((), 7, "7"),
        ((40, 41, 42, 43), 12, "12, 40-43"),
        ((2, 3), 1, "1-3"),
        ((2, 3), 4, "2-4"),
        ((2, 4), 3, "2-4"),
        ((2, 9), 5, "2, 5, 9"),
    ],
)
def test_runs_are_joined(given: tuple[int, ...], more: int, text: str) -> None:
    assert text == numbers(*given).text_with(more)


def test_runs_beyond_a_hundred_are_counted() -> None:
    many = numbers(*range(3, 403, 2), 403, 404)
    assert (202, 100, 102) == (many.count, len(many.runs), many.left_out)
    assert many.text_with(1).endswith(", 199, 201 and 102 more")
