from __future__ import annotations

import re
import sys
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import native
from anomaly_filter.amounts import SLOTS, evenly
from anomaly_filter.engine import generate
from anomaly_filter.engine.pattern import UnsupportedError
from anomaly_filter.searches import GROUPS, Near, Search, Searches, Spans
from tests import logs
from tests.anomaly_filter.test_amounts import texts_of_numbers
from tests.anomaly_filter.test_compiled_rules import real_texts

needs_engine = pytest.mark.skipif(native.library() is None, reason=f"no compiled engine: {native.why_not()}")
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)
PERCENTS = 3  # their place in SLOTS


def lists(found: Sequence[Sequence[Spans]]) -> list[list[list[int]]]:
    return [[list(spans) for spans in one] for one in found]


def by_engine(text: str) -> list[int] | None:
    engine = SLOTS._engine()
    assert engine is not None
    return engine.find(text)


@given(texts_of_numbers | texts_of_numbers.map(evenly) | printable)
def test_the_engine_finds_what_re_does(text: str) -> None:
    assert lists(SLOTS.by_re(text)) == lists(SLOTS.spans(text))


@needs_engine
def test_the_engine_finds_what_re_does_in_real_lines() -> None:
    texts = real_texts()
    left = [text for text in texts if by_engine(text) is None]
    different = [text for text in texts if lists(SLOTS.by_re(text)) != lists(SLOTS.spans(text))]
    assert (True, [], []) == (len(texts) > 1000, left, different)


@pytest.mark.parametrize("search", SLOTS.searches, ids=lambda search: str(search.text[:20]))
@given(text=texts_of_numbers | logs.texts)
def test_what_tells_where_to_look_hides_no_match(search: Search, text: str) -> None:
    every = re.compile(search.text, search.flags).finditer(text)
    assert [match.regs for match in every] == [match.regs for match in search.matches(text)]


def test_spans_are_those_of_the_groups_in_their_order() -> None:
    search = Search("(?P<one>a)(?P<two>b)?(?P<three>c)")
    assert [(0, 1, 1, 2, 2, 3), (4, 5, -1, -1, 5, 6)] == search.spans("abc ac")
    assert [(0, 1, -1, -1, -1, -1)] == Search("(?P<one>a)").spans("a")


def test_what_may_not_be_in_a_text_is_not_looked_for() -> None:
    search = Search("(?P<one>a)", may_be_in=lambda text: text[0] == "x")
    assert ([], [(1, 2, -1, -1, -1, -1)]) == (search.spans("aa"), search.spans("xa"))


def test_a_search_looks_near_what_is_found_faster() -> None:
    search = Search("(?P<one>a+b)", near=Near("b", 2))
    assert [(1, 4, -1, -1, -1, -1)] == search.spans("aaab")


@needs_engine
@pytest.mark.parametrize("text", ["12 t\u00e9sts", "12\x00 tests", "12 tests\n", "12 tests\x7f"])
def test_what_is_beyond_the_engine_is_left_to_re(text: str) -> None:
    assert not text.isascii() or by_engine(text) is None
    assert lists(SLOTS.by_re(text)) == lists(SLOTS.spans(text))


@needs_engine
def test_a_text_may_have_32768_bytes() -> None:
    text = " " * (32768 - 3) + "50%"
    assert [[PERCENTS, 32765, 32767, -1, -1, -1, -1], None] == [by_engine(text), by_engine(f" {text}")]


@needs_engine
def test_a_text_with_more_matches_than_the_engine_keeps_is_left_to_re() -> None:
    most, more = "5% " * 1024, "5% " * 1025
    assert 7 * 1024 == len(by_engine(most) or ())
    assert None is by_engine(more)
    assert 1025 == len(SLOTS.spans(more)[PERCENTS])


@needs_engine
def test_other_patterns_than_the_engine_was_built_of_are_left_to_re() -> None:
    others = Searches(*SLOTS.searches[1:])
    assert None is others._engine()
    assert lists(SLOTS.spans("12 tests 50%")[1:]) == lists(others.spans("12 tests 50%"))


def test_without_an_engine_there_is_re(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "library", lambda: None)
    searches = Searches(*SLOTS.searches)
    assert None is searches._engine()
    assert lists(SLOTS.by_re("12 tests")) == lists(searches.spans("12 tests"))


def test_threads_do_not_meddle_with_each_other() -> None:
    texts = [f"{number} tests, errors: {'1' * (number % 5 + 1)}, {number % 100}%" for number in range(500)]
    expected = [lists(SLOTS.by_re(text)) for text in texts]
    found: list[object] = []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [
            threading.Thread(target=lambda: found.append([lists(SLOTS.spans(text)) for text in texts]))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert [expected] * 3 == found


def test_a_digest_names_all_of_the_patterns() -> None:
    searches = [
        Searches(Search("(?P<one>a)")),
        Searches(Search("(?P<one>b)")),
        Searches(Search("(?P<one>a)", re.IGNORECASE)),
        Searches(Search("(?P<one>a)", near=Near("a", 0))),
        Searches(Search("(?P<one>a)"), Search("(?P<one>b)")),
    ]
    assert len(searches) == len({one.digest() for one in searches})


@pytest.mark.parametrize(
    "pattern", ["(a)", "(?P<one>a*)", "".join(f"(?P<g{at}>a)" for at in range(GROUPS + 1)), "(?m:^a)"]
)
def test_a_search_beyond_the_engine_is_refused(pattern: str) -> None:
    near = Near("(?P<near>a)", 0)
    assert generate.table(searches=Searches(Search("(?P<one>a)", near=near)))
    with pytest.raises(UnsupportedError):
        generate.table(searches=Searches(Search(pattern, near=near)))
