"""`log-classify download-logs`: the logs of a build, from a web server into a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

from anomaly_filter.atomic import PART_SUFFIX
from log_classify.progress import Progress
from log_classify.run.config import read_config
from log_classify.style import counted
from log_classify.trees.crawl import files_at
from log_classify.trees.fetching import fetched
from log_classify.trees.harvest import Harvest
from log_classify.trees.listing import Entry
from log_classify.trees.member import safe_path
from log_classify.trees.scratch import ended_by_term
from log_classify.trees.stored import as_named
from log_classify.trees.web import Web
from log_processor.errors import ConfigError, JobError, Outcome
from log_processor.exits import Exit
from log_processor.fetch.allow import parse
from log_processor.fetch.fetcher import Sent
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Download what is not there yet."""
    harvest = Harvest(args.url.partition("?")[0], read_config(args).selection)
    progress = Progress(sys.stderr)
    try:
        connected = Web(args.url)
    except JobError as error:
        raise ConfigError(f"URL: {error}") from None
    with closing(connected) as web:
        target = _Target(Path(args.folder or _last_part(args.url)))
        files = files_at(args.url, web, harvest).files
        missing = [entry for entry in files if not target.has(entry)]
        failed: list[tuple[str, str]] = []
        size = 0
        with target.writing():
            for done, (entry, result) in enumerate(fetched(missing, web, target.write), 1):
                if isinstance(result, str):
                    failed.append((entry.path, result))
                else:
                    size += result
                progress.step("downloading", done, len(missing), size)
    progress.end()
    left_out = harvest.tree(None).left_out
    if args.verbose:
        for each in left_out:
            _say(f"left out: {each.path}: {each.reason}")
    for path, reason in failed:
        sys.stderr.write(f"log-classify download-logs: {visible(f'{path}: {reason}')}\n")
    _say(
        f"{target.folder}: {counted(len(missing) - len(failed), 'file')} downloaded ({size / 1e6:,.1f} MB), "
        f"{len(files) - len(missing):,} were there, {len(left_out):,} left out, {len(failed):,} could not be had"
    )
    if failed:
        return Exit.UNREACHABLE
    return Exit.DONE if files else Exit.NOTHING_READ


class _Target:
    """A folder that gets files, each whole or not at all.

    Attributes:
        folder: where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts: set[Path] = set()

    def has(self, entry: Entry) -> bool:
        """Whether a file is there."""
        try:
            return (self.folder / entry.path).is_file()
        except OSError:  # too long a name; writing it says so
            return False

    def write(self, entry: Entry, sent: Sent) -> int:
        """Write a file; return its size.

        Raises:
            JobError: it is damaged, or cannot be written.
        """
        path = self.folder / entry.path
        part = path.with_name(f".{path.name}{PART_SUFFIX}")
        self._parts.add(part)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                for chunk in as_named(path.name, sent.content_encoding, sent):
                    file.write(chunk)
                size = file.tell()
            part.replace(path)
        except OSError as error:
            raise JobError(f"cannot be written: {error.strerror}", Outcome.FETCH_FAILED) from error
        finally:
            self._remove(part)
        return size

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Leave no part of a file behind, however this ends."""
        try:
            with ended_by_term():
                yield
        finally:
            for part in tuple(self._parts):
                self._remove(part)

    def _remove(self, part: Path) -> None:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        self._parts.discard(part)


def _last_part(url: str) -> str:
    address = parse(url)
    return safe_path(unquote(address.path)).rpartition("/")[2] or address.host


def _say(text: str) -> None:
    sys.stdout.write(f"{visible(text)}\n")
