"""Reports as files: written whole or not at all, read without trust."""

from __future__ import annotations

import json
import os
from pathlib import Path

from anomaly_filter import atomic
from log_classify.report.model import VERSION, Report
from log_classify.report.shape import Misfit, shaped
from log_processor.errors import ConfigError

LARGEST = 1 << 30
"""Bytes of a report; reading it takes several times as much memory. A page of ten thousand lines comes of 12 million."""


def write_json(report: Report, path: Path) -> None:
    """Write a report as JSON, in the shape of docs/report.schema.json.

    Raises:
        ConfigError: the file cannot be written; one that was there is as it was.
    """
    fields = {"version": report.version, **vars(report)}  # first, for whoever looks at the beginning
    text = json.dumps(fields, default=vars, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_text(f"{text}\n", path)


def read_json(path: Path) -> Report:
    """Read a report that `write_json` wrote, or that somebody says it did.

    Raises:
        ConfigError: the file cannot be read, or is no report of a version that is known here.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path}: is larger than {LARGEST:,} bytes, the most that a report may have")
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        found = json.loads(content)
    except RecursionError:
        raise ConfigError(f"{path}: is no report of log-classify: lists within lists without end") from None
    except ValueError as error:  # no JSON, no UTF-8, a number of thousands of digits
        raise ConfigError(f"{path}: is no report of log-classify: it is no JSON: {error}") from error
    try:
        return _report(found)
    except Misfit as misfit:
        raise ConfigError(
            f"{path}: is no report of log-classify: {misfit}; `--json` of log-classify's commands writes one"
        ) from misfit


def write_text(text: str, path: Path) -> None:
    r"""Write a file in UTF-8, whole or not at all; a pipe or a device is written into.

    A lone half of a surrogate pair, which names of files may hold, is written as JSON writes it: `\udc80`.

    Raises:
        ConfigError: it cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and (not path.is_file() or path.is_relative_to("/dev")):
            path.write_bytes(data)
        else:
            atomic.write(Path(os.path.realpath(path)), data, lasting=False)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _report(found: object) -> Report:
    if type(found) is not dict:
        raise Misfit("it holds no object")
    version = found.get("version")
    if type(version) is not int:
        raise Misfit("it has no 'version'")
    if version != VERSION:
        raise Misfit(f"it is of version {version}, and this log-classify reads version {VERSION}")
    report: Report = shaped(Report, found)
    return report
