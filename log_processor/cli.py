"""`log-processor`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from log_processor.commands import check_config, models, replay, run, status, submit, train
from log_processor.exits import guarded

_EPILOG = """\
exit status: 0 done · 2 usage or configuration · 3 a server is unreachable · 4 no such build · 5 nothing read
· 130 interrupted

`log-processor VERB --help` shows a verb's options, with examples.
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="log-processor",
        description="Scores the log files of CI builds against what passing builds printed, and stores every line.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('log-classify')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="VERB")
    for command in (run, submit, train, models, status, replay, check_config):
        command.add(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded(f"log-processor {args.command}", lambda: args.run(args))


if __name__ == "__main__":
    sys.exit(main())
