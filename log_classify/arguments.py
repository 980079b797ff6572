"""What the commands of `log-classify` take."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from anomaly_filter import DEFAULT_THRESHOLD
from log_processor.arguments import AddParser, add_color, count, distance, positive

DEFAULT_CONTEXT = 3, 1
"""Lines before and after each shown one."""

_DIFF = """\
examples:
  log-classify diff passed.log failed.log
  log-classify diff passed-*.log.gz failed.log.gz -C 5
  log-classify diff passed.log failed.log --format jsonl | jq -r 'select(.shown).text'
  log-classify diff passed.log failed.log --explain 4071
  kubectl logs my-job | log-classify diff passed.log - --fail-on-anomaly

A file may be compressed (gzip, xz, bzip2, zstd). The more passing builds, the fewer lines are shown: what varies
among them is known then.
"""

_EXPLAIN = """\
examples:
  log-classify explain 'make: *** [all] Error 2' --baseline passed-1.log passed-2.log
  log-classify diff passed.log failed.log --explain 4071       a line where it stands

LINE is judged alone: what stands around a line in its log has a say, too, in whether it is shown.
"""

_EVALUATE = """\
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


def add_commands(add_parser: AddParser) -> None:
    """Add all of them."""
    for add in (_diff, _explain, _evaluate):
        add(add_parser)


def _diff(add_parser: AddParser) -> None:
    parser = add_parser(
        "diff",
        help="show the lines that no passing build printed",
        description="Compare a log with logs of passing builds, one file a build, and show what none of them has.",
        epilog=_DIFF,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("baselines", nargs="+", metavar="BASELINE", help="log of a passing build")
    parser.add_argument("target", metavar="TARGET", help="the log to judge; - reads standard input")
    for short, long, default, where in (
        ("-B", "--before-context", DEFAULT_CONTEXT[0], "before"),
        ("-A", "--after-context", DEFAULT_CONTEXT[1], "after"),
    ):
        parser.add_argument(
            short,
            long,
            type=count,
            metavar="N",
            dest=where,
            help=f"lines {where} each shown one; default: {default}",
        )
    parser.add_argument(
        "-C", "--context", type=count, metavar="N", help="both, where -B or -A does not say otherwise"
    )
    _add_threshold(parser, "; 0 prints every line, none folded")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--format", choices=("table", "jsonl"), default="table", help="default: table")
    output.add_argument("--explain", type=positive, metavar="N", help="say how line N is judged, instead")
    add_color(parser)
    parser.add_argument(
        "--fail-on-anomaly",
        action="store_true",
        help="exit with 1 when a line is shown or something is found",
    )
    parser.set_defaults(module="log_classify.diff")


def _explain(add_parser: AddParser) -> None:
    parser = add_parser(
        "explain",
        help="say how a line is judged",
        description="Say what a line is compared by, which baseline line is nearest, and why it is shown or not.",
        epilog=_EXPLAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("line", metavar="LINE", help="the line's text, quoted")
    parser.add_argument(
        "--baseline",
        nargs="+",
        action="extend",
        required=True,
        type=Path,
        metavar="FILE",
        dest="baselines",
        help="log of a passing build; may be compressed; one build a file",
    )
    _add_threshold(parser)
    add_color(parser)
    parser.set_defaults(module="log_classify.explain")


def _evaluate(add_parser: AddParser) -> None:
    parser = add_parser(
        "evaluate",
        help="measure how well anomalies are found, on cases whose answer is known",
        description="Judges the log of each case as `diff` does, and measures what is shown against what is expected.",
        epilog=_EVALUATE,
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


def _add_threshold(parser: argparse.ArgumentParser, more: str = "") -> None:
    parser.add_argument(
        "--threshold",
        type=distance,
        default=DEFAULT_THRESHOLD,
        metavar="D",
        help=f"distance in 0..1 from which on a line is novel; other reasons are not touched{more}; "
        f"default: {DEFAULT_THRESHOLD:g}",
    )
