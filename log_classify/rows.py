"""The rows of `--format jsonl`: one object a line or finding, never folded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from anomaly_filter import Finding, Model, ScoredLine
from log_classify.excerpt import Context

Row = dict[str, Any]


def finding_row(finding: Finding, file: str) -> Row:
    """Return the row of something that was found about a whole file."""
    return {
        "type": "finding",
        "kind": finding.kind,
        "file": file,
        "line": finding.line,
        "text": finding.text,
        "expected": finding.expected,
        "seen": finding.seen,
    }


def line_rows(
    lines: Iterable[ScoredLine],
    wanted: Callable[[ScoredLine], bool],
    *,
    file: str,
    model: Model | None,
    context: Context,
) -> Iterator[Row]:
    """Give the rows of the wanted lines; a shown one has its context, up to the next wanted line.

    Args:
        lines: the wanted lines and those around them, in order.
        wanted: whether a line has a row.
        file: name of the log.
        model: what it was compared with.
        context: how many lines around a shown one come with it.
    """
    row: Row | None = None  # the last one, whose context may go on
    until = 0  # number of the last line of that context
    around: deque[Row] = deque(maxlen=context.before)
    for line in lines:
        if not wanted(line):
            beside = {"line": line.number, "text": line.text}
            around.append(beside)
            if row and line.number <= until:
                row["after"].append(beside)
            continue
        if row:
            yield row
        row = _line_row(line, file, model)
        if line.shown:
            row["before"] = list(around)
        until = line.number + context.after if line.shown else 0
        around.clear()
    if row:
        yield row


def _line_row(line: ScoredLine, file: str, model: Model | None) -> Row:
    return {
        "type": "line",
        "file": file,
        "line": line.number,
        "text": line.text,
        "distance": _rounded(line.distance),
        "score": _rounded(line.score),
        "shown": line.shown,
        "reasons": list(line.reasons),
        "nearest": line.nearest,
        "seen_in": line.seen_in,
        "baselines": len(model.builds) if model else 0,
        "model": model.version if model else None,
        "group": line.group,
        "fingerprint": line.fingerprint,
        "truncated": line.truncated,
        "before": [],
        "after": [],
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 6)
