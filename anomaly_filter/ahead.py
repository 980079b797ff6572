"""Blocks of one file scanned in order, while threads read those whose turn has not come.

Nearly all the work of a scan is reading a block, which needs nothing but its bytes (engine/reading.c) and lets go of
Python's lock. A thread touches blocks that wait, each with its own `Reading`, and never a scanner. Whoever takes a
block out of the queue is the only one who reads it, and what came of it is taken after its event says so: nothing is
touched by two threads at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from threading import Event, Thread

from anomaly_filter.lines import Block
from anomaly_filter.scanner import Reading, Scanner, Seen

_AHEAD = 1 << 21
"""Bytes of blocks that wait; what is read of them takes about as much again. They are filled up when half of them are
gone, so that starting a thread, a tenth of a millisecond, is seldom."""


def scans(scanner: Scanner, blocks: Iterable[Block]) -> Iterator[tuple[Block, Seen]]:
    """Give each block with what comes of scanning it; the same for any number of threads.

    Args:
        scanner: begun. If it has more threads than one, blocks are asked for, and read, ahead of their turn.
        blocks: of one file, in order. Only the caller's thread asks for them; blocks that came before an error are
            given before it is raised.
    """
    if scanner.threads > 1:
        yield from _Ahead(scanner, blocks).scans()
    else:
        for block in blocks:
            yield block, scanner.scan(block.data, irregular=block.keys)


class _Waiting:
    """A block whose turn has not come.

    Attributes:
        block: is read by one thread.
        reading: what came of it.
        error: why it could not be read.
        done: whether it has been read; no other thread looks at it before.
    """

    def __init__(self, block: Block, reading: Reading) -> None:
        self.block = block
        self.reading = reading
        self.error: Exception | None = None
        self.done = Event()

    def read(self) -> None:
        try:
            self.reading.read(self.block.data, irregular=self.block.keys)
        except Exception as error:  # noqa: BLE001 - it is raised when the block's turn comes
            self.error = error
        self.done.set()


class _Ahead:
    """The blocks of one file."""

    def __init__(self, scanner: Scanner, blocks: Iterable[Block]) -> None:
        self._scanner = scanner
        self._blocks = iter(blocks)
        self._error: Exception | None = None  # that ended them
        self._waiting: deque[_Waiting] = deque()
        self._size = 0  # of what waits
        self._unread: deque[_Waiting] = deque()  # what waits and nobody has begun to read
        self._spare: list[Reading] = []
        self._threads: list[Thread] = []

    def scans(self) -> Iterator[tuple[Block, Seen]]:
        try:
            self._fill()
            while self._waiting:
                first = self._waiting.popleft()
                seen = self._seen(first)
                self._spare.append(first.reading)
                self._size -= len(first.block.data)
                if self._size <= _AHEAD // 2:
                    self._fill()
                yield first.block, seen
            if self._error is not None:
                raise self._error
        except GeneratorExit:
            # Garbage may be collected in any thread, even while it holds a lock of `threading` that a join waits for:
            # threads that still read a block end by themselves.
            self._threads.clear()
            raise
        finally:
            self._end()

    def _fill(self) -> None:
        """Have blocks waiting, and threads that read them."""
        while self._size < _AHEAD and (block := self._next_block()):
            waiting = _Waiting(block, self._spare.pop() if self._spare else Reading())
            self._waiting.append(waiting)
            self._unread.append(waiting)
            self._size += len(block.data)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        # The caller reads as well, so one block needs no thread.
        for _ in range(len(self._threads), min(self._scanner.threads, len(self._unread)) - 1):
            thread = Thread(target=_read, args=(self._unread,), name="reads a log ahead")
            try:
                thread.start()
            except RuntimeError:  # there may be no more; the caller reads what nobody else does
                break
            self._threads.append(thread)

    def _next_block(self) -> Block | None:
        if self._error is not None:
            return None
        try:
            return next(self._blocks, None)
        except Exception as error:  # noqa: BLE001 - it is raised behind the blocks that came before
            self._error = error
            return None

    def _seen(self, first: _Waiting) -> Seen:
        """Scan the block whose turn it is, and read others as long as another thread reads that one."""
        while not first.done.is_set():
            unread = _taken(self._unread)
            if unread is first:
                return self._scanner.scan(first.block.data, irregular=first.block.keys)
            if unread is not None:
                unread.read()
            else:
                first.done.wait()
        if first.error is not None:
            raise first.error
        return self._scanner.take(first.reading)

    def _end(self) -> None:
        """Have nothing read any more, and no thread left."""
        self._unread.clear()
        for thread in self._threads:
            thread.join()


def _read(unread: deque[_Waiting]) -> None:
    """Read blocks until none is left."""
    while (first := _taken(unread)) is not None:
        first.read()


def _taken(unread: deque[_Waiting]) -> _Waiting | None:
    try:
        return unread.popleft()  # between a look whether there is one and this, another thread might come
    except IndexError:
        return None
