"""`log-classify dir-train`: what passing builds print is learnt once, and kept."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from log_classify.progress import Progress
from log_classify.run.config import read_config
from log_classify.run.models import models_to_keep
from log_classify.run.settings import Settings
from log_classify.run.summary import speed
from log_classify.run.training import build_of, train
from log_classify.run.workers import Workers
from log_classify.style import counted
from log_classify.trees.reader import open_trees
from log_processor.errors import LogProcessorError
from log_processor.exits import Exit
from log_processor.timestamps import now
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Learn."""
    config = read_config(args)
    names = tuple(dict.fromkeys((*args.baselines, *config.baselines)))
    settings = Settings(ignored=(*args.exclude_line, *config.ignored))
    progress = Progress(sys.stderr)
    moment = now()
    with (
        open_trees(progress) as reader,
        models_to_keep(Path(args.model), len(names)) as models,
        Workers() as workers,
    ):
        for name in names:
            tree = reader.read(name, config.selection)
            trained = train(
                models, tree, build_of(tree), workers=workers, settings=settings, built_at=moment, now=moment
            )
            for remark in (*tree.remarks, *trained.remarks):
                sys.stderr.write(f"log-classify dir-train: {visible(remark)}\n")
            if not trained.files:
                raise LogProcessorError(f"{name}: has no line to compare with")
            sys.stdout.write(
                f"{visible(name)}: learnt {counted(trained.work.lines, 'line')} of "
                f"{counted(trained.files, 'file')}; {speed(trained.work)}\n"
            )
    return Exit.DONE
