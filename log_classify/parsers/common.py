"""Options that several commands have."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anomaly_filter import DEFAULT_THRESHOLD
from log_processor.arguments import add_color, count, distance

if TYPE_CHECKING:
    from log_classify.excerpt import Context

DEFAULT_CONTEXT = 3, 1
"""Lines before and after each shown one."""

REPORTS = "html", "json"
"""Forms of a report; each is an option that names a file."""


def add_threshold(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add --threshold.

    Args:
        parser: takes it.
        more: what the command's help has to say about it.
    """
    parser.add_argument(
        "-t",
        "--threshold",
        type=distance,
        default=DEFAULT_THRESHOLD,
        metavar="D",
        help=f"distance in 0..1 from which on a line is novel; other reasons are not touched{more}; "
        f"default: {DEFAULT_THRESHOLD:g}",
    )


def add_context(parser: argparse.ArgumentParser) -> None:
    """Add -B, -A, -C and -M; `context` reads them."""
    for short, long, default, where in (
        ("-B", "--before-context", DEFAULT_CONTEXT[0], "before"),
        ("-A", "--after-context", DEFAULT_CONTEXT[1], "after"),
    ):
        parser.add_argument(
            short,
            long,
            type=count,
            metavar="N",
            dest=where,
            help=f"lines {where} each shown one; default: {default}",
        )
    parser.add_argument(
        "-C",
        "--context",
        "--context-length",
        type=count,
        metavar="N",
        help="both, where -B or -A does not say otherwise",
    )
    parser.add_argument(
        "-M",
        "--merge-distance",
        type=count,
        default=0,
        metavar="N",
        dest="merge",
        help="show all lines between two shown ones that are N apart or less; default: 0",
    )


def context(args: argparse.Namespace) -> Context:
    """Return how many lines a command line wants around each shown one."""
    from log_classify.excerpt import Context  # noqa: PLC0415 - what parsers import, every command waits for

    before, after = DEFAULT_CONTEXT if args.context is None else (args.context, args.context)
    return Context(
        before if args.before is None else args.before,
        after if args.after is None else args.after,
        args.merge,
    )


def add_selection(parser: argparse.ArgumentParser, *, lines: bool = True) -> None:
    """Add what says which files and lines are read: -x, -X, --include-path, -f and --config.

    Args:
        parser: takes them.
        lines: whether the command reads lines, so that -f says something.
    """
    group = parser.add_argument_group("what is read; regular expressions, each option any number of times")
    for short, long, metavar, text in (
        ("-x", "--exclude-file", "NAME", "leave out files whose name begins with a match"),
        ("-X", "--exclude-path", "PATH", "leave out files with a match in their path"),
        (None, "--include-path", "PATH", "read nothing but files with a match in their path"),
        ("-f", "--exclude-line", "LINE", "ignore lines with a match, when learning and when judging"),
    ):
        if short == "-f" and not lines:
            continue
        names = (short, long) if short else (long,)
        group.add_argument(*names, action="append", type=expression, default=[], metavar=metavar, help=text)
    group.add_argument("--config", metavar="FILE", help="YAML with the same and more, for each job; see docs")


def add_output(parser: argparse.ArgumentParser, *, more: str = "") -> None:
    """Add what says where the result goes: --html, --json, --report, --color, --fail-on-anomaly.

    Args:
        parser: takes them.
        more: what the command's help has to say about the reports.
    """
    for option, text in (("--html", "to look at, one file"), ("--json", "for programs")):
        parser.add_argument(option, action=_Output, metavar="FILE", help=f"write a report {text}{more}")
    parser.add_argument(
        "--report",
        metavar="FILE",
        help="--json or --html, as the name ends",
        action=_Output,
        default=argparse.SUPPRESS,
    )
    add_color(parser)
    parser.add_argument(
        "--fail-on-anomaly",
        action="store_true",
        help="exit with 1 when a line is shown or something is found",
    )


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Add all that a command takes which judges the logs of a build and shows what it finds."""
    add_threshold(parser)
    add_context(parser)
    add_selection(parser)
    add_format(parser)
    add_output(parser)


def add_format(parser: argparse._ActionsContainer) -> None:
    """Add --format."""
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="default: table")


def expression(text: str) -> str:
    """Read a regular expression."""
    if not text:
        raise argparse.ArgumentTypeError("expected a regular expression, got '', which fits everything")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from None
    return text


class _Output(argparse.Action):
    """Says where a form of a report goes; for --report, the form that fits the file's name."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        """Set that option."""
        form = self.dest if self.dest in REPORTS else str(values).rpartition(".")[2]
        if form not in REPORTS:
            parser.error(
                f"argument {option_string}: expected a name that ends in .html or .json, got {values!r}"
            )
        given = getattr(namespace, form, None)
        if given not in (None, values):
            parser.error(f"argument {option_string}: {values}: the {form} report goes to {given} already")
        setattr(namespace, form, values)
