"""The data sets beside the checkout as case folders, a set of cases for each question."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.evaluation import (
    checked_first,
    checked_fourth,
    checked_second,
    checked_third,
    spots,
    truth,
    unseen,
)
from benchmarks.evaluation.backgrounds import backgrounds, write_cases
from benchmarks.evaluation.cases import Case, Expected, content, write

LARGE = 1000  # lines from which on a log is large
FOREIGN = 2 / 3  # share of lines without an equal, digits aside, from which on a baseline is another job's
SEED = 1


_MADE_HERE = ".converted"  # in a folder that may be emptied: all that is in it was converted


class DataMissing(Exception):
    """A data set is not where it should be."""


class NotOurs(Exception):
    """The folder to write to holds something else."""


def convert(data: Path, folder: Path) -> dict[str, int]:
    """Write all sets into a folder, emptied of those of an earlier time; return how many cases each set has.

    Raises:
        DataMissing: a data set is not there.
        NotOurs: the folder holds something else.
    """
    _empty(folder)
    counts = {name: write(cases, folder / name) for name, cases in _real(data).items()}
    grounds = backgrounds(data)
    edited = {
        "spots": spots.EDITS,
        "values": spots.VALUE_EDITS,
        "first": checked_first.EDITS,
        "second": checked_second.EDITS,
        "third": checked_third.EDITS,
        "fourth": checked_fourth.EDITS,
        "unseen": unseen.EDITS,
    }
    for name, edits in edited.items():
        for baselines in (1, 3):
            place = folder / f"{name}{baselines}"
            counts[place.name] = len(
                write_cases(edits, place, baselines=baselines, seed=SEED, grounds=grounds)
            )
    return counts


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MADE_HERE).exists():
            raise NotOurs(f"{folder} holds something else than converted cases; name an empty folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MADE_HERE).touch()


def _real(data: Path) -> dict[str, Iterable[Case]]:
    jenkins, terraform, hard = (
        _folders(data / "cidiff-dev" / part) for part in ("jenkins-and-gha", "terraform-build-cli", "hard")
    )
    groups = _folders(data / "bugswarm-dev" / "groups")
    pairs = _folders(data / "bugswarm-dev" / "pairs")
    juicer = _folders(data / "logjuicer-tests")
    return {
        "logjuicer": map(_listed, juicer),
        "cidiff": map(_annotated, jenkins),
        "terraform": map(_annotated, terraform),
        "hard": map(_annotated, hard),
        "bugswarm-groups": (case for group in groups for case in _failing(group)),
        "bugswarm-pairs": map(_pair, pairs),
        "passing": (case for group in groups for case in _passing(group)),
        "misfit": misfit(_jobs([*groups, *pairs, *jenkins, *hard, *terraform, *juicer])),
    }


def _folders(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.glob("*") if path.is_dir())
    if not found:
        raise DataMissing(f"the data set {folder.name} is not there; put it into {folder.parent}")
    return found


def _listed(folder: Path) -> Case:
    (good,) = folder.glob("*.good")
    (fail,) = folder.glob("*.fail")
    return Case(folder.name, (good,), fail, truth.listed(folder / "inf.yaml"))


def _annotated(folder: Path) -> Case:
    fail = folder / "fail.log.gz"
    expected = truth.annotated(fail, folder / "groundtruth", folder / "groundtruth2")
    return Case(folder.name, (folder / "pass.log.gz",), fail, expected)


def _pair(folder: Path) -> Case:
    good, fail = (folder / "pass.log.gz",), folder / "fail.log.gz"
    return Case(folder.name, good, fail, truth.reported(fail, good))


def _failing(group: Path) -> Iterator[Case]:
    good = tuple(sorted(group.glob("*.pass.*")))
    for fail in sorted(group.glob("*.fail.*")):
        yield Case(_build(fail), good, fail, truth.reported(fail, good))


def _passing(group: Path) -> Iterator[Case]:
    """Judge each passing build by the others of its job."""
    builds = sorted(group.glob("*.pass.*"))
    for build in builds:
        others = tuple(other for other in builds if other != build)
        if others:
            yield Case(_build(build), others, build, {"passing": True})


def _build(log: Path) -> str:
    """Name a build of a group: the job and the number of the build."""
    return f"{log.parent.name}-{log.name.partition('.')[0]}"


def _jobs(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the passing log of each project's job that is large; of a project with several, the last one."""
    found = {}
    for folder in folders:
        for log in sorted([*folder.glob("*.pass.*"), *folder.glob("pass.log.gz"), *folder.glob("*.good")]):
            if content(log).count(b"\n") >= LARGE:
                found[_project(folder)] = log
    return found


def _project(folder: Path) -> str:
    """Return what is left of a folder's name without the number of the build; the Terraform runs are one job."""
    return re.sub(r"([-_]|(?<=^run))\d+$", "", folder.name)


def misfit(jobs: dict[str, Path]) -> Iterator[Case]:
    """Judge large passing logs by what other jobs printed: two baselines each, of those that have little in common.

    Jobs that build with the same tools can print nearly the same, and then such a baseline does fit.
    """
    shapes = {name: [_shape(line) for line in content(log).split(b"\n")] for name, log in jobs.items()}
    names = sorted(jobs)
    for place, name in enumerate(names):
        others = [*names[place + 1 :], *names[:place]]
        foreign = [other for other in others if _unknown(shapes[name], shapes[other]) > FOREIGN]
        for other in dict.fromkeys((foreign[0], foreign[len(foreign) // 2])):
            expected: Expected = {"anomalies": [{"finding": "unfit_baseline"}]}
            yield Case(f"{name}-by-{other}", (jobs[other],), jobs[name], expected)


def _shape(line: bytes) -> bytes:
    return re.sub(rb"\d+", b"0", line.strip())


def _unknown(target: list[bytes], baseline: list[bytes]) -> float:
    """Return the share of lines that the baseline does not have."""
    known = set(baseline)
    return sum(line not in known for line in target) / len(target)
