"""`anomaly-query`: the work."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing

from log_processor.arguments import colour
from log_processor.config import load
from log_processor.document import Status
from log_processor.errors import LogProcessorError
from log_processor.exits import Exit
from log_processor.query.builds import Build, evidence
from log_processor.query.question import Question, answer
from log_processor.query.rows import WRITERS, build_row, write_rows
from log_processor.query.table import Table
from log_processor.stores.contract import Reader
from log_processor.stores.opening import open_reader


def run(args: argparse.Namespace) -> Exit:
    """Ask the store, and print the answer."""
    overrides = [f"store.url={json.dumps(args.store, ensure_ascii=False)}"] if args.store else []
    config = load(args.config, environ=os.environ, overrides=overrides)
    with closing(open_reader(config.store)) as reader:
        if args.build_uuid is None:
            return _list(args, reader)
        return _build(args, reader)


def _list(args: argparse.Namespace, reader: Reader) -> Exit:
    builds = [Build.of(files) for files in reader.builds(args.limit)]
    # A build without any baseline is last: what its words of failure are worth, nobody can say.
    builds.sort(
        key=lambda build: (build.max_distance is not None, build.shown_lines, build.max_distance or 0.0),
        reverse=True,
    )
    if args.format != "table":
        write_rows(map(build_row, builds), args.format, sys.stdout)
    elif builds:
        Table(sys.stdout, colour=colour(args)).builds(builds)
    else:
        sys.stdout.write("the store has no build yet\n")
    return Exit.DONE


def _build(args: argparse.Namespace, reader: Reader) -> Exit:
    files = reader.files(args.build_uuid)
    if not files:
        sys.stderr.write(
            f"anomaly-query: no build {args.build_uuid} in the store: check the id, or wait until a worker has it "
            "(`log-processor status` shows the queue)\n"
        )
        return Exit.NO_SUCH_BUILD
    build = Build.of(files)
    question = Question(args.threshold, args.context, args.file, args.top, folded=args.format == "table")
    asked = [document for document in build.files if question.asks_for(document)]
    if not asked:
        names = ", ".join(document.file.filename for document in build.files)
        raise LogProcessorError(f"--file {args.file!r} matches no file of the build; it has {names}")
    found = answer(reader, build, question)
    if args.format == "table":
        far = Table(sys.stdout, colour=colour(args)).write(build, found, question)
    else:
        far = WRITERS[args.format](build, found, question, sys.stdout)
    if not any(d.lines_read and d.file.scoring.status is not Status.NO_MODEL for d in asked):
        return Exit.NOTHING_READ
    anomalous = far or any(map(evidence, asked))
    return Exit.ANOMALY if anomalous and args.fail_on_anomaly else Exit.DONE
