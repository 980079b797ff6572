"""Work that waits for others, a few pieces at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from log_classify.trees.parallel import in_parallel


def test_results_come_in_the_order_of_the_items_whichever_is_done_first() -> None:
    def slow_at_first(number: int) -> int:
        time.sleep(0.02 if number < 3 else 0)
        return number * number

    assert [number * number for number in range(50)] == list(in_parallel(slow_at_first, range(50), 4))


def test_pieces_are_worked_on_at_once() -> None:
    together = threading.Barrier(3, timeout=5)
    assert 3 == len(list(in_parallel(lambda _: together.wait(), range(3), 3)))


def test_few_items_are_taken_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = in_parallel(lambda number: number, items(), 2)
    assert 0 == next(results)
    assert len(taken) <= 6
    results.close()


def test_what_the_work_raises_is_raised_and_nothing_is_begun_after_it() -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError("two")
        return number

    results = in_parallel(work, range(1000), 2)
    with pytest.raises(ValueError, match="two"):
        list(results)
    assert len(begun) <= 2 + 6


def test_no_thread_stays() -> None:
    before = threading.active_count()
    results = in_parallel(lambda number: number, range(100), 5)
    next(results)
    results.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
