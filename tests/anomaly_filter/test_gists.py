from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Model, Tokenizer, gists, native
from anomaly_filter.amounts import evenly, slots, zeros
from anomaly_filter.evidence import skeleton
from anomaly_filter.failure import PHRASES, failures
from anomaly_filter.gists import (
    FAILURE,
    HOST_NAMED,
    NEW_FAILURE,
    NO_ROW_NEAR,
    NUMBERED,
    POINTING,
    BlockGists,
    Gist,
    Gists,
)
from anomaly_filter.hosts import HOST_TOKEN, host_slot
from anomaly_filter.judge import POINTS
from anomaly_filter.lines import Block, lines
from anomaly_filter.nearest import NO_ROW, PureIndex
from anomaly_filter.scanner import PARTED, Scanner
from anomaly_filter.secrets import TELLING, mask_secrets
from tests import logs
from tests.anomaly_filter.builds import model
from tests.anomaly_filter.test_amounts import texts_of_numbers
from tests.anomaly_filter.test_compiled_rules import real_texts

pytestmark = pytest.mark.skipif(native.library() is None, reason=f"no compiled engine: {native.why_not()}")

BASELINE = [
    "ran 12 tests, 0 failed",
    "fetching http://mirror.example.org/debian main",
    "cannot open the file, retrying",
    'File "a.py", line 12, in main',
    "volume 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f attached to node 3",
    "all 3/3 pods are ready",
    "error: conflict_rate is 0 of 12",
]
TOKENIZER = Tokenizer()

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)
_words = st.sampled_from(
    [*PHRASES, *" ".join(BASELINE).split(), "broken_by_it", "a_b_error", "at a.b(C.java:3)"]
)
texts = st.lists(_words, max_size=8).map(" ".join) | logs.texts | texts_of_numbers | printable


def gists_of(texts: Sequence[str], of: Model | None = None) -> list[tuple[str, BlockGists, Gist]]:
    """Return the texts of the lines that have a gist, each with it."""
    data = "".join(text.replace("\n", "") + "\n" for text in texts).encode("utf-8", "replace")
    scanner = Scanner()
    scanner.begin()
    seen = scanner.scan(data)
    wanted = [at for at in range(seen.count) if seen.kinds[at] < PARTED]
    found = Gists(TOKENIZER, None if of is None else of.content.index).of(Block(data, 1), seen, wanted)
    return [
        (line.text, found, gist)
        for at, line in enumerate(lines([data]))
        if (gist := found.get(at)) is not None
    ]


def check(text: str, found: BlockGists, gist: Gist) -> None:
    """Compare a gist with what Python says of the text."""
    tokens, even = TOKENIZER.tokens(text), evenly(text)
    assert (text, even) == (found.text(gist), found.even(gist))
    assert ("\n".join(sorted(tokens)), len(tokens)) == (found.tokens(gist), gist.token_count)
    assert slots(even) == found.slots(gist)
    assert [*zeros(text)] == [f"0@{place}" for place in found.zeros(gist)]
    assert (HOST_TOKEN in tokens) == bool(gist.flags & HOST_NAMED)
    assert (host_slot(even) if HOST_TOKEN in tokens else None) == found.host_slot(gist)
    assert any("=" in token for token in tokens) == bool(gist.flags & NUMBERED)


def check_nearest(text: str, gist: Gist, of: Model) -> None:
    """Compare what a gist says of the nearest row."""
    tokens = TOKENIZER.tokens(text)
    if not tokens:
        return
    squared_cosine, row = of.content.index.nearest(tokens)
    assert (squared_cosine, row) == (gist.squared_cosine, NO_ROW if gist.row == NO_ROW_NEAR else gist.row)
    if squared_cosine == 1:
        return
    bare = skeleton(tokens)
    near, any_row = (
        set(of.row(row)) if row >= 0 else set(),
        {token for row in of.content.rows for token in row},
    )
    assert (len(bare - near), len(bare - any_row)) == (gist.fresh, gist.strange)
    assert bool(POINTS.search(text)) == bool(gist.flags & POINTING)
    assert not failures(bare - near, parts=2) or gist.flags & NEW_FAILURE
    assert not failures(bare & near, parts=2) or gist.flags & FAILURE


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_a_gist_is_what_python_says(target: list[str], more: list[str]) -> None:
    of = model([*BASELINE, *more])
    for text, found, gist in gists_of(target, of):
        check(text, found, gist)
        check_nearest(text, gist, of)


def test_gists_of_real_lines_are_what_python_says() -> None:
    texts = real_texts()
    of = model(texts[::3])
    met = gists_of(texts, of)
    for text, found, gist in met:
        check(text, found, gist)
        check_nearest(text, gist, of)
    assert len(met) > 1000


def test_lines_beyond_ascii_and_with_secrets_have_none() -> None:
    met = gists_of(["plain", "größe", "password=hunter2", "no password here", "ghp_0a1b2c"])
    assert ["plain", "no password here"] == [text for text, _, _ in met]


def test_without_rows_there_is_no_nearest_one() -> None:
    assert [NO_ROW_NEAR] == [gist.row for _, _, gist in gists_of(["it failed"])]


def test_one_call_makes_gists_of_many_lines() -> None:
    met = gists_of([f"step {'abcdefghij'[at % 10]}{at} of many" for at in range(5000)])
    assert 5000 == len(met)
    assert all(TOKENIZER.tokens(text) == set(found.tokens(gist).split("\n")) for text, found, gist in met)


def test_a_long_line_has_one_as_well() -> None:
    (text, found, gist), *_ = gists_of([" ".join(f"w{at}x 0 4/4 ok" for at in range(2000))])
    check(text, found, gist)


@given(texts)
def test_what_tells_of_a_secret_is_in_each_text_with_one(text: str) -> None:
    if text.isascii() and mask_secrets(text) != text:
        assert any(phrase in text.lower() for phrase in TELLING)


@given(texts)
def test_a_phrase_is_in_the_tokens_of_each_text_with_a_word_of_failure(text: str) -> None:
    for word in failures(TOKENIZER.tokens(text), parts=2):
        assert not word.isascii() or any(phrase in f"\n{word}\n" for phrase in PHRASES)


def test_an_engine_of_other_patterns_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gists, "digest", lambda: "other")
    assert None is gists.gists(TOKENIZER)
    with pytest.raises(RuntimeError, match="install the package again"):
        Gists(TOKENIZER)


def test_rows_that_are_not_in_the_engine_make_none() -> None:
    assert None is gists.gists(TOKENIZER, PureIndex([("a",), ("a", "b")]))
