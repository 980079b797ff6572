"""`log-classify diff`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import DEFAULT_CONTEXT, add_threshold
from log_processor.arguments import AddParser, add_color, count, positive

_EXAMPLES = """\
examples:
  log-classify diff passed.log failed.log
  log-classify diff passed-*.log.gz failed.log.gz -C 5
  log-classify diff passed.log failed.log --format jsonl | jq -r 'select(.shown).text'
  log-classify diff passed.log failed.log --explain 4071
  kubectl logs my-job | log-classify diff passed.log - --fail-on-anomaly

A file may be compressed (gzip, xz, bzip2, zstd). The more passing builds, the fewer lines are shown: what varies
among them is known then.
"""


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "diff",
        help="show the lines that no passing build printed",
        description="Compare a log with logs of passing builds, one file a build, and show what none of them has.",
        epilog=_EXAMPLES,
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
    add_threshold(parser, "; 0 prints every line, none folded")
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
