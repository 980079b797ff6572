"""Sending one thing while the next one is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def overlapped(do: Callable[[_T], _R], items: Iterable[_T]) -> Generator[_R, None, None]:
    """Do something with each item while the next one is made; give what came of each, in order.

    No two items are done at once, and none after one that raised: what that raised is raised here.

    Args:
        do: called in a thread of its own.
        items: taken in the caller's thread, one ahead of what is done.
    """
    with ThreadPoolExecutor(1, "sending") as thread:
        under_way: Future[_R] | None = None
        for item in items:
            if under_way is None:
                under_way = thread.submit(do, item)
                continue
            result = under_way.result()
            under_way = thread.submit(do, item)
            yield result
        if under_way is not None:
            yield under_way.result()
