"""`log-classify`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from log_classify.parsers import add_commands
from log_processor.arguments import add_version, run
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
    add_version(parser)
    add_commands(parser.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded(f"log-classify {args.command}", lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
