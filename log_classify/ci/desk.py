"""Where a build's logs are fetched, learnt and judged: what the commands for builds of CI systems have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from log_classify.ci.baselines import Search, Verdict
from log_classify.ci.build import PASSED, Build
from log_classify.ci.system import System
from log_classify.progress import Progress
from log_classify.report.model import BaselineBuild
from log_classify.run.config import RunConfig, read_config
from log_classify.run.folders import total
from log_classify.run.head import Head
from log_classify.run.judging import judged
from log_classify.run.models import Models
from log_classify.run.presenting import present
from log_classify.run.settings import Settings
from log_classify.run.training import Trained, train
from log_classify.run.workers import Workers
from log_classify.style import counted
from log_classify.trees.reader import TreeReader, open_trees
from log_classify.trees.scratch import scratch_folder
from log_classify.trees.tree import Tree
from log_processor.exits import Exit
from log_processor.timestamps import now
from log_processor.visible import visible


@dataclass(frozen=True)
class Lesson:
    """A passed build that was learnt.

    Attributes:
        build: the build.
        trained: what became of it.
        remarks: what went wrong, one sentence each.
    """

    build: BaselineBuild
    trained: Trained
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """What the work on the builds of a job needs.

    Attributes:
        args: the command line.
        system: knows the builds.
        config: which of their files are read, and what is compared with whatever is found.
        settings: how files are judged.
        reader: makes trees of logs.
        scratch: a folder for downloads.
        workers: do the work.
        progress: is told how far it is.
    """

    args: argparse.Namespace
    system: System
    config: RunConfig
    settings: Settings
    reader: TreeReader
    scratch: Path
    workers: Workers
    progress: Progress

    @property
    def most_baselines(self) -> int:
        """How many builds can be learnt."""
        count: int = self.args.count
        return count + len(self.config.baselines)

    def read(self, build: Build) -> Tree:
        """Fetch the logs of a build.

        Raises:
            JobError: they are not there, or it is refused.
            FetchUnavailable: their server is away.
        """
        return self.system.read(build, self.reader, self.config.selection, self.scratch)

    def learn(self, search: Search, models: Models, fields: Mapping[str, str] | None = None) -> list[Lesson]:
        """Learn the builds that a search takes; explain the choice, if the command line wants that.

        Args:
            search: finds builds.
            models: learn them.
            fields: of the one job that models are used for, once: which project and branch a build is of, and how
                old it is, has been weighed already. None: models are kept, know that, and forget builds in time.
        """
        lessons = []
        for build, tree in search.taken(self.read):
            baseline = BaselineBuild(build.id, build.url, search.verdicts[-1].reason)
            built_at = build.ended if fields is None else None
            lessons.append(self._lesson(baseline, tree, fields or build.fields, models, built_at or now()))
        if self.args.explain_baselines:
            self._explain(search.verdicts)
        elif len(lessons) < search.count:
            self.say(
                f"{len(lessons)} of {counted(search.count, 'baseline')} found; --explain-baselines says why"
            )
        return lessons

    def learn_named(self, models: Models, fields: Mapping[str, str]) -> list[Lesson]:
        """Learn the logs that the configuration names as those of further passed builds.

        Args:
            models: learn them.
            fields: of the job.
        """
        lessons = []
        for name in self.config.baselines:
            tree = self.reader.read(name, self.config.selection)
            baseline = BaselineBuild(tree.name, tree.url, "named by --config")
            lessons.append(self._lesson(baseline, tree, fields, models, now()))
        return lessons

    def _lesson(
        self, build: BaselineBuild, tree: Tree, fields: Mapping[str, str], models: Models, built_at: datetime
    ) -> Lesson:
        trained = train(
            models,
            tree,
            build.name,
            workers=self.workers,
            settings=self.settings,
            built_at=built_at,
            now=now(),
            fields=fields,
        )
        remarks = (*tree.remarks, *trained.remarks)
        return Lesson(build, trained, tuple(f"baseline {build.name}: {each}" for each in remarks))

    def present(
        self,
        target: Build,
        tree: Tree,
        models: Models,
        baselines: Sequence[BaselineBuild],
        lessons: Sequence[Lesson] = (),
    ) -> Exit:
        """Judge the logs of a build, and show what is found.

        Args:
            target: the build.
            tree: its logs.
            models: know passed builds.
            baselines: these builds.
            lessons: what was learnt just now.
        """
        passed = ("the build passed",) if target.result == PASSED else ()
        head = Head(
            target=target.url,
            url=target.url,
            threshold=self.settings.threshold,
            baselines=tuple(baselines),
            training=total([each.trained.work for each in lessons]),
            left_out=tree.left_out,
            remarks=(*passed, *tree.remarks, *(remark for each in lessons for remark in each.remarks)),
        )
        self.progress.end()
        files = judged(
            models,
            tree,
            workers=self.workers,
            settings=self.settings,
            fields=target.fields,
            build=target.id,
        )
        return present(head, files, self.args)

    def say(self, text: str) -> None:
        """Tell the person something that is no result."""
        sys.stderr.write(f"log-classify {self.args.command}: {visible(text)}\n")

    def _explain(self, verdicts: list[Verdict]) -> None:
        self.progress.end()
        for verdict in verdicts:
            score = verdict.considered.score
            taken = "taken" if verdict.taken else "-"
            figure = "never" if score is None else str(score)
            self.say(f"{taken:>5} {figure:>5}  {verdict.considered.build.url}  {verdict.reason}")


@contextmanager
def open_desk(args: argparse.Namespace, system: System, job: str) -> Iterator[Desk]:
    """Give a desk; what was downloaded to it is gone afterwards.

    Args:
        args: the command line.
        system: knows the builds.
        job: name of the job.

    Raises:
        ConfigError: something is wrong with the command line, or with what it names.
    """
    config = read_config(args, job)
    if args.step == "train":  # and not one option says how to judge
        settings = Settings(ignored=(*args.exclude_line, *config.ignored))
    else:
        settings = Settings.of(args, config.ignored)
    progress = Progress(sys.stderr)
    with (
        scratch_folder() as scratch,
        open_trees(progress) as reader,
        Workers() as workers,
    ):
        yield Desk(args, system, config, settings, reader, scratch, workers, progress)
