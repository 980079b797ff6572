from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import native
from anomaly_filter.compiled_rules import CompiledTable
from anomaly_filter.engine import generate
from anomaly_filter.engine.pattern import UnsupportedError
from anomaly_filter.lines import lines, parts
from anomaly_filter.rules import RULES, Rule, Stage
from anomaly_filter.tokens import TOKENS_HASH, Table
from tests import logs

TABLE = Table()
SAMPLED = 9  # of the real logs, and of their lines, every so-maniest: Python takes 0.1 ms a line
needs_engine = pytest.mark.skipif(native.library() is None, reason=f"no compiled engine: {native.why_not()}")

_PIECES = r"""
    0 00 1 9 100 100% 12 200 404 503 599 600 007 -1 3.14 1,000 50% 0% ms s kB /MIB % %, = : := == -> => " ' ( ) [ ] { } < >
    . .. , ; - -- _ __ / \ | @ + ~ # $ * ! ? ^ & ` HTTP/1.1" GET status code exit_code tests_failed fail failed Failed
    ok=3 rc=0 errors with found passed no on up at tmp tmpab3kq9xz deadbeef facade cafe 1a2b3c4d xkcdq https tlsv12 Mon jan
    UTC o1u2i3 AiIAthOp getUserName a.example.com mail@example.org v1.2.3 1.2.0-rc1-8-gbe7d901 ::1 fe80 2024-01-02
    12:00:01.123 [2023-11-30T00:00:59.999Z] T12:00 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f web_1 [pod/a] Try: Run --info
"""
_BLANKS = [
    " ",
    "  ",
    "\t",
    "HEAD is now at ",
    "Commit message: ",
    "Run with --info option to get more",
    "web-1  | ",
]
_pieces = st.sampled_from(_PIECES.split() + _BLANKS)
texts_of_the_rules = st.lists(_pieces | st.just(" "), max_size=24).map("".join)
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)
words_of_any_length = st.builds(
    "{}{}{}".format,
    st.text("ab0.-/= ", max_size=9),
    st.builds(str.__mul__, _pieces, st.integers(0, 300)),
    _pieces,
)


@pytest.fixture(scope="module")
def compiled() -> CompiledTable:
    """The rules with memos of a usual size."""
    return CompiledTable(TOKENS_HASH)


@pytest.fixture(scope="module")
def forgetful() -> CompiledTable:
    """The same with memos that overflow all the time."""
    return CompiledTable(TOKENS_HASH, memo_bytes=2000)


@needs_engine
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.stage.value}: {rule.name}")
def test_both_tables_say_the_same_of_a_rules_examples(rule: Rule, compiled: CompiledTable) -> None:
    for text in filter(str.isascii, (*rule.same, *rule.differ)):
        assert TABLE.tokens(text) == compiled.tokens(text)


@needs_engine
@given(texts_of_the_rules)
def test_both_tables_say_the_same_of_texts_that_rules_are_for(compiled: CompiledTable, text: str) -> None:
    assert TABLE.tokens(text) == compiled.tokens(text)


@needs_engine
@given(printable)
def test_both_tables_say_the_same_of_any_printable_text(compiled: CompiledTable, text: str) -> None:
    assert TABLE.tokens(text) == compiled.tokens(text)


@needs_engine
@given(words_of_any_length)
def test_both_tables_say_the_same_of_words_of_any_length(compiled: CompiledTable, text: str) -> None:
    assert TABLE.tokens(text) == compiled.tokens(text)


@needs_engine
@given(st.lists(texts_of_the_rules, max_size=10))
def test_a_memo_that_overflows_changes_nothing(forgetful: CompiledTable, texts: list[str]) -> None:
    for text in texts * 2:
        assert TABLE.tokens(text) == forgetful.tokens(text)


@needs_engine
@pytest.mark.parametrize("memo_bytes", [0, 1, 100])
def test_memos_may_have_no_room_at_all(memo_bytes: int) -> None:
    table = CompiledTable(TOKENS_HASH, memo_bytes)
    assert [frozenset({"failed", "failed=n"})] * 2 == [table.tokens("failed: 17"), table.tokens("failed: 18")]


@needs_engine
def test_both_tables_say_the_same_of_real_lines(compiled: CompiledTable) -> None:
    texts = real_texts()
    different = [text for text in texts if TABLE.tokens(text) != compiled.tokens(text)]
    assert (True, []) == (len(texts) > 1000, different)


def real_texts() -> list[str]:
    """Return different ASCII texts of the real logs, or skip the test that asks."""
    return sorted({text for path in _real_logs() for text in _texts(path) if text.isascii()})[::SAMPLED]


def _real_logs() -> list[Path]:
    if not logs.DATA.is_dir():
        pytest.skip("the real logs are not beside the checkout")
    return sorted(path for path in logs.DATA.rglob("*") if path.suffix in (".good", ".fail", ".gz"))[
        ::SAMPLED
    ]


def _texts(path: Path) -> Iterator[str]:
    raw = path.read_bytes()
    for line in lines([gzip.decompress(raw) if path.suffix == ".gz" else raw]):
        yield from parts(line)


@needs_engine
@pytest.mark.parametrize(
    "text",
    ["caf\u00e9 failed", "\u2717 adds two", "a\x00b", "a\rb", "a\x1cb", "a\x01b", "a\x02host b", "a\x7fb"],
)
def test_what_is_beyond_the_engine_is_left_to_python(compiled: CompiledTable, text: str) -> None:
    assert compiled.tokens(text) is None


@needs_engine
def test_a_text_may_have_32768_bytes(compiled: CompiledTable) -> None:
    text = "needle " * 4681 + "x"
    assert (32768, frozenset({"needle"}), None) == (
        len(text),
        compiled.tokens(text),
        compiled.tokens(text + "x"),
    )


@needs_engine
def test_a_pattern_that_leaves_too_much_open_is_left_to_python_and_the_next_text_is_not(
    compiled: CompiledTable,
) -> None:
    # Each turn from a letter to a digit leaves a choice open, and there are more than the machine has room for.
    assert (None, frozenset({"next"})) == (compiled.tokens("x1" * 16000), compiled.tokens("next"))


@needs_engine
@pytest.mark.parametrize(
    "piece", ["a", "0", "xa1b", "a.b@", "[(", "x=9,", "a-b.com", "deadbeef", "200%", "\"'", "_"]
)
def test_both_tables_say_the_same_of_a_very_long_word(compiled: CompiledTable, piece: str) -> None:
    for text in (f"{piece * 1000} failed", f"failed {piece * 4000}"):
        assert TABLE.tokens(text) == compiled.tokens(text)


@needs_engine
def test_a_library_of_other_rules_is_refused() -> None:
    with pytest.raises(RuntimeError, match=f"made from the rules {TOKENS_HASH}, not 0123"):
        CompiledTable("0123")


def test_without_an_engine_there_is_no_compiled_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "library", lambda: None)
    with pytest.raises(RuntimeError, match="no compiled engine"):
        CompiledTable(TOKENS_HASH)


def test_the_table_follows_from_the_patterns() -> None:
    # Mend: python -m anomaly_filter.engine.generate
    assert generate.table() == generate.TABLE.read_text()


@pytest.mark.parametrize(
    ("stage", "pattern", "becomes"),
    [
        (Stage.MASK, "[0-9]", "long"),
        (Stage.WORD, "x*", ""),
        (Stage.WORD, "x", "\u00e9"),
        (Stage.LINE, "(?P<kept>x)", "{other}"),
        (Stage.NUMBER, r".*(?P<number>\d)", "{class}"),
        (Stage.NUMBER, r"(?P<key>x) (?P<number>\d*)", "{class}"),
        (Stage.NUMBER, r"(?!xy)x (?P<number>\d)", "{class}"),
        (Stage.PART, r"(x)\1", ""),
        (Stage.PART, r"(?m:^x)", ""),
    ],
)
def test_a_rule_beyond_the_engine_is_refused(stage: Stage, pattern: str, becomes: str) -> None:
    rule = Rule(stage, "", pattern, becomes, same=("", ""), differ=("", ""))
    with pytest.raises(UnsupportedError):
        generate.table([*RULES, rule])
