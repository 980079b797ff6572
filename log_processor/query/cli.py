"""`anomaly-query`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from log_processor.arguments import add_color, add_version, count, distance, positive, run
from log_processor.exits import guarded

_EPILOG = """\
examples:
  anomaly-query                                              recent builds, worst first
  anomaly-query --build-uuid 4f440b7e --context 3            the far lines of one, with three lines around
  anomaly-query --build-uuid 4f440b7e --top 10 --file 'job-output*'
  anomaly-query --build-uuid 4f440b7e --threshold 0.5 --format jsonl | jq -r 'select(.type=="line").text'
  anomaly-query --store https://search.example.org:9200 --build-uuid 4f440b7e

exit status: 0 done, far lines or not · 1 far lines or findings and --fail-on-anomaly · 2 usage or
configuration · 3 the store is unreachable · 4 no such build · 5 nothing read, or no baseline · 130 interrupted
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="anomaly-query",
        description="Shows the lines of a build that no passing build printed; without a build, the recent builds.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_version(parser)
    parser.add_argument("--build-uuid", metavar="U", help="the build")
    parser.add_argument(
        "--threshold",
        type=distance,
        metavar="D",
        help="distance in 0..1 from which on a line is novel; 0 prints every line; default: what the daemon decided",
    )
    parser.add_argument(
        "--context", type=count, default=0, metavar="N", help="lines before and after; default: 0"
    )
    parser.add_argument("--file", metavar="GLOB", help="only files whose path matches, e.g. '*/service.log'")
    parser.add_argument(
        "--top", type=positive, metavar="N", help="only the N worst lines, with those that they stand for"
    )
    parser.add_argument("--limit", type=positive, default=20, metavar="N", help="builds to list; default: 20")
    parser.add_argument(
        "--format",
        choices=("table", "jsonl", "json", "csv"),
        default="table",
        help="table folds lines into one that stands for them; jsonl, json and csv have an object or row for each, csv "
        "has no findings; default: table",
    )
    add_color(parser)
    parser.add_argument(
        "--fail-on-anomaly", action="store_true", help="exit with 1 when there are far lines or findings"
    )
    parser.add_argument(
        "--store", metavar="URL", help="sqlite:///FILE or http(s)://HOST:PORT, over the configuration"
    )
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="the daemon's YAML file")
    parser.set_defaults(module="log_processor.query.run")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded("anomaly-query", lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
