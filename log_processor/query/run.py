"""`anomaly-query`: the work."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial

from log_processor.arguments import colour
from log_processor.config import load
from log_processor.config.sections import Config
from log_processor.document import FileDocument, Status
from log_processor.errors import LogProcessorError, Outcome, StoreUnavailable
from log_processor.exits import Exit
from log_processor.query import markdown
from log_processor.query.brief import DEFAULT_BYTES, DEFAULT_CONTEXT, write_brief
from log_processor.query.builds import Build, evidence
from log_processor.query.links import linked
from log_processor.query.question import Question, answer
from log_processor.query.rows import WRITERS, Writer, build_row, write_rows, write_similar
from log_processor.query.similar import similar
from log_processor.query.table import Table
from log_processor.stores.contract import Reader, Wanted
from log_processor.stores.opening import open_reader
from log_processor.visible import counted, visible


def run(args: argparse.Namespace) -> Exit:
    """Ask the store, and print the answer."""
    overrides = [f"store.url={json.dumps(args.store, ensure_ascii=False)}"] if args.store else []
    config = load(args.config, environ=os.environ, overrides=overrides)
    if args.watch:
        from log_processor.query.watched import run_watch  # noqa: PLC0415 - few runs need it

        return run_watch(args, config, question(args), time.sleep)
    with closing(open_reader(config.store)) as reader:
        if args.similar is not None:
            return _similar(args, reader)
        if args.build_uuid is None:
            return _list(args, config, reader)
        return _build(args, config, reader)


def question(args: argparse.Namespace) -> Question:
    """Return what the arguments ask of a build."""
    context = args.context
    if context is None:
        context = DEFAULT_CONTEXT if args.format == "brief" else 0
    folded = args.format in ("table", "markdown", "brief")
    return Question(
        args.threshold, context, args.file, args.top, folded=folded, elsewhere=args.format != "csv"
    )


def warn(text: str) -> None:
    """Tell a person what the answer lacks."""
    sys.stderr.write(f"anomaly-query: {visible(text)}\n")


def ended(args: argparse.Namespace, asked: list[FileDocument], far: int) -> Exit:
    """Return how an answer about these files of a build ends, which had so many far lines."""
    if not any(d.lines_read and d.file.scoring.status is not Status.NO_MODEL for d in asked):
        return Exit.NOTHING_READ
    anomalous = far or any(map(evidence, asked))
    return Exit.ANOMALY if anomalous and args.fail_on_anomaly else Exit.DONE


def _wanted(args: argparse.Namespace) -> Wanted:
    since = args.since
    if isinstance(since, timedelta):
        since = datetime.now(timezone.utc) - since
    return Wanted(args.job, args.project, args.status, since, besides=args.build_uuid)


def _list(args: argparse.Namespace, config: Config, reader: Reader) -> Exit:
    wanted = _wanted(args)
    found = reader.builds(args.worst or args.limit, wanted, worst=args.worst is not None)
    builds = [linked(config.kibana, Build.of(files)) for files in found]
    if args.worst is None:
        # A build without any baseline is last: what its words of failure are worth, nobody can say.
        builds.sort(
            key=lambda build: (build.max_distance is not None, build.shown_lines, build.max_distance or 0.0),
            reverse=True,
        )
    if args.format == "markdown":
        markdown.write_builds(builds, sys.stdout)
    elif args.format != "table":
        write_rows(map(build_row, builds), args.format, sys.stdout)
    elif builds:
        Table(sys.stdout, colour=colour(args)).builds(builds)
    else:
        narrowed = wanted != Wanted() or args.worst is not None
        sys.stdout.write(f"the store has no {'such build' if narrowed else 'build yet'}\n")
    anomalous = any(build.far_lines or any(map(evidence, build.files)) for build in builds)
    return Exit.ANOMALY if anomalous and args.fail_on_anomaly else Exit.DONE


def _similar(args: argparse.Namespace, reader: Reader) -> Exit:
    found = similar(reader, args.similar, args.limit, _wanted(args))
    if args.format not in ("table", "markdown"):
        write_similar(found, args.format, sys.stdout)
    elif not found.occurrences:
        sys.stdout.write("no such build has a far line like this one\n")
    elif args.format == "markdown":
        markdown.write_similar(found, sys.stdout)
    else:
        Table(sys.stdout, colour=colour(args)).similar(found)
    return Exit.ANOMALY if found.occurrences and args.fail_on_anomaly else Exit.DONE


def _build(args: argparse.Namespace, config: Config, reader: Reader) -> Exit:
    files = reader.files(args.build_uuid)
    if not files:
        sys.stderr.write(
            f"anomaly-query: no build {args.build_uuid} in the store: check the id, or wait until a worker has it "
            "(`log-processor status` shows the queue, --watch waits)\n"
        )
        return Exit.NO_SUCH_BUILD
    build = linked(config.kibana, Build.of(files))
    asks = question(args)
    asked = [document for document in build.files if asks.asks_for(document)]
    if not asked:
        names = ", ".join(document.file.filename for document in build.files)
        raise LogProcessorError(f"--file {args.file!r} matches no file of the build; it has {names}")
    if args.known is not None or args.suggest is not None:
        from log_processor.query.known_answer import answer_known  # noqa: PLC0415 - few runs need it

        far, whole = answer_known(args, config.store, reader, build, asked)
        return ended(args, asked, far) if whole else Exit.USAGE
    try:
        far = _writer(args)(build, answer(reader, build, asks, warn), asks, sys.stdout)
    except StoreUnavailable as error:
        raise StoreUnavailable(f"the answer is not whole, ask again: {error}") from error
    if asks.threshold is None and asks.top is None:
        _tell_of_missing(asks, asked, far)
    return ended(args, asked, far)


def _tell_of_missing(asks: Question, asked: list[FileDocument], far: int) -> None:
    """Say so where fewer far lines were found than the files had: lines may be deleted before their file document is."""
    whole = [document for document in asked if document.outcome is not Outcome.RUNNING]
    had = sum(document.lines_shown if asks.folded else document.lines_far for document in whole)
    # Lines that the store refused are counted, and cannot be found.
    if far < had - sum(document.lines_rejected for document in whole):
        warn(
            f"{far:,} of {counted(had, 'far line')} can be found: the others were deleted, or were stored a moment ago "
            "and cannot be searched yet"
        )


def _writer(args: argparse.Namespace) -> Writer:
    if args.format == "table":
        return lambda build, found, asks, out: Table(out, colour=colour(args)).write(build, found, asks)
    if args.format == "brief":
        return partial(write_brief, most=args.bytes or DEFAULT_BYTES)
    return markdown.write_markdown if args.format == "markdown" else WRITERS[args.format]
