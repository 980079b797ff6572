"""The answer for a review comment: Markdown whose foreign text is all inside of code.

Whoever writes a log writes what stands in the comment. Inside of a fence nothing is Markdown, no tag and no mention, and
a fence is longer than any in the text between. What stands outside is in code spans, which are quoted the same way.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import IO

from log_processor.query.builds import Build
from log_processor.query.phrases import counted
from log_processor.query.question import Part, Question
from log_processor.query.similar import Similar
from log_processor.query.table import Table
from log_processor.visible import visible

_BACKTICKS = re.compile("`+")
_LINKED = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+\Z", re.ASCII)


def write_markdown(build: Build, answer: Iterable[Part], question: Question, out: IO[str]) -> int:
    """Write the build's summary, and a part to unfold for each file; return the number of far lines."""
    out.write(f"**Lines that no passing build printed**, build {_code(build.uuid)}\n\n")
    summary = io.StringIO()
    Table(summary, colour=False).summary(replace(build, dashboard=None))
    out.write(_fenced(summary.getvalue()))
    if build.dashboard:
        out.write(f"\n{_link('dashboard', build.dashboard)}\n")
    count = 0
    for part in answer:
        text = io.StringIO()
        far = Table(text, colour=False).file(part)
        file = part.document.file
        title = f"<code>{html.escape(visible(file.filename))}</code>: {counted(far, 'line')}"
        out.write(f"\n<details><summary>{title}</summary>\n\n{_fenced(text.getvalue().lstrip())}")
        if file.log_url:
            out.write(f"\n{_link('the log', file.log_url)}\n")
        out.write("\n</details>\n")
        count += far
    if not count:
        out.write("\nNo line to show.\n")
    elif count == question.top:
        out.write(f"\nThe {count} worst lines.\n")
    return count


def write_builds(builds: Iterable[Build], out: IO[str]) -> None:
    """Write a table of builds."""
    text = io.StringIO()
    Table(text, colour=False).builds(builds)
    out.write(_fenced(text.getvalue()))


def write_similar(found: Similar, out: IO[str]) -> None:
    """Write what is known of a line."""
    text = io.StringIO()
    Table(text, colour=False).similar(found)
    out.write(_fenced(text.getvalue()))


def _fenced(text: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}{fence}\n"


def _code(text: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {visible(text)} {fence}"


def _link(name: str, url: str) -> str:
    """Link to an address; one with anything odd in it is only shown."""
    url = url.replace("(", "%28").replace(")", "%29")
    return f"[{name}]({url})" if _LINKED.match(url) else f"{name}: {_code(url)}"
