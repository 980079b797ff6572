"""`log-classify diff`: the lines of a log that no passing build printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from itertools import chain
from operator import attrgetter
from pathlib import Path

from anomaly_filter import AnomalyFilter, Model, ScoredLine, Tokenizer
from log_classify import explain
from log_classify.comparison import Judgement, learn
from log_classify.excerpt import Context, Excerpt
from log_classify.logs import STANDARD_INPUT, baseline_logs, target_log, threads
from log_classify.parsers.common import DEFAULT_CONTEXT
from log_classify.progress import Progress
from log_classify.rows import finding_row, line_rows
from log_classify.style import Style, counted
from log_classify.table import Table
from log_processor.arguments import colour
from log_processor.errors import ConfigError
from log_processor.exits import Exit
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Compare."""
    if STANDARD_INPUT in args.baselines:
        raise ConfigError("-: only the target can be standard input; a file of that name is ./-")
    progress = Progress(sys.stderr)
    tokenizer = Tokenizer(threads=threads())
    passed = baseline_logs(map(Path, args.baselines), progress)
    with target_log(args.target, progress) as log:
        baseline = learn(passed, tokenizer)
        filter_ = AnomalyFilter(baseline.model, threshold=args.threshold, tokenizer=tokenizer)
        every = args.explain or not args.threshold  # a line may be wanted that is not far
        judgement = Judgement(filter_, log, None if every else max(_context(args)))
        excerpt = judgement.pass_to(_excerpt(args).take)
        progress.end()
        for remark in baseline.remarks:
            _warn(remark)
        if log.damage:
            _warn(f"{log.name}: only {counted(excerpt.read, 'line')} could be read: {log.damage}")
        if args.explain:
            _explain(args, judgement, excerpt, filter_)
        elif args.format == "jsonl":
            _write_jsonl(args, judgement, excerpt, baseline.model)
        else:
            _write_table(args, judgement, excerpt, baseline.model)
    unjudged = [finding for finding in judgement.findings if finding.kind in ("no_baseline", "nothing_read")]
    for finding in unjudged:
        _warn(f"{args.target}: {finding.kind}: {finding.text}")
    if unjudged:
        return Exit.NOTHING_READ
    return Exit.ANOMALY if args.fail_on_anomaly and (excerpt.shown or judgement.findings) else Exit.DONE


def _excerpt(args: argparse.Namespace) -> Excerpt:
    if args.explain:
        return Excerpt(lambda line: line.number == args.explain, Context(0, 0))
    return Excerpt(_wanted(args), _context(args))


def _wanted(args: argparse.Namespace) -> Callable[[ScoredLine], bool]:
    """Return what says whether a line is printed for its own sake."""
    if not args.threshold:
        return lambda _: True
    if args.format == "jsonl":
        return attrgetter("far")
    return attrgetter("shown")


def _context(args: argparse.Namespace) -> Context:
    both = Context(*(DEFAULT_CONTEXT if args.context is None else (args.context, args.context)))
    return Context(
        both.before if args.before is None else args.before, both.after if args.after is None else args.after
    )


def _write_table(
    args: argparse.Namespace, judgement: Judgement, excerpt: Excerpt, model: Model | None
) -> None:
    builds = len(model.builds) if model else 0
    table = Table(sys.stdout, Style(colour=colour(args)), baselines=builds, tokenizer=Tokenizer())
    table.findings(judgement.findings)
    groups = excerpt.groups if args.threshold else {}
    table.lines(excerpt.lines(judgement), _wanted(args), groups)
    table.summary(args.target, excerpt, judgement.findings)


def _write_jsonl(
    args: argparse.Namespace, judgement: Judgement, excerpt: Excerpt, model: Model | None
) -> None:
    lines = line_rows(
        excerpt.lines(judgement), _wanted(args), file=args.target, model=model, context=_context(args)
    )
    for row in chain((finding_row(finding, args.target) for finding in judgement.findings), lines):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _explain(
    args: argparse.Namespace, judgement: Judgement, excerpt: Excerpt, filter_: AnomalyFilter
) -> None:
    line = next(iter(excerpt.lines(judgement)), None)
    if line is not None:
        explain.write(
            filter_.explain(line.text), line, judgement.findings, filter_, Style(colour=colour(args))
        )
    elif excerpt.read:
        raise ConfigError(f"--explain {args.explain}: {args.target} has {counted(excerpt.read, 'line')}")


def _warn(remark: str) -> None:
    sys.stderr.write(f"log-classify diff: {visible(remark)}\n")
