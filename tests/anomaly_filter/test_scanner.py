"""A scanner says of whole blocks what lines, tokens and the clock say line by line."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anomaly_filter import clock, native, scanner
from anomaly_filter.amounts import evenly, slots, zeros
from anomaly_filter.clock import Clock
from anomaly_filter.hosts import host_slot
from anomaly_filter.lines import LINE_LIMIT, TEXT_LIMIT, Block, Line, lines, parts
from anomaly_filter.rules import HEX_ID
from anomaly_filter.scanner import IRREGULAR, PARTED, Reading, Scanner, Seen
from anomaly_filter.tokens import Table, Tokenizer
from anomaly_filter.values import values

pytestmark = pytest.mark.skipif(not scanner.compiled(), reason=f"no engine: {native.why_not()}")

DATA = Path(__file__).parents[3] / "shared" / "data"
ENGINE = Path(native.__file__).with_name("engine")
TABLE = Table()
laws = settings(max_examples=150)

# ---- the words of a line, said once more in Python ----

_RUN = re.compile("[0-9]+(%?)")
_STATUS = re.compile(
    r"http|status|code|resp|answer|got|reply|return|->|=>|get|head|post|put|patch", re.IGNORECASE | re.ASCII
)
_ALONE = re.compile(r"(?<![\w.,-])([2-5])[0-9]{2}(?![0-9])(?!\.?\w)", re.ASCII)


def _canonical_run(match: re.Match[str]) -> str:
    digits = match[0].rstrip("%")
    if not digits.strip("0") or match[0] == "100%":
        return match[0]
    return "9" * len(digits) + match[1]


_UUID_HEAD = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}"
_UUID = re.compile(rf"(?<![0-9A-Za-z]){_UUID_HEAD}[0-9a-fA-F]{{12}}[0-9]*")
_BEHIND_A_HEAD = re.compile(rf"{_UUID_HEAD}\Z")


def _without_ids(text: str) -> str:
    found = text
    for match in [*_UUID.finditer(text), *re.finditer(HEX_ID, text)]:
        id_ = match[0]
        in_uuid = len(id_) > 12 and "-" not in id_ and _BEHIND_A_HEAD.search(text[: match.start()])
        if re.search("[0-9]", id_) and not in_uuid:
            found = found[: match.start()] + "\x01" * len(id_) + found[match.end() :]
    return found


def canonical(text: str) -> tuple[str, ...]:
    words = _without_ids(" ".join(text.split()))
    found = _RUN.sub(_canonical_run, words)
    if _STATUS.search(words):
        for match in _ALONE.finditer(words):
            found = f"{found[: match.start()]}{match[1]}{found[match.start() + 1 :]}"
    return tuple(found.split(" ")) if found else ()


# ---- what logs are made of ----

_numbers = st.sampled_from(["0", "00", "7", "100", "100%", "0%", "204", "599", "600", "2024", "007", "1000"])
_bits = st.sampled_from(
    [
        *[
            "a",
            "step",
            "x=",
            "-",
            ",",
            " ",
            "  ",
            "\t",
            "\u00a0",
            "\u3000",
            "\u2003",
            "\u2028",
            "\u1680",
            "\u200b",
            "\u0085",
        ],
        *[
            "\\",
            "\\n",
            "\\r",
            "\\ra",
            "\\\\n",
            "\r",
            "\x1b[32m",
            "\x1b[0m",
            "\x1b]0;title\x07",
            "\x1b]8;;u\x1b\\",
            "\x1b(",
        ],
        *[
            "\x1b",
            "\x1b[",
            "\x00",
            "\x07",
            "\x1f",
            "\x7f",
            "\x9b",
            "größe",
            "✓",
            "𐍈",
            "\ufffd",
            "\ufeff",
            "٣",
            "²",
        ],
        *[
            "0a1b2c3d-0a1b-4c2d-8e3f-0123456789",
            "12345678-1234-1234-1234-123456789012",
            "deadbeef12",
            "12:00:00",
            "2024-01-02T",
            "job\tstep\t2024-01-02T12 ",
        ],
        "a very usual line of which eight bytes and more are plain",
    ]
)
_hostile = st.sampled_from(
    [
        b"\xff",
        b"\xc3",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xf0\x9f",
        b"\xf4\x90",
        b"\xc0\x80",
        b"\xe0\x80",
        b"\xc2\x85",
        b"\xc2\xa0",
    ]
)
_raw = st.lists(
    _numbers.map(str.encode) | _bits.map(str.encode) | _hostile | st.binary(max_size=3), max_size=12
)
_line = _raw.map(b"".join).map(lambda raw: raw.replace(b"\n", b""))
_few = st.lists(_line, min_size=1, max_size=4).flatmap(
    lambda some: st.lists(st.sampled_from(some), max_size=20)
)
logs = st.builds(
    lambda some, end: b"\n".join(some) + end,
    _few | st.lists(_line, max_size=12),
    st.sampled_from([b"", b"\n"]),
)

_seconds = st.integers(0, 59).map("{:02}".format) | st.sampled_from(
    ["+1", "-1", " 1", "1 ", "1", "123", "x", "1\t"]
)
_starts = st.sampled_from(
    [
        "",
        "",
        "",
        "[",
        "é",
        "host ",
        "2024-06-01T",
        "2024-06-02 ",
        "2024-06- 3T",
        "Jun  1 ",
        "Jun 11 ",
        "Jun é1 ",
        " " * 80,
        "é" * 82,
        "\x1b[1m",
    ]
)
_timed = st.builds(
    lambda start, hour, minute, second, end: f"{start}{hour}:{minute}:{second}{end}",
    _starts, st.sampled_from(["12", "13", "x2", " 9"]), _seconds, _seconds, st.sampled_from(["", " a", "0", "\r", "é", ".5", "-12:00:00"]),
)  # fmt: skip
_times = st.lists(_timed | _timed | _bits.map(lambda bit: bit.replace("²", "").replace("٣", "")), max_size=20)


# ---- the same things, line by line ----


class Naive:
    """What a scanner has to say, worked out from lines, parts and the clock."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, ...], int] = {}

    def begin(self) -> None:
        self.counts: dict[int, int] = {}
        self.longest: dict[int, int] = {}
        self.clock = Clock()

    def block(self, data: bytes, seen: Seen) -> tuple[list[int], list[int]]:
        """Count by the kinds that the scanner gave; return what is fresh, and waits."""
        fresh, waits = [], []
        for at, line in enumerate(physical(data)):
            waits.append(self.clock.wait(line.text))
            kinds = kinds_at(seen, at)
            if not kinds or any(kind not in self.counts for kind in kinds):
                fresh.append(at)
            for kind in kinds:
                self.counts[kind] = self.counts.get(kind, 0) + 1
                self.longest[kind] = max(self.longest.get(kind, 0), waits[-1])
        return fresh, waits


def kinds_at(seen: Seen, at: int) -> list[int]:
    """The kinds of a line or its parts; none if it is irregular."""
    kind = seen.kinds[at]
    return list(seen.parts(at)) if kind == PARTED else [kind] * (kind != IRREGULAR)


def kinds_and_texts(data: bytes, seen: Seen) -> Iterator[tuple[int, str]]:
    """The kinds of regular lines and parts, with their texts."""
    for at, line in enumerate(physical(data)):
        if seen.kinds[at] != IRREGULAR:
            yield from zip(kinds_at(seen, at), parts(line), strict=True)


def physical(data: bytes) -> list[Line]:
    """The lines, without what is masked by lines above."""
    if b"PRIVATE KEY" not in data:
        return list(lines([data]))
    return [line for raw in data.removesuffix(b"\n").split(b"\n") for line in lines([raw + b"\n"])]


def scanned(data: bytes, scanning: Scanner | None = None) -> Seen:
    scanning = scanning or Scanner()
    scanning.begin()
    return scanning.scan(data)


def taken(scanning: Scanner, data: bytes, *, irregular: bool = False) -> Seen:
    """What comes of a block that was read ahead."""
    reading = Reading()
    reading.read(data, irregular=irregular)
    return scanning.take(reading)


def pieces(data: bytes, size: int) -> Iterable[bytes]:
    """Whole lines, in blocks of about this size."""
    whole = data.splitlines(keepends=True) if b"\r" not in data else re.findall(rb"[^\n]*\n|[^\n]+", data)
    return (b"".join(whole[at : at + size]) for at in range(0, len(whole), size))


def check_kinds(data: bytes, seen: Seen, kinds: dict[tuple[str, ...], int]) -> None:
    texts = physical(data)
    assert len(texts) == seen.count == len(seen.kinds) == len(seen.ends)
    start = 0
    for at, (line, end) in enumerate(zip(texts, seen.ends, strict=True)):
        assert b"\n" not in data[start:end]
        assert end == len(data) or data[end : end + 1] == b"\n"
        start = end + 1
        assert (seen.kinds[at] == PARTED) == (
            seen.kinds[at] != IRREGULAR and [line.text] != list(parts(line))
        )
    for kind, text in kinds_and_texts(data, seen):
        assert kinds.setdefault(canonical(text), kind) == kind
    assert len(kinds) == len(set(kinds.values()))
    assert start >= len(data)


# ---- kinds ----


@given(logs)
@example(b"a\x0b5\n")
@laws
def test_lines_have_one_kind_if_and_only_if_their_words_are_the_same(data: bytes) -> None:
    check_kinds(data, scanned(data), {})


@given(_raw.map(b"".join))
@example(b"a\r\xc2\xa0\r\\n\\\\n\r\\rb\\r\\nc\r")
@example(b"\xe2\x9c\x93" * 200 + b"\tstep\t2024-01-02T12\r")
@example(b"\xe2\x9c\x93" * 201 + b"\tstep\t2024-01-02T12\r")
@settings(max_examples=600)
def test_a_line_has_the_kinds_of_its_parts(raw: bytes) -> None:
    raw = raw.replace(b"\n", b" ")
    texts = list(parts(physical(raw)[0])) if raw else [""]
    seen = scanned(b"\n".join([raw, *(text.encode() for text in texts)]) + b"\n")
    if seen.kinds[0] == IRREGULAR:
        assert not texts or IRREGULAR in list(seen.kinds)[1:]
    for kind, at in zip(kinds_at(seen, 0), range(1, seen.count), strict=bool(kinds_at(seen, 0))):
        assert seen.kinds[at] in (kind, PARTED)  # a part may itself look like a line after a job and a step


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xed\xa0\x80", "\ufffd" * 3),
        (b"\xe0\x80\x80", "\ufffd" * 3),
        (b"\xf0\x8f\x80\x80", "\ufffd" * 4),
        (b"\xf4\x90\x80\x80", "\ufffd" * 4),
        (b"\xf0\x9f\x98 \xe2\x82", "\ufffd \ufffd"),
        (b"\xc0\x80\xf5\x80", "\ufffd" * 4),
        (b"\xc3\x1b[0m\xa9", "\ufffd" * 2),
        (b"a\x1b]0;\xff\x07b\x1b]8\x1b\\c\x1b(Bd\x1b]e", "abcd]e"),
        (b"a\xc2\x85b\xc2\x9f", "ab"),
        (b"a\r\x1b[0m\r", "a"),
    ],
)
def test_bytes_are_read_as_python_decodes_and_lines_cleans(raw: bytes, text: str) -> None:
    assert text == physical(raw)[0].text
    assert [0, 0] == list(scanned(raw + b"\n" + text.encode()).kinds)


def test_words_are_cut_where_str_split_cuts() -> None:
    for character in map(chr, range(0x80, 0x3100)):
        if not 0x80 <= ord(character) < 0xA0:  # controls
            kinds = scanned(f"a{character}b\na b".encode()).kinds
            assert character.isspace() == (kinds[0] == kinds[1]), ascii(character)


@given(st.lists(_numbers | _bits | st.text(max_size=3), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=600)
def test_texts_of_one_kind_have_the_same_tokens_and_places_of_numbers(
    bits: list[str], random: object
) -> None:
    def other(match: re.Match[str]) -> str:
        return "".join(random.choice("0123456789") for _ in match[0])  # type: ignore[attr-defined] # it is random.Random

    one = "".join(bits)
    two = re.sub("[0-9]+", other, one)
    data = f"{one}\n{two}".replace("\n", " ", one.count("\n")).encode("utf-8", "replace")
    seen = scanned(data)
    tokens: dict[int, frozenset[str]] = {}
    others: dict[int, object] = {}
    for kind, text in kinds_and_texts(data, seen):
        found = TABLE.tokens(text)
        assert tokens.setdefault(kind, found) == found
        even = evenly(text)
        more = [*slots(even)], [*zeros(text)], host_slot(even), [*values(text)]
        assert others.setdefault(kind, more) == more


_IDS = [
    "12ab34cd",
    "abcdef",
    "a1b2c3d4-1a2b-3c4d-5e6f-0123456789ab",
    "-1234-4abc-",
    "aabbccdd-1234-1234-1234-",
]
_WORDS = [
    "_errors: ",
    "dead ",
    "tmp",
    ".example.com",
    "/",
    '"',
    " failed",
    "=",
    "status ",
    "404",
    "x",
    "_",
    " ",
    "of 12",
]


@given(st.lists(st.sampled_from([*_IDS, *_WORDS]), min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=600)
def test_texts_of_one_kind_may_have_other_ids(bits: list[str], random: Random) -> None:
    def other(_: re.Match[str]) -> str:
        return random.choice("0123456789abcdef")

    one = "".join(bits)
    two = "".join(re.sub("[0-9a-f]", other, bit) if bit in _IDS else bit for bit in bits)
    seen = scanned(f"{one}\n{two}".encode())
    found = [
        (TABLE.tokens(text), [*slots(evenly(text))], [*zeros(text)], host_slot(evenly(text)), [*values(text)])
        for _, text in kinds_and_texts(f"{one}\n{two}".encode(), seen)
    ]
    assert seen.kinds[0] != seen.kinds[1] or found[0] == found[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"volume_0a1b2c3d4e attached", b"volume_f9e8d7c6b5 attached"),
        (b"req-7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f", b"req-0e1f2a3b-aaaa-4bbb-8ccc-dddddddddddd"),
        (b"took 12 s", b"took 99 s"),
        (b"took 12 s", b"  took\t12   s "),
        (b"status 204", b"status 299"),
        (b"at 1000", b"at 2345"),
        (b"ran 7 of 100", b"ran 8 of 101"),
        (b"plain", b"\x1b[32mplain\x1b[0m"),
        (b"plain", b"plain\r"),
        (b"plain", b"pl\x00ain\x07"),
        ("größe 1".encode(), "größe\u00a09".encode()),
        (b"", b" \t "),
        (b"\\ra 1", b"\\ra 2"),
        (b"bad \xff 1", b"bad \xfe 2"),
        (b"12345678-1234-1234-1234-123456789012300", b"12345678-1234-1234-1234-123456789012999"),
        (b"12345678-1234-1234-1234-123456789012000", b"12345678-1234-1234-1234-123456789012999"),
        (b"abcdefab-abcd-abcd-abcd-abcdefabcdef00", b"abcdefab-abcd-abcd-abcd-abcdefabcdef12"),
    ],
)
def test_what_says_the_same_is_one_kind(one: bytes, other: bytes) -> None:
    kinds = scanned(one + b"\n" + other).kinds
    assert kinds[0] == kinds[1] == 0


@pytest.mark.parametrize(
    "piece",
    [
        *[
            "rc=000",
            "at 0007",
            "full 100%",
            "status 404.",
            "status 4040",
            "a  b\t \u00a0c",
            "C:\\0 \\x",
            "0a1b2c0d00",
        ],
        *[
            "a1b2c3d4-1a2b-3c4d-5e6f-0123456789ab00",
            "abcdef0",
            "abcdef",
            "1234567",
            "0" * 140,
            "a1" * 70,
            " " * 140,
        ],
    ],
)
def test_a_line_says_the_same_wherever_a_word_of_the_processor_ends(piece: str) -> None:
    heads = ["x" * size + blank for size in range(130) for blank in (" ", "")]
    data = "\n".join(head + piece + tail for head in heads for tail in ("", " y", "z")).encode()
    check_kinds(data, scanned(data), {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"volume_facade", b"volume_decade"),
        (b"id 1a2b3", b"id 3b2a1"),
        (b"id 0a1b2c3d", b"id 0a1b2c3d4e"),
        (b"id 0a1b2c3dx", b"id 1a2b3c4dx"),
        (b"rc=0", b"rc=1"),
        (b"rc=0", b"rc=00"),
        (b"status 204", b"status 304"),
        (b"full 100%", b"full 101%"),
        (b"1 of 2", b"1of 2"),
        (b"7", b"77"),
        ("é".encode(), "è".encode()),
        (b"", b"a"),
        (b"a" * 15 + b"b", b"a" * 15 + b"c"),
    ],
)
def test_what_differs_is_of_two_kinds(one: bytes, other: bytes) -> None:
    assert [0, 1] == list(scanned(one + b"\n" + other).kinds)


@pytest.mark.parametrize(
    "line",
    [
        b"\xff" * TEXT_LIMIT,
        b"\xff" * TEXT_LIMIT + b" a\rb",
        b"a " * (TEXT_LIMIT // 2) + b"\xff" * (TEXT_LIMIT - 1),
        b"ab\r" * 400_000,
        b"\\n" * TEXT_LIMIT,
        b"a\r" + b"\xff" * (TEXT_LIMIT - 2),
        b"\\n",
        b"\\r\\\\n\\n",
    ],
)
def test_what_python_has_to_look_at_is_irregular(line: bytes) -> None:
    seen = scanned(line)
    assert ([IRREGULAR], [0]) == (list(seen.kinds), seen.fresh)
    assert [] == list(seen.parts(0))


@pytest.mark.parametrize(
    "line",
    [b"x" * TEXT_LIMIT, b"\tat org.A(A.java:1)\t", b"C:\\temp", b"a\tb\tc", b"\x00" * 9, b"a\tb\t2024-01-0"],
)
def test_what_looks_special_and_is_not_is_regular(line: bytes) -> None:
    assert [0] == list(scanned(line).kinds)


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        (b"10%\r20%\r", ["10%", "20%"]),
        (b"\ra\r\rb", ["", "a", "", "b"]),
        (b"\r\r", [""]),
        (b"a\r\x00", ["a", ""]),
        (b"one\\ntwo", ["one", "two"]),
        (b"\\none\\n\\n", ["one"]),
        (b"one\\rtwo\\r", ["one\\rtwo"]),
        (b"one\\r\\nTwo\\rThree", ["one", "Two", "Three"]),
        (b"one\\\\r\\\\\\ntwo\\r\\x", ["one", "two", "\\x"]),
        (b"a\\ra\\rz\\r`\\r{\\rZ", ["a\\ra\\rz", "`", "{", "Z"]),
        (b"a\r\\n\rb", ["a", "b"]),
        (b"\\r\xc2\xa0\\n\xff", ["\u00a0", "\ufffd"]),
        (b"one\x1b[0m\\\x00nt", ["one", "t"]),
        (b"job\tstep\t2024-06-01T12:00:00Z text", ["2024-06-01T12:00:00Z text"]),
        (b"j\r\ts\t2024-06-01T\ra\tb\t2024-06-01T", ["2024-06-01T", "a\tb\t2024-06-01T"]),
        (b"a" * 201 + b"\ts\t2024-06-01T\rb", ["a" * 201 + "\ts\t2024-06-01T", "b"]),
        (b"\t\t2024-06-01T\rb", ["\t\t2024-06-01T", "b"]),
    ],
)
def test_parts_have_the_kinds_that_they_have_as_lines(line: bytes, texts: list[str]) -> None:
    assert texts == list(parts(physical(line)[0]))
    seen = scanned(b"first\n" + line)
    one_by_one = {canonical(text): None for text in ["first", *texts]}
    expected = [list(one_by_one).index(canonical(text)) for text in texts]
    if [physical(line)[0].text] == texts:
        assert [0, *expected] == list(seen.kinds)
    else:
        assert ([0, PARTED], expected) == (list(seen.kinds), list(seen.parts(1)))


_LONG = TEXT_LIMIT - 5


@pytest.mark.parametrize(
    "line",
    [
        b"x" * (TEXT_LIMIT + 1),
        b"x" * _LONG + " é 12:00:00 b ".encode() * 3 + b"\r",
        b"x" * _LONG + "ééééé".encode(),
        b" " * (TEXT_LIMIT + 7),
        b"4/110 KB   8/110 KB \r" * 3000,
        b"job\tstep\t2024-05-01T10:00:00Z a\rb\\nc" * 1000,
        b"\x1b[32mok\x1b[0m one\\ntwo \r\r" * 2000,
        b"\\n" * (TEXT_LIMIT // 2) + b"a",
        b"a" * TEXT_LIMIT + b"\r" * 10 + b"\\n",
        "größe\u00a0auf\u3000 ".encode() * 2500,
        b" cd ef\r" * 5000 + b"a\rb \xff\xfe\r" * 10 + b"\xc3",
    ],
)
def test_the_parts_of_a_long_line_have_the_kinds_that_they_have_as_lines(line: bytes) -> None:
    assert len(line) > TEXT_LIMIT
    texts = list(parts(physical(line)[0]))
    numbers = {words: number for number, words in enumerate(dict.fromkeys(map(canonical, texts)))}
    seen = scanned(line)
    assert [PARTED] == list(seen.kinds)
    assert [numbers[canonical(text)] for text in texts] == list(seen.parts(0))


def test_a_long_line_is_whole_if_its_end_is_no_part_of_it() -> None:
    seen = scanned(b"a" * TEXT_LIMIT + b"\r" * 100 + b"\n" + b"a" * TEXT_LIMIT)
    assert [0, 0] == list(seen.kinds)


def test_the_clock_reads_the_beginning_of_a_long_line() -> None:
    scanning = Scanner()
    long_line = b"12:00:42 a\r" * 4000 + b"11:00:00 b"
    seen = scanned(b"12:00:00 a\n" + long_line + b"\n12:01:00 c", scanning)
    assert [(1, 42), (2, 18)] == scanning.waits(seen, 1)


@pytest.mark.parametrize("irregular", [True, False])
@pytest.mark.parametrize("ahead", [True, False])
def test_lines_are_irregular_if_that_is_asked_for(irregular: bool, ahead: bool) -> None:  # noqa: FBT001 - parameters
    scanning = Scanner()
    scanning.begin()
    data = b"12:00:00 a\nx\n12:00:42 b"
    seen = (taken if ahead else Scanner.scan)(scanning, data, irregular=irregular)
    assert irregular == seen.irregular
    assert ([IRREGULAR] * 3 if irregular else [0, 1, 2]) == list(seen.kinds)
    assert ([] if irregular else [(2, 42)]) == scanning.waits(seen, 1)
    # The clock stands where it stood.
    assert 0 == scanning.wait("12:00:50 c") if irregular else 8 == scanning.wait("12:00:50 c")


# ---- ends ----


@pytest.mark.parametrize(
    ("data", "ends"),
    [(b"", []), (b"\n", [0]), (b"a", [1]), (b"a\n", [1]), (b"\n\na", [0, 1, 3]), (b"\x00\n\x00", [1, 3])],
)
def test_only_lf_ends_a_line(data: bytes, ends: list[int]) -> None:
    seen = scanned(data)
    assert (len(ends), ends) == (seen.count, list(seen.ends))


# ---- files ----


@given(st.lists(st.tuples(logs, st.integers(1, 6)), max_size=4), st.integers(0, 60))
@laws
def test_any_files_in_any_blocks_are_as_line_by_line(files: list[tuple[bytes, int]], least: int) -> None:
    scanning, naive = Scanner(), Naive()
    for data, size in files:
        scanning.begin()
        naive.begin()
        all_at_once = scanned(data, Scanner())
        whole = [kind for at in range(all_at_once.count) for kind in kinds_at(all_at_once, at)]
        cut: list[int] = []
        for piece in pieces(data, size):
            seen = scanning.scan(piece)
            fresh, waits = naive.block(piece, seen)
            assert fresh == seen.fresh
            kinds = [kinds_at(seen, at) for at in range(seen.count)]
            assert [(at, wait) for at, wait in enumerate(waits) if wait >= least] == scanning.waits(
                seen, least
            )
            cut += itertools.chain.from_iterable(kinds)
        counts, longest = scanning.counts(), scanning.longest_waits()
        assert scanning.kinds == len(counts) == len(longest)
        for kind in range(scanning.kinds):
            assert naive.counts.get(kind, 0) == counts[kind]
            assert naive.longest.get(kind, 0) == longest[kind]
        # The same lines are alike, whatever was scanned before and however it was cut.
        pairs = set(zip(whole, cut, strict=True))
        assert len(pairs) == len(set(whole)) == len(set(cut))


@given(st.lists(st.tuples(logs, st.integers(1, 6)), max_size=4), st.sampled_from([3, 1000]))
@laws
def test_blocks_that_were_read_ahead_are_as_scanned(files: list[tuple[bytes, int]], limit: int) -> None:
    one, other = Scanner(kinds_limit=limit), Scanner(kinds_limit=limit)
    for data, size in files:
        one.begin()
        other.begin()
        for piece in pieces(data, size):
            scanned_now, read_ahead = one.scan(piece), taken(other, piece)
            for at in range(scanned_now.count):
                assert kinds_at(scanned_now, at) == kinds_at(read_ahead, at)
            assert list(scanned_now.ends) == list(read_ahead.ends)
            assert scanned_now.fresh == read_ahead.fresh
            assert one.waits(scanned_now, 0) == other.waits(read_ahead, 0)
        assert list(one.counts()) == list(other.counts())
        assert list(one.longest_waits()) == list(other.longest_waits())
        assert (one.generation, one.kinds) == (other.generation, other.kinds)


@given(logs, st.integers(1, 6))
@laws
def test_texts_are_those_of_the_lines(data: bytes, size: int) -> None:
    scanning, number = Scanner(), 1
    for piece in pieces(data, size):
        block = Block(piece, number)
        expected = [line.text for line in block.lines()]
        seen = scanning.scan(piece)
        texts, left = scanning.texts(piece, seen, 0, seen.count)
        for at in left:
            assert len(expected[at].encode()) > len(piece.split(b"\n")[at])
            texts[at] = expected[at]
        assert expected == texts
        for first, end in ((0, 1), (seen.count // 2, seen.count), (seen.count - 1, seen.count)):
            some, others = scanning.texts(piece, seen, first, end)
            assert [at for at in left if first <= at < end] == others
            assert ["" if first + at in left else text for at, text in enumerate(texts[first:end])] == some
        number += len(texts)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"x" * TEXT_LIMIT, "x" * TEXT_LIMIT),
        (b"x" * TEXT_LIMIT + b"\r", None),
        (b"x" * (TEXT_LIMIT + 1), None),
        ("größe\u00a0auf\u3000ändern".encode(), "größe\u00a0auf\u3000ändern"),
        (b"gr\xf6\xdfe", None),
        (b"\x1b[32mgr\xf6\xdfe\x1b[0m", "gr\ufffd\ufffde"),
        (b"step 1\rstep 2\r\r", "step 1\rstep 2"),
    ],
)
def test_a_text_that_is_too_long_is_left_to_python(line: bytes, text: str | None) -> None:
    data = b"\n".join((b"one", line, b"two"))
    scanning = Scanner()
    expected = ["one", text or "", "two"], [] if text else [1]
    assert expected == scanning.texts(data, scanning.scan(data), 0, 3)


def test_a_reading_serves_one_block_after_another() -> None:
    scanning, reading = Scanner(), Reading()
    scanning.begin()
    kinds = []
    for data in (b"a\nb\rc", b"c\nb\n\n", b"", b"d\rb"):
        reading.read(data)
        kinds.append([kinds_at(seen, at) for seen in [scanning.take(reading)] for at in range(seen.count)])
    assert [[[0], [1, 2]], [[2], [1], [3]], [], [[4, 1]]] == kinds


def test_kinds_are_remembered_across_files_and_counts_are_not() -> None:
    scanning = Scanner()
    assert [0, 1, 0] == list(scanned(b"a\nb\na\n", scanning).kinds)
    seen = scanned(b"b\nc\n", scanning)
    assert ([1, 2], [0, 1]) == (list(seen.kinds), seen.fresh)
    assert [0, 1, 1] == list(scanning.counts())
    assert 0 == scanning.generation


def test_a_block_holds_after_the_next_scan() -> None:
    scanning = Scanner()
    one = scanned(b"a\nb\na\rd", scanning)
    scanned(b"c\n" * 5000 + b"a\rb\n" * 5000, scanning)
    assert ([0, 1, PARTED], [1, 3, 7], [0, 2]) == (list(one.kinds), list(one.ends), list(one.parts(2)))


def test_a_line_with_parts_counts_for_each_of_them() -> None:
    scanning = Scanner()
    seen = scanned(b"12:00:00 a\n12:00:42 b\rb\rc\rb\n12:00:43 b\rc\n", scanning)
    assert ([0, PARTED, PARTED], [0, 1]) == (list(seen.kinds), seen.fresh)
    assert ([1, 2, 3, 2], [1, 3]) == (list(seen.parts(1)), list(seen.parts(2)))
    assert [1, 2, 2, 2] == list(scanning.counts())
    assert [0, 42, 42, 42] == list(scanning.longest_waits())


# ---- limits ----


def test_kinds_beyond_the_limit_are_irregular_until_another_file_begins() -> None:
    scanning = Scanner(kinds_limit=3)
    assert [0, 1, 2, IRREGULAR, 0, IRREGULAR] == list(scanned(b"a\nb\nc\nd\na\nd", scanning).kinds)
    assert (0, 3) == (scanning.generation, scanning.kinds)
    assert [0] == list(scanned(b"d", scanning).kinds)
    assert (1, 1) == (scanning.generation, scanning.kinds)


def test_a_memory_that_is_half_full_is_kept() -> None:
    scanning = Scanner(kinds_limit=4)
    scanned(b"a\nb", scanning)
    assert [2, 0] == list(scanned(b"c\na", scanning).kinds)
    assert 0 == scanning.generation


def test_words_beyond_the_limit_are_irregular() -> None:
    scanning = Scanner(words_limit=10)
    assert [0, IRREGULAR, 1, 0] == list(scanned(b"aaaaa\nbbbbbb\nccccc\naaaaa", scanning).kinds)
    scanning.begin()
    assert 1 == scanning.generation


def test_a_line_is_irregular_if_one_of_its_parts_is() -> None:
    scanning = Scanner(kinds_limit=3)
    seen = scanned(b"a\rb\na\rc\rd\nc\ra\nd", scanning)
    assert [PARTED, IRREGULAR, PARTED, IRREGULAR] == list(seen.kinds)
    assert ([0, 1], [], [2, 0]) == tuple(list(seen.parts(at)) for at in range(3))
    assert ([0, 1, 2, 3], [2, 1, 1]) == (seen.fresh, list(scanning.counts()))


@pytest.mark.parametrize("limit", [0, 1])
def test_a_scanner_without_memory_says_irregular(limit: int) -> None:
    assert [IRREGULAR] == list(scanned(b"abc", Scanner(kinds_limit=limit, words_limit=limit)).kinds)


def test_many_kinds_are_told_apart() -> None:
    words = [f"{chr(97 + at % 26)}{chr(97 + at // 26 % 26)}{chr(97 + at // 676)}" for at in range(17_000)]
    data = "\n".join(words).encode()
    scanning = Scanner()
    assert list(range(17_000)) == list(scanned(data, scanning).kinds)
    assert list(range(17_000)) == list(scanned(data, scanning).kinds)


def _hash(word: bytes) -> int:
    """Say what kinds.c says of a word of less than eight bytes."""
    mask = (1 << 64) - 1

    def mixed(number: int, bits: int) -> int:
        number = (number ^ bits) * 0x9E3779B185EBCA87 & mask
        return number ^ number >> 32

    other = mixed(0xC2B2AE3D27D4EB4F, int.from_bytes(word, "little"))
    return mixed(len(word), (other << 1 | other >> 63) & mask) & 0xFFFFFFFF


def test_lines_that_were_made_to_collide_are_irregular_and_no_others() -> None:
    words = (bytes(letters) for letters in itertools.product(range(97, 123), repeat=4))
    colliding = list(itertools.islice((word for word in words if _hash(word) % 1024 == 7), 140))
    scanning = Scanner()
    kinds = list(scanned(b"\n".join([*colliding, b"another"]), scanning).kinds)
    assert [*range(128), *[IRREGULAR] * 12, 128] == kinds
    assert [*kinds[:128], 128] == list(scanned(b"\n".join([*colliding[:128], b"another"]), scanning).kinds)


def test_without_the_engine_there_is_no_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "library", lambda: None)
    with pytest.raises(RuntimeError, match="no scanner without the engine"):
        Scanner()
    with pytest.raises(RuntimeError, match="no scanner without the engine"):
        Reading()
    assert not scanner.compiled()


def test_a_block_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "SCAN_LIMIT", 3)
    with pytest.raises(ValueError, match="a block has at most 3 bytes, this one 4"):
        scanned(b"aaaa")
    with pytest.raises(ValueError, match="a block has at most 3 bytes, this one 4"):
        Reading().read(b"aaaa")


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("clock.c", "NEAR", clock._NEAR),
        ("clock.c", "PATIENCE", clock._PATIENCE),
        ("clock.c", "BACKWARDS", clock._BACKWARDS),
        ("clock.h", "CLOCK_LOOKED_AT", clock._LOOKED_AT),
        ("clock.c", "WAIT_LIMIT", clock.WAIT_LIMIT),
        ("text.h", "TEXT_LIMIT", TEXT_LIMIT),
        ("text.h", "LINE_LIMIT", LINE_LIMIT),
        ("engine.h", "SCAN_MOST", scanner.SCAN_LIMIT),
    ],
)
def test_limits_are_the_same_on_both_sides(file: str, name: str, value: int) -> None:
    found = re.search(rf"#define {name} (.*)", (ENGINE / file).read_text())
    assert found
    known = {"DAY_SECONDS": clock._DAY_SECONDS}
    expression = re.sub(r"\(size_t\)|/\*.*", "", found[1])
    assert value == eval(expression, known)


# ---- the clock ----


@given(_times, st.integers(1, 5))
@settings(max_examples=300)
def test_waits_are_those_of_the_clock(texts: list[str], size: int) -> None:
    data = "\n".join(texts).replace("\x85", "").encode()
    naive = Clock()
    expected = [naive.wait(line.text) for line in physical(data)]
    scanning = Scanner()
    scanning.begin()
    got = []
    for piece in pieces(data, size):
        got += [wait for _, wait in scanning.waits(scanning.scan(piece), 0)]
    assert expected == got


@given(_times)
@laws
def test_the_clock_of_single_lines_is_the_same_one(texts: list[str]) -> None:
    scanning, naive = Scanner(), Clock()
    scanning.begin()
    for at, line in enumerate(physical("\n".join(texts).encode())):
        expected = naive.wait(line.text)
        if at % 2:
            assert expected == scanning.wait(line.text)
        else:
            seen = scanning.scan(line.text.encode() + b"\n")
            assert [(0, expected)] == scanning.waits(seen, 0)


def test_what_is_no_number_is_no_time() -> None:
    digits = [one + other for one in "05 +-\t\rx_é" for other in "05 +-\t\rx_é"]
    for texts in (["12:00:00 a", f"12:{pair}:{pair} b", f"12:01:{pair}c", "12:59:59 d"] for pair in digits):
        seen = scanned("\n".join(texts).encode(), scanning := Scanner())
        assert list(map(Clock().wait, texts)) == [wait for _, wait in scanning.waits(seen, 0)]


@pytest.mark.parametrize("untimed", [0, clock._NEAR, clock._NEAR + 1, clock._PATIENCE - 1, clock._PATIENCE])
@pytest.mark.parametrize("next_one", ["12:00:42 b", "2024-06-01 12:00:42 b"])
@pytest.mark.parametrize("backwards", [0, clock._BACKWARDS, clock._BACKWARDS + 1])
def test_the_clock_loses_patience_as_it_does_line_by_line(
    untimed: int, backwards: int, next_one: str
) -> None:
    texts = ["12:00:01 a", "12:00:00 b"] * backwards
    texts += ["12:00:00 a", *["none"] * untimed, next_one, "2024-06-01 12:00:47 c", "13:00:00 d"]
    scanning = Scanner()
    seen = scanned("\n".join(texts).encode(), scanning)
    assert list(map(Clock().wait, texts)) == [wait for _, wait in scanning.waits(seen, 0)]


@pytest.mark.parametrize(
    "head",
    [b"\x00" * (TEXT_LIMIT - 8), b"\x00" * 20_000 + b" ", b" " * 82, b"\xc3\xa9" * 16_000, b"\r" * 50_000],
)
def test_the_clock_reads_of_a_long_line_what_lines_keep(head: bytes) -> None:
    data = b"\n".join(
        time + head + time + b" x" * 20_000 + tail
        for time in (b"12:00:00", b"12:00:42")
        for tail in (b"", b"\r")
    )
    naive = Clock()
    expected = [naive.wait(line.text) for line in physical(data)]
    scanning = Scanner()
    assert expected == [wait for _, wait in scanning.waits(scanned(data, scanning), 0)]


# ---- real logs ----


def real_logs() -> list[Path]:
    plain = {".log", ".good", ".fail", ".gz", ".subunit"}
    return sorted(path for path in DATA.rglob("*") if path.is_file() and path.suffix in plain)


def test_real_logs_are_read_as_line_by_line() -> None:
    if not DATA.is_dir():
        pytest.skip("../shared/data is not there")
    scanning, kinds, tokens = Scanner(), dict[tuple[str, ...], int](), dict[int, frozenset[str]]()
    tokenizer = Tokenizer()
    naive = Naive()
    read = irregular = 0
    for path in real_logs():
        data = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())[:100_000]
        if b"PRIVATE KEY" in data:
            continue
        scanning.begin()
        naive.begin()
        for piece in pieces(data, 997):
            seen = scanning.scan(piece)
            check_kinds(piece, seen, kinds)
            fresh, waits = naive.block(piece, seen)
            assert fresh == seen.fresh
            assert list(enumerate(waits)) == scanning.waits(seen, 0)
            for kind, text in kinds_and_texts(piece, seen):
                found = tokenizer._tokens(text)  # what Python says, with a memo
                assert tokens.setdefault(kind, found) == found
            read += seen.count
            irregular += list(seen.kinds).count(IRREGULAR)
    assert read > 10_000
    assert irregular < read / 1000


@given(logs)
@laws
def test_lines_of_one_kind_have_the_same_tokens(data: bytes) -> None:
    tokens: dict[int, frozenset[str]] = {}
    for kind, text in kinds_and_texts(data, scanned(data)):
        found = TABLE.tokens(text)
        assert tokens.setdefault(kind, found) == found
