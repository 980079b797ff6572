"""`log-classify errors`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import add_context, add_format, add_output, add_selection
from log_classify.parsers.folders import INPUTS
from log_processor.arguments import AddParser

_EXAMPLES = """\
examples:
  log-classify errors failed.log
  log-classify errors failed/ --html errors.html
  kubectl logs my-job | log-classify errors -

Lines that say the same are shown once. A traceback of Python, Java, Node.js, Go or Rust is one line, the one that says
what happened. Where logs of a passing build are at hand, `dir` and `diff` show less, and more of what matters.
"""


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "errors",
        help="show lines that speak of errors, and tracebacks; needs no passing build",
        description="Show the lines that speak of errors, with nothing to compare them with.",
        epilog=f"{INPUTS}\n{_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", metavar="TARGET", help="logs of a build")
    add_context(parser)
    add_selection(parser)
    add_format(parser)
    add_output(parser)
    parser.set_defaults(module="log_classify.run.errors_command", threshold=0.0)
