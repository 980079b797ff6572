"""Where reports go: into files that can be written, and over nothing that is read."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path

from log_classify.parsers.common import REPORTS
from log_processor.errors import ConfigError

_READ = ("baselines", "target", "model", "config", "report", "reports")  # arguments that name files


def check_outputs(args: argparse.Namespace) -> None:
    """Refuse what could not be written once all the work is done, and what would be written over something else.

    Raises:
        ConfigError: a report has no place, or its place is that of what is read or of another report.
    """
    named = [("what is read", name) for name in _read(args)]
    for form in REPORTS:
        path = getattr(args, form, None)
        if path is None:
            continue
        if why := _unwritable(str(path)):
            raise ConfigError(f"--{form} {path}: cannot be written: {why}")
        for what, other in named:
            if _is_same_file(Path(path), Path(other)):
                raise ConfigError(f"--{form} {path}: would overwrite {what}: {other}")
        named.append((f"--{form}", path))


def _read(args: argparse.Namespace) -> list[str | Path]:
    found: list[str | Path] = []
    for name in _READ:
        value = getattr(args, name, None)
        found += value if isinstance(value, list) else [value] if value else []
    return found


def _unwritable(name: str) -> str | None:
    path = Path(name)
    if not name or name == "-":
        return "reports go to files; name one"
    try:
        if path.is_dir():
            return "it is a folder"
        return None if path.absolute().parent.is_dir() else "there is no such folder"
    except OSError as error:  # the name is too long, or lies where nothing may be looked up
        return error.strerror


def _is_same_file(one: Path, other: Path) -> bool:
    with suppress(OSError):  # as where one of them is not there
        return one.samefile(other) and one.is_file()  # a device loses nothing
    return os.path.realpath(one) == os.path.realpath(other)
