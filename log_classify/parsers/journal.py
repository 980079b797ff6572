"""`log-classify journal`, `journal-train`, `journal-run`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import add_judging, add_selection
from log_processor.arguments import AddParser

_FILE = """\
--file names what `journalctl -o json` or `journalctl -o export` printed, compressed or not; a file or a folder
of journald's; or - for standard input. Each unit is a log of its own; -x and -X leave units out.
"""
_JOURNAL = f"""\
examples:
  log-classify journal --range day
  log-classify journal --range week -X '^NetworkManager' --html report.html
  ssh host journalctl -o export --since -2d | log-classify journal --file -

{_FILE}Of a file, the last day is that before its newest entry.
"""
_TRAIN = f"""\
examples:
  log-classify journal-train models/ --range week
  log-classify journal-train models/ --file good-boot.export --file another.json.gz

{_FILE}"""
_RUN = f"""\
examples:
  log-classify journal-run models/ --range day
  log-classify journal-run models/ --file bad-boot.export

{_FILE}"""
_RANGES = ("day", "week", "month")


def add(add_parser: AddParser) -> None:
    """Add them."""
    parser = add_parser(
        "journal",
        help="compare a day, week or month of the systemd journal with the one before",
        description="Show what the units of the journal wrote in a day, week or month, and not in the one before.",
        epilog=_JOURNAL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_file(parser)
    _add_range(parser, "day", "how much is judged, and how much before it is learnt; default: day")
    add_judging(parser)
    parser.set_defaults(module="log_classify.journal.command", step="compare")
    parser = add_parser(
        "journal-train",
        help="learn a day, week or month of the systemd journal",
        description="Learn the units of the journal: of the day, week or month before the last one, which is what "
        "`journal-run` judges; or of files, each as a period of its own.",
        epilog=_TRAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="where it is kept: a folder, or a zip file")
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="FILE",
        dest="files",
        help="a journal, learnt whole as one period; any number of times; default: this machine's",
    )
    _add_range(parser, None, "which period of this machine's journal; default: day")
    add_selection(parser)
    parser.set_defaults(module="log_classify.journal.command", step="train")
    parser = add_parser(
        "journal-run",
        help="compare a day, week or month of the systemd journal with what journal-train learnt",
        description="Show what the units of the journal wrote, and not while `journal-train` learnt.",
        epilog=_RUN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="folder or zip file of what was learnt")
    _add_file(parser)
    _add_range(parser, None, "how much of this machine's journal; default: day")
    add_judging(parser)
    parser.set_defaults(module="log_classify.journal.command", step="judge")


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", default="", metavar="FILE", help="a journal; default: this machine's")


def _add_range(parser: argparse.ArgumentParser, default: str | None, text: str) -> None:
    parser.add_argument("--range", choices=_RANGES, default=default, help=text)
