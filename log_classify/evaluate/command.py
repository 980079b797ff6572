"""`log-classify evaluate`: the figures, and what has changed."""

from __future__ import annotations

import argparse
import json
import sys
from typing import IO

from log_classify.evaluate.changes import changes, kept
from log_classify.evaluate.output import change_lines, change_row, numbers, report_lines, report_row
from log_classify.evaluate.run import evaluate
from log_processor.exits import Exit


def run(args: argparse.Namespace) -> Exit:
    """Measure, and print the figures."""
    old = kept(args.compare) if args.compare else None
    progress = _Progress(sys.stderr)
    try:
        report = evaluate(args.folders, jobs=args.jobs, progress=progress)
    finally:
        progress.clear()
    changed = None if old is None else list(changes(old, numbers(report)))
    if args.format == "json":
        row = report_row(report, cases=args.cases, verbose=args.verbose)
        if changed is not None:
            row["changes"] = list(map(change_row, changed))
        sys.stdout.write(json.dumps(row, ensure_ascii=False, indent=1) + "\n")
    else:
        shown = list(report_lines(report, cases=args.cases, verbose=args.verbose))
        if changed is not None:
            shown += change_lines(changed, str(args.compare))
        sys.stdout.writelines(f"{line}\n" for line in shown)
    if not report.overall.lines:
        sys.stderr.write("log-classify evaluate: nothing was read: the log of every case is empty\n")
        return Exit.NOTHING_READ
    return Exit.DONE


class _Progress:
    """Counts the cases on a terminal, and says nothing elsewhere."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._on = stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._on:
            self._stream.write(f"\r{done} of {total} cases")
            self._stream.flush()

    def clear(self) -> None:
        """Leave the line empty."""
        if self._on:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
