"""The log files of one build, as the command line names them: paths, folders, URLs, and the build's fields."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from log_processor.errors import ConfigError, LogProcessorError
from log_processor.timestamps import instant, now


@dataclass(frozen=True)
class NamedLog:
    """A log file that the command line names.

    Attributes:
        filename: its path within the build's logs.
        url: where a worker finds it.
        path: where it is on this machine; None for a URL.
    """

    filename: str
    url: str
    path: Path | None


def build_start(args: argparse.Namespace) -> datetime:
    """Return when the build began; aware UTC.

    Raises:
        ConfigError: --build-start is no time.
    """
    if args.build_start is None:
        return now()
    start = instant(args.build_start)
    if start is None:
        raise ConfigError(
            f"--build-start {args.build_start!r}: expected ISO 8601, for example 2026-01-31T12:00:00Z"
        )
    return start


def build_fields(args: argparse.Namespace) -> dict[str, object]:
    """Return the build's fields under their legacy names.

    Raises:
        ConfigError: a --field is not K=V.
    """
    fields: dict[str, object] = {
        "build_uuid": args.build_uuid,
        "build_short_uuid": args.build_uuid[:7],
        "build_name": args.build_name,
        "project": args.project,
        "build_branch": args.branch,
    }
    for given in args.fields:
        key, equals, value = given.partition("=")
        if not key or not equals:
            raise ConfigError(f"--field {given!r}: expected K=V, for example --field build_queue=gate")
        fields[key] = value
    return {key: value for key, value in fields.items() if value is not None}


def named_logs(names: list[str], log_url: str | None) -> list[NamedLog]:
    """Return the files that paths and URLs name, in a folder all of them, by name.

    Args:
        names: paths and URLs.
        log_url: where the log server has what is under a folder, or beside a file; None: workers read `file://`.

    Raises:
        ConfigError: a path is not there, or two files have the same name.
        LogProcessorError: there is no file.
    """
    logs = [log for name in names for log in _named(name, log_url)]
    if not logs:
        raise LogProcessorError(f"nothing to read: there is no file in {', '.join(names)}")
    filenames = [log.filename for log in logs]
    twice = sorted({name for name in filenames if filenames.count(name) > 1})
    if twice:
        raise ConfigError(
            f"{twice[0]} is named twice: a file's name is its path within the build's logs; name their common folder"
        )
    return logs


def _named(name: str, log_url: str | None) -> Iterator[NamedLog]:
    if "://" in name:
        yield _named_url(name, log_url)
        return
    root = Path(name)
    if not root.exists():
        raise ConfigError(f"{name}: there is no such file or folder")
    if root.is_dir():
        paths = {
            path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()
        }
    else:
        paths = {root.name: root}
    for filename, path in paths.items():
        if not _is_utf8(filename):
            raise ConfigError(
                f"{str(path)!r}: the name is not UTF-8, so no job can carry it; rename the file"
            )
        url = f"{log_url.rstrip('/')}/{quote(filename)}" if log_url else path.absolute().as_uri()
        yield NamedLog(filename, url, path)


def _named_url(url: str, log_url: str | None) -> NamedLog:
    """Return a file that is at a URL: its name is the path below the log server's, else the last part."""
    path = urlsplit(url).path
    root = log_url.rstrip("/") + "/" if log_url else ""
    if root and url.startswith(root):
        filename = path.removeprefix(urlsplit(root).path).lstrip("/")
    else:
        filename = path.rsplit("/", 1)[-1]
    if not filename or filename.endswith("/"):
        raise ConfigError(f"{url}: expected the URL of a file, got that of a folder")
    return NamedLog(unquote(filename), url, None)


def _is_utf8(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)
