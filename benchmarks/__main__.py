"""Measure the speed against its targets, each figure as a ratio inside this run. A wrong answer fails, a target missed does not.

The logs are as large as in the targets where the time of the usual form, two minutes, allows it, else smaller; every
figure says how large.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.bench import FULL, SHORT, USUAL, Bench
from benchmarks.commands import diff, starts
from benchmarks.daemon import daemon
from benchmarks.enrichment import enrichment
from benchmarks.figures import Figure, WrongAnswer
from benchmarks.growth import growth
from benchmarks.models import model_file, one_line_call
from benchmarks.report import line, reported, without_figures
from benchmarks.runs import compile_packages
from benchmarks.scoring import against_grep, against_logreduce, all_new, two_cores
from benchmarks.storage import storage

MEASURES: Mapping[str, Callable[[Bench], Iterator[Figure]]] = {
    "grep": against_grep,
    "logreduce": against_logreduce,
    "novel": all_new,
    "growth": growth,
    "cores": two_cores,
    "diff": diff,
    "start": starts,
    "model": model_file,
    "call": one_line_call,
    "daemon": daemon,
    "enrichment": enrichment,
    "storage": storage,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure; print each figure as it comes, or all as JSON; return the exit status."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if unknown := {*args.measures} - MEASURES.keys():
        parser.error(f"{', '.join(sorted(unknown))}: expected some of {', '.join(MEASURES)}")
    page = None
    if args.write:
        try:
            page = without_figures(args.write.read_text("utf-8"))
        except (OSError, ValueError) as error:
            parser.error(f"--write {args.write}: {error}")
    compile_packages()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        bench = Bench(args.form, Path(folder))
        figures: list[Figure] = []
        try:
            for name in args.measures or MEASURES:
                for figure in MEASURES[name](bench):
                    figures.append(figure)
                    if not args.json:
                        print(line(figure), flush=True)
        except WrongAnswer as wrong:
            print(f"benchmarks: {name}: {wrong}", file=sys.stderr)
            return 1
    report = reported(args.form.name, figures)
    if args.json:
        print(json.dumps(report.record()))
    else:
        print(f"{report.date}, commit {report.commit}, {report.engine}: {report.machine}")
    if page:
        args.write.write_text(report.markdown().join(page), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"only these of {', '.join(MEASURES)}")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--short", dest="form", action="store_const", const=SHORT, help="seconds: that everything works"
    )
    forms.add_argument(
        "--full",
        dest="form",
        action="store_const",
        const=FULL,
        help="whole sizes, 10^6 rows, OpenSearch, Elasticsearch",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="put the table into a page that has a place for it"
    )
    parser.set_defaults(form=USUAL)
    return parser


if __name__ == "__main__":
    sys.exit(main())
