"""A report as GitHub's workflow commands, which the page of a run shows on top."""

from __future__ import annotations

from collections.abc import Iterator

from log_classify.report.model import Report
from log_classify.report.ranking import foremost
from log_classify.style import cut

_LIMIT = 10  # GitHub shows no more warnings of one step


def warnings(report: Report) -> Iterator[str]:
    """Give a `::warning` for each of the lines that matter most.

    Of the text nothing can end the command or begin another one: a command is a line, and what is special in it is
    percent-encoded (GitHub's toolkit, `packages/core/src/command.ts`).
    """
    for place in foremost(report, _LIMIT):
        title = _property(f"{place.file.path}:{place.entry.line}")
        yield f"::warning title={title}::{_data(cut(place.entry.text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
