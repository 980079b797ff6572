"""Foreign text inside of Markdown, which it cannot leave.

Whoever writes a log writes what stands in the comment. Inside of a fence nothing is Markdown, no tag and no mention, and
a fence is longer than any in the text between. What stands outside is in code spans, which are quoted the same way.
"""

from __future__ import annotations

import html
import re

from log_processor.visible import visible

_BACKTICKS = re.compile("`+")
_LINKED = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+\Z", re.ASCII)


def fenced(text: str) -> str:
    """Return whole lines as a block of code."""
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}text\n{text}{fence}\n"


def code(text: str) -> str:
    """Return a piece of one line as code."""
    fence = "`" * (_longest(text) + 1)
    return f"{fence} {visible(text)} {fence}"


def link(name: str, url: str) -> str:
    """Link to an address; one with anything odd in it is only shown."""
    url = url.replace("(", "%28").replace(")", "%29")
    return f"[{name}]({url})" if _LINKED.match(url) else f"{name}: {code(url)}"


def folded(title: str, note: str, content: str) -> str:
    """Return a part to unfold.

    Args:
        title: foreign text.
        note: behind it; our own words.
        content: Markdown.
    """
    return f"<details><summary><code>{html.escape(visible(title))}</code>{note}</summary>\n\n{content}\n</details>\n"


def _longest(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
