"""Showing what was found: on the terminal as it comes, in reports once it is all there."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

from log_classify.parsers.common import context
from log_classify.report.model import FileReport, Report, Work
from log_classify.run.head import Head
from log_classify.run.listing import Listing
from log_classify.run.pace import clear
from log_classify.run.rows import rows
from log_classify.run.summary import Summary, figures
from log_classify.style import Style
from log_processor.arguments import colour
from log_processor.exits import Exit
from log_processor.timestamps import iso_text, now
from log_processor.visible import visible


def present(head: Head, files: Iterator[FileReport], args: argparse.Namespace) -> Exit:
    """Show a report as the command line wants it, and return how the command ends.

    Args:
        head: what is known already.
        files: the target's files; each is shown when it comes.
        args: has the options of `parsers.common.add_output` and `add_format`.

    Raises:
        ConfigError: a report cannot be written.
    """
    style = Style(colour=colour(args))
    around = context(args)
    listing = Listing(sys.stdout, style, around, compares=head.threshold is not None)
    summary = Summary(head)
    kept: list[FileReport] = []
    begun = monotonic()
    for file in files:
        summary.add(file)
        if sys.stdout.isatty():
            clear(sys.stderr)  # it may be the same terminal
        if args.format == "jsonl":
            for row in rows(file, around):
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            listing.file(file)
        sys.stdout.flush()
        if args.html or args.json:
            kept.append(_folded(file))
    testing = Work(summary.lines, summary.bytes, monotonic() - begun)
    if args.format == "table":
        summary.write(sys.stdout, style)
    if args.html or args.json:
        _write(_report(head, tuple(kept), testing), args)
    for line in figures(head.training, testing):
        sys.stderr.write(f"log-classify {args.command}: {visible(line)}\n")
    if problem := summary.problem:
        sys.stderr.write(f"log-classify {args.command}: {visible(head.target)}: {problem}\n")
        return Exit.NOTHING_READ
    return Exit.ANOMALY if args.fail_on_anomaly and summary.anomalies else Exit.DONE


def _folded(file: FileReport) -> FileReport:
    """Leave out lines that another one stands for; only rows have them."""
    return replace(file, entries=tuple(entry for entry in file.entries if entry.group is None))


def _report(head: Head, files: tuple[FileReport, ...], testing: Work) -> Report:
    from importlib.metadata import version  # noqa: PLC0415 - where a report is wanted

    return Report(
        target=head.target,
        url=head.url,
        created=iso_text(now()),
        program=f"log-classify {version('log-classify')}",
        threshold=head.threshold or 0.0,
        baselines=head.baselines,
        training=head.training,
        testing=testing,
        files=files,
        left_out=head.left_out,
        remarks=head.remarks,
    )


def _write(report: Report, args: argparse.Namespace) -> None:
    if args.json:
        from log_classify.report.files import write_json  # noqa: PLC0415 - the same

        write_json(report, Path(args.json))
    if args.html:
        from log_classify.report.page import write_html  # noqa: PLC0415 - the same

        write_html(report, Path(args.html))
