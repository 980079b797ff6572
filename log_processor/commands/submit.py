"""`log-processor submit`: one gearman job for each file of a build."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing

from log_processor.commands.common import Subparsers, add_config, add_gearman, config_of, put
from log_processor.commands.logs import NamedLog, add_build, build_fields, build_start, named_logs
from log_processor.config import Config
from log_processor.exits import Exit
from log_processor.job import Job, encode, job_unique
from log_processor.source import GearmanSubmitter
from log_processor.timestamps import iso_text

_EXAMPLES = """\
examples:
  log-processor submit logs/ --log-url https://logs.example.org/4f440b7e/ --build-uuid 4f440b7e8c4b493c81ddf709d8a54076
      --build-name unit-tests --build-status FAILURE --project acme/shop --branch main
  log-processor submit https://logs.example.org/4f440b7e/job-output.txt --build-uuid 4f440b7e8c4b493c81ddf709d8a54076

Prints one JSON object for each job. Submitting the same file again is harmless.
"""


def add(subparsers: Subparsers) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "submit",
        help="hand the log files of a build to the workers",
        description="Submit one push-log job for each log file of a build.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_build(parser)
    parser.add_argument("--build-status", metavar="S", help="SUCCESS or FAILURE; workers learn from SUCCESS")
    parser.add_argument(
        "--log-url", metavar="URL", help="where the log server has PATH; without it workers read file:// URLs"
    )
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", dest="tags", help="may be repeated"
    )
    add_gearman(parser)
    add_config(parser)
    parser.set_defaults(run=run)


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
