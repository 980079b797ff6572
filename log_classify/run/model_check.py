"""`log-classify model-check`: whether models that are kept can be read, and are young enough."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from anomaly_filter import Segment, SegmentError, Tokenizer
from log_classify.run.models import kept_models
from log_classify.style import counted
from log_processor.errors import LogProcessorError
from log_processor.exits import Exit
from log_processor.timestamps import iso_text, now
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Check."""
    tokenizer = Tokenizer()
    damaged = []
    lines = 0
    with kept_models(Path(args.model)) as models:
        segments = models.segments()
        for each in segments:
            try:
                lines += Segment.decode(each.path.read_bytes(), tokenizer).lines
            except (SegmentError, OSError) as error:  # noqa: PERF203 - reading one takes far longer
                damaged.append(f"{each.path.relative_to(models.root)}: {error}")
        names = {each.path.parent for each in segments}
    newest = segments[-1].built_at
    builds = counted(len({each.build for each in segments}), "passing build")
    sys.stdout.write(
        visible(
            f"{args.model}: {counted(len(names), 'model')}, learnt from {counted(lines, 'line')} of {builds}; "
            f"the newest ended, or was learnt where nobody says when it ended, at {iso_text(newest)}"
        )
        + "\n"
    )
    if damaged:
        raise LogProcessorError("\n".join(damaged))
    if args.max_age is not None and now() - newest > timedelta(days=args.max_age):
        raise LogProcessorError(
            f"{args.model}: older than {counted(args.max_age, 'day')}; learn newer builds with dir-train"
        )
    return Exit.DONE
