"""`log-processor train`: seed models from a passed build, without queue and store."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from anomaly_filter import SegmentBuilder, lines, model_name
from log_processor.commands.common import config_of, put, say
from log_processor.commands.logs import NamedLog, build_fields, build_start, named_logs
from log_processor.errors import ConfigError, JobError
from log_processor.exits import Exit
from log_processor.fetch.fetcher import Fetcher
from log_processor.models import open_models
from log_processor.timestamps import now


def run(args: argparse.Namespace) -> Exit:
    """Learn the files."""
    config = config_of(args)
    built_at = build_start(args)
    logs = named_logs(args.logs, None)
    if now() - built_at > timedelta(days=config.models.keep_days):
        sys.stderr.write(
            f"log-processor train: the build is older than {config.models.keep_days} days (models.keep_days): "
            "a model forgets it as soon as it learns a newer one\n"
        )
    # What the command line names is meant, whatever a job may name, and it is there or it is not.
    here = tuple(log.url.partition("?")[0] for log in logs)
    settings = replace(config.fetch, allow=config.fetch.allow + here, late_seconds=0)
    models = open_models(config)
    fields = build_fields(args)
    learnt = failed = 0
    with closing(Fetcher(settings)) as fetcher:
        for log in logs:
            builder = SegmentBuilder(args.build_uuid, log.filename)
            try:
                _learn(builder, log, fetcher)
            except JobError as error:
                failed += 1
                sys.stderr.write(f"log-processor train: {log.filename}: {error}\n")
                continue
            segment = builder.segment()
            name = model_name({**fields, "filename": log.filename})
            try:
                changed = models.learn(name, segment, built_at=built_at, now=now())
            except OSError as error:
                raise ConfigError(
                    f"models.path {models.root} cannot be written: {error.strerror}; name a folder that can"
                ) from error
            learnt += segment.lines > 0
            record = {
                "filename": log.filename,
                "model": str(name),
                "lines": segment.lines,
                "rows": len(segment.rows),
                "lines_left_out": segment.left_out,
                "changed": changed,
            }
            if args.format == "json":
                put(record)
            else:
                say(
                    f"{name}: {segment.lines} lines, {len(segment.rows)} rows{'' if changed else ', the model stays as it was'}"
                )
    return Exit.DONE if learnt and not failed else Exit.NOTHING_READ


def _learn(builder: SegmentBuilder, log: NamedLog, fetcher: Fetcher) -> None:
    with fetcher.open(log.url) as body:
        builder.learn(lines(body))
