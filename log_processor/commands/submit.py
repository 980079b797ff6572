"""`log-processor submit`: one gearman job for each file of a build."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing

from log_processor.commands.common import config_of, put
from log_processor.commands.logs import NamedLog, build_fields, build_start, named_logs
from log_processor.config import Config
from log_processor.exits import Exit
from log_processor.job import Job, encode, job_unique
from log_processor.source import GearmanSubmitter
from log_processor.timestamps import iso_text


def run(args: argparse.Namespace) -> Exit:
    """Submit the jobs."""
    config = config_of(args)
    logs = named_logs(args.logs, args.log_url)
    fields = {
        "build_start": iso_text(build_start(args)),
        "voting": 1,
        **build_fields(args),
        "build_files": len(logs),
    }
    if args.build_status:
        fields["build_status"] = args.build_status
    for hint in _hints(args, logs, config):
        sys.stderr.write(f"log-processor submit: note: {hint}\n")
    with closing(
        GearmanSubmitter(config.gearman.host, config.gearman.port, config.gearman.function)
    ) as submitter:
        for log in logs:
            base = log.filename.rsplit("/", 1)[-1]
            names = [base, base.removesuffix(".gz")] if base.endswith(".gz") else [base]
            job = Job(
                source_url=log.url,
                fields={**fields, "filename": log.filename, "log_url": log.url},
                tags=tuple(names + args.tags),
            )
            unique = job_unique(args.build_uuid, log.filename)
            handle = submitter.submit(encode(job), unique)
            put({"filename": log.filename, "source_url": log.url, "handle": handle, "unique": unique})
    return Exit.DONE


def _hints(args: argparse.Namespace, logs: list[NamedLog], config: Config) -> Iterator[str]:
    """Give what is allowed and yet seldom meant."""
    if not args.build_status:
        yield "without --build-status nothing is learnt from this build"
    elif (
        args.build_status.upper() in config.learn.statuses and args.build_status not in config.learn.statuses
    ):
        yield f"workers learn from {' and '.join(config.learn.statuses)}, not from {args.build_status}"
    if any(log.url.startswith("file:") for log in logs):
        yield "without --log-url workers read file:// URLs, where their fetch.allow names the folder"
