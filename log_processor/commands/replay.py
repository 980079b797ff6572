"""`log-processor replay`: submit the jobs of dead letters again."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from log_processor.commands.common import Subparsers, add_config, add_gearman, config_of, put
from log_processor.dead_letters import DeadLetters
from log_processor.errors import Outcome
from log_processor.exits import Exit
from log_processor.job import unique_of
from log_processor.source import GearmanSubmitter
from log_processor.worker import now

_EXAMPLES = """\
examples:
  log-processor replay --dry-run                  what is in the dead letters of this host, and why
  log-processor replay --outcome not_found        submit those again whose log was not there
  log-processor replay                            submit all of them again

A letter is removed once the gearman server has the job; a job that fails again writes it anew.
"""


def add(subparsers: Subparsers) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "replay",
        help="submit the jobs of dead letters again",
        description="Submit the jobs of this host's dead letters again, oldest first.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="only print them")
    parser.add_argument(
        "--outcome",
        choices=[outcome.value for outcome in Outcome if outcome not in (Outcome.RUNNING, Outcome.SKIPPED)],
        metavar="NAME",
        help="only those that ended so: %(choices)s; indexed: lines of it were refused by the store",
    )
    add_gearman(parser)
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    """Print or submit the letters."""
    config = config_of(args)
    spool = DeadLetters(config.dead_letters.path, now)
    letters = [letter for letter in spool if args.outcome in (None, letter.outcome.value)]
    if not letters:
        sys.stderr.write(f"log-processor replay: no such dead letter in {spool.root}\n")
    with closing(
        GearmanSubmitter(config.gearman.host, config.gearman.port, config.gearman.function)
    ) as submitter:
        for letter in letters:
            if not args.dry_run:
                submitter.submit(letter.payload, unique_of(letter.payload))
                spool.remove(letter)
            put(
                {
                    "letter": letter.path.name,
                    "at": letter.at.isoformat(),
                    "outcome": letter.outcome.value,
                    "reason": letter.reason,
                    "rejected": letter.rejected,
                    "submitted": not args.dry_run,
                }
            )
    return Exit.DONE
