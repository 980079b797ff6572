"""A build, as its CI system describes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PASSED = "SUCCESS"
"""The result of a build that passed; what systems call it otherwise is translated."""

SPARE = 3
"""Passed builds to look for beyond those that are wanted: some have no logs any longer, or tested the same change."""


@dataclass(frozen=True)
class Build:
    """A build. A text is empty, and a time None, where the system does not say.

    Attributes:
        id: unique among the builds of its system.
        url: of its page.
        job: name of the job.
        project: full name of the project, such as `openstack/nova`.
        branch: branch that it was made for; of a change, the branch that the change goes to.
        pipeline: what of its system's pipelines ran it: `gate`, `periodic`, `push`.
        change: what names the change that it tested within the project; empty when it tested none.
        merged: whether what it tested was merged, or about to be, and not somebody's proposal.
        voting: whether its result counts.
        result: `SUCCESS`, `FAILURE`, or what else the system says.
        ended: aware; when it ended.
        logs: where its logs lie, in the words of its system: a URL, a path in a bucket.
    """

    id: str
    url: str
    job: str = ""
    project: str = ""
    branch: str = ""
    pipeline: str = ""
    change: str = ""
    merged: bool = False
    voting: bool = True
    result: str = ""
    ended: datetime | None = None
    logs: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What the models of its files are named by; the daemon names them alike."""
        return {"project": self.project, "build_name": self.job, "build_branch": self.branch}


@dataclass(frozen=True)
class Wanted:
    """Which passed builds are looked for.

    Attributes:
        job: name of the job.
        project: full name of the project; empty: any.
        branch: empty: any.
        pipeline: empty: any.
        count: how many builds are to be taken.
    """

    job: str
    project: str = ""
    branch: str = ""
    pipeline: str = ""
    count: int = 3

    @classmethod
    def like(cls, build: Build, count: int) -> Wanted:
        """Return what is wanted to compare a build with."""
        return cls(build.job, build.project, build.branch, count=count)
