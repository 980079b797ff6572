"""What options of several programs take, so that each reads them alike.

Modules that say what a command takes import nothing of what the command does: `--help` should not wait for it, nor
should another command. `args.module` names the module whose `run(args)` does it.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

AddParser = Callable[..., argparse.ArgumentParser]
"""`add_parser` of what `add_subparsers()` returns, whose type argparse keeps to itself."""

OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""How many more containers there are than before when Python looks for cycles. With its 700 it would do so several
times for each thousand lines, of which none makes a cycle: a sixth of the time of a job."""


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add --version."""
    parser.add_argument(
        "--version",
        action=_Version,
        nargs=0,
        dest=argparse.SUPPRESS,
        default=argparse.SUPPRESS,
        help="show program's version number and exit",
    )


class _Version(argparse.Action):
    """Looks the version up once it is asked for: that takes as long as all else that a parser needs."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        """Print it and leave."""
        del namespace, values, option_string
        from importlib.metadata import version  # noqa: PLC0415 - see above

        if sys.stdout is not None:  # as it is where it was closed
            sys.stdout.write(f"{parser.prog} {version('log-classify')}\n")
        parser.exit()


def run(args: argparse.Namespace) -> int:
    """Load what the arguments ask for, and do it; return the exit status."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    status: int = import_module(args.module).run(args)
    return status


def add_color(parser: argparse.ArgumentParser) -> None:
    """Add --color."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")


def colour(args: argparse.Namespace) -> bool:
    """Whether standard output is to be coloured."""
    if args.color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return bool(args.color == "always")


def count(text: str) -> int:
    """Read a whole number from 0 on."""
    return _whole(text, 0)


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    return _whole(text, 1)


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text) >= least):
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, got {text!r}")
    return int(text)


def distance(text: str) -> float:
    """Read a distance."""
    try:
        read = float(text)
    except ValueError:
        read = -1.0
    if not 0 <= read <= 1:
        raise argparse.ArgumentTypeError(f"expected a distance in 0..1, got {text!r}")
    return read
