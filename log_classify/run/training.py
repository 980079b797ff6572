"""Learning the logs of passing builds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

from log_classify.report.model import Work
from log_classify.run import worker
from log_classify.run.models import Models
from log_classify.run.settings import Settings
from log_classify.run.worker import Fields, Place
from log_classify.run.workers import Workers
from log_classify.trees.tree import Tree


@dataclass(frozen=True)
class Trained:
    """What became of learning a build.

    Attributes:
        work: what was read.
        files: files that have a line to compare with.
        remarks: what went wrong, one sentence each.
    """

    work: Work
    files: int
    remarks: tuple[str, ...]


def train(  # noqa: PLR0913 - those named by keyword are independent
    models: Models,
    tree: Tree,
    build: str,
    *,
    workers: Workers,
    settings: Settings,
    built_at: datetime,
    now: datetime,
    fields: Fields | None = None,
) -> Trained:
    """Learn all files of a passing build.

    Args:
        models: where models are kept.
        tree: the build's logs.
        build: its unique id.
        workers: do it.
        settings: which lines are ignored.
        built_at: aware; when the build ran.
        now: aware.
        fields: of the job, by which models are named.
    """
    begun = monotonic()
    place = Place(models, tuple(sorted((fields or {}).items())), build)
    work = partial(worker.learn, place=place, settings=settings, built_at=built_at, now=now)
    lines = size = files = 0
    remarks: list[str] = []
    for taught in workers.map(work, tree.files, f"learning {tree.name}"):
        lines += taught.lines
        size += taught.bytes
        files += taught.learnt
        remarks += taught.remarks
    return Trained(Work(lines, size, monotonic() - begun), files, tuple(remarks))


def build_of(tree: Tree) -> str:
    """Return an id of a build that has none: its name, and what tells it from another that lies in the same place."""
    content = "".join(f"{file.path}\n{file.file.stat().st_size}\n" for file in tree.files)
    return f"{tree.name}#{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:8]}"
