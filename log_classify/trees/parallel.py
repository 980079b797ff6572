"""Work that waits for others, a few pieces at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], items: Iterable[T], threads: int) -> Generator[R]:
    """Yield what is made of each item, in the order of the items.

    Its threads are daemons: somebody who presses Ctrl-C does not wait for a server that is silent. When the generator
    is closed, nothing is begun any more.

    Args:
        work: is called from several threads; what it raises is raised here.
        items: what to work on; only a few are taken ahead of what is yielded.
        threads: how many pieces are worked on at once.
    """
    jobs: SimpleQueue[tuple[Future[R], T] | None] = SimpleQueue()
    pending: deque[Future[R]] = deque()
    for _ in range(threads):
        Thread(target=_work, args=(work, jobs), daemon=True).start()
    try:
        for item in items:
            pending.append(Future())
            jobs.put((pending[-1], item))
            if len(pending) > 2 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
        for _ in range(threads):
            jobs.put(None)


def _work(work: Callable[[T], R], jobs: SimpleQueue[tuple[Future[R], T] | None]) -> None:
    while (job := jobs.get()) is not None:
        future, item = job
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work(item))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                future.set_exception(error)
