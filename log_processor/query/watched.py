"""`anomaly-query --watch`: what is printed while a build's files arrive."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace

from log_processor.arguments import colour
from log_processor.config.sections import Config
from log_processor.document import FileDocument
from log_processor.errors import Outcome
from log_processor.exits import Exit
from log_processor.query.builds import Build
from log_processor.query.links import linked
from log_processor.query.phrases import what_is_missing
from log_processor.query.question import Question, answer
from log_processor.query.rows import build_row, finding_rows, line_rows
from log_processor.query.run import ended, warn
from log_processor.query.table import Table
from log_processor.query.watch import Watch
from log_processor.stores.contract import Reader
from log_processor.stores.opening import open_reader


def run_watch(
    args: argparse.Namespace, config: Config, question: Question, sleep: Callable[[float], None]
) -> Exit:
    """Print each file's far lines when it is there, then what the build is; return how it ends."""
    far = 0

    def show(reader: Reader, build: Build, document: FileDocument) -> None:
        nonlocal far
        if question.asks_for(document):
            # Whole or not at all: the store may go away in the middle.
            text = io.StringIO()
            found = _write(args, reader, replace(build, files=(document,)), question, text)
            sys.stdout.write(text.getvalue())
            sys.stdout.flush()
            far += found
        if sys.stderr.isatty():
            warn(f"{len(build.files)} of {build.expected_files or '?'} files")

    watch = Watch(args.build_uuid, lambda: open_reader(config.store), show, warn, sleep)
    try:
        build = watch.follow()
    except KeyboardInterrupt:
        warn(f"build {args.build_uuid}: {_missing(watch.build)}")
        raise
    build = linked(config.kibana, build)
    if args.format == "jsonl":
        sys.stdout.write(json.dumps(build_row(build), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n")
        Table(sys.stdout, colour=colour(args)).summary(build)
    return ended(args, [document for document in build.files if question.asks_for(document)], far)


def _write(
    args: argparse.Namespace, reader: Reader, build: Build, question: Question, out: io.StringIO
) -> int:
    parts = answer(reader, build, question, warn)
    if args.format == "table":
        table = Table(out, colour=colour(args))
        return sum(map(table.file, parts))
    rows = [*finding_rows(build, question)]
    findings = len(rows)
    rows += (
        row
        for part in parts
        for block in part.blocks
        for row in line_rows(part.document, block, part.elsewhere)
    )
    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return len(rows) - findings


def _missing(build: Build | None) -> str:
    if build is None:
        return "no file of it has arrived"
    running = [d.file.filename for d in build.files if d.outcome is Outcome.RUNNING]
    reading = f" ({', '.join(running)})" if running else ""
    return f"{len(build.files)} of {build.expected_files or '?'} files have arrived; {what_is_missing(build)}{reading}"
