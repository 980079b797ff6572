"""`log-processor replay`: submit the jobs of dead letters again."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from log_processor.commands.common import config_of, put
from log_processor.dead_letters import DeadLetters
from log_processor.exits import Exit
from log_processor.job import unique_of
from log_processor.source import GearmanSubmitter
from log_processor.timestamps import now


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
