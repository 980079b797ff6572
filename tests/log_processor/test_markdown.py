"""Foreign text stays inside of what quotes it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from log_processor import markdown

HOSTILE = st.text(alphabet="`~<>|[]()@#*_-&\\ \n\r\ta0é\u202e", max_size=60)


@given(text=HOSTILE)
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = markdown.code(text)
    ticks = re.match("`+", span)
    assert ticks is not None
    inner = span[len(ticks[0]) : -len(ticks[0])]
    assert ticks[0] not in re.findall("`+", inner)
    assert " " == inner[0] == inner[-1]


@given(text=HOSTILE.map(lambda text: text + "\n"))
def test_no_line_of_a_block_ends_it(text: str) -> None:
    first, *lines, last, end = markdown.fenced(text).split("\n")
    fence = first.removesuffix("text")
    assert (fence, "") == (last, end)
    assert not any(fence in line for line in lines)


def test_an_address_with_anything_odd_in_it_is_only_shown() -> None:
    assert "[logs](https://l/a%28b%29?c=d)" == markdown.link("logs", "https://l/a(b)?c=d")
    assert "logs: ` javascript:alert%281%29 `" == markdown.link("logs", "javascript:alert(1)")


def test_a_title_cannot_end_its_element() -> None:
    text = markdown.folded("</code></summary><b>", ": 1 line", "content\n")
    assert (
        "<details><summary><code>&lt;/code&gt;&lt;/summary&gt;&lt;b&gt;</code>: 1 line</summary>\n\ncontent\n\n</details>\n"
        == text
    )
