"""What is said of a whole build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO

from log_classify.report.model import FileReport, LeftOut, Work
from log_classify.run.head import Head
from log_classify.run.listing import FALLBACKS
from log_classify.style import Style, counted
from log_classify.table import reduction

_NAMED = 5
"""Files that are named where there may be many."""


class Summary:
    """Counts files as they come.

    Attributes:
        lines: lines read.
        bytes: of these lines, unpacked.
        anomalies: lines shown, and findings.
        compared: files with lines that were compared with a baseline, or need none.
    """

    def __init__(self, head: Head) -> None:
        """Count nothing yet."""
        self.lines = self.bytes = self.anomalies = self.compared = 0
        self._head = head
        self._files = self._shown = self._with_anomalies = 0
        self._without_baseline: list[str] = []
        self._fallbacks: Counter[str] = Counter()

    def add(self, file: FileReport) -> None:
        """Count a file."""
        shown = sum(entry.group is None for entry in file.entries)
        findings = sum(finding.kind != "no_baseline" for finding in file.findings)
        self.lines += file.lines
        self.bytes += file.bytes
        self._files += 1
        self._shown += shown
        self.anomalies += shown + findings
        self._with_anomalies += bool(shown + findings)
        if self._head.threshold is None or file.model_version:
            self.compared += 1
        elif file.lines:
            self._without_baseline.append(file.path)
        if file.fallback:
            self._fallbacks[file.fallback] += 1

    @property
    def problem(self) -> str | None:
        """Why the result says nothing; None where it does."""
        if not self._files:
            return "there is no file to read"
        if not self.lines:
            return "nothing was read: no file has a line"
        return None if self.compared else "no_baseline: not one file could be compared with a passing build"

    def write(self, out: IO[str], style: Style) -> None:
        """Write it for a person."""
        for name, text in self._rows():
            out.write(f"{style.bold(f'{name:<12}')}  {style.plain(text)}\n")

    def _rows(self) -> Iterator[tuple[str, str]]:
        head = self._head
        for build in head.baselines:
            yield "baseline", build.name + (f" ({build.reason})" if build.reason else "")
        if self._without_baseline:
            yield "no baseline", _named(self._without_baseline)
        for step, number in sorted(self._fallbacks.items()):
            yield "fallback", f"{counted(number, 'file')} compared with {FALLBACKS[step]} passing builds"
        for reason, paths in _by_reason(head.left_out):
            yield "left out", f"{reason}: {_named(paths)}"
        for remark in head.remarks:
            yield "remark", remark
        files = f"{self._with_anomalies:,} of {counted(self._files, 'file')}"
        yield "shown", f"{counted(self._shown, 'line')} in {files}"
        yield "result", reduction(self.lines, self._shown)


def figures(training: Work, testing: Work) -> Iterator[str]:
    """Say how fast it was."""
    for what, work in (("training", training), ("testing", testing)):
        if work.bytes:
            yield f"{what}: {speed(work)}"


def speed(work: Work) -> str:
    """Return `12.3 MB in 0.4 s, 30.8 MB/s`."""
    size = work.bytes / 1e6
    return f"{size:,.1f} MB in {work.seconds:.1f} s, {size / max(work.seconds, 1e-3):,.1f} MB/s"


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    return f"{counted(len(paths), 'file')}: {', '.join(paths[:_NAMED])}{more}"


def _by_reason(files: Sequence[LeftOut]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(file.reason, []).append(file.path)
    return sorted(found.items())
