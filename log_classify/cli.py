"""`log-classify`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from log_classify import diff, explain
from log_classify.evaluate import command as evaluate
from log_processor.exits import guarded

_EPILOG = """\
examples:
  log-classify diff passed.log failed.log
  log-classify explain 'make: *** [all] Error 2' --baseline passed.log

exit status: 0 done, far lines or not · 1 far lines or findings and --fail-on-anomaly · 2 usage · 5 nothing read, or
no baseline · 130 interrupted

`log-classify COMMAND --help` shows a command's options, with examples.
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="log-classify",
        description="Shows the lines of a log that no passing build printed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('log-classify')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (diff, explain, evaluate):
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded(f"log-classify {args.command}", lambda: args.run(args))


if __name__ == "__main__":
    sys.exit(main())
