"""Processes that work on files side by side."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, final

from log_classify.run.pace import Pace
from log_classify.trees.tree import TreeFile
from log_processor.errors import LogProcessorError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")

_WORTH = 4_000_000
"""Bytes of logs for which starting processes takes less time than it saves."""
_PACKED = (".gz", ".xz", ".bz2", ".zst")
_UNPACKED = 8  # bytes for each byte of such a file, as logs go
_BATCH_BYTES = 1_000_000
_BATCH_FILES = 32
"""How much a process is given at once: enough for the giving not to count."""
_AHEAD = 32
"""Batches for each process that may be done before their turn comes to be given on; it bounds what is held."""


@final
class Workers:
    """Does the same with many files, and gives what becomes of them in their order.

    A few small files are done without any other process. Other processes end with the block, however it ends.
    """

    def __init__(self, processes: int | None = None) -> None:
        """Start none yet.

        Args:
            processes: that may be at work at once; results do not depend on it. None: one for each processor.
        """
        self._processes = processes or usable_processes()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        """Start none yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End them, at once if the block did not come to its end."""
        if self._pool is None:
            return
        if kind is not None:
            from multiprocessing import active_children  # noqa: PLC0415 - as below

            for process in active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def map(
        self, work: Callable[[TreeFile], T], files: Sequence[TreeFile], doing: str = "reading"
    ) -> Iterator[T]:
        """Give what becomes of each file.

        Args:
            work: is done with each; a function of a module, or a `partial` of one.
            files: in the order in which results are given.
            doing: what that is, for a person who waits.

        Raises:
            LogProcessorError: a process was killed.
        """
        sizes = [_size(file) for file in files]
        pace = Pace(sys.stderr, doing, sum(sizes))
        work_size = sum(
            size * (_UNPACKED if file.path.endswith(_PACKED) else 1)
            for file, size in zip(files, sizes, strict=True)
        )
        alone = self._processes == 1 or len(files) == 1 or work_size < _WORTH
        results = map(work, files) if alone else self._side_by_side(work, files, sizes)
        for result, size in zip(results, sizes, strict=True):
            pace.add(size)
            yield result
        pace.end()

    def _side_by_side(
        self, work: Callable[[TreeFile], T], files: Sequence[TreeFile], sizes: Sequence[int]
    ) -> Iterator[T]:
        # Most runs start no process, and loading these takes as long as judging a log.
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - see above

        pending: deque[Future[list[T]]] = deque()
        try:
            for batch in _batches(files, sizes):
                pending.append(self._started().submit(_each, work, batch))
                if len(pending) > self._processes * _AHEAD:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        except BrokenProcessPool as error:
            raise LogProcessorError(
                "a process that read logs was killed, as happens for want of memory"
            ) from error
        finally:
            for future in pending:
                future.cancel()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - as above
            from multiprocessing import get_context  # noqa: PLC0415 - as above

            # Processes forked from a clean one inherit no thread and no lock, and have their modules already.
            context = get_context("forkserver")
            context.set_forkserver_preload(["log_classify.run.worker"])
            self._pool = ProcessPoolExecutor(self._processes, context, initializer=_begin)
        return self._pool


def usable_processes() -> int:
    """Return for how many processes at once there are processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(file: TreeFile) -> int:
    try:
        return file.file.stat().st_size
    except OSError:  # whoever reads it will say so
        return 0


def _batches(files: Iterable[TreeFile], sizes: Iterable[int]) -> Iterator[list[TreeFile]]:
    batch: list[TreeFile] = []
    size = 0
    for file, more in zip(files, sizes, strict=True):
        batch.append(file)
        size += more
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _each(work: Callable[[TreeFile], T], files: Iterable[TreeFile]) -> list[T]:
    return [work(file) for file in files]


def _begin() -> None:
    """Leave interrupts to the parent, and end when it is killed."""
    from multiprocessing import parent_process  # noqa: PLC0415 - as above
    from threading import Thread  # noqa: PLC0415 - as above

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait  # noqa: PLC0415 - as above

    wait([sentinel])
    os._exit(1)
