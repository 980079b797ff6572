"""`log-classify journal`, `journal-train` and `journal-run`: a stretch of the journal, and what came before."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from log_classify.journal.entry import SECOND
from log_classify.journal.period import Period
from log_classify.journal.source import Source, source
from log_classify.journal.units import Units
from log_classify.report.model import BaselineBuild, Work
from log_classify.run.config import read_config
from log_classify.run.head import Head
from log_classify.run.judging import judged
from log_classify.run.models import Models, kept_models, models_for_once, models_to_keep
from log_classify.run.presenting import present
from log_classify.run.settings import Settings
from log_classify.run.summary import speed
from log_classify.run.training import Trained, train
from log_classify.run.workers import Workers
from log_classify.style import counted
from log_classify.trees.scratch import scratch_folder
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from log_processor.errors import ConfigError, LogProcessorError
from log_processor.exits import Exit
from log_processor.timestamps import now
from log_processor.visible import visible

_FIELDS = {"build_name": "journal"}
"""What the models of units are named by: one machine's serve for another one like it."""


@dataclass(frozen=True)
class _Desk:
    """What the work on a journal needs.

    Attributes:
        args: the command line.
        selection: which units are read.
        settings: how they are judged.
        scratch: a folder for their lines.
        workers: do the work.
        moment: aware; the present time.
    """

    args: argparse.Namespace
    selection: Selection
    settings: Settings
    scratch: Path
    workers: Workers
    moment: datetime

    def read(self, journal: Source, period: Period | None) -> Tree:
        """Return a period of a journal, or all of it, as logs."""
        units = self._units()
        for entry in journal.entries(period):
            units.add(entry)
        return _tree(units, journal, period)

    def split(self, journal: Source, period: Period) -> tuple[Tree, Tree]:
        """Return what came before a period, and the period, as logs; the journal is read once."""
        before, units = self._units(), self._units()
        for entry in journal.entries(Period(period.before().start, period.end)):
            (units if period.has(entry) else before).add(entry)
        return _tree(before, journal, period.before()), _tree(units, journal, period)

    def _units(self) -> Units:
        return Units(self.selection, Path(mkdtemp(dir=self.scratch)))

    def learn(self, tree: Tree, build: str, models: Models) -> Trained:
        """Learn it."""
        return train(
            models,
            tree,
            build,
            workers=self.workers,
            settings=self.settings,
            built_at=self.moment,
            now=self.moment,
            fields=_FIELDS,
        )

    def present(self, tree: Tree, models: Models, head: Head) -> Exit:
        """Judge it, and show what is found.

        Raises:
            LogProcessorError: there is nothing.
        """
        if not tree.files and not tree.left_out:
            raise LogProcessorError("\n".join(head.remarks))  # that there is no entry is among them
        files = judged(models, tree, workers=self.workers, settings=self.settings, fields=_FIELDS)
        return present(head, files, self.args)


def run(args: argparse.Namespace) -> Exit:
    """Do what the command is for; `args.step` says what that is."""
    with _desk(args) as desk:
        step: Exit = {"compare": _compare, "train": _train, "judge": _judge}[args.step](desk)
        return step


def _compare(desk: _Desk) -> Exit:
    """Judge the last day, week or month by the one before."""
    journal = source(desk.args.file, desk.scratch)
    newest = journal.newest() if desk.args.file else int(desk.moment.timestamp() * SECOND)
    period = Period.until(newest, desk.args.range)
    before, tree = desk.split(journal, period)
    with models_for_once(1) as models:
        trained = desk.learn(before, before.name, models)
        baseline = BaselineBuild(str(period.before()), None, f"the {desk.args.range} before")
        return desk.present(tree, models, _head(desk, tree, journal, (baseline,), trained))


def _train(desk: _Desk) -> Exit:
    """Learn the day, week or month before the last one, or all of some files."""
    args = desk.args
    names = args.files or [""]
    with models_to_keep(Path(args.model), len(names)) as models:
        for name in names:
            journal = source(name, Path(mkdtemp(dir=desk.scratch)))
            tree = desk.read(journal, None if name else _last_period(desk).before())
            trained = desk.learn(tree, tree.name, models)
            for remark in (*journal.remarks, *trained.remarks):
                sys.stderr.write(f"log-classify {args.command}: {visible(remark)}\n")
            if not trained.files:
                raise LogProcessorError(f"{tree.name}: has no line to compare with")
            units, lines = counted(trained.files, "unit"), counted(trained.work.lines, "line")
            sys.stdout.write(visible(f"{tree.name}: learnt {lines} of {units}; {speed(trained.work)}") + "\n")
    return Exit.DONE


def _judge(desk: _Desk) -> Exit:
    """Judge the last day, week or month, or all of a file, by models that were learnt before."""
    args = desk.args
    with kept_models(Path(args.model)) as models:
        journal = source(args.file, desk.scratch)
        tree = desk.read(journal, None if args.file else _last_period(desk))
        builds = dict.fromkeys(each.build for each in models.segments())
        baselines = tuple(BaselineBuild(build, None, f"learnt in {args.model}") for build in builds)
        return desk.present(tree, models, _head(desk, tree, journal, baselines))


def _tree(units: Units, journal: Source, period: Period | None) -> Tree:
    tree = units.tree(f"{journal.name} {period}" if period else journal.name)
    if not tree.files and not tree.left_out:
        journal.remarks.append(f"{tree.name}: there is no entry")
    return tree


def _last_period(desk: _Desk) -> Period:
    return Period.until(int(desk.moment.timestamp() * SECOND), desk.args.range or "day")


def _head(
    desk: _Desk,
    tree: Tree,
    journal: Source,
    baselines: tuple[BaselineBuild, ...] = (),
    trained: Trained | None = None,
) -> Head:
    return Head(
        target=tree.name,
        threshold=desk.settings.threshold,
        baselines=baselines,
        training=trained.work if trained else Work(),
        left_out=tree.left_out,
        remarks=tuple(dict.fromkeys((*journal.remarks, *(trained.remarks if trained else ())))),
    )


@contextmanager
def _desk(args: argparse.Namespace) -> Iterator[_Desk]:
    config = read_config(args, "journal")
    if args.step == "train":
        settings = Settings(ignored=(*args.exclude_line, *config.ignored))
    else:
        settings = Settings.of(args, config.ignored)
    files = args.files if args.step == "train" else args.file
    if files and args.range and args.step != "compare":
        raise ConfigError("--range: says which part of this machine's journal is read; --file is read whole")
    with scratch_folder() as scratch, Workers() as workers:
        yield _Desk(args, config.selection, settings, scratch, workers, now())
