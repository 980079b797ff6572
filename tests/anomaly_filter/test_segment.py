from __future__ import annotations

import json
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Line, Segment, SegmentBuilder, SegmentError, Tokenizer, lines, segment
from anomaly_filter.container import pack, unpack
from anomaly_filter.tokens import TOKENS_HASH, Table
from tests import logs

Sections = dict[str, bytes]


def learnt(*texts: str, build: str = "b1", file: str = "job.log") -> Segment:
    builder = SegmentBuilder(build, file)
    builder.learn(Line(number, text) for number, text in enumerate(texts, 1))
    return builder.segment()


SEGMENT = learnt("compiling 31 files", "all tests passed", "compiling 35 files")
SECTIONS = unpack(SEGMENT.encode())
INFO = json.loads(SECTIONS["info"])


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def decoded(**sections: bytes) -> Segment:
    return Segment.decode(pack({**SECTIONS, **sections}), Tokenizer())


def info(**values: object) -> bytes:
    return json.dumps({**INFO, **values}).encode()


# ---- learning ----


def test_a_segment_has_a_row_for_each_new_token_set_with_its_first_text() -> None:
    assert ("compiling 31 files", "all tests passed") == SEGMENT.texts
    assert (("compiling", "files", "files=n"), ("all", "passed", "tests")) == SEGMENT.rows
    assert 3 == SEGMENT.lines


def test_a_line_that_begins_another_is_a_row_of_its_own() -> None:
    assert ("one two three four", "one two three") == learnt("one two three four", "one two three").texts


def test_lines_without_tokens_teach_nothing() -> None:
    assert () == learnt("", "12:00:01", "42").rows


def test_each_part_of_a_line_is_a_row() -> None:
    assert ("step one", "step two", "step three") == learnt("step one\\nstep two\rstep three").texts


@given(st.lists(logs.texts), st.integers(0, 10))
def test_a_segment_does_not_depend_on_how_lines_are_split_among_calls(texts: list[str], cut: int) -> None:
    builder = SegmentBuilder("b1", "job.log")
    builder.learn(Line(1, text) for text in texts[:cut])
    builder.learn(Line(1, text) for text in texts[cut:])
    assert learnt(*texts) == builder.segment()


def test_texts_hold_no_secret() -> None:
    assert ("login password=***",) == learnt("login password=hunter2").texts


def test_texts_are_cut_and_the_rows_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "ROW_TEXT_LIMIT", 5)
    found = learnt("alpha beta")
    assert (("alpha",), ("alpha", "beta")) == (found.texts, found.rows[0])


def test_rows_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "ROWS_LIMIT", 2)
    found = learnt("alpha", "beta", "gamma", "alpha", "delta")
    assert (("alpha", "beta"), 5, 2) == (found.texts, found.lines, found.left_out)


def test_rows_that_take_more_than_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    row = len("alpha") + len("alpha") + 4
    monkeypatch.setattr(segment, "BYTES_LIMIT", 2 * row - 1)
    found = learnt("alpha", "gamma", "beta")
    assert (("alpha", "beta"), 1) == (found.texts, found.left_out)


def test_the_limit_counts_tokens_also_where_the_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "ROW_TEXT_LIMIT", 10)
    monkeypatch.setattr(segment, "BYTES_LIMIT", 5_000)
    found = learnt(*(f"a{letter}" * 250 for letter in "bcdefghijklmnop"))
    assert (9, 6) == (len(found.rows), found.left_out)
    assert len(found.encode()) < 6_000


def test_what_a_builder_remembers_to_have_met_is_bounded_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["alpha beta", "gamma delta", "alpha beta", "gamma delta", "alpha"]
    expected = learnt(*texts)
    monkeypatch.setattr(segment, "_SEEN_WORDS", 2)
    assert expected == learnt(*texts)


def test_a_lone_surrogate_is_learnt_and_stored() -> None:
    found = learnt("name \udcff.txt missing")
    assert found == Segment.decode(found.encode(), Tokenizer())


# ---- the file ----


@given(st.lists(logs.texts), st.text(max_size=9), st.text(max_size=9))
def test_what_is_encoded_is_decoded(texts: list[str], build: str, file: str) -> None:
    found = learnt(*texts, build=build, file=file)
    assert found == Segment.decode(found.encode(), Tokenizer())


@given(st.lists(logs.texts))
def test_a_segment_made_under_other_rules_gets_its_rows_from_its_texts(texts: list[str]) -> None:
    found = learnt(*texts)
    sections = unpack(found.encode())
    sections["info"] = sections["info"].replace(TOKENS_HASH.encode(), b"other rules")
    sections |= {"words": b"stale\n", "sizes": b"", "tokens": b""}
    assert replace(found, retokenised=True) == Segment.decode(pack(sections), Tokenizer())


def test_texts_that_have_no_tokens_any_more_are_left_out_when_rules_change() -> None:
    found = decoded(info=info(token_rules="other"), texts=b"12:00\nalpha beta\nbeta alpha\n")
    assert (("alpha beta",), (("alpha", "beta"),)) == (found.texts, found.rows)
    assert found.retokenised


def test_a_segment_made_under_the_same_rules_is_not_retokenised() -> None:
    assert not decoded().retokenised


def test_unknown_sections_are_skipped() -> None:
    assert SEGMENT == decoded(later=b"\xff\xff")


def test_a_digest_stands_for_build_file_and_texts() -> None:
    assert SEGMENT.digest == decoded(info=info(token_rules="other")).digest
    others = (
        replace(SEGMENT, build="b2"),
        replace(SEGMENT, file="x"),
        replace(SEGMENT, texts=SEGMENT.texts[::-1]),
    )
    assert 4 == len({SEGMENT.digest, *(other.digest for other in others)})


@pytest.mark.parametrize("size", range(0, len(SEGMENT.encode()), 7))
def test_every_truncation_is_refused(size: int) -> None:
    with pytest.raises(SegmentError):
        Segment.decode(SEGMENT.encode()[:size], Tokenizer())


@pytest.mark.parametrize("name", SECTIONS)
def test_each_section_is_needed(name: str) -> None:
    sections = {**SECTIONS}
    del sections[name]
    with pytest.raises(SegmentError, match=name):
        Segment.decode(pack(sections), Tokenizer())


@pytest.mark.parametrize(
    "sections",
    [
        {"info": b""},
        {"info": b"not json"},
        {"info": b"\xff"},
        {"info": b"[]"},
        {"info": b"null"},
        {"info": b"{}"},
        {"info": b"[" * 100_000},
        {"info": b'{"a":' * 100_000},
        {"info": info(build=1)},
        {"info": info(file=None)},
        {"info": info(token_rules=["x"])},
        {"info": info(lines="3")},
        {"info": info(lines=True)},
        {"info": info(left_out=1.5)},
        {"info": info(lines=-1)},
        {"info": info(more=1)},
        {"info": b'{"lines":' + b"9" * 5000 + b"}"},
        {"texts": b"no line end"},
        {"texts": b"\xff\n"},
        {"texts": b"one\n"},
        {"texts": b"one\ntwo\nthree\n"},
        {"texts": b"\n" * 200_000},
        {"words": b"alpha"},
        {"words": b"\n" * 200_000},
        {"words": b"\xed\xa0\x80\n"},
        {"words": b""},
        {"sizes": b""},
        {"sizes": b"\x01\x00\x00"},
        {"sizes": numbers(3, 2)},
        {"sizes": numbers(3, 4)},
        {"sizes": numbers(3, 0), "tokens": numbers(0, 1, 2), "words": b"a\nb\nc\n"},
        {"sizes": numbers(2**32 - 1, 2**32 - 1)},
        {"tokens": b""},
        {"tokens": numbers(0, 1, 2, 3, 4, 2**32 - 1)},
        {"tokens": numbers(0, 1, 2, 3, 4, 6)},
        {"tokens": numbers(0, 1, 1, 3, 4, 5)},
        {"tokens": numbers(2, 1, 0, 3, 4, 5)},
    ],
    ids=lambda sections: next(iter(sections)),
)
def test_a_hostile_file_with_a_right_checksum_is_refused(sections: Sections) -> None:
    with pytest.raises(SegmentError):
        decoded(**sections)


@given(
    st.sampled_from(sorted(SECTIONS)),
    st.binary(max_size=40)
    | st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
    | st.lists(st.integers(0, 9)).map(lambda values: numbers(*values)),
)
def test_any_content_of_a_section_is_read_or_refused(name: str, content: bytes) -> None:
    try:
        found = decoded(**{name: content})
    except SegmentError:
        return
    assert len(found.rows) == len(found.texts)
    assert all(row == tuple(sorted(set(row))) and row for row in found.rows)


@given(st.integers(0, len(SEGMENT.encode()) - 1), st.integers(1, 255))
def test_every_flipped_byte_is_refused_or_means_nothing(place: int, mask: int) -> None:
    data = bytearray(SEGMENT.encode())
    data[place] ^= mask
    with suppress(SegmentError):
        assert SEGMENT == Segment.decode(bytes(data), Tokenizer())


def test_rows_are_what_the_table_says() -> None:
    table: Callable[[str], frozenset[str]] = Table().tokens
    assert [sorted(table(text)) for text in SEGMENT.texts] == [list(row) for row in SEGMENT.rows]


def test_real_lines_survive_the_file() -> None:
    good, _ = logs.real("logjuicer-tests/dib-01")
    builder = SegmentBuilder("b1", "job.log")
    builder.learn(lines([good]))
    assert builder.segment() == Segment.decode(builder.segment().encode(), Tokenizer())
