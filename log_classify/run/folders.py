"""`log-classify dir`, and `diff` of folders, archives and URLs: a build against passing builds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from log_classify.comparison import NO_LINE
from log_classify.logs import own_baselines
from log_classify.progress import Progress
from log_classify.report.model import BaselineBuild, Work
from log_classify.run.config import read_config
from log_classify.run.head import Head
from log_classify.run.judging import judged
from log_classify.run.models import models_for_once
from log_classify.run.presenting import present
from log_classify.run.settings import Settings
from log_classify.run.training import train
from log_classify.run.workers import Workers
from log_classify.trees.reader import open_trees
from log_classify.trees.tree import Tree
from log_processor.exits import Exit
from log_processor.timestamps import now


def run(args: argparse.Namespace) -> Exit:
    """Compare."""
    config = read_config(args)
    settings = Settings.of(args, config.ignored)
    names = tuple(dict.fromkeys((*args.baselines, *config.baselines)))
    with ExitStack() as stack:
        progress = Progress(sys.stderr)
        reader = stack.enter_context(open_trees(progress))
        models = stack.enter_context(models_for_once(len(names)))
        workers = stack.enter_context(Workers())
        target = reader.read(args.target, config.selection)
        baselines = _alike([reader.read(name, config.selection) for name in names], target)
        moment = now()
        trained = [
            train(models, tree, tree.name, workers=workers, settings=settings, built_at=moment, now=moment)
            for tree in baselines
        ]
        head = Head(
            target=target.name,
            url=target.url,
            threshold=settings.threshold,
            baselines=tuple(BaselineBuild(tree.name, tree.url) for tree in baselines),
            training=total([each.work for each in trained]),
            left_out=target.left_out,
            remarks=(
                *own_baselines(args.target, names),
                *target.remarks,
                *(
                    f"{tree.name}: {remark}"
                    for tree, each in zip(baselines, trained, strict=True)
                    for remark in (*tree.remarks, *each.remarks, *([] if each.files else [NO_LINE]))
                ),
            ),
        )
        return present(head, judged(models, target, workers=workers, settings=settings), args)


def total(works: Sequence[Work]) -> Work:
    """Return all of some work."""
    return Work(
        sum(work.lines for work in works),
        sum(work.bytes for work in works),
        sum(work.seconds for work in works),
    )


def _alike(baselines: Sequence[Tree], target: Tree) -> Sequence[Tree]:
    """Where each build has a single file, all of them are the same file, whatever their names."""
    if not all(len(tree.files) == 1 for tree in (target, *baselines)):
        return baselines
    path = target.files[0].path
    return [replace(tree, files=(replace(tree.files[0], path=path),)) for tree in baselines]
