"""`log-classify report` and `log-classify similar`: what is made of reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from anomaly_filter import DEFAULT_THRESHOLD
from log_processor.arguments import AddParser, add_color, distance

_REPORT = """\
examples:
  log-classify dir passed/ failed/ --json report.json
  log-classify report report.json --html report.html
  log-classify report report.json --format markdown >> "$GITHUB_STEP_SUMMARY"
  log-classify report report.json --format annotations
"""
_SIMILAR = """\
examples:
  log-classify similar monday.json tuesday.json friday.json
  log-classify similar reports/*.json --html similar.html
  log-classify similar reports/*.json --format json | jq -r '.anomalies[] | select(.builds | length > 2).text'

REPORT is what `--json` of log-classify's commands writes, one a build.
"""


def add(add_parser: AddParser) -> None:
    """Add them."""
    parser = add_parser(
        "report",
        help="write a report that is there as JSON in another form",
        description="Write a report as a page, as Markdown, or as annotations of a GitHub run; no log and no baseline "
        "is read again.",
        epilog=_REPORT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", type=Path, metavar="FILE.json", help="what --json wrote")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page, one file")
    parser.add_argument(
        "--format",
        choices=("markdown", "annotations"),
        help="write to standard output: Markdown for a summary or a comment; GitHub's `::warning` for the ten lines "
        "that matter most",
    )
    parser.set_defaults(module="log_classify.report.command")

    parser = add_parser(
        "similar",
        help="say which anomalies builds share",
        description="Say which lines that no passing build has are in several builds, and which in one alone.",
        epilog=_SIMILAR,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="report of a build, as JSON")
    parser.add_argument(
        "-t",
        "--threshold",
        type=distance,
        default=DEFAULT_THRESHOLD,
        metavar="D",
        help="distance in 0..1 below which lines of two builds count as the same; "
        f"0: they must be the same; default: {DEFAULT_THRESHOLD:g}",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page as well")
    add_color(parser)
    parser.set_defaults(module="log_classify.report.similar")
