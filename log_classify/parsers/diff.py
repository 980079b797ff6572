"""`log-classify diff`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import (
    add_context,
    add_format,
    add_output,
    add_selection,
    add_threshold,
)
from log_processor.arguments import AddParser, positive

_EXAMPLES = """\
examples:
  log-classify diff passed.log failed.log
  log-classify diff passed-*.log.gz failed.log.gz -C 5
  log-classify diff passed.log failed.log --format jsonl | jq -r 'select(.shown).text'
  log-classify diff passed.log failed.log --explain 4071
  log-classify diff passed.tar.gz failed/ --html report.html
  kubectl logs my-job | log-classify diff passed.log - --fail-on-anomaly

A file may be compressed (gzip, xz, bzip2, zstd). The more passing builds, the fewer lines are shown: what varies
among them is known then.
"""


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "diff",
        help="show the lines that no passing build printed",
        description="Compare a log with logs of passing builds, one file a build, and show what none of them has. "
        "Folders, archives and URLs are compared file by file, as `dir` does.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "baselines", nargs="+", metavar="BASELINE", help="log of a passing build, or all its logs"
    )
    parser.add_argument("target", metavar="TARGET", help="the log to judge; - reads standard input")
    add_threshold(parser, "; 0 prints every line, none folded")
    add_context(parser)
    add_selection(parser)
    output = parser.add_mutually_exclusive_group()
    add_format(output)
    output.add_argument("--explain", type=positive, metavar="N", help="say how line N is judged, instead")
    add_output(parser)
    parser.set_defaults(module="log_classify.diff")
