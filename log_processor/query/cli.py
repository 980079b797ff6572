"""`anomaly-query`: the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from log_processor.arguments import add_color, colour, count, distance, positive
from log_processor.config import load
from log_processor.document import Status
from log_processor.errors import LogProcessorError
from log_processor.exits import Exit, guarded
from log_processor.query.builds import Build, evidence
from log_processor.query.question import Question, answer
from log_processor.query.rows import WRITERS, build_row, write_rows
from log_processor.query.table import Table
from log_processor.stores.contract import Reader
from log_processor.stores.opening import open_reader

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
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('log-classify')}")
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
        choices=("table", *WRITERS),
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
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded("anomaly-query", lambda: _run(args))


def _run(args: argparse.Namespace) -> Exit:
    overrides = [f"store.url={json.dumps(args.store, ensure_ascii=False)}"] if args.store else []
    config = load(args.config, environ=os.environ, overrides=overrides)
    with closing(open_reader(config.store)) as reader:
        if args.build_uuid is None:
            return _list(args, reader)
        return _build(args, reader)


def _list(args: argparse.Namespace, reader: Reader) -> Exit:
    builds = [Build.of(files) for files in reader.builds(args.limit)]
    # A build without any baseline is last: what its words of failure are worth, nobody can say.
    builds.sort(
        key=lambda build: (build.max_distance is not None, build.shown_lines, build.max_distance or 0.0),
        reverse=True,
    )
    if args.format != "table":
        write_rows(map(build_row, builds), args.format, sys.stdout)
    elif builds:
        Table(sys.stdout, colour=colour(args)).builds(builds)
    else:
        sys.stdout.write("the store has no build yet\n")
    return Exit.DONE


def _build(args: argparse.Namespace, reader: Reader) -> Exit:
    files = reader.files(args.build_uuid)
    if not files:
        sys.stderr.write(
            f"anomaly-query: no build {args.build_uuid} in the store: check the id, or wait until a worker has it "
            "(`log-processor status` shows the queue)\n"
        )
        return Exit.NO_SUCH_BUILD
    build = Build.of(files)
    question = Question(args.threshold, args.context, args.file, args.top, folded=args.format == "table")
    asked = [document for document in build.files if question.asks_for(document)]
    if not asked:
        names = ", ".join(document.file.filename for document in build.files)
        raise LogProcessorError(f"--file {args.file!r} matches no file of the build; it has {names}")
    found = answer(reader, build, question)
    if args.format == "table":
        far = Table(sys.stdout, colour=colour(args)).write(build, found, question)
    else:
        far = WRITERS[args.format](build, found, question, sys.stdout)
    if not any(d.lines_read and d.file.scoring.status is not Status.NO_MODEL for d in asked):
        return Exit.NOTHING_READ
    anomalous = far or any(map(evidence, asked))
    return Exit.ANOMALY if anomalous and args.fail_on_anomaly else Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
