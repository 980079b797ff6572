from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Block, Line, Model, SegmentBuilder, line_blocks, lines
from anomaly_filter.lines import LINE_LIMIT, TEXT_LIMIT, parts

MB = 1024 * 1024
raw_logs = st.lists(
    st.sampled_from(
        [
            b"\n",
            b"\r",
            b"\r\n",
            b"\x00",
            b"\x1b[31m",
            b"\xff",
            b"\xe2\x82",
            b"\xac",
            b"a",
            b" ",
            b"\\n",
            b"\t",
        ]
    )
    | st.binary(max_size=6)
).map(b"".join)


def texts(raw: bytes) -> list[str]:
    return [line.text for line in lines([raw])]


def cut(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[start : start + size] for start in range(0, len(raw), size))


@given(raw_logs, st.lists(st.integers(0, 200)))
def test_lines_are_the_same_however_the_bytes_are_cut(raw: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    chunks = [raw[start:end] for start, end in pairwise(places)]
    assert list(lines([raw])) == list(lines(chunks))


@given(raw_logs)
def test_a_line_is_the_same_wherever_it_stands(raw: bytes) -> None:
    # The lines within a chunk take another way through the code than the first and the last one.
    alone = [text for part in raw.split(b"\n") for text in texts(part + b"\n")]
    assert alone == texts(b"\n" + raw + b"\n\n")[1:-1]


@given(raw_logs)
@example(b"")
@example(b"\n")
def test_numbers_are_consecutive_from_one_and_count_line_feeds(raw: bytes) -> None:
    count = raw.count(b"\n") + (not raw.endswith(b"\n") and raw != b"")
    assert list(range(1, count + 1)) == [line.number for line in lines(cut(raw, 3))]


def test_numbers_are_those_of_sed() -> None:
    raw = b"one\n\r\ntwo\rstill two\n\x0c\n\xc2\x85\nseven\\nseven\n\nlast"
    for line in lines([raw]):
        if line.text.isalpha():
            sed = subprocess.run(["sed", "-n", f"{line.number}p"], input=raw, capture_output=True, check=True)
            assert line.text == sed.stdout.decode().rstrip("\n")
    assert ["one", "last"] == [line.text for line in lines([raw]) if line.text in ("one", "last")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"crlf\r\n", "crlf"),
        (b"crlf twice\r\r\n", "crlf twice"),
        (b"no line end", "no line end"),
        (b"10%\r20%\n", "10%\r20%"),
        (b"\x1b[1;31mERROR\x1b[0m", "ERROR"),
        (b"\x1b]0;title\x07shell\x1b(B", "shell"),
        (b"\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b]0;never ended", "]0;never ended"),
        (b"nul\x00 bell\x07 back\x08", "nul bell back"),
        (b"tab\tstays", "tab\tstays"),
        (b"c1 \xc2\x9b is dropped", "c1  is dropped"),
        (b"\xff\xfe not utf-8", "\ufffd\ufffd not utf-8"),
        (b"cut \xe2\x82\nnext", "cut \ufffd"),
        ("Stra\u00dfe \u2028 \U0001f600".encode(), "Stra\u00dfe \u2028 \U0001f600"),
    ],
)
def test_a_line_is_cleaned(raw: bytes, text: str) -> None:
    assert text == texts(raw)[0]
    assert text == texts(b"before\n" + raw.rstrip(b"\n") + b"\nafter")[1]


@given(raw_logs)
def test_texts_hold_no_control_character_but_tabs_and_inner_carriage_returns(raw: bytes) -> None:
    for text in texts(raw):
        assert not [char for char in text if char not in "\t\r" and (char < " " or "\x7f" <= char <= "\x9f")]


def test_an_empty_log_has_no_line() -> None:
    assert [] == list(lines([]))
    assert [] == list(lines([b"", b""]))


def test_lines_are_given_as_soon_as_they_are_whole() -> None:
    def chunks() -> Iterable[bytes]:
        yield b"first\nsec"
        raise AssertionError("asked for more than was needed")

    assert Line(1, "first") == next(iter(lines(chunks())))


@pytest.mark.parametrize("char", ["a", "\u20ac", "\U0001f600"])
@pytest.mark.parametrize("size", [TEXT_LIMIT - 1, TEXT_LIMIT, TEXT_LIMIT + 1, 3 * TEXT_LIMIT])
def test_a_text_has_at_most_so_many_bytes_and_whole_characters(char: str, size: int) -> None:
    text = char * (size // len(char.encode()) + 1)
    for raw in (text.encode(), b"\n" + text.encode() + b"\n\n"):
        line = max(lines([raw]), key=lambda line: len(line.text))
        assert len(line.text.encode()) <= TEXT_LIMIT
        assert text.startswith(line.text)
        assert line.truncated == (line.text != text)
        assert text == line.text + b"".join(line.rest).decode()


@pytest.mark.parametrize(
    "raw", [b"\xff" * 20_000, b"\xff" * TEXT_LIMIT * 2, b"\xe2\x82" * 30_000, b"\x80" * 40_000]
)
def test_bytes_that_are_not_utf8_keep_to_the_limit_though_their_replacement_is_longer(raw: bytes) -> None:
    (line,) = lines([raw])
    assert len(line.text.encode()) <= TEXT_LIMIT
    assert line.truncated


def test_a_line_of_20_mb_is_read_in_any_chunks() -> None:
    raw = b"word " * (4 * MB) + b"needle\nnext\n"
    whole = list(lines([raw]))
    assert whole == list(lines(cut(raw, 1 << 16)))
    assert [1, 2] == [line.number for line in whole]
    assert raw == (whole[0].text.encode() + b"".join(whole[0].rest) + b"\nnext\n")


def test_an_anomaly_at_the_far_end_of_a_20_mb_line_is_found() -> None:
    builder = SegmentBuilder("1", "job.log")
    builder.learn(lines([b"the same step again and again\n"]))
    raw = b"the same step again and again " * (20 * MB // 30) + b"and then the kernel ran out of memory\n"
    (line,) = AnomalyFilter(Model([builder.segment()])).scored(lines(cut(raw, 1 << 18)))
    assert line.shown
    assert line.truncated
    assert len(line.text.encode()) <= TEXT_LIMIT


def test_of_a_line_without_end_the_head_is_kept() -> None:
    tail = b"\nnext"
    line, following = lines([b"x" * LINE_LIMIT, b"y" * MB, b"z" + tail])
    assert LINE_LIMIT == len(line.text) + sum(map(len, line.rest))
    assert Line(2, "next") == following
    assert LINE_LIMIT == sum(
        len(line.text) + sum(map(len, line.rest)) for line in lines([b"\n" + b"x" * (LINE_LIMIT + 9)])
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one part", ["one part"]),
        ("", [""]),
        (r"a\nb", ["a", "b"]),
        (r"a\r\nb\\nc\\\\nd", ["a", "b", "c", "d"]),
        (r"10%\r20%", ["10%", "20%"]),
        ("10%\r20%\r\r30%", ["10%", "20%", "", "30%"]),
        (r"C:\windows\readme", [r"C:\windows\readme"]),
        (r"\n", []),
        ("a\tb", ["a\tb"]),
        ("job\tstep\t2024-06-01T12:00:00.1Z text", ["2024-06-01T12:00:00.1Z text"]),
        (
            r"job (3.11)\tSet up\t2024-06-01T12:00:00Z a\nb".replace(r"\t", "\t"),
            ["2024-06-01T12:00:00Z a", "b"],
        ),
        ("job\tstep\ttext", ["job\tstep\ttext"]),
        ("step\t2024-06-01T12:00:00Z text", ["step\t2024-06-01T12:00:00Z text"]),
        ("a\tb\tc\t2024-06-01T12:00:00Z text", ["a\tb\tc\t2024-06-01T12:00:00Z text"]),
        ("j" * 201 + "\tstep\t2024-06-01T12:00:00Z", ["j" * 201 + "\tstep\t2024-06-01T12:00:00Z"]),
    ],
)
def test_parts_of(text: str, expected: list[str]) -> None:
    assert expected == list(parts(Line(1, text)))


def test_a_line_of_backslashes_alone_is_one_part() -> None:
    text = "\\" * 1_000_000  # takes minutes where the pattern is tried from each of them
    assert [text] == list(parts(Line(1, text)))


def test_what_lies_beyond_the_text_is_parted_and_cleaned_too() -> None:
    assert ["a", "b", "c", "d"] == list(parts(Line(1, "a", (rb"b\nc", b"\x1b[1md\r"))))


@given(raw_logs)
def test_a_single_line_has_its_text_as_its_only_part(raw: bytes) -> None:
    for line in lines([raw]):
        assert [line.text] == list(parts(line)) or not line.single


KEY = (
    b"12:00:02 -----BEGIN RSA PRIVATE KEY-----\n"
    b"12:00:02 MIIEowIBAAKCAQEAxyz0123456789abcdefghijklmnop+qrstuvwxyz/ABCDEFG\n"
    b"12:00:03 cDEFGHIJKLMNOPQRSTUVWX==\n"
    b"12:00:03 -----END RSA PRIVATE KEY-----\n"
)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_the_body_of_a_private_key_is_masked_however_it_comes(size: int) -> None:
    log = b"start\n" + KEY + b"abcdefghijklmnopqrstuvwxyz\n"
    texts = [line.text for line in lines(log[at : at + size] for at in range(0, len(log), size))]
    begins, ends = "12:00:02 -----BEGIN RSA PRIVATE KEY-----", "12:00:03 -----END RSA PRIVATE KEY-----"
    assert ["start", begins, "12:00:02 ***", "12:00:03 ***", ends, "abcdefghijklmnopqrstuvwxyz"] == texts


def test_a_private_key_that_does_not_end_masks_no_more_than_a_key_has() -> None:
    log = b"-----BEGIN PRIVATE KEY-----\n" + b"abcdefghijklmnopqrstuvwxyz\n" * 300
    texts = [line.text for line in lines([log])][1:]
    assert 200 == texts.count("***")
    assert "***" not in texts[200:]


def test_a_certificate_is_no_private_key() -> None:
    log = b"-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEAxyz0123456789\n"
    assert "MIIEowIBAAKCAQEAxyz0123456789" == [*lines([log])][1].text


@given(
    st.lists(
        st.sampled_from(
            [b"PRIVATE KEY-----", b"PRIVATE ", b"KEY-----", b"KEY---", b"K", b"\n", b"\n" * 300, b"x" * 300]
        ),
        min_size=1,
    ).map(b"".join)
)
def test_a_block_knows_how_many_lines_it_has_and_whether_it_names_a_private_key(data: bytes) -> None:
    block = Block(data, 1)
    assert (len(list(block.lines())), b"PRIVATE KEY-----" in data) == (block.count, block.names_key)


@pytest.mark.parametrize("line", [b"a line of a log", b"x" * 700_000])
def test_a_large_chunk_is_cut_into_several_blocks(line: bytes) -> None:
    data = b"\n".join([line] * (3_000_000 // len(line)))
    blocks = list(line_blocks([data]))
    assert data == b"".join(block.data for block in blocks)
    assert 2 * MB >= max(len(block.data) for block in blocks)
    assert [block.first for block in blocks] == [*accumulate((b.count for b in blocks[:-1]), initial=1)]
