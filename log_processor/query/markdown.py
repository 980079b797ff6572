"""The answer for a review comment: Markdown whose foreign text is all inside of code."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from typing import IO

from log_processor.markdown import code, fenced, folded, link
from log_processor.query.builds import Build
from log_processor.query.question import Part, Question
from log_processor.query.similar import Similar
from log_processor.query.table import Table
from log_processor.visible import counted


def write_markdown(build: Build, answer: Iterable[Part], question: Question, out: IO[str]) -> int:
    """Write the build's summary, and a part to unfold for each file; return the number of far lines."""
    out.write(f"**Lines that no passing build printed**, build {code(build.uuid)}\n\n")
    summary = io.StringIO()
    Table(summary, colour=False).summary(replace(build, dashboard=None))
    out.write(fenced(summary.getvalue()))
    if build.dashboard:
        out.write(f"\n{link('dashboard', build.dashboard)}\n")
    count = 0
    for part in answer:
        text = io.StringIO()
        far = Table(text, colour=False).file(part)
        file = part.document.file
        content = fenced(text.getvalue().lstrip())
        if file.log_url:
            content += f"\n{link('the log', file.log_url)}\n"
        out.write("\n" + folded(file.filename, f": {counted(far, 'line')}", content))
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
    out.write(fenced(text.getvalue()))


def write_similar(found: Similar, out: IO[str]) -> None:
    """Write what is known of a line."""
    text = io.StringIO()
    Table(text, colour=False).similar(found)
    out.write(fenced(text.getvalue()))
