"""Options that several commands have."""

from __future__ import annotations

import argparse

from anomaly_filter import DEFAULT_THRESHOLD
from log_processor.arguments import distance

DEFAULT_CONTEXT = 3, 1
"""Lines before and after each shown one."""


def add_threshold(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add --threshold.

    Args:
        parser: takes it.
        more: what the command's help has to say about it.
    """
    parser.add_argument(
        "--threshold",
        type=distance,
        default=DEFAULT_THRESHOLD,
        metavar="D",
        help=f"distance in 0..1 from which on a line is novel; other reasons are not touched{more}; "
        f"default: {DEFAULT_THRESHOLD:g}",
    )
