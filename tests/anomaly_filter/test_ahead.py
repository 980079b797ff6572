"""Logs that threads read ahead are learnt and scored as by one thread, to the last bit, and no thread is left."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Model, Segment, SegmentBuilder, Tokenizer, ahead, lines, native
from anomaly_filter.ahead import scans
from anomaly_filter.lines import Block, line_blocks
from anomaly_filter.scanner import KINDS_LIMIT, Reading, Scanner, Seen, compiled

pytestmark = pytest.mark.skipif(not compiled(), reason=f"no engine: {native.why_not()}")

THREADS = [1, 2, 3]
SECONDS = 10  # more than anything here takes
LINE = st.one_of(
    st.binary(max_size=30),
    st.builds(
        lambda text, number: text % number,
        st.sampled_from(
            [
                b"2024-05-01 10:00:%02d compiling file",
                b"10:%02d:00 fetched http://mirror.example.org/debian",
                b"worker exited with code %d",
                b"\x1b[32mok\x1b[0m %d tests passed",
                b"one\rtwo %d\\nthree",
                b"-----BEGIN RSA PRIVATE KEY----- %d",
                b"error: cannot allocate %d bytes",
            ]
        ),
        st.sampled_from([0, 1, 7, 59, 404]),
    ),
)
LOG = st.lists(LINE, max_size=40).map(b"\n".join)
SOME = b"".join(b"line %s of many\n" % (b"xyz" * (number % 50)) for number in range(400))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    for thread in readers():  # of logs that were given up, the blocks that were being read
        thread.join(SECONDS)
    assert before == threading.active_count()


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "reads a log ahead"]


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def blocks_of(data: bytes, size: int = 1000) -> Iterator[Block]:
    return line_blocks(chunked(data, size))


def begun(threads: int, kinds_limit: int = KINDS_LIMIT) -> Scanner:
    scanner = Scanner(threads=threads, kinds_limit=kinds_limit)
    scanner.begin()
    return scanner


def content(block: Block, seen: Seen) -> tuple[object, ...]:
    return block.data, block.first, list(seen.kinds), list(seen.ends), seen.fresh, seen.irregular


def gather(found: Iterator[tuple[Block, Seen]], given: list[bytes]) -> None:
    for block, _ in found:
        given.append(block.data)


def learnt_and_scored(
    passed: bytes, failed: bytes, *, threads: int, size: int, around: int | None
) -> tuple[Segment, list[object]]:
    tokenizer = Tokenizer(threads=threads)
    builder = SegmentBuilder("b1", "job.log", tokenizer)
    builder.learn(lines(chunked(passed, size)))
    segment = builder.segment()
    scan = AnomalyFilter(Model([segment]), tokenizer=tokenizer).scored(
        lines(chunked(failed, size)), around=around
    )
    return segment, [*scan, scan.findings, scan.worst, scan.read]


@settings(max_examples=100, deadline=None)
@given(
    LOG,
    LOG,
    st.sampled_from([1, 7, 100, 1 << 16]),
    st.sampled_from([1, 50, 1 << 21]),
    st.sampled_from([None, 3]),
)
def test_any_log_is_learnt_and_scored_the_same_by_any_number_of_threads(
    passed: bytes, failed: bytes, size: int, most: int, around: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ahead, "_AHEAD", most)
        one, *others = (
            learnt_and_scored(passed, failed, threads=threads, size=size, around=around)
            for threads in THREADS
        )
    for other in others:
        assert one == other


@pytest.mark.parametrize("most", [1, 3000, 1 << 21])
@pytest.mark.parametrize("limit", [5, KINDS_LIMIT])
@pytest.mark.parametrize("threads", THREADS)
def test_blocks_come_in_order_as_one_thread_scans_them(
    threads: int, limit: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_AHEAD", most)
    scanner, alone = begun(threads, limit), begun(1, limit)
    expected = [content(block, alone.scan(block.data, irregular=block.keys)) for block in blocks_of(SOME)]
    assert expected == [content(block, seen) for block, seen in scans(scanner, blocks_of(SOME))]
    assert list(alone.counts()) == list(scanner.counts())


@pytest.mark.parametrize("threads", THREADS)
def test_nothing_is_asked_for_before_the_first_block_is(threads: int) -> None:
    asked: list[int] = []

    def noted() -> Iterator[Block]:
        for block in blocks_of(SOME):
            asked.append(block.first)
            yield block

    found = scans(begun(threads), noted())
    assert [] == asked
    next(found)
    assert (len(asked) == 1) == (threads == 1)
    del found


@pytest.mark.parametrize("threads", THREADS)
def test_what_waits_is_bounded_by_its_bytes(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_AHEAD", 5000)
    asked = given = most = 0

    def counted() -> Iterator[Block]:
        nonlocal asked
        for block in blocks_of(SOME):
            asked += len(block.data)
            yield block

    for block, _ in scans(begun(threads), counted()):
        given += len(block.data)
        most = max(most, asked - given)
    assert given == len(SOME)
    assert most <= (5000 + 1200 if threads > 1 else 0)


@pytest.mark.parametrize("threads", THREADS)
def test_blocks_before_an_error_are_given(threads: int) -> None:
    def broken() -> Iterator[Block]:
        yield from blocks_of(SOME)
        raise OSError("the disk is gone")

    given: list[bytes] = []
    with pytest.raises(OSError, match="the disk is gone"):
        gather(scans(begun(threads), broken()), given)
    assert SOME == b"".join(given)


@pytest.mark.parametrize("threads", THREADS)
def test_what_was_read_of_a_log_that_breaks_off_is_learnt(threads: int) -> None:
    def broken() -> Iterator[bytes]:
        yield from chunked(SOME, 1000)
        raise OSError("the disk is gone")

    builder = SegmentBuilder("b1", "job.log", Tokenizer(threads=threads))
    with pytest.raises(OSError, match="the disk is gone"):
        builder.learn(lines(broken()))
    assert builder.segment().lines == SOME.count(b"\n")


@pytest.mark.parametrize("threads", [2, 3])
def test_a_block_that_cannot_be_read_is_an_error_when_its_turn_comes(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, refused = Reading.read, list(blocks_of(SOME))[3].data

    def refusing(self: Reading, data: bytes, *, irregular: bool = False) -> None:
        if data == refused:
            raise MemoryError("no room")
        read(self, data, irregular=irregular)

    monkeypatch.setattr(Reading, "read", refusing)
    # The caller would scan it where no thread is: let others read everything.
    monkeypatch.setattr(Scanner, "scan", lambda *_, **__: pytest.fail("not read ahead"))
    monkeypatch.setattr(ahead, "Thread", _AtOnce)
    given: list[bytes] = []
    with pytest.raises(MemoryError, match="no room"):
        gather(scans(begun(threads), blocks_of(SOME)), given)
    assert [block.data for block in blocks_of(SOME)][:3] == given


class _AtOnce(threading.Thread):
    """A thread that has done its work when it has started."""

    def start(self) -> None:
        super().start()
        self.join()


@pytest.mark.parametrize("threads", [2, 3])
def test_where_no_thread_can_be_started_the_caller_reads(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert (
        list(blocks_of(SOME))[-1].first
        == [block.first for block, _ in scans(begun(threads), blocks_of(SOME))][-1]
    )


@pytest.mark.parametrize("threads", [2, 3])
def test_a_log_that_is_given_up_leaves_no_thread_and_harms_no_other(threads: int) -> None:
    alone = begun(1)
    expected = [content(block, alone.scan(block.data)) for block in blocks_of(SOME)]
    for _ in range(20):
        scanner = begun(threads)
        found = scans(scanner, blocks_of(SOME))
        next(found)
        cycle: list[object] = [found, scanner]
        cycle.append(cycle)  # garbage that only the collector finds
        del found, scanner, cycle
        gc.collect()
    assert expected == [content(block, seen) for block, seen in scans(begun(threads), blocks_of(SOME))]


def test_a_log_that_is_given_up_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # Garbage may be collected while a thread that starts or ends holds a lock that a join waits for.
    first, caller = next(blocks_of(SOME)), threading.current_thread()
    reads, may_end = threading.Event(), threading.Event()
    read = Reading.read

    def wait_and_read(reading: Reading, data: bytes, *, irregular: bool = False) -> None:
        if threading.current_thread() is caller:
            assert reads.wait(SECONDS)
        elif data != first.data:
            reads.set()
            assert may_end.wait(SECONDS)
        read(reading, data, irregular=irregular)

    monkeypatch.setattr(Reading, "read", wait_and_read)
    found = scans(begun(2), blocks_of(SOME))
    next(found)
    assert reads.wait(SECONDS)
    del found
    assert 1 == len(readers())
    may_end.set()


@pytest.mark.parametrize("threads", [2, 3])
def test_an_interruption_leaves_no_thread(threads: int) -> None:
    def interrupted() -> Iterator[Block]:
        yield from list(blocks_of(SOME))[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(scans(begun(threads), interrupted()))
