"""`log-classify report`: a report that is there as JSON, in other forms."""

from __future__ import annotations

import argparse
import sys

from log_classify.report.annotations import warnings
from log_classify.report.files import read_json
from log_classify.report.markdown import markdown
from log_classify.report.page import write_html
from log_processor.errors import ConfigError
from log_processor.exits import Exit


def run(args: argparse.Namespace) -> Exit:
    """Write the forms that are asked for."""
    if not (args.html or args.format):
        raise ConfigError("no form is asked for: --html FILE writes a page, --format markdown a summary")
    report = read_json(args.report)
    if args.html:
        write_html(report, args.html)
    if args.format == "markdown":
        sys.stdout.write(markdown(report))
    elif args.format == "annotations":
        sys.stdout.writelines(f"{warning}\n" for warning in warnings(report))
    return Exit.DONE
