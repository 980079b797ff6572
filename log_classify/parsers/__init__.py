"""What the commands of `log-classify` take: a module a family of commands.

Nothing here imports what a command does: `--help` and a mistyped option answer at once.
"""

from __future__ import annotations

from log_classify.parsers import diff, download, errors, evaluate, explain, folders, job, journal, report
from log_processor.arguments import AddParser


def add_commands(add_parser: AddParser) -> None:
    """Add all of them, in the order in which `--help` names them."""
    for family in (diff, folders, job, journal, errors, report, download, explain, evaluate):
        family.add(add_parser)
