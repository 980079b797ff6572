"""What several verbs share: the configuration, and JSON or text on standard output."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping

from log_processor.config import Config, load
from log_processor.errors import ConfigError
from log_processor.visible import visible

_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[\w.-]+))(?::(?P<port>[0-9]{1,5}))?")


def config_of(args: argparse.Namespace) -> Config:
    """Read the configuration that the arguments name.

    Raises:
        ConfigError: it is wrong.
    """
    overrides = list(args.overrides)
    if getattr(args, "gearman", None):
        overrides += _address(args.gearman)
    return load(args.config, environ=os.environ, overrides=overrides)


def _address(gearman: str) -> list[str]:
    match = _ADDRESS.fullmatch(gearman)
    if not match:
        raise ConfigError(
            f"--gearman {gearman!r}: expected HOST or HOST:PORT, for example gearman.example.org:4730"
        )
    port = [f"gearman.port={match['port']}"] if match["port"] else []
    return [f'gearman.host="{match["six"] or match["host"]}"', *port]


def put(record: Mapping[str, object]) -> None:
    """Write one JSON object as a line of standard output."""
    sys.stdout.write(json.dumps(record) + "\n")


def say(text: str) -> None:
    """Write a line of standard output, for a person."""
    sys.stdout.write(visible(text) + "\n")


def table(rows: list[tuple[str, ...]]) -> None:
    """Write rows in columns; the first row is the head."""
    shown = [tuple(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
