"""What options of several programs take, so that each reads them alike."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from anomaly_filter import DEFAULT_THRESHOLD

Subparsers = Any  # argparse names the type of add_subparsers() privately


def add_threshold(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add --threshold; `more` is added to its help."""
    parser.add_argument(
        "--threshold",
        type=distance,
        default=DEFAULT_THRESHOLD,
        metavar="D",
        help=f"distance in 0..1 from which on a line is novel; other reasons are not touched{more}; "
        f"default: {DEFAULT_THRESHOLD:g}",
    )


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
