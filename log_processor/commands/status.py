"""`log-processor status`: the queue, the workers, the dead letters, the models."""

from __future__ import annotations

import argparse

from log_processor.commands.common import config_of, put, say
from log_processor.dead_letters import DeadLetters
from log_processor.exits import Exit
from log_processor.models import open_models
from log_processor.queue_status import function_status
from log_processor.timestamps import now


def run(args: argparse.Namespace) -> Exit:
    """Print the status."""
    config = config_of(args)
    function = config.gearman.function
    queue = function_status(config.gearman.host, config.gearman.port, function)
    models = dict(open_models(config).models())
    record = {
        "function": function,
        "waiting": queue.waiting if queue else 0,
        "running": queue.running if queue else 0,
        "workers": queue.workers if queue else 0,
        "dead_letters": len(DeadLetters(config.dead_letters.path, now)),
        "models": len(models),
        "newest_model_build": max(
            (f.built_at.isoformat() for files in models.values() for f in files), default=None
        ),
    }
    if args.format == "json":
        put(record)
    else:
        say(
            f"{function}: {record['waiting']} waiting, {record['running']} running, {record['workers']} workers"
        )
        say(f"dead letters in {config.dead_letters.path}: {record['dead_letters']}")
        say(
            f"models in {config.models.path}: {len(models)}, newest build {record['newest_model_build'] or '-'}"
        )
    return Exit.DONE
