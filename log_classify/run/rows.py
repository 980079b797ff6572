"""The rows of `--format jsonl`, of a build with many files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from log_classify.excerpt import Context
from log_classify.report.model import Entry, FileReport
from log_classify.rows import Row


def rows(file: FileReport, context: Context) -> Iterator[Row]:
    """Give the rows of a file: its findings, then its lines.

    Args:
        file: may hold more context than rows are to have.
        context: how many lines around a shown one come with it.
    """
    for finding in file.findings:
        yield {"type": "finding", "file": file.path, **asdict(finding)}
    for entry in file.entries:
        yield _line_row(entry, file, context)


def _line_row(entry: Entry, file: FileReport, context: Context) -> Row:
    shown = entry.group is None
    return {
        "type": "line",
        "file": file.path,
        "line": entry.line,
        "text": entry.text,
        "distance": entry.distance,
        "score": entry.score,
        "shown": shown,
        "reasons": list(entry.reasons),
        "nearest": entry.nearest,
        "seen_in": entry.seen_in,
        "baselines": file.baselines,
        "model": file.model_version,
        "group": entry.line if shown else entry.group,
        "fingerprint": entry.fingerprint,
        "truncated": entry.truncated,
        "before": [
            asdict(each) for each in entry.before if shown and each.line >= entry.line - context.before
        ],
        "after": [asdict(each) for each in entry.after if shown and each.line <= entry.line + context.after],
    }
