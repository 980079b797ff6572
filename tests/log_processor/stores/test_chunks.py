from __future__ import annotations

import pytest

from log_processor.stores.chunks import CHUNK_CHARACTERS, chunks
from tests.log_processor.documents import a_line, lines_of


@pytest.mark.parametrize(("most", "expected"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (9, [5])])
def test_a_chunk_has_at_most_so_many_lines(most: int, expected: list[int]) -> None:
    assert expected == [len(chunk) for chunk in chunks(lines_of(5), most)]


def test_a_chunk_of_long_lines_ends_early() -> None:
    long = "x" * (CHUNK_CHARACTERS // 2)

    assert [2, 2, 1] == [len(chunk) for chunk in chunks((a_line(n, long) for n in range(5)), 1000)]
