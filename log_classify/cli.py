"""`log-classify`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from log_classify.outputs import check_outputs
from log_classify.parsers import add_commands
from log_processor.arguments import add_version, run
from log_processor.exits import guarded

_EPILOG = """\
examples:
  log-classify diff passed.log failed.log
  log-classify dir passed/ failed/ --html report.html
  log-classify explain 'make: *** [all] Error 2' --baseline passed.log

exit status: 0 done, far lines or not · 1 far lines or findings and --fail-on-anomaly · 2 usage · 3 a server
cannot be reached · 5 nothing read, or no baseline · 130 interrupted

`log-classify COMMAND --help` shows a command's options, with examples.
"""


class _CommandParser(argparse.ArgumentParser):
    """Says itself what it does not know, with the usage of the command rather than of the program."""

    def parse_known_args(  # type: ignore[override] # the overloads are of namespaces of other types
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Read arguments; none that is unknown is given back."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="log-classify",
        description="Shows the lines of a log that no passing build printed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_version(parser)
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser
    )
    add_commands(commands.add_parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded(f"log-classify {args.command}", lambda: _run(args), outlives_output=True)


def _run(args: argparse.Namespace) -> int:
    check_outputs(args)
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
