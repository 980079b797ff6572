"""`log-classify diff`: the lines of a log that no passing build printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from time import monotonic

from anomaly_filter import AnomalyFilter, Model, ScoredLine, Tokenizer
from log_classify import explain
from log_classify.comparison import Judgement, learn
from log_classify.excerpt import Context, Excerpt
from log_classify.logs import STANDARD_INPUT, baseline_logs, own_baselines, target_log, threads
from log_classify.parsers.common import context
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
    if not _is_simple(args):
        return _as_builds(args)
    progress = Progress(sys.stderr)
    tokenizer = Tokenizer(threads=threads())
    passed = baseline_logs(map(Path, args.baselines), progress)
    with target_log(args.target, progress) as log:
        begun = monotonic()
        baseline = learn(passed, tokenizer)
        learnt = monotonic()
        filter_ = AnomalyFilter(baseline.model, threshold=args.threshold, tokenizer=tokenizer)
        every = args.explain or not args.threshold  # a line may be wanted that is not far
        judgement = Judgement(filter_, log, None if every else max(context(args)))
        excerpt = judgement.pass_to(_excerpt(args).take)
        seconds = learnt - begun, monotonic() - learnt
        progress.end()
        for remark in (*own_baselines(args.target, args.baselines), *baseline.remarks):
            _warn(remark)
        if log.damage:
            _warn(f"{log.name}: only {counted(excerpt.read, 'line')} could be read: {log.damage}")
        _write(args, judgement, excerpt, filter_)
    if sys.stderr.isatty():
        _tell_speed((sum(each.bytes for each in passed), log.bytes), seconds)
    unjudged = [finding for finding in judgement.findings if finding.kind in ("no_baseline", "nothing_read")]
    for finding in unjudged:
        _warn(f"{args.target}: {finding.kind}: {finding.text}")
    if unjudged:
        return Exit.NOTHING_READ
    return Exit.ANOMALY if args.fail_on_anomaly and (excerpt.shown or judgement.findings) else Exit.DONE


def _as_builds(args: argparse.Namespace) -> Exit:
    from log_classify.run import folders  # noqa: PLC0415 - comparing two files needs nothing of it

    if args.explain:
        raise ConfigError(
            "--explain: goes with log files of this machine only, not with folders, archives or URLs, and not with "
            "--html, --json, --config or --exclude-line"
        )
    return folders.run(args)


def _is_simple(args: argparse.Namespace) -> bool:
    """Whether all that is asked for is a log beside others, on the terminal."""
    if args.html or args.json or args.config or args.exclude_line:
        return False
    return not any(map(_is_tree, (*args.baselines, args.target)))


def _is_tree(name: str) -> bool:
    if name == STANDARD_INPUT:
        return False
    path = Path(name)
    if path.is_dir() or name.lower().startswith(("http://", "https://")):
        return True
    if not path.is_file():
        return False
    from log_classify.trees.content import archive  # noqa: PLC0415 - the same

    try:
        return archive(path) is not None
    except OSError:  # whoever reads it will say so
        return False


def _tell_speed(sizes: Sequence[int], seconds: Sequence[float]) -> None:
    from log_classify.report.model import Work  # noqa: PLC0415 - as above: where nobody looks it is not told
    from log_classify.run.summary import figures  # noqa: PLC0415 - the same

    training, testing = (Work(bytes=size, seconds=took) for size, took in zip(sizes, seconds, strict=True))
    for figure in figures(training, testing):
        _warn(figure)


def _write(args: argparse.Namespace, judgement: Judgement, excerpt: Excerpt, filter_: AnomalyFilter) -> None:
    if args.explain:
        _explain(args, judgement, excerpt, filter_)
    elif args.format == "jsonl":
        _write_jsonl(args, judgement, excerpt, filter_.model)
    else:
        _write_table(args, judgement, excerpt, filter_.model)


def _excerpt(args: argparse.Namespace) -> Excerpt:
    if args.explain:
        return Excerpt(lambda line: line.number == args.explain, Context(0, 0))
    return Excerpt(_wanted(args), context(args))


def _wanted(args: argparse.Namespace) -> Callable[[ScoredLine], bool]:
    """Return what says whether a line is printed for its own sake."""
    if not args.threshold:
        return lambda _: True
    if args.format == "jsonl":
        return attrgetter("far")
    return attrgetter("shown")


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
        excerpt.lines(judgement), _wanted(args), file=args.target, model=model, context=context(args)
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
