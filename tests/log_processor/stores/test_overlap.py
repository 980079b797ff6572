"""What is sent while the next is made."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from log_processor.stores.overlap import overlapped

SECONDS = 10


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_everything_is_done_once_and_in_order(count: int) -> None:
    done: list[int] = []

    def do(item: int) -> int:
        done.append(item)
        return -item

    assert [-item for item in range(count)] == list(overlapped(do, range(count)))
    assert [*range(count)] == done


def test_the_next_one_is_made_while_one_is_done() -> None:
    made = [threading.Event() for _ in range(4)]

    def items() -> Iterator[int]:
        for item, event in enumerate(made):
            event.set()
            yield item

    def do(item: int) -> bool:
        return made[min(item + 1, 3)].wait(SECONDS)

    assert [True] * 4 == list(overlapped(do, items()))


def test_only_one_is_made_ahead() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        while taken < 9:
            taken += 1
            yield taken

    assert 1 >= max(overlapped(lambda item: taken - item, items()))


def test_nothing_is_done_after_one_that_raised() -> None:
    done: list[int] = []

    def do(item: int) -> int:
        done.append(item)
        if item == 2:
            raise OSError("away")
        return item

    found = overlapped(do, range(9))
    assert [0, 1] == [next(found), next(found)]
    with pytest.raises(OSError, match="away"):
        next(found)
    assert [0, 1, 2] == done


def test_what_is_under_way_ends_before_an_error_of_who_makes_them_is_raised() -> None:
    done: list[int] = []

    def items() -> Iterator[int]:
        yield 1
        raise EOFError

    with pytest.raises(EOFError):
        list(overlapped(done.append, items()))
    assert [1] == done


def test_no_thread_outlives_who_stops_asking() -> None:
    found = overlapped(lambda item: item, range(9))
    assert 0 == next(found)
    found.close()
    assert [] == [thread for thread in threading.enumerate() if thread.name.startswith("sending")]
