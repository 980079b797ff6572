"""What tests of the command line share: running it, and small logs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import Finding, Line, Scan, ScoredLine
from log_classify import cli

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "log_classify"]

PASSED = """\
2026-03-09 12:00:00 unpacking the sources
2026-03-09 12:00:01 compiling 31 files of the shop
2026-03-09 12:00:02 linking shop with libstdc
2026-03-09 12:00:03 running the tests on worker-17
2026-03-09 12:00:04 measuring how long pages take
2026-03-09 12:00:05 drawing a picture of it
2026-03-09 12:00:06 writing the report as html
2026-03-09 12:00:07 packing what was built
2026-03-09 12:00:08 signing all packages
2026-03-09 12:00:09 every test passed
2026-03-09 12:00:10 uploading artifacts to the mirror
"""
FAILED = """\
2026-03-10 08:30:00 unpacking the sources
2026-03-10 08:30:01 compiling 33 files of the shop
2026-03-10 08:30:02 linking shop with libstdc
2026-03-10 08:30:02 shop linking again with tape
2026-03-10 08:30:03 running the tests on worker-4
2026-03-10 08:30:04 measuring how long pages take
2026-03-10 08:30:05 drawing a picture of it
2026-03-10 08:30:06 writing the report as html
2026-03-10 08:30:07 packing what was built
2026-03-10 08:30:08 signing all packages
2026-03-10 08:30:09 every test passed
Quite another matter altogether
2026-03-10 08:30:10 uploading artifacts to the mirror
"""
"""All of PASSED, and two lines more: the 4th has three of five words of one with four, the 12th has none of any."""

NEAR_DISTANCE = 0.329180  # 1 - 3 / sqrt(4 * 5)

_LINE = ScoredLine(
    1, "", truncated=False, distance=0.0, nearest=None, seen_in=0, reasons=(), fingerprint=None
)


def scored(number: int, text: str, **more: Any) -> ScoredLine:
    """Return a line; near, unless more is said of it."""
    return _LINE._replace(number=number, text=text, **more)


class FixedScan(Scan):
    """Gives what a test says."""

    def __init__(
        self,
        lines: Iterable[ScoredLine],
        findings: tuple[Finding, ...],
        worst: frozenset[int] | None = None,
        again: Sequence[ScoredLine] = (),
    ) -> None:
        self.read = 0
        self._findings = findings
        self.worst = worst
        self._lines = iter(lines)
        self._again = again

    def again(self, lines: Iterable[Line]) -> Scan:
        del lines
        return FixedScan(self._again, ())

    def __iter__(self) -> Iterator[ScoredLine]:
        return self

    def __next__(self) -> ScoredLine:
        line = next(self._lines)
        self.read += 1
        return line


class Ran:
    """Runs the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Run log-classify; return exit status, standard output and standard error."""
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run log-classify in a process of its own."""
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, check=False, timeout=60, **options)


def rows(jsonl: str, kind: str = "line") -> list[dict[str, Any]]:
    """Return the rows of a kind."""
    return [row for row in map(json.loads, jsonl.splitlines()) if row["type"] == kind]


def write(path: Path, content: str | bytes) -> Path:
    """Write a log."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
