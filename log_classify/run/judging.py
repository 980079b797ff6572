"""Judging the logs of a build."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from log_classify.report.model import FileReport
from log_classify.run import worker
from log_classify.run.models import Models
from log_classify.run.settings import Settings
from log_classify.run.worker import Fields, Place
from log_classify.run.workers import Workers
from log_classify.trees.tree import Tree


def judged(  # noqa: PLR0913 - those named by keyword are independent
    models: Models,
    tree: Tree,
    *,
    workers: Workers,
    settings: Settings,
    fields: Fields | None = None,
    build: str = "",
) -> Iterator[FileReport]:
    """Judge all files of a build, each by its own model or by that of the first fallback that there is.

    Args:
        models: where models are kept.
        tree: the build's logs.
        workers: do it.
        settings: how.
        fields: of the job, by which models are named.
        build: its unique id; a build is never its own baseline.

    Yields:
        the files' reports in the order of the tree, each as soon as those before it are there.
    """
    place = Place(models, tuple(sorted((fields or {}).items())), build)
    return workers.map(partial(worker.judge, place=place, settings=settings), tree.files, "comparing")
