"""What a person reads on a terminal of a build: its files one by one, as they are judged, then a summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import IO

from anomaly_filter import Finding, ScoredLine, Tokenizer
from log_classify.excerpt import Context
from log_classify.groups import text_of_runs
from log_classify.report.model import Entry, FileReport
from log_classify.style import Style, counted
from log_classify.table import Table

FALLBACKS = {
    "branch": "the same file on other branches, of",
    "project": "the same file in other projects, of",
    "job": "all files of",
}
"""What a file without a baseline of its own is compared with."""

_RUNS = 12  # of lines that an entry stands for are told; a report has more
_SAID_ELSEWHERE = ("no_baseline",)  # in the first line of a file


class Listing:
    """Files with what is shown of them."""

    def __init__(self, out: IO[str], style: Style, context: Context, *, compares: bool) -> None:
        """Write to a text stream.

        Args:
            out: the stream.
            style: of the text.
            context: how many lines around each entry are shown.
            compares: whether there is anything to compare with.
        """
        self._out = out
        self._style = style
        self._context = context
        self._compares = compares
        self._tokenizer = Tokenizer()

    def file(self, file: FileReport) -> None:
        """Write a file; nothing at all if nothing is to be said of it."""
        findings = [each for each in file.findings if each.kind not in _SAID_ELSEWHERE]
        if not file.entries and not findings and not file.remarks:
            return
        shown = f"{len(file.entries):,} of {counted(file.lines, 'line')} shown"
        if self._compares:
            shown += f"; {_compared_with(file)}"
        self._say(f"{self._style.bold(file.path)}  {self._style.dim(shown)}")
        for remark in file.remarks:
            self._say(self._style.red(remark))
        table = Table(self._out, self._style, baselines=file.baselines, tokenizer=self._tokenizer)
        table.findings([Finding(**asdict(each)) for each in findings])
        self._entries(table, file.entries)
        self._say("")

    def _entries(self, table: Table, entries: Iterable[Entry]) -> None:
        before, after, merge = self._context
        last = -merge  # number of the last entry
        written = 0
        for entry in entries:
            first = entry.line - before if entry.line - last > merge else written + 1
            for each in entry.before:
                if each.line >= max(first, written + 1):
                    table.beside(each.line, each.text)
            table.line(_scored(entry), _others(entry))
            last = written = entry.line
            for each in entry.after:
                if each.line <= entry.line + after:
                    table.beside(each.line, each.text)
                    written = each.line

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")


def _compared_with(file: FileReport) -> str:
    if not file.model_version:
        return "no baseline"
    builds = counted(file.baselines, "passing build")
    return (
        f"compared with {FALLBACKS[file.fallback]} {builds}" if file.fallback else f"compared with {builds}"
    )


def _scored(entry: Entry) -> ScoredLine:
    return ScoredLine(
        entry.line,
        entry.text,
        entry.truncated,
        entry.distance,
        entry.nearest,
        entry.seen_in,
        entry.reasons,
        entry.fingerprint,
        entry.score,
        entry.line,
    )


def _others(entry: Entry) -> tuple[str, ...]:
    if entry.count == 1:
        return ()
    runs = entry.runs[:_RUNS]
    told = sum(last - first + 1 for first, last in runs)
    return (f"lines {text_of_runs(runs, entry.count - told)} (x {entry.count:,})",)
