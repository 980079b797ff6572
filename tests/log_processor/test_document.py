"""Lines one by one, and field by field."""

from __future__ import annotations

import pytest

from log_processor.document import LineColumns, LineDocument, LineDocuments, columns_of
from tests.log_processor.documents import a_line, lines_of

LINES = [
    *lines_of(3),
    a_line(4)._replace(reasons=("error",), group=4, distance=0.5, score=0.75),
    *lines_of(2),
]


def given(lines: list[LineDocument], most: int = 4) -> LineDocuments:
    """Return lines as the pipeline makes them."""
    return LineDocuments(LineColumns.of(lines[at : at + most]) for at in range(0, len(lines), most))


def test_lines_come_back_from_their_columns() -> None:
    assert LINES == [*LineColumns.of(LINES).lines()]
    assert LINES == [*given(LINES)]


@pytest.mark.parametrize(("most", "expected"), [(1, [1] * 6), (3, [3, 1, 2]), (4, [4, 2]), (9, [4, 2])])
def test_lines_that_come_as_columns_are_given_as_they_come_but_for_long_ones(
    most: int, expected: list[int]
) -> None:
    found = [*columns_of(given(LINES), most)]

    assert expected == [len(columns) for columns in found]
    assert LINES == [line for columns in found for line in columns.lines()]


@pytest.mark.parametrize(("most", "expected"), [(1, [1] * 6), (4, [4, 2]), (9, [6])])
def test_lines_that_come_one_by_one_are_gathered(most: int, expected: list[int]) -> None:
    found = [*columns_of(iter(LINES), most)]

    assert expected == [len(columns) for columns in found]
    assert LINES == [line for columns in found for line in columns.lines()]


def test_no_lines_are_no_columns() -> None:
    assert [] == [*columns_of([], 3)]
    assert [] == [*columns_of(given([]), 3)]
