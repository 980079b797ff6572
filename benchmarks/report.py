"""The figures for people, for programs, and for the documentation."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import anomaly_filter
from benchmarks.figures import Figure

_BEGIN = "<!-- figures: written by `make bench ARGS='--write docs/performance.md'` -->"
_END = "<!-- end of figures -->"
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Report:
    """The figures of a run, and what they were measured on.

    Attributes:
        form: short, usual or full.
        figures: in the order in which they were measured.
        date: such as 2026-05-06.
        commit: of the code; with + when files were changed since.
        machine: processor, cores, Python.
        engine: which of the two was measured.
    """

    form: str
    figures: Sequence[Figure]
    date: str
    commit: str
    machine: str
    engine: str

    def record(self) -> dict[str, object]:
        """Return the form for programs."""
        return {
            "form": self.form,
            "date": self.date,
            "commit": self.commit,
            "machine": self.machine,
            "engine": self.engine,
            "figures": [figure.record() for figure in self.figures],
        }

    def markdown(self) -> str:
        """Return a table for the documentation."""
        rows = (
            f"| {figure.name} | {_cell(figure)} | {figure.target} | {_verdict(figure)} | {figure.note} |"
            for figure in self.figures
        )
        head = ["| measure | value | target | reached | what was measured |", "|---|---|---|---|---|"]
        return "\n".join(
            [
                f"Measured on {self.date}, commit {self.commit}, form {self.form}, {self.engine}: {self.machine}.",
                "",
                *head,
                *rows,
            ]
        )


def reported(form: str, figures: Iterable[Figure]) -> Report:
    """Return the report of a run on this machine, now."""
    return Report(
        form,
        tuple(figures),
        datetime.now(timezone.utc).date().isoformat(),
        _commit(),
        f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        engine(),
    )


def engine() -> str:
    """Say which engine answers."""
    there = any(Path(anomaly_filter.__file__).parent.glob("_engine*.so"))
    return "compiled engine" if there and os.environ.get("ANOMALY_FILTER_PURE") != "1" else "plain Python"


def line(figure: Figure) -> str:
    """Return a line for a terminal, and one below it that says what was measured."""
    return f"{figure.name:42} {_cell(figure):52} {figure.target!s:>10}  {_verdict(figure)}\n    {figure.note}"


def without_figures(page: str) -> tuple[str, str]:
    """Return what a page has before its table and after it, the marks included.

    Raises:
        ValueError: the page has no such place.
    """
    head, begin, rest = page.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"there is no place for the figures: it is between the lines {_BEGIN} and {_END}")
    return f"{head}{begin}\n", f"\n{end}{tail}"


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return f"not measured ({figure.unit})"
    spread = f" ({' to '.join(map(_number, figure.spread))})" if figure.spread else ""
    return f"{_number(figure.value)}{spread} {figure.unit}"


def _number(value: float) -> str:
    """Return three digits that mean something, and every digit before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _verdict(figure: Figure) -> str:
    return {True: "yes", False: "no", None: "-"}[figure.reached]


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "unknown"


def _processor() -> str:
    try:
        about = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    return about.partition("model name\t: ")[2].partition("\n")[0] or platform.machine()
