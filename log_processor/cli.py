"""`log-processor`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from log_processor.arguments import add_version, run
from log_processor.commands.arguments import add_verbs
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
    add_version(parser)
    add_verbs(parser.add_subparsers(dest="command", required=True, metavar="VERB").add_parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded(f"log-processor {args.command}", lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
