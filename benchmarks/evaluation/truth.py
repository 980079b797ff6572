"""What the data sets say is wrong with a log, each in its own way, as the entries of an expected.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from benchmarks.evaluation.cases import Expected, content, run_text, runs, texts


class AnnotationError(Exception):
    """What a data set says of a log does not fit the log."""


def listed(inf: Path) -> Expected:
    """Read LogJuicer's inf.yaml: parts of lines, in the order of the file, some of them optional."""
    entries = yaml.safe_load(inf.read_bytes())["anomalies"]
    return {
        "anomalies": [
            {"contains": entry["line"].strip(), **({"optional": True} if entry.get("optional") else {})}
            for entry in entries
        ]
    }


def annotated(log: Path, first: Path, second: Path) -> Expected:
    """Read the intervals of CiDiff's two annotators, of whom the second may be missing.

    What the first one calls an error has to be found. What he calls context, and what only the second one marks, is
    neither right nor wrong.
    """
    errors, context = _intervals(first)
    neutral = list(context)
    if second.exists():
        neutral += [interval for kind in _intervals(second) for interval in kind]
    places = _physical(log)
    last = max((interval[-1] for interval in (*errors, *neutral)), default=0)
    if last >= len(places):
        raise AnnotationError(f"{first}: line {last} is marked, but {log} has {len(places) - 1} lines")
    return _expected(
        log,
        [range(places[interval[0]], places[interval[-1]] + 1) for interval in errors],
        {places[number] for interval in neutral for number in interval},
    )


def _intervals(path: Path) -> tuple[list[range], list[range]]:
    """Return the error and the context intervals; below a heading they stand as `E 12-14` and `C 7`."""
    kinds: dict[str, list[range]] = {"E": [], "C": []}
    for line in path.read_text().splitlines()[1:]:
        kind, interval = line.split()
        start, _, end = interval.partition("-")
        kinds[kind].append(range(int(start), int(end or start) + 1))
    return kinds["E"], kinds["C"]


def _physical(log: Path) -> list[int]:
    """Return the number of the physical line for each of CiDiff's numbers, which count every CR as a line end."""
    places = [0]  # nothing has the number 0
    for number, line in enumerate(content(log).split(b"\n"), 1):
        pieces = line.removesuffix(b"\r").count(b"\r") + 1
        places.extend([number] * pieces)
    return places


# What Maven, Gradle, Ant and Travis print when something failed. It is matched against lines as they come, with no
# colour removed but the one that ends colours: figures of other programs were taken with this definition.
_FAILURE = re.compile(
    r"""
    \s*(?:
        \[(?:ERROR|FATAL)\]
      | \[INFO\]\ BUILD\ (?:FAILURE|ERROR) | BUILD\ FAILED | FAILURE:\ Build\ failed | COMPILATION\ ERROR
      | \*\ What\ went\ wrong: | Tests\ in\ error: | Failed\ tests:
      | The\ command\ ".*"\ (?:exited\ with|failed) | Done\.\ Your\ build\ exited\ with\ [1-9]
      | Execution\ failed\ for\ task | :\w+\ FAILED
    )
  | .*(?:<<<\ (?:FAILURE|ERROR)! | \bFAILED\s*$ | error:\ )
    """,
    re.VERBOSE,
)
_HARMLESS = "exited with 0."
_COLOUR_END = "\x1b[0m"
_GAP = 2  # lines between two failure lines that are still one run
_BEFORE, _AFTER = 4, 29  # lines around a failure line that may well belong to it


def reported(log: Path, good: Iterable[Path]) -> Expected:
    """Find the runs of failure lines that no passing build has; lines near them are neither right nor wrong."""
    known = {line.strip() for path in good for line in _raw(path)}
    found: list[range] = []
    for number, line in enumerate(_raw(log), 1):
        failure = _FAILURE.match(line.replace(_COLOUR_END, "")) and _HARMLESS not in line
        if failure and line.strip() not in known:
            joined = found and number - found[-1].stop <= _GAP
            start = found.pop().start if joined else number
            found.append(range(start, number + 1))
    near = {
        number
        for run in found
        for number in range(max(run.start - _BEFORE, 1), min(run.stop + _AFTER, len(texts(log)) + 1))
    }
    return _expected(log, found, near)


def _raw(log: Path) -> list[str]:
    return content(log).decode("utf-8", "replace").split("\n")


def _expected(log: Path, found: list[range], neutral: set[int]) -> Expected:
    rest = neutral.difference(*found)
    return {
        "anomalies": [{"text": run_text(log, run)} for run in found],
        "neutral": [run_text(log, run) for run in runs(rest)],
    }
