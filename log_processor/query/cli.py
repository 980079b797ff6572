"""`anomaly-query`: the command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from log_processor.arguments import add_color, add_version, count, distance, positive, run
from log_processor.exits import guarded

_FORMATS = ("table", "jsonl", "json", "csv", "markdown", "brief")
_SINCE = re.compile(r"(?:(?P<number>\d{1,4})(?P<unit>[dh])|(?P<day>\d{4}-\d{2}-\d{2}))\Z", re.ASCII)
_LEAST_BYTES = 2000  # as in query/brief.py

_EPILOG = """\
examples:
  anomaly-query                                              recent builds, worst first
  anomaly-query --worst 10 --since 7d --project acme/shop    the worst of a project's builds of a week
  anomaly-query --build-uuid 4f440b7e --context 3            the far lines of one, with three lines around
  anomaly-query --build-uuid 4f440b7e --top 10 --file 'job-output*'
  anomaly-query --build-uuid 4f440b7e --threshold 0.5 --format jsonl | jq -r 'select(.type=="line").text'
  anomaly-query --build-uuid 4f440b7e --format brief --bytes 8000    for a language model
  anomaly-query --build-uuid 4f440b7e --watch                while its files arrive
  anomaly-query --build-uuid 4f440b7e --known queries        which known bugs it has
  anomaly-query --build-uuid 4f440b7e --known queries --suggest > queries/2012345.yaml
  anomaly-query --similar 'error: No space left on device'   the builds that have this far line
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
    _add_build(parser.add_argument_group("one build"))
    _add_builds(parser.add_argument_group("many builds"))
    _add_output(parser.add_argument_group("output"))
    add_color(parser)
    where = parser.add_argument_group("where")
    where.add_argument(
        "--store", metavar="URL", help="sqlite:///FILE or http(s)://HOST:PORT, over the configuration"
    )
    where.add_argument("-c", "--config", type=Path, metavar="FILE", help="the daemon's YAML file")
    parser.set_defaults(module="log_processor.query.run")
    return parser


def _add_build(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--build-uuid", metavar="U", help="the build; with --similar: one that does not count")
    group.add_argument(
        "--threshold",
        type=distance,
        metavar="D",
        help="distance in 0..1 from which on a line is novel; 0 prints every line; default: what the daemon decided",
    )
    group.add_argument(
        "--context", type=count, metavar="N", help="lines before and after; default: 0, for brief 3"
    )
    group.add_argument("--file", metavar="GLOB", help="only files whose path matches, e.g. '*/service.log'")
    group.add_argument(
        "--top", type=positive, metavar="N", help="only the N worst lines, with those that they stand for"
    )
    group.add_argument(
        "--watch",
        action="store_true",
        help="print each file's far lines when all of it is there, until the build is complete",
    )
    group.add_argument(
        "--known",
        type=Path,
        metavar="DIR",
        help="which known bugs the build has, by elastic-recheck's query files DIR/*.yaml, and which far lines none of "
        "them explains; needs Elasticsearch or OpenSearch",
    )
    group.add_argument(
        "--suggest",
        nargs="?",
        const="",
        metavar="FINGERPRINT",
        help="a query file for a far line that no query explains: one of that fingerprint, else the worst",
    )


def _add_builds(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--similar",
        metavar="LINE",
        help="which builds have this far line, since when, how often: a line of a log, or a fingerprint",
    )
    group.add_argument("--job", metavar="NAME", help="only builds of this job")
    group.add_argument("--project", metavar="NAME", help="only builds of this project")
    group.add_argument("--status", metavar="RESULT", help="only builds of this result, e.g. FAILURE")
    group.add_argument(
        "--since",
        type=since,
        metavar="WHEN",
        help="only what began then or later: 7d, 12h or 2026-11-01 (UTC)",
    )
    group.add_argument(
        "--worst",
        type=positive,
        metavar="N",
        help="the N builds with the most lines shown, of those with a baseline, in place of the recent ones",
    )
    group.add_argument("--limit", type=positive, default=20, metavar="N", help="builds to list; default: 20")


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--format",
        choices=_FORMATS,
        default="table",
        help="table, markdown (for a review comment) and brief (for a language model) fold lines into one that stands for "
        "them; jsonl, json and csv have an object or row for each, csv has no findings; default: table",
    )
    group.add_argument(
        "--bytes", type=_budget, metavar="N", help="what --format brief may take, of UTF-8; default: 16000"
    )
    group.add_argument(
        "--fail-on-anomaly",
        action="store_true",
        help="exit with 1 when there are far lines or findings; with --similar: when a build has the line",
    )


def since(text: str) -> timedelta | datetime:
    """Read how long ago, or since which day (UTC)."""
    found = _SINCE.match(text)
    try:
        if found and found["day"]:
            return datetime.strptime(f"{found['day']}+0000", "%Y-%m-%d%z")
    except ValueError:
        found = None
    if not found:
        raise argparse.ArgumentTypeError(
            f"expected days as in 7d, hours as in 12h, or a day as in 2026-11-01, got {text!r}"
        )
    number = int(found["number"])
    return timedelta(days=number) if found["unit"] == "d" else timedelta(hours=number)


def _budget(text: str) -> int:
    number = count(text)
    if number < _LEAST_BYTES:
        raise argparse.ArgumentTypeError(f"expected {_LEAST_BYTES} or more, got {number}")
    return number


def conflict(args: argparse.Namespace) -> str | None:
    """Say which options do not go together, and what does; None where all do."""
    one = args.build_uuid is not None and args.similar is None
    filters = [name for name in ("job", "project", "status", "since") if getattr(args, name) is not None]
    of_a_build = [name for name in ("threshold", "context", "file", "top") if getattr(args, name) is not None]
    lists = args.worst is not None and (args.build_uuid is not None or args.similar is not None)
    known = args.known is not None or args.suggest is not None
    at_once = args.top is not None or args.format not in ("table", "jsonl")
    name_it = "name it with --build-uuid, without --similar"
    rules = (
        (
            one and filters,
            f"{_first(filters)} chooses among builds: leave out --build-uuid, or ask for a line with --similar",
        ),
        (lists, "--worst lists builds: leave out --build-uuid and --similar"),
        (not one and of_a_build, f"{_first(of_a_build)} is about the lines of one build: {name_it}"),
        (not one and args.watch, f"--watch follows one build: {name_it}"),
        (
            args.watch and at_once,
            "--watch prints a file at a time: leave out --top, and take --format table or jsonl",
        ),
        (known and not one, f"--known and --suggest are about one build: {name_it}"),
        (
            known
            and (args.watch or args.top or args.context or args.format not in ("table", "json", "jsonl")),
            "--known and --suggest take no --watch, --top or --context, and --format table, json or jsonl",
        ),
        (not one and args.format == "brief", f"--format brief is about one build: {name_it}"),
        (args.bytes is not None and args.format != "brief", "--bytes is for --format brief"),
    )
    return next((message for broken, message in rules if broken), None)


def _first(names: Sequence[str]) -> str:
    return f"--{names[0]}" if names else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    problem = conflict(args)
    if problem:
        parser.error(problem)
    return guarded("anomaly-query", lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
