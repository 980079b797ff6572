"""`log-classify errors`: what a build's logs say of errors, with nothing to compare them with."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from log_classify.progress import Progress
from log_classify.run import worker
from log_classify.run.config import read_config
from log_classify.run.head import Head
from log_classify.run.presenting import present
from log_classify.run.settings import Settings
from log_classify.run.workers import Workers
from log_classify.trees.reader import open_trees
from log_processor.exits import Exit


def run(args: argparse.Namespace) -> Exit:
    """Look for errors."""
    config = read_config(args)
    settings = Settings.of(args, config.ignored)
    progress = Progress(sys.stderr)
    with open_trees(progress) as reader, Workers() as workers:
        tree = reader.read(args.target, config.selection)
        head = Head(tree.name, None, url=tree.url, left_out=tree.left_out, remarks=tree.remarks)
        return present(
            head, workers.map(partial(worker.errors_of, settings=settings), tree.files, "reading"), args
        )
