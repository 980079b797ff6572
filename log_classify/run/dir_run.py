"""`log-classify dir-run`: a build against models that were learnt before."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from log_classify.progress import Progress
from log_classify.report.model import BaselineBuild
from log_classify.run.config import read_config
from log_classify.run.head import Head
from log_classify.run.judging import judged
from log_classify.run.models import kept_models
from log_classify.run.presenting import present
from log_classify.run.settings import Settings
from log_classify.run.which import chosen
from log_classify.run.workers import Workers
from log_classify.trees.reader import open_trees
from log_processor.exits import Exit


def run(args: argparse.Namespace) -> Exit:
    """Compare."""
    config = read_config(args)
    settings = Settings.of(args, config.ignored)
    progress = Progress(sys.stderr)
    with (
        open_trees(progress) as reader,
        kept_models(Path(args.model)) as models,
        Workers() as workers,
    ):
        given = {"project": args.project, "build_name": args.job, "build_branch": args.branch}
        fields = chosen(models, args.model, {name: value for name, value in given.items() if value})
        target = reader.read(args.target, config.selection).below(args.below)
        head = Head(
            target=target.name,
            url=target.url,
            threshold=settings.threshold,
            baselines=tuple(
                BaselineBuild(build, reason=f"learnt in {args.model}")
                for build in dict.fromkeys(each.build for each in models.segments())
            ),
            left_out=target.left_out,
            remarks=target.remarks,
        )
        return present(head, judged(models, target, workers=workers, settings=settings, fields=fields), args)
