"""What nobody would print or store on good terms is judged all the same, or refused with a name."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import (
    AnomalyFilter,
    Model,
    Segment,
    SegmentBuilder,
    SegmentError,
    Tokenizer,
    lines,
    native,
)
from anomaly_filter.amounts import SLOTS, evenly, slots
from anomaly_filter.blocks import Blocks
from anomaly_filter.clock import Clock
from anomaly_filter.container import pack, unpack
from anomaly_filter.lines import TEXT_LIMIT, Line
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import TOKENS_HASH, Table
from anomaly_filter.verdicts import Verdicts
from tests.anomaly_filter.builds import host, learnt, numbered, step, steps
from tests.fuzz import model_fuzz

# ---- segments ----

PASSING = [
    "12:00:00 ran 100 tests, 0 errors",
    "12:00:40 3/3 pods ready, python 3.11.4",
    *["12:00:41 from http://one.example.com/x"] * 6,
    "12:00:42 copied 7%",
    *steps(9),
]
TARGET = [
    "12:00:00 ran 3 tests, 2 errors",
    "12:30:00 1/3 pods ready, python 4.0.0",
    *["12:30:01 from http://two.example.com/x"] * 100,
    "12:30:02 copied 700%",
    *steps(5),
    "zap failed",
]
SECTIONS = unpack(learnt(*PASSING).encode())
ROWS = len(learnt(*PASSING).rows)

_numbers = (
    st.sampled_from([0, 1, -1, 2**31, 2**32, 2**63, 10**300, 10**400, 1e308, -0.0, 0.5])
    | st.floats()
    | st.booleans()
    | st.none()
    | st.sampled_from(["1", "1e999", "nan", "\u0663", "x", "", "12"])
)
_spans = (
    st.lists(_numbers, max_size=3) | _numbers | st.dictionaries(st.sampled_from("ab"), _numbers, max_size=2)
)
_keys = st.sampled_from(["tests", "!errors", "%", "/", "version0", "http", "0@0", "records", "", "\ud800"])
_amounts = st.dictionaries(
    st.integers(-1, ROWS).map(str) | st.sampled_from(["x", "", "01", "1e3", "9" * 5000]),
    st.dictionaries(_keys, _spans, max_size=4) | _numbers,
    max_size=ROWS,
)
_hosts = st.dictionaries(
    st.sampled_from(["from http://", "", "\ud800"]),
    st.dictionaries(st.sampled_from(["one.example.com", "", "\ud800"]), _numbers, max_size=6) | _numbers,
    max_size=3,
)
_u32s = st.lists(st.sampled_from([0, 1, 6, 1000, 2**32 - 1]), min_size=ROWS, max_size=ROWS).map(
    lambda values: struct.pack(f"<{ROWS}I", *values)
)
_hostile = st.fixed_dictionaries(
    {},
    optional={
        "amounts": _amounts.map(lambda value: json.dumps(value).encode()),
        "hosts": _hosts.map(lambda value: json.dumps(value).encode()),
        "counts": _u32s | st.binary(max_size=9),
        "waits": _u32s | st.binary(max_size=9),
    },
)


@given(_hostile, st.sampled_from([TOKENS_HASH, "other"]), st.integers(1, 3))
@settings(deadline=None, max_examples=150)
def test_a_hostile_segment_is_refused_or_judges_without_an_error(
    hostile: dict[str, bytes], token_rules: str, builds: int
) -> None:
    info = json.loads(SECTIONS["info"])
    segments = []
    for build in range(builds):
        info |= {"build": str(build), "token_rules": token_rules}
        sections = {**SECTIONS, **hostile, "info": json.dumps(info).encode()}
        try:
            segments.append(Segment.decode(pack(sections), Tokenizer()))
        except SegmentError:
            return
    filtering = AnomalyFilter(Model(segments))
    for target in (TARGET, PASSING):
        scored = filtering.scored(numbered(target))
        for line in scored:
            assert line.distance is not None
            assert 0 <= line.distance <= (line.score or 0.0) <= 1
        for text in target:
            filtering.explain(text)


def test_a_model_whose_bytes_were_changed_is_refused_by_name_or_judges(tmp_path: Path) -> None:
    files = model_fuzz.models()
    outcomes = {model_fuzz.case(number, files, tmp_path) for number in range(200)}
    kinds = ("images", "segments") if native.library() else ("segments",)
    assert {f"{kind} {outcome}" for kind in kinds for outcome in ("read", "refused")} == outcomes


@pytest.mark.parametrize("span", ["NaN, NaN", "2, 1", "1, NaN", "-Infinity, NaN"])
def test_a_span_that_is_none_makes_no_line_far(span: str) -> None:
    spans = {str(row): {key: [1, 2] for key in ("version0", "tests")} for row in range(ROWS)}
    content = json.dumps(spans).replace("1, 2", span)
    try:
        segment = Segment.decode(pack({**SECTIONS, "amounts": content.encode()}), Tokenizer())
    except SegmentError:
        return
    assert [] == [line for line in AnomalyFilter(Model([segment])).scored(numbered(PASSING)) if line.far]


# ---- texts ----

SIZE = 200_000
ATOMS = [
    "a", "1", "0", "A1b", "\u0663", "\U0001f600", " ", ".", "-", "_", ":", "/", "=", '"', "'", "[", "(", "{", "%", "@",
    "\\", "\t", "\r", "\x00", "\x1b[", "\x1b]", "\\n", "1 ", "a=", "a=1 ", "1/1 ", "1 of 1 ",
    "errors is ", "1 errors ", "tests: ", "v1.", "version ", "at a", "\tat a.b(", 'File "', ".a:1:",
    '", line 1', "a.b.com", "a.com ", "a@a.com ", "passed 1/", "... 1", "error ", "password", "password=", "://a:",
    "eyJ", "authorization: ", "un", "12:00:00 ", "2024-06-01T", "Jan 1 ", "Commit message:", "[pod/a] ", "0x1f ",
]  # fmt: skip


def of_size(atom: str, size: int) -> str:
    return (atom * (size // len(atom) + 1))[:size]


@pytest.mark.parametrize("atom", ATOMS, ids=ascii)
def test_a_very_long_line_is_learnt_and_judged(atom: str) -> None:
    raw = (of_size(atom, SIZE) + "!\n").encode()
    builder = SegmentBuilder("b1", "job.log")
    builder.learn(lines([raw]))
    (itself,) = AnomalyFilter(Model([builder.segment()])).scored(lines([raw]))
    assert (0.0, ()) == (itself.distance, itself.reasons)
    (other,) = AnomalyFilter(Model([learnt(*PASSING)])).scored(lines([raw]))
    assert other.truncated


def test_no_pattern_tries_a_long_text_from_each_of_its_places() -> None:
    verdicts = Verdicts(Model([learnt(*PASSING)]), 0.25, Tokenizer())
    blocks, table = Blocks(), Table()
    for number, atom in enumerate(ATOMS, 1):
        text = of_size(atom, TEXT_LIMIT) + " x{1"
        slots(evenly(text))
        SLOTS.by_re(text)
        host(text)
        Clock().wait(text)
        mask_secrets(text)
        table.tokens(text)
        blocks.group(number, text, verdicts.of(text))


def test_a_line_of_thousands_of_numbers_is_judged() -> None:
    numbers = [f"key{number} {number} errors={number} {number}%" for number in range(5000)]
    text = ", ".join(numbers)
    known = Model([learnt(text, *PASSING)])
    found = list(AnomalyFilter(known).scored([Line(1, text), Line(2, text.replace("errors=0", "errors=7"))]))
    assert [0.0, ()] == [found[0].distance, found[0].reasons]


def test_a_log_of_thousands_of_long_lines_that_are_nearly_alike_is_judged() -> None:
    usual = " ".join(steps(10))
    target = [f"{usual} {step(1000 + number)} failed" for number in range(1000)]
    found = AnomalyFilter(Model([learnt(usual)])).scored(numbered(target))
    assert 0 < sum(line.shown for line in found) < 1000


def test_a_log_of_control_characters_is_judged() -> None:
    raw = bytes(range(256)) * 2000
    found = AnomalyFilter(Model([learnt(*PASSING)])).scored(lines([raw]))
    assert raw.count(b"\n") + 1 == len(list(found))


# ---- memory ----


def test_what_a_build_teaches_is_bounded_however_many_numbers_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 100_000
    monkeypatch.setattr("anomaly_filter.learning.BYTES_LIMIT", limit)
    for text in (
        "0 " * 1000,
        "0 errors, " * 200,
        "1/2 pods ready " * 100,
        "http://a.example.com v1.2.3 " * 50,
    ):
        segment = learnt(*(f"{step(number)} {text}" for number in range(200)))
        assert len(segment.encode()) < 1.5 * limit
