from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Tokenizer
from anomaly_filter.verdict import fingerprint
from log_classify.report.marks import marked
from tests.log_classify.report.reports import entry

LINES = st.text(st.sampled_from("ab =0:\\n\t\u2003|"), max_size=40)


@pytest.mark.parametrize(
    ("text", "nearest", "line", "baseline"),
    [
        ("  exit code 2", "  exit code 0", ("  exit code ", "2", ""), ("  exit code ", "0", "")),
        ("ERROR no space", "INFO no space", ("", "ERROR", " no space"), ("", "INFO", " no space")),
        ("a b  new\twords c", "a b c", ("a b  ", "new\twords", " c"), ("a b c",)),
        ("entirely", "different", ("", "entirely", ""), ("", "different", "")),
    ],
)
def test_words_that_the_other_line_has_not_are_marked_where_they_stand(
    text: str, nearest: str, line: tuple[str, ...], baseline: tuple[str, ...]
) -> None:
    assert (line, baseline) == marked(entry(1, text, nearest=nearest), Tokenizer())


def test_a_line_that_nothing_is_like_has_no_marks() -> None:
    assert (("a b",), None) == marked(entry(1, "a b"), Tokenizer())


def test_of_a_line_of_parts_the_far_one_is_compared() -> None:
    tokenizer = Tokenizer()
    text = "first part\\nsecond part is broken\\nthird part"
    far = fingerprint(tokenizer.tokens("second part is broken"))
    line, nearest = marked(entry(1, text, nearest="second part is well", fingerprint=far), tokenizer)
    assert ("first part\\nsecond part is ", "broken", "\\nthird part") == line
    assert ("second part is ", "well", "") == nearest


@given(text=LINES, nearest=LINES)
def test_no_character_is_lost(text: str, nearest: str) -> None:
    line, baseline = marked(entry(1, text, nearest=nearest), Tokenizer())
    assert text == "".join(line)
    assert nearest == "".join(baseline or ())


def test_a_far_part_beyond_all_that_is_stored_is_found() -> None:
    far = fingerprint(Tokenizer().tokens("second part is broken"))
    text = f"{'word ' * 10_000}\\nsecond part is broken"
    line, _ = marked(entry(1, text, nearest="second part is well", fingerprint=far), Tokenizer())
    assert ["broken", ""] == list(line[1:])
