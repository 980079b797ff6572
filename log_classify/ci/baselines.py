"""Which passed builds a build is compared with: a score says how good a baseline each would be, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from log_classify.ci.build import PASSED, Build, Wanted
from log_classify.trees.tree import Tree
from log_processor.errors import JobError, Unavailable

SAME_PROJECT = 50
SAME_BRANCH = 50
MERGED = 50
VOTING = 10
"""What speaks for a build; each day between it and the build at hand takes one away."""

_AGE_UNKNOWN = 30  # days; a model forgets older builds
_FRUITLESS = 10
"""Builds without logs that answer after which no more are tried: the log server is gone, and each try takes long."""


@dataclass(frozen=True)
class Considered:
    """A build that was looked at.

    Attributes:
        build: the build.
        score: the higher, the better a baseline; None: it can be none.
        reason: what the score is made of, or why it has none.
    """

    build: Build
    score: int | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What became of a build that was considered.

    Attributes:
        considered: the build.
        taken: whether it is a baseline.
        reason: why.
    """

    considered: Considered
    taken: bool
    reason: str


def considered(build: Build, wanted: Wanted, target: Build | None, moment: datetime) -> Considered:
    """Say how good a baseline a build is.

    Args:
        build: the build.
        wanted: what is looked for.
        target: what it would be compared with; None: nothing yet.
        moment: aware; the age of a build is counted from when the target ended, or else from here.
    """
    objection = _objection(build, wanted, target)
    if objection:
        return Considered(build, None, objection)
    days = (
        abs((target.ended if target and target.ended else moment) - build.ended).days if build.ended else None
    )
    points = (
        (SAME_PROJECT, "project", build.project, wanted.project),
        (SAME_BRANCH, "branch", build.branch, wanted.branch),
    )
    score = sum(weight for weight, _, has, asked in points if asked in {"", has})
    score += MERGED * build.merged + VOTING * build.voting - (_AGE_UNKNOWN if days is None else days)
    reasons = [
        f"{'same' if has == asked else 'another' if asked else 'any'} {name}"
        for _, name, has, asked in points
    ]
    reasons.append("merged code" if build.merged else "a change that is not merged")
    reasons += [] if build.voting else ["not voting"]
    reasons.append("age unknown" if days is None else f"{days} day{'' if days == 1 else 's'} apart")
    return Considered(build, score, ", ".join(reasons))


def _objection(build: Build, wanted: Wanted, target: Build | None) -> str:
    """Return why a build can be no baseline; empty if it can."""
    if build.job != wanted.job:
        return f"ran another job, {build.job}" if build.job else "is no build"
    if target and build.id == target.id:
        return "the build itself"
    if build.result != PASSED:
        return f"did not pass: {build.result or 'its result is unknown'}"
    if target and build.change and (build.project, build.change) == (target.project, target.change):
        return f"tested the same change, {build.change}"
    if not build.logs or not build.id:
        return f"has no {'logs' if build.id else 'id'}"
    return ""


class Search:
    """Takes the best builds whose logs answer.

    Attributes:
        count: how many builds are wanted.
        verdicts: what became of each build, the best first; complete once `taken` is at its end.
    """

    def __init__(
        self, builds: Iterable[Build], wanted: Wanted, target: Build | None, moment: datetime
    ) -> None:
        """Rank builds.

        Args:
            builds: of the job; among equals the first is the best.
            wanted: what is looked for.
            target: what they would be compared with; None: nothing yet.
            moment: aware; the present time.
        """
        self.verdicts: list[Verdict] = []
        unique: dict[str, Build] = {}
        for build in builds:
            unique.setdefault(build.id, build)
        found = [considered(build, wanted, target, moment) for build in unique.values()]
        self._fit = sorted((each for each in found if each.score is not None), key=_score, reverse=True)
        self._unfit = [each for each in found if each.score is None]
        self.count = wanted.count

    def taken(self, read: Callable[[Build], Tree]) -> Iterator[tuple[Build, Tree]]:
        """Give builds and their logs until there are as many as wanted.

        Args:
            read: fetches a build's logs; where it raises `JobError` or `Unavailable`, the next build has its turn.
        """
        taken = fruitless = 0
        for each in self._fit:
            if taken == self.count or fruitless == _FRUITLESS:
                why = (
                    f"the {taken} taken are better" if taken == self.count else "too many logs did not answer"
                )
                self._decide(each, taken=False, reason=why)
                continue
            tree, reason = self._read(each.build, read)
            self._decide(each, taken=tree is not None, reason=reason)
            if tree is None:
                fruitless += 1
                continue
            taken += 1
            yield each.build, tree
        self.verdicts += [Verdict(each, taken=False, reason=each.reason) for each in self._unfit]

    @staticmethod
    def _read(build: Build, read: Callable[[Build], Tree]) -> tuple[Tree | None, str]:
        try:
            tree = read(build)
        except (JobError, Unavailable) as error:
            return None, f"its logs do not answer: {error}"
        return (tree, "") if tree.files else (None, "its logs hold no file to read")

    def _decide(self, each: Considered, *, taken: bool, reason: str) -> None:
        self.verdicts.append(Verdict(each, taken, "; ".join(filter(None, (each.reason, reason)))))


_score = attrgetter("score")
