"""`log-classify evaluate`: the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import IO

from log_classify.evaluate.changes import changes, kept
from log_classify.evaluate.output import change_lines, change_row, numbers, report_lines, report_row
from log_classify.evaluate.run import evaluate
from log_processor.arguments import Subparsers, positive
from log_processor.exits import Exit

_EPILOG = """\
a case is a folder with
  good*           logs of passing builds, a file a build; .gz, .bz2 and .xz may be
  fail*           the log to judge, one file
  expected.yaml   what has to be found in it; lines are known by their text, never by a number:

    set: smoke tests               # default: the name of the folder above
    class: exit code               # figures are given for each class, too
    anomalies:
      - text: |                    # whole lines that follow one another: found when one of them is shown
          ERROR: cannot link
          make: *** [app] Error 1
      - contains: "2 failed"       # a line that holds this; each such entry needs a line of its own
      - contains: "2 skipped"
        optional: true             # may be shown, and need not be
      - missing: "all tests ran"   # a line that is gone: found when a finding names it
      - finding: unfit_baseline    # found when there is a finding of this kind
    neutral: ["see the log"]       # whole lines that count neither as right nor as wrong
    control: ["took 17 s"]         # a harmless twin: alarmed when it is shown, or named by a finding
    passing: true                  # instead of anomalies: a passing build, so that all that is shown is wrong

columns
  found           anomalies found, of those expected
  recall          share of the expected `text` runs of which a line is shown
  shown, wrong    lines shown, and those of them that are neither expected nor neutral
  false%          share of the lines that nobody marked that is shown; mean over cases
  AUC, AP         area under the ROC curve, and average precision, of all lines by score; mean over cases
  rank, top 5     place of the first true line by score, the median; cases where it is among the first five
  failed, p90     lines and findings that are shown of a failed build: median, and what nine of ten do not exceed
  passing         lines and findings that are shown of a passing build; mean, and as a share of its lines
  alarmed         controls shown or named, of all

examples:
  log-classify evaluate cases/
  log-classify evaluate cases/ -v                                 what was missed, which lines are wrong
  log-classify evaluate cases/ --format json > figures.json
  log-classify evaluate cases/ --compare figures.json             what changed since

exit status: 0 done · 2 a case or an argument is wrong · 5 there was no line to judge · 130 interrupted
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure how well anomalies are found, on cases whose answer is known",
        description="Judges the log of each case as `diff` does, and measures what is shown against what is expected.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="cases are in it or below it")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    parser.add_argument("--cases", action="store_true", help="with the figures of each case")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="as --cases, and name missed anomalies and wrong lines"
    )
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="OLD.json",
        help="say which figures changed since --format json gave these",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes at work at once; the figures are the same for any; default: one a CPU",
    )
    parser.set_defaults(run=run)


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
