"""`log-classify job`, `job-train` and `job-run`: builds of CI systems, and the passed builds to compare them with."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from log_classify.ci.baselines import Search
from log_classify.ci.build import Build, Wanted
from log_classify.ci.desk import Desk, open_desk
from log_classify.ci.find import system_of_build, zuul_of_web
from log_classify.ci.system import System
from log_classify.report.model import BaselineBuild
from log_classify.run.models import kept_models, models_for_once, models_to_keep
from log_classify.run.summary import speed
from log_classify.style import counted
from log_processor.errors import ConfigError, JobError, LogProcessorError, Outcome
from log_processor.exits import Exit
from log_processor.timestamps import now
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Do what the command is for; `args.step` says what that is."""
    step: Exit = {"compare": _compare, "train": _train, "judge": _judge}[args.step](args)
    return step


def _compare(args: argparse.Namespace) -> Exit:
    """Judge a build by passed builds that are found for it."""
    with system_of_build(args.url, os.environ) as system:
        target = _named(system)
        wanted = Wanted.like(target, args.count)
        with open_desk(args, system, target.job) as desk, models_for_once(desk.most_baselines) as models:
            tree = desk.read(target)  # first: without it there is nothing to do
            search = Search(system.builds(wanted), wanted, target, now())
            lessons = desk.learn(search, models, target.fields) + desk.learn_named(models, target.fields)
            return desk.present(target, tree, models, [each.build for each in lessons], lessons)


def _train(args: argparse.Namespace) -> Exit:
    """Learn passed builds."""
    if args.like:
        if args.job or args.project or args.pipeline or args.branch:
            raise ConfigError("--like: says itself which builds; --job and its like belong to --zuul-web")
        with system_of_build(args.like, os.environ) as system:
            like = _named(system)
            wanted = Wanted.like(like, args.count)
            with open_desk(args, system, wanted.job) as desk:
                return _taught(desk, Search(system.builds(wanted), wanted, like, now()), like)
    if not args.job:
        raise ConfigError("--zuul-web: builds of which job? name it with --job")
    wanted = Wanted(args.job, args.project, args.branch, args.pipeline, args.count)
    like = Build("", args.zuul_web, wanted.job, wanted.project, wanted.branch)
    with zuul_of_web(args.zuul_web) as zuul, open_desk(args, zuul, wanted.job) as desk:
        return _taught(desk, Search(zuul.builds(wanted), wanted, None, now()), like)


def _named(system: System) -> Build:
    """Return the build that the command line names.

    Raises:
        ConfigError: it is not there.
        FetchUnavailable: its server is away.
    """
    try:
        return system.build()
    except JobError as error:
        if error.outcome is Outcome.NOT_FOUND:
            raise ConfigError(str(error)) from error
        raise


def _taught(desk: Desk, search: Search, like: Build) -> Exit:
    with models_to_keep(Path(desk.args.model), desk.most_baselines) as models:
        lessons = desk.learn(search, models) + desk.learn_named(models, like.fields)
        desk.progress.end()
        for remark in (remark for lesson in lessons for remark in lesson.remarks):
            desk.say(remark)
        if not any(lesson.trained.files for lesson in lessons):
            raise LogProcessorError(f"{like.job}: no passed build whose logs have a line to compare with")
    for lesson in lessons:
        work = lesson.trained.work
        learnt = f"learnt {counted(work.lines, 'line')} of {counted(lesson.trained.files, 'file')}"
        sys.stdout.write(visible(f"{lesson.build.url or lesson.build.name}: {learnt}; {speed(work)}") + "\n")
    return Exit.DONE


def _judge(args: argparse.Namespace) -> Exit:
    """Judge a build by models that were learnt before."""
    with kept_models(Path(args.model)) as models, system_of_build(args.url, os.environ) as system:
        target = _named(system)
        builds = dict.fromkeys(each.build for each in models.segments())
        baselines = [BaselineBuild(build, None, f"learnt in {args.model}") for build in builds]
        with open_desk(args, system, target.job) as desk:
            return desk.present(target, desk.read(target), models, baselines)
