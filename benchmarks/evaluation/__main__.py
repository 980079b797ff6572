"""`python -m benchmarks.evaluation`: how good the detection is, on the data sets beside the checkout."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.environments import NotInstalled
from benchmarks.evaluation import kept, peers
from benchmarks.evaluation.convert import DataMissing, NotOurs, convert
from benchmarks.evaluation.gate import failures, measured
from log_classify.evaluate.changes import Table
from log_classify.evaluate.output import numbers
from log_classify.evaluate.run import evaluate
from log_processor.errors import LogProcessorError

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".." / "shared" / "data"
CASES = ROOT / "build" / "evaluation"
JOBS = os.cpu_count() or 1


@contextmanager
def converted() -> Iterator[Path]:
    """Give a folder with all cases, of this run alone, so that several may go on at once.

    They are written anew, which takes seconds: there is no telling whether older ones still hold.
    """
    with TemporaryDirectory(prefix="evaluation-") as folder:
        print("Converting the data sets ...", file=sys.stderr)
        convert(DATA, Path(folder))
        yield Path(folder)


def ours(cases: Path) -> Table:
    report = evaluate([cases], jobs=JOBS)
    return measured(numbers(report), report)


def theirs(cases: Path) -> dict[str, Table]:
    """Return the figures of the peers that can be installed."""
    found: dict[str, Table] = {}
    for peer in peers.PEERS:
        print(f"Asking {peer.name} ...", file=sys.stderr)
        try:
            verdict = peers.judged_by(peer, cases)
        except NotInstalled as error:
            print(f"{error}; it is left out", file=sys.stderr)
            continue
        for case, reason in verdict.unread.items():
            print(f"{peer.name} cannot read {case}: {reason}", file=sys.stderr)
        found[peer.name] = numbers(verdict.report)
    return found


def run(args: argparse.Namespace) -> int:
    """Judge all cases and print the figures."""
    with converted() as cases:
        table = ours(cases)
        print(kept.figures_table({kept.OURS: table, **(theirs(cases) if args.peers else {})}))
    print(f"\n{kept.targets_table(table)}")
    return 0


def only_peers(_: argparse.Namespace) -> int:
    """Have the peers judge all cases and print their figures."""
    with converted() as cases:
        print(kept.figures_table(theirs(cases)))
    return 0


def only_convert(args: argparse.Namespace) -> int:
    """Write the case folders."""
    for name, count in convert(DATA, args.folder).items():
        print(f"{name:16} {count:4} cases")
    return 0


def check(_: argparse.Namespace) -> int:
    """Fail when a figure is worse than the kept one by more than its tolerance."""
    with converted() as cases:
        found = list(failures(kept.read(kept.FILE.read_text(encoding="utf-8")).ours, ours(cases)))
    for failure in found:
        print(failure, file=sys.stderr)
    if found:
        print("Mend the detection; or keep the figures with a word in the commit on why.", file=sys.stderr)
    return int(bool(found))


def keep(_: argparse.Namespace) -> int:
    """Keep the figures of now, for `check` and in the documentation."""
    today = datetime.now(timezone.utc).date().isoformat()
    with converted() as cases:
        figures = kept.Kept(today, commit(), ours(cases), theirs(cases))
    pages = {path: kept.page_with(path.read_text(encoding="utf-8"), figures) for path in kept.PAGES}
    kept.FILE.write_text(figures.json(), encoding="utf-8")
    for path, page in pages.items():
        path.write_text(page, encoding="utf-8")
    return 0


def commit() -> str:
    """Name the commit that is checked out, and say whether something is changed."""
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(describe, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (
        ("run", run), ("convert", only_convert), ("peers", only_peers), ("check", check), ("keep", keep)
    ):  # fmt: skip
        about = (command.__doc__ or "").strip()
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(command=command)
        if name == "run":
            added.add_argument("--peers", action="store_true", help="with the peers beside it (minutes)")
        if name == "convert":
            added.add_argument("folder", type=Path, nargs="?", default=CASES, help=f"default: {CASES}")
    args = parser.parse_args()
    try:
        return int(args.command(args))
    except (DataMissing, NotOurs, FileNotFoundError, LogProcessorError) as error:
        print(f"evaluation: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
