"""`log-classify explain`."""

from __future__ import annotations

import argparse
from pathlib import Path

from log_classify.parsers.common import add_threshold
from log_processor.arguments import AddParser, add_color

_EXAMPLES = """\
examples:
  log-classify explain 'make: *** [all] Error 2' --baseline passed-1.log passed-2.log
  log-classify diff passed.log failed.log --explain 4071       a line where it stands

LINE is judged alone: what stands around a line in its log has a say, too, in whether it is shown.
"""


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "explain",
        help="say how a line is judged",
        description="Say what a line is compared by, which baseline line is nearest, and why it is shown or not.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("line", metavar="LINE", help="the line's text, quoted")
    parser.add_argument(
        "--baseline",
        nargs="+",
        action="extend",
        required=True,
        type=Path,
        metavar="FILE",
        dest="baselines",
        help="log of a passing build; may be compressed; one build a file",
    )
    add_threshold(parser)
    add_color(parser)
    parser.set_defaults(module="log_classify.explain")
