from __future__ import annotations

import json
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Line, Segment, SegmentBuilder, SegmentError, Tokenizer, learning, lines
from anomaly_filter.container import pack, unpack
from anomaly_filter.tokens import TOKENS_HASH, Table
from tests import logs
from tests.anomaly_filter.builds import learnt

Sections = dict[str, bytes]


SEGMENT = learnt("compiling 31 files", "all tests passed", "compiling 35 files")
SECTIONS = unpack(SEGMENT.encode())
INFO = json.loads(SECTIONS["info"])
LATER = {"counts", "waits", "amounts", "hosts"}
KNOWN = [
    "12:00:00 fetching http://mirror.example.com/x",
    "12:00:42 3 tests, 0 errors",
    "12:00:43 7 tests, 2 errors",
]


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def decoded(**sections: bytes) -> Segment:
    return Segment.decode(pack({**SECTIONS, **sections}), Tokenizer())


def info(**values: object) -> bytes:
    return json.dumps({**INFO, **values}).encode()


def of_other_rules(*texts: str, **sections: bytes) -> Segment:
    """A segment that was made under other token rules, with no more than these sections."""
    made = {"info": info(token_rules="other"), "texts": "".join(f"{text}\n" for text in texts).encode()}
    return Segment.decode(pack({**made, **sections}), Tokenizer())


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
    monkeypatch.setattr(learning, "ROW_TEXT_LIMIT", 5)
    found = learnt("alpha beta")
    assert (("alpha",), ("alpha", "beta")) == (found.texts, found.rows[0])


def test_rows_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "ROWS_LIMIT", 2)
    found = learnt("alpha", "beta", "gamma", "alpha", "delta")
    assert (("alpha", "beta"), 5, 2) == (found.texts, found.lines, found.left_out)


def test_rows_that_take_more_than_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    row = len("alpha") + len("alpha") + 4 * 4  # its token's place, size, count and wait
    monkeypatch.setattr(learning, "BYTES_LIMIT", 2 * row - 1)
    found = learnt("alpha", "gamma", "beta")
    assert (("alpha", "beta"), 1) == (found.texts, found.left_out)


def test_the_limit_counts_tokens_also_where_the_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "ROW_TEXT_LIMIT", 10)
    monkeypatch.setattr(learning, "BYTES_LIMIT", 5_000)
    found = learnt(*(f"a{letter}" * 250 for letter in "bcdefghijklmnop"))
    assert (9, 6) == (len(found.rows), found.left_out)
    assert len(found.encode()) < 6_000


def test_what_a_builder_remembers_to_have_met_is_bounded_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["alpha beta", "gamma delta", "alpha beta", "gamma delta", "alpha"]
    expected = learnt(*texts)
    monkeypatch.setattr(learning, "_SEEN_WORDS", 2)
    assert expected == learnt(*texts)


def test_a_lone_surrogate_is_learnt_and_stored() -> None:
    found = learnt("name \udcff.txt missing")
    assert found == Segment.decode(found.encode(), Tokenizer())


# ---- counts, times, numbers, hosts ----


def test_a_row_counts_its_sub_lines() -> None:
    found = learnt("step one", "step two\\nstep one\rstep one", "12:00", "step two")
    assert (("step one", "step two"), (3, 2)) == (found.texts, found.counts)


def test_a_row_has_the_longest_silence_before_it() -> None:
    found = learnt(
        "12:00:00 alpha", "12:00:07 beta", "12:00:08 alpha", "12:00:20 alpha\\ngamma", "12:00:22 alpha"
    )
    assert (("12:00:00 alpha", "12:00:07 beta", "gamma"), (12, 7, 12)) == (found.texts, found.waits)


def test_a_row_has_the_span_of_each_of_its_numbers() -> None:
    found = learnt("ran 12 tests", "compiling", "ran 31 tests", "ran 7 tests")
    assert {0: {"tests": (7.0, 31.0)}} == {
        row: {key: span for key, span in spans.items() if key == "tests"}
        for row, spans in found.amounts.items()
    }


def test_a_number_that_is_repeated_within_a_line_widens_its_span() -> None:
    assert (2.0, 9.0) == learnt("9 tests here, 2 tests there").amounts[0]["tests"]


def test_a_segment_knows_which_hosts_were_named_where() -> None:
    found = learnt(*["from http://one.example.com/x"] * 2, "from http://two.example.com/x")
    assert {"from http://": {"one.example.com": 2, "two.example.com": 1}} == found.hosts


SECRETS = [
    "curl token=hunter http://mirror.example.com/x",
    "login password=hunter.example.com at http://mirror.example.com/x",
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_section_holds_a_secret(text: str) -> None:
    assert b"hunter" not in learnt(text, text).encode()


def test_rows_beyond_the_limit_have_no_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "ROWS_LIMIT", 1)
    found = learnt("3 tests", "4 errors at mirror.example.com", "5 tests", "4 errors at mirror.example.com")
    assert ((2,), (0,), {0}, {}) == (found.counts, found.waits, set(found.amounts), found.hosts)


def test_the_limit_counts_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = learnt("alpha tests")
    monkeypatch.setattr(learning, "BYTES_LIMIT", 60)
    assert (alone.rows, 0) == (learnt("alpha tests").rows, learnt("alpha tests").left_out)
    assert 1 == learnt("alpha 7 tests").left_out


# ---- the file ----


@given(st.lists(logs.texts | st.sampled_from(KNOWN)), st.text(max_size=9), st.text(max_size=9))
def test_what_is_encoded_is_decoded(texts: list[str], build: str, file: str) -> None:
    found = learnt(*texts, build=build, file=file)
    assert found == Segment.decode(found.encode(), Tokenizer())


@given(st.lists(logs.texts | st.sampled_from(KNOWN)))
def test_a_segment_made_under_other_rules_gets_its_rows_from_its_texts(texts: list[str]) -> None:
    found = learnt(*texts)
    sections = unpack(found.encode())
    sections["info"] = sections["info"].replace(TOKENS_HASH.encode(), b"other rules")
    sections |= {"words": b"stale\n", "sizes": b"", "tokens": b""}
    assert replace(found, retokenised=True) == Segment.decode(pack(sections), Tokenizer())


def test_texts_that_have_no_tokens_any_more_are_left_out_when_rules_change() -> None:
    found = of_other_rules("12:00", "alpha beta", "beta alpha")
    assert (("alpha beta",), (("alpha", "beta"),)) == (found.texts, found.rows)
    assert found.retokenised


def test_what_is_known_of_rows_moves_with_them_when_rules_change() -> None:
    found = of_other_rules(
        "12:00",
        "alpha beta",
        "gamma",
        "beta alpha",
        counts=numbers(1, 2, 3, 4),
        waits=numbers(9, 5, 6, 7),
        amounts=b'{"0": {"errors": [1, 2]}, "2": {"tests": [3, 4]}}',
    )
    assert ("alpha beta", "gamma") == found.texts
    assert ((6, 3), (7, 6)) == (found.counts, found.waits)
    assert {1: {"tests": (3.0, 4.0)}} == found.amounts


def test_what_is_not_known_of_rows_stays_unknown_when_rules_change() -> None:
    found = of_other_rules("alpha", "beta")
    assert ((), ()) == (found.counts, found.waits)


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


@pytest.mark.parametrize("name", sorted(SECTIONS.keys() - LATER))
def test_each_section_of_the_rows_is_needed(name: str) -> None:
    sections = {**SECTIONS}
    del sections[name]
    with pytest.raises(SegmentError, match=name):
        Segment.decode(pack(sections), Tokenizer())


@pytest.mark.parametrize("name", sorted(LATER))
def test_without_a_section_of_counts_times_or_numbers_these_are_not_known(name: str) -> None:
    whole = learnt(*KNOWN)
    sections = unpack(whole.encode())
    del sections[name]
    found = Segment.decode(pack(sections), Tokenizer())
    assert getattr(whole, name)
    assert not getattr(found, name)
    assert whole == replace(found, **{name: getattr(whole, name)})


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
        {"counts": numbers(1)},
        {"counts": numbers(1, 2, 3)},
        {"counts": b"\x01\x00\x00"},
        {"waits": numbers(0)},
        {"waits": numbers(0, 0, 0)},
        {"waits": b"\xff" * 9},
        *(
            {name: content}
            for name in ("amounts", "hosts")
            for content in (
                b"",
                b"not json",
                b"\xff\xfe\xfd",
                b"null",
                b"7",
                b"[]",
                b'["0"]',
                b'{"0": null}',
                b'{"0": [1, 2]}',
                b'{"0": {"errors": null}}',
                b'{"0": {"errors": []}}',
                b'{"0": {"errors": {"low": 1}}}',
                b'{"0": {"errors": "many"}}',
                b"[" * 100_000,
                b'{"0":' * 100_000,
                b'{"0": {"errors": ' + b"9" * 5000 + b"}}",
            )
        ),
        {"amounts": b'{"x": {"errors": [1, 2]}}'},
        {"amounts": b'{"-1": {"errors": [1, 2]}}'},
        {"amounts": b'{"2": {"errors": [1, 2]}}'},
        {"amounts": b'{"0": {"errors": [1, 2, 3]}}'},
        {"amounts": b'{"0": {"errors": [1, null]}}'},
        {"amounts": b'{"0": {"errors": [1, ' + b"9" * 400 + b"]}}"},
        {"hosts": b'{"at": {"h.example.com": NaN}}'},
        {"hosts": b'{"at": {"h.example.com": Infinity}}'},
        {"hosts": b'{"at": {"h.example.com": {}}}'},
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


def test_numbers_beside_a_secret_are_learnt_as_they_are_shown() -> None:
    builder = SegmentBuilder("b", "f")
    builder.learn(lines([b"password=hunter2 code 0\npassword=hunter2 code 3\n"]))
    segment = Segment.decode(builder.segment().encode(), Tokenizer())
    assert [{"!code": (0.0, 0.0)}, {"!code": (3.0, 3.0)}] == [
        {key: span for key, span in spans.items() if key == "!code"} for spans in segment.amounts.values()
    ]
