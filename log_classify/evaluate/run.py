"""Judging many cases, in several processes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from anomaly_filter.secrets import mask_secrets
from log_classify.comparison import compare
from log_classify.evaluate.cases import Case, read_cases
from log_classify.evaluate.expected import InvalidCase
from log_classify.evaluate.figures import Report
from log_classify.evaluate.judging import Judge, Judged, judged
from log_classify.logs import Log
from log_processor.errors import LogProcessorError

Progress = Callable[[int, int], None]
"""Told how many cases are judged, and of how many."""


def evaluate(
    folders: Sequence[Path],
    *,
    jobs: int,
    judge: Judge = compare,
    progress: Progress = lambda done, total: None,  # noqa: ARG005 - nobody listens
) -> Report:
    """Judge every case in and below some folders.

    Args:
        folders: where to look for cases.
        jobs: processes at work at once; the report does not depend on it.
        judge: what is measured. With more than one job it is sent to other processes, so it has to be picklable, as
            the functions of a module are.
        progress: called after each case.

    Raises:
        InvalidCase: there is no case, or some are wrong or cannot be read; it names every wrong one.
    """
    cases = read_cases(folders)
    results: list[Judged] = []
    problems: list[str] = []
    for done, result in enumerate(_results(cases, jobs, judge), 1):
        if isinstance(result, Judged):
            results.append(result)
        else:
            problems.append(result)
        progress(done, len(cases))
    if problems:
        raise InvalidCase("\n".join(problems))
    return Report(tuple(results))


def _results(cases: Sequence[Case], jobs: int, judge: Judge) -> Iterator[Judged | str]:
    """Give what became of each case, in their order."""
    work = partial(_result, judge=judge)
    if jobs == 1 or len(cases) == 1:
        yield from map(work, cases)
        return
    # Processes that start afresh inherit no thread and no lock, and are the same on every system and Python.
    pool = ProcessPoolExecutor(
        min(jobs, len(cases)), get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )
    try:
        yield from pool.map(work, cases)
    except BrokenProcessPool as error:
        raise InvalidCase(
            f"--jobs {jobs}: one of the processes was killed, as happens for want of memory; ask for fewer"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _result(case: Case, judge: Judge) -> Judged | str:
    """Judge a case; where that cannot be done, say why."""
    try:
        compared = judge(case.baselines, case.target)
    except (LogProcessorError, OSError) as error:
        return f"{case.folder}: {error}"
    try:
        return judged(case, compared, _texts(case.baselines))
    except InvalidCase as error:
        return f"{case.target}: {error}"


def _texts(paths: Iterable[Path]) -> Iterator[str]:
    """Give the lines of logs as scored lines have them."""
    return (mask_secrets(line.text) for path in paths for line in Log(path).lines())
