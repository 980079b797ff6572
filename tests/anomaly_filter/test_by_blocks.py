"""Logs that are read in blocks are learnt and scored as line by line, to the last bit."""

from __future__ import annotations

import gc
import gzip
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import (
    AnomalyFilter,
    Finding,
    Line,
    Lines,
    Model,
    ScoredLine,
    Segment,
    SegmentBuilder,
    Tokenizer,
    hosts,
    lines,
)
from anomaly_filter.scanner import KINDS_LIMIT, Scanner, compiled

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
TEXTS = [
    b"2024-05-01 10:00:<1>.123 | compiling file <2> of 31",
    b"2024-05-01 10:<1>:00 fetching http://mirror<2>.example.org/debian main",
    b"\x1b[32mok\x1b[0m <1> tests passed, <2> failed",
    b"worker-<1> exited with code <2>",
    b"<1> installed, <2> to remove",
    b"step <1>\rstep <2> done",
    b'{"msg": "one\\ntwo <1>", "rc": <2>}',
    b"-----BEGIN RSA PRIVATE KEY-----",
    b"MIIEowIBAAKCAQEA<1><2>",
    b"-----END RSA PRIVATE KEY-----",
    b"login password=hunter<1> token=<2>",
    b"\xff\xfe broken <1> bytes \xc3 <2>",
    "größe <1> ändern\u00a0auf <2>".encode(),
    b"job\tstep <1>\t2024-05-01T10:00:<2>.1Z building",
    b"job\tstep <1>\t2024-05-01T10:00:<2>.1Z fetching\rfetching <2>%\rfetched http://mirror<1>.example.org/a",
    b"Progress: [\r <1>% [waiting]\r\r <2>% [working]\r" + b"100% done\r" * 5,
    b"Downloading\r\x1b[K<1>%\r\x1b[K<2>%\rerror: cannot read <1>",
    b"volume <1> created with backend=rbd in pool <2>\rvolume <2> created with backend=rbd in pool <1>\r",
    b'{"stdout": "<1> tests passed, <2> failed\\\\nworker-<2> exited with code <1>\\r\\n\\n"}',
    b"C:\\new\\release <1>\\r\\rcopied <2>",
    b"login <1>\rpassword=hunter<2>\\ntoken=<1> done",
    b"worker-<1> password:\rhunter<2>",
    b"\\n",
    b"\\n\r\\n<1>",
    b"\r",
    b"\r\r\rlast <1>",
    "größe\u00a0<1>\rändern\\nauf\u3000<2>".encode(),
    b"\tat org.example.Main(Main.java:<1>) [<2>]",
    b"volume <1> created with backend=rbd in pool <2>",
    b"trailing return <1> <2>\r",
    b"",
    b"error: cannot allocate <1> of <2> bytes",
    b"Traceback (most recent call last): <1> <2>",
    b"4/110 KB <1>/2000 KB \r" * 1500 + b"done in <2> s\\nok",
    b"x" * 32_100 + b" code <1>\rcode <2>",
    b"accuracy: 0.<1>, errors: 1.<2>e-0<1>",
    b"1,5<1>.25 tests passed on node<2>.example.org, <1>/60 nodes ready",
    b"999,999,999,9<1>.123456 tests passed\r<2> of <1> checks passed",
]
LINE = st.builds(
    lambda text, one, other: text.replace(b"<1>", b"%02d" % one).replace(b"<2>", b"%d" % other),
    st.sampled_from(TEXTS),
    st.sampled_from([0, 1, 7, 42, 59, 100, 404, 2000]),
    st.sampled_from([0, 3, 12, 200, 503]),
)
LOG = st.builds(
    lambda parts, end: b"\n".join(parts) + end,
    st.lists(st.one_of(LINE, LINE, LINE, st.binary(max_size=30)), max_size=60),
    st.sampled_from([b"", b"\n"]),
)


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def listed(data: bytes) -> list[Line]:
    return list(lines([data]))


def learnt(read: Iterable[Line], build: str, tokenizer: Tokenizer) -> Segment:
    builder = SegmentBuilder(build, "job.log", tokenizer)
    builder.learn(read)
    return builder.segment()


def judged(
    filter_: AnomalyFilter, read: Iterable[Line], around: int | None = None
) -> tuple[list[ScoredLine], tuple[Finding, ...], frozenset[int] | None, int]:
    scan = filter_.scored(read, around=around)
    found = list(scan)
    return found, scan.findings, scan.worst, scan.read


@settings(max_examples=150)
@given(
    st.lists(LOG, min_size=1, max_size=3),
    LOG,
    st.sampled_from([1, 7, 100, 1 << 16]),
    st.sampled_from([4, KINDS_LIMIT]),
)
def test_any_log_is_learnt_and_scored_as_line_by_line(
    passed: list[bytes], failed: bytes, size: int, kinds: int
) -> None:
    one, other = Tokenizer(), Tokenizer()
    if compiled():
        other._scanners.append(Scanner(kinds_limit=kinds))
    by_line = [learnt(listed(log), f"b{at}", one) for at, log in enumerate(passed)]
    by_block = [learnt(lines(chunked(log, size)), f"b{at}", other) for at, log in enumerate(passed)]
    assert by_line == by_block
    for model in (Model(by_line), None):
        slow, fast = AnomalyFilter(model, tokenizer=one), AnomalyFilter(model, tokenizer=other)
        for _ in range(2):  # what is remembered of the first time changes nothing
            expected = judged(slow, listed(failed))
            assert expected == judged(fast, lines(chunked(failed, size)))
        for around in (0, 3, 9):
            found, findings, worst, read = judged(fast, lines(chunked(failed, size)), around)
            assert expected[1:] == (findings, worst, read)
            assert found == [line for line in expected[0] if line.number in {each.number for each in found}]
            far = {line.number for line in expected[0] if line.far}
            wanted = {number for at in far for number in range(at - around, at + around + 1)}
            assert wanted.intersection(range(1, read + 1)) <= {line.number for line in found}


@given(LOG, LOG, st.sampled_from([None, 0, 3]), st.integers(0, 20))
def test_batches_have_the_lines_that_are_left(
    passed: bytes, failed: bytes, around: int | None, taken: int
) -> None:
    filter_ = AnomalyFilter(Model([learnt(lines([passed]), "b1", Tokenizer())]))
    for by_block in (True, False):
        first, second = (lines(chunked(failed, 100)) if by_block else listed(failed) for _ in range(2))
        expected = list(filter_.scored(first, around=around))
        scan = filter_.scored(second, around=around)
        begun = [*islice(scan, taken)]
        batches = [*scan.batches()]
        assert all(batches)
        assert expected == [*begun, *chain.from_iterable(batches)]
        assert [] == [*scan, *scan.batches()]


def test_a_line_gets_its_share_of_a_new_one_that_is_not_far_wherever_far_ones_are() -> None:
    words = b"alpha beta gamma delta epsilon zeta eta theta".split()
    usual = [b"usual line %s of the log that is written every day\n" % word for word in words]
    new = usual[0].replace(b"every", b"every single")
    log = b"".join([*usual, new, *usual[:6], b"segmentation fault, core dumped badly\n"])
    filter_ = AnomalyFilter(Model([learnt(lines([b"".join(usual)]), "b1", Tokenizer())]))
    expected = {line.number: line for line in filter_.scored(lines([log]))}
    assert [16] == [number for number, line in expected.items() if line.far]
    assert expected[10].score
    found = {line.number: line for line in filter_.scored(lines([log]), around=6)}
    assert {number: expected[number] for number in range(10, 17)}.items() <= found.items()


@given(LOG, LOG)
def test_a_log_may_be_learnt_while_it_is_scored(passed: bytes, failed: bytes) -> None:
    tokenizer = Tokenizer()
    model = Model([learnt(listed(passed), "b1", tokenizer)])
    builder = SegmentBuilder("b2", "job.log", tokenizer)
    both = AnomalyFilter(model, tokenizer=tokenizer).scored(Lines(builder.learning(lines([failed]).blocks())))
    assert judged(AnomalyFilter(model), listed(failed))[0] == list(both)
    assert learnt(listed(failed), "b2", Tokenizer()) == builder.segment()


@pytest.mark.parametrize("name", ["logjuicer-tests", "cidiff-dev/jenkins-and-gha", "bugswarm-dev/groups"])
def test_real_logs_are_learnt_and_scored_as_line_by_line(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"../shared/data/{name} is not beside the checkout")
    logs = sorted(path for path in (DATA / name).rglob("*") if path.is_file() and path.stat().st_size > 2000)
    chosen = [path for path in logs if path.suffix in (".good", ".fail", ".gz", ".log")][
        :: max(1, len(logs) // 6)
    ]
    for passed, failed in pairwise(chosen):
        base, target = (
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for path in (passed, failed)
        )
        one, other = learnt(listed(base), "b1", Tokenizer()), learnt(lines([base]), "b1", Tokenizer())
        assert one == other
        filter_ = AnomalyFilter(Model([one]))
        assert judged(filter_, listed(target)) == judged(filter_, lines([target]))


def test_logs_that_are_given_up_half_way_harm_no_other() -> None:
    tokenizer = Tokenizer()
    log = b"".join(b"step %d of %s\n" % (number, b"xyz" * (number % 50)) for number in range(3000))
    model = Model([learnt(lines([log]), "b1", tokenizer)])
    expected = judged(AnomalyFilter(model), listed(log))
    filter_ = AnomalyFilter(model, tokenizer=tokenizer)
    for _ in range(50):
        builder = SegmentBuilder("b2", "job.log", tokenizer)
        scan = filter_.scored(Lines(builder.learning(lines(chunked(log, 4096)).blocks())))
        for _ in range(1000):
            next(scan)
        cycle: list[object] = [scan]
        cycle.append(cycle)  # garbage that only the collector finds
        del scan, cycle, builder
        gc.collect()
        assert expected == judged(filter_, lines([log]))


def test_the_places_of_hosts_are_those_that_a_log_has_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "PLACES_LIMIT", 3)
    starts = [
        b"put",
        b"x" * 31_990 + b" get",
        b"from here\rpull",
        b"push",
    ]  # a secret, a long line, and parts
    ends = [b"password=hunter2", b"", b"all", b"all"]
    log = b"".join(
        b"%s http://m%d.example.org/ %s\n" % (starts[at % 4], at, ends[at % 4]) for at in range(24)
    )
    segment = learnt(listed(log), "b1", Tokenizer())
    assert segment == learnt(lines([log]), "b1", Tokenizer())
    assert {"put http://": {}, "http://": {}, "pull http://": {}} == segment.hosts


def test_what_was_read_of_a_log_that_breaks_off_is_learnt() -> None:
    def broken() -> Iterator[bytes]:
        yield b"alpha one: 12 tests passed\nbeta two on m7.example.org\n"
        raise OSError("the disk is gone")

    segments = []
    for read in (lambda: lines(broken()), lambda: (line for line in lines(broken()))):
        builder = SegmentBuilder("b1", "job.log")
        with pytest.raises(OSError, match="the disk is gone"):
            builder.learn(read())
        segments.append(builder.segment())
    assert segments[0] == segments[1]
    assert (1, 1) == segments[0].counts
