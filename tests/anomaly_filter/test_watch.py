"""What is watched of lines is what Python reads in each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import inf

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anomaly_filter import native, scanner
from anomaly_filter.amounts import Slot, evenly, slots
from anomaly_filter.hosts import HostSlot, host_slot
from anomaly_filter.lines import lines, parts
from anomaly_filter.scanner import IRREGULAR, PARTED, Scanner
from anomaly_filter.segment import Span
from anomaly_filter.watch import NOTHING_LEARNT, Watches

pytestmark = pytest.mark.skipif(not scanner.compiled(), reason=f"no engine: {native.why_not()}")

ROOM = 3
_Numbers = Sequence[tuple[Slot, Span]]
_Host = tuple[HostSlot, Collection[str]] | None

TEXTS = [
    b"<n> tests passed, <n> failed",
    b"12:00:0<1>  coverage:\t<n>% of <h>",
    b"\x1b[32m<n>/<n> ready\x1b[0m at http://<h>/a",
    b"score = <n> [<h>]",
    "größe\u00a0errors: <n>, tests <n> ✓ <h>".encode(),
    b"\xff <n> of <n> replicas\xc3 ready \xe2\x82 <h>",
    b"pulling <h>\r<n> tests passed\r\x1b[K<n>/9 ready",
    b'{"stdout": "<n> tests passed\\n<n> failed on <h>\\\\n"}',
    "  ä <n> tests\u3000passed\r<n>  failed".encode(),
    b"job\tstep\t2024-05-01T10:00:00.1Z <n> tests passed",
    b"id 0a1b2c<1>d of 0a1b2c<1>d.mirror.example.org: <n> failed",
    b"plain",
    b"",
]
NUMBERS = [
    *["0", "1", "7", "42", "100", "404", "0.5", "1.25", "99.999999", "0.000001", "1,234", "12,345,678.9"],
    *["999,999,999,999.999999", "900,719,925.474099", "123456789.123456", "1e-05", "2.5e+10", "1e+99", "007"],
]
HOSTS = [
    "M1.example.org",
    "m2.example.org",
    "M3.example.org",
    "M4.example.org",
    "m5.example.org",
    "M6.example.org",
]
LINE = st.builds(
    lambda text, numbers, host, digit: re.sub(
        rb"<n>", lambda _: numbers.pop().encode(), text.replace(b"<h>", host).replace(b"<1>", digit)
    ),
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=2),
    st.sampled_from([host.encode() for host in HOSTS]),
    st.sampled_from([b"1", b"8"]),
)
LOG = st.lists(LINE | LINE | LINE | st.binary(max_size=20), max_size=60).map(b"\n".join)
SPANS = st.sampled_from([(0.0, 50.0), (1.25, 1.25), (-inf, 0.0), (0.5, inf), (-inf, inf), (3.0, 2.0)])


def sub_lines(data: bytes, kinds: Sequence[int], of_parts: Iterator[int]) -> Iterator[list[tuple[int, str]]]:
    """The kinds and the words of each line's parts."""
    for kind, line in zip(kinds, lines([data]), strict=True):
        own = of_parts if kind == PARTED else iter([kind] * (kind != IRREGULAR))
        yield [(next(own), evenly(part)) for part in parts(line)] if kind != IRREGULAR else []


def is_exact(text: str, slot: Slot) -> bool:
    """Whether the engine reads a number."""
    return all(
        "e" not in digits and int(re.sub("[,.]", "", digits)) <= 1 << 53
        for digits in (text[slot.start : slot.end], text[slice(*slot.whole)] if slot.whole else "1")
    )


@settings(max_examples=150)
@given(LOG, st.randoms(use_true_random=False), st.lists(SPANS, min_size=5, max_size=5))
def test_lines_are_selected_in_which_python_finds_a_number_or_a_host_that_is_odd(
    data: bytes, random: object, spans: list[Span]
) -> None:
    scanning = Scanner()
    scanning.begin()
    seen = scanning.scan(data)
    watches = Watches(learns=False)
    watched: dict[int, tuple[_Numbers, _Host]] = {}
    expected = []
    part_kinds = iter([kind for at in range(seen.count) for kind in seen.parts(at)])
    for at, found in enumerate(sub_lines(data, seen.kinds, part_kinds) if data else ()):
        odd = seen.kinds[at] == IRREGULAR
        for kind, text in found:
            if kind not in watched:
                numbers: _Numbers = [(slot, random.choice(spans)) for slot in slots(text)]  # type: ignore[attr-defined] # it is random.Random
                place = host_slot(text)
                host: _Host = (place, [name.lower() for name in HOSTS[:3]]) if place else None
                watched[kind] = numbers, host
                assert watches.watch(kind, text, numbers, host)
            numbers, host = watched[kind]
            for slot, (low, high) in numbers:
                odd |= not is_exact(text, slot) or not low <= slot.number(text) <= high
            odd |= host is not None and host[0].name(text) not in host[1]
        if odd:
            expected.append(at)
    assert expected == watches.select(data, seen)
    assert expected == watches.select(data, seen)  # nothing is learnt


@settings(max_examples=150)
@given(LOG, st.integers(1, 30))
@example(b"12,345,678.9 tests passed\n1 tests passed", 1)
def test_what_is_learnt_is_what_python_reads_in_each_line(data: bytes, size: int) -> None:
    scanning = Scanner()
    scanning.begin()
    watches = Watches(learns=True)
    telling: dict[int, tuple[list[Slot], HostSlot | None]] = {}
    spans: dict[int, list[Span]] = {}
    hosts: dict[int, Counter[str]] = {}
    whole = data.split(b"\n")
    for start in range(0, len(whole), size):
        block = b"\n".join(whole[start : start + size]) + b"\n"
        seen = scanning.scan(block)
        part_kinds = iter([kind for at in range(seen.count) for kind in seen.parts(at)])
        expected = []
        for at, found in enumerate(sub_lines(block, seen.kinds, part_kinds)):
            exact = seen.kinds[at] != IRREGULAR
            for kind, text in found:
                if kind not in telling:
                    numbers, host = telling[kind] = [*slots(text)], host_slot(text)
                    spans[kind], hosts[kind] = [NOTHING_LEARNT] * len(numbers), Counter()
                    known = host and (host, ())
                    assert watches.watch(kind, text, [(n, NOTHING_LEARNT) for n in numbers], known, ROOM)
                numbers, host = telling[kind]
                for number, slot in enumerate(numbers):
                    if is_exact(text, slot):
                        low, high = spans[kind][number]
                        spans[kind][number] = min(low, slot.number(text)), max(high, slot.number(text))
                    else:
                        exact = False
                if host and (host.name(text) in hosts[kind] or len(hosts[kind]) < ROOM):
                    hosts[kind][host.name(text)] += 1
            if not exact:
                expected.append(at)
        assert expected == watches.select(block, seen)
    for kind in telling:
        assert (spans[kind], [*hosts[kind].items()]) == watches.learnt(kind)


@given(st.from_regex(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,9})(?:\.[0-9]{1,6})?(?:e[+-][0-9]{2})?", fullmatch=True, alphabet="0123456789,.e+-"))  # fmt: skip
@example("0.000001")
@example("9,007,199,254.740992")
@example("9,007,199,254.740993")
@example("99999999.999999")
@settings(max_examples=300)
def test_a_number_is_read_to_the_last_bit_or_not_at_all(digits: str) -> None:
    text = f"{digits} tests passed"
    found = [*slots(text)]
    watches, scanning = Watches(learns=True), Scanner()
    scanning.begin()
    seen = scanning.scan(text.encode())
    assert watches.watch(0, text, [(slot, NOTHING_LEARNT) for slot in found])
    selected = watches.select(text.encode(), seen)
    exact = [is_exact(text, slot) for slot in found]
    assert ([] if all(exact) else [0]) == selected
    read = [
        (slot.number(text),) * 2 if one else NOTHING_LEARNT for slot, one in zip(found, exact, strict=True)
    ]
    assert read == watches.learnt(0).spans


@given(st.integers(0, 999_999), st.integers(1, 999_999), st.sampled_from(["", ".5", ".07", ".99"]))
def test_a_share_is_the_quotient_that_python_has(part: int, whole: int, fraction: str) -> None:
    text = f"{part}{fraction}/{whole} ready"
    (slot,) = slots(text)
    watches, scanning = Watches(learns=True), Scanner()
    assert watches.watch(0, text, [(slot, NOTHING_LEARNT)])
    scanning.begin()
    assert [] == watches.select(text.encode(), scanning.scan(text.encode()))
    assert [(slot.number(text),) * 2] == watches.learnt(0).spans


def watching(text: str, log: bytes, span: Span = (0, 10), names: Collection[str] = ()) -> list[int]:
    """The lines that are selected once each kind is watched as its first line is."""
    scanning, watches = Scanner(), Watches(learns=False)
    scanning.begin()
    first = scanning.scan(text.encode() + b"\n")
    even = evenly(text)
    host = host_slot(even)
    assert watches.watch(first.kinds[0], even, [(slot, span) for slot in slots(even)], host and (host, names))
    return watches.select(log, scanning.scan(log))


@pytest.mark.parametrize(
    "line",
    [
        b"%d tests passed",
        b"  %d\ttests  passed \r",
        b"\x1b[1m%d\x1b[0m tests passed",
        b"07 tests passed\r%d tests passed",
        b"other\\n%d tests passed\\n",
        b"job\tstep\t2024-05-01T10:00:00Z\r%d tests passed",
        b"%d\xc2\xa0tests passed",
        b"%d \x00tests pas\x07sed",
        b"y " * 17_000 + b"\r%d tests passed",
    ],
)
def test_a_line_is_read_as_it_is_cleaned_and_cut(line: bytes) -> None:
    assert [1] == watching("10 tests passed", b"\n".join([line % 10, line % 11, b"none"]))


def test_a_place_behind_letters_of_several_bytes_is_found() -> None:
    log = "größe ✓: errors: 11\ngröße ✓: errors: 10".encode()
    assert [0] == watching("größe ✓: errors: 10", log)


def test_a_share_is_compared_as_a_share() -> None:
    assert [1] == watching("12/12 ready", b"12/12 ready\n11/12 ready\n13/12 ready", (1, inf))


@pytest.mark.parametrize(
    ("names", "selected"),
    [
        (["m1.example.org"], [1, 2]),
        (["m1.example.org", "m2.example.org"], [2]),
        (["m10.example.org"], [0, 1, 2, 3]),
        ([], [0, 1, 2, 3]),
        (["M1.example.org"], [0, 1, 2, 3]),
        (["\N{KELVIN SIGN}1.example.org", "m1.example.org"], [1, 2]),
    ],
)
@pytest.mark.parametrize("form", [b"get http://m%d.example.org/x", b"get\tM%d.Example.org\\n"])
def test_a_host_is_one_of_the_names_whatever_its_case(
    names: list[str], selected: list[int], form: bytes
) -> None:
    text = form.decode().replace("%d", "1").removesuffix("\\n")
    assert selected == watching(text, b"\n".join(form % host for host in (1, 2, 3, 1)), names=names)


def test_a_host_with_letters_beyond_ascii_is_left_to_python() -> None:
    text = "get http://\N{KELVIN SIGN}a.example.org/x"
    watches, place = Watches(learns=False), host_slot(text)
    assert place
    assert not watches.watch(0, text, [], (place, ["ka.example.org"]))
    scanning = Scanner()
    scanning.begin()
    assert [0] == watches.select(text.encode(), scanning.scan(text.encode()))


def test_more_hosts_than_there_is_room_for_are_not_counted() -> None:
    watches, scanning = Watches(learns=True), Scanner()
    texts = [f"get http://M{number}.example.org/x" for number in (1, 2, 3, 1, 4, 3)]
    place = host_slot(texts[0])
    assert place
    assert watches.watch(0, texts[0], [], (place, ["m2.example.org"]), 2)
    scanning.begin()
    data = "\n".join(texts).encode()
    assert [] == watches.select(data, scanning.scan(data))
    counts = [("m2.example.org", 1), ("m1.example.org", 2), ("m3.example.org", 2)]
    assert counts == watches.learnt(0).hosts


@settings(max_examples=150)
@given(LOG, st.sets(st.integers(0, 12)), st.integers(1, 30))
def test_lines_with_a_kind_of_which_each_is_selected_are_and_no_others(
    data: bytes, each: set[int], size: int
) -> None:
    scanning, watches = Scanner(), Watches(learns=False)
    scanning.begin()
    for kind in each:
        watches.select_each(kind)
    whole = data.split(b"\n")
    for start in range(0, len(whole), size):
        block = b"\n".join(whole[start : start + size]) + b"\n"
        seen = scanning.scan(block)
        expected = []
        for at, kind in enumerate(seen.kinds):
            kinds = {kind} if kind != PARTED else {*seen.parts(at)}
            if kind == IRREGULAR or kinds & each:
                expected.append(at)
        assert expected == watches.select(block, seen)


def test_a_line_is_selected_by_any_of_its_parts() -> None:
    scanning = Scanner()
    scanning.begin()
    data = b"a\nb\rc\nd\\ne\na\rd"
    seen = scanning.scan(data)
    for each, selected in (([], []), ([2], [1]), ([0], [0, 3]), ([3, 4], [2, 3]), ([1 << 17], [])):
        watches = Watches(learns=False)
        for kind in each:
            watches.select_each(kind)
        assert selected == watches.select(data, seen)


def test_a_block_can_be_looked_at_after_the_next_scan() -> None:
    scanning, watches = Scanner(), Watches(learns=False)
    scanning.begin()
    data = b"a\nb\na\rd"
    one = scanning.scan(data)
    scanning.scan(b"c\n" * 5000 + b"a\rb\n" * 5000)
    watches.select_each(0)
    assert [0, 2] == watches.select(data, one)
    watches.select_each(1)
    assert [0, 1, 2] == watches.select(data, one)


def test_an_irregular_line_is_always_selected() -> None:
    scanning, watches = Scanner(kinds_limit=1), Watches(learns=False)
    scanning.begin()
    data = b"a\nb\na\ra\n"
    assert [1] == watches.select(data, scanning.scan(data))


def test_what_has_no_room_is_selected_line_by_line() -> None:
    watches, scanning = Watches(learns=False), Scanner()
    scanning.begin()
    text = "get http://m1.example.org"
    place = host_slot(text)
    assert place
    assert not watches.watch(0, text, [], (place, ["m1.example.org"]), 4_000_000)
    assert [0] == watches.select(text.encode(), scanning.scan(text.encode()))


def test_a_place_beyond_any_line_is_not_watched() -> None:
    assert not Watches(learns=False).watch(0, "x" * 40_000 + "1", [(Slot("x", 40_000, 40_001), (0, 1))])


def test_a_kind_is_watched_once() -> None:
    watches = Watches(learns=False)
    assert watches.watch(0, "a")
    assert not watches.watch(0, "a")


def test_without_the_engine_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "library", lambda: None)
    with pytest.raises(RuntimeError, match="nothing can be watched without the engine"):
        Watches(learns=False)
