"""`log-classify evaluate`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from log_processor.arguments import AddParser, positive

_EXAMPLES = """\
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


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "evaluate",
        help="measure how well anomalies are found, on cases whose answer is known",
        description="Judges the log of each case as `diff` does, and measures what is shown against what is expected.",
        epilog=_EXAMPLES,
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
    parser.set_defaults(module="log_classify.evaluate.command")
