"""`log-processor check-config`: is the configuration right, and what does it say in the end."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from log_processor.commands.common import config_of, say
from log_processor.config import Config, keys
from log_processor.exits import Exit
from log_processor.worker import check


def run(args: argparse.Namespace) -> Exit:
    """Check and print."""
    config = config_of(args)
    check(config)
    shown = _in_force(config)
    if args.format == "json":
        say(json.dumps({"config": shown, "notices": config.notices}))
        return Exit.DONE
    for notice in config.notices:
        say(f"# note: {notice}")
    for section, values in shown.items():
        say(f"{section}:")
        for key, value in values.items():
            say(f"  {key}: {json.dumps(value)}")
    return Exit.DONE


def _in_force(config: Config) -> dict[str, dict[str, object]]:
    shown: dict[str, dict[str, object]] = {}
    for path, key in keys().items():
        if key.secret_in_file:
            continue  # what the file holds is the value of the secret's own key
        section, _, name = path.partition(".")
        value = getattr(getattr(config, section), name)
        if key.secret and value is not None:
            value = "***"
        if isinstance(value, Path):
            value = str(value)
        shown.setdefault(section, {})[name] = value
    return shown
