"""Builds whose logs are real, laid out as a log server has them: the demo's six, and those of ../shared/data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

from demo.run import CHANGES
from log_processor.commands.logs import named_logs
from log_processor.job import Job, encode
from log_processor.pipeline import Pipeline
from log_processor.timestamps import iso_text

CHECKOUT = Path(__file__).resolve().parents[2]
BUGSWARM = CHECKOUT.parent / "shared" / "data" / "bugswarm-dev"

_APART = timedelta(hours=11)  # one build of a log archive from the next: some days have two, and some three
_TOOK = timedelta(minutes=20)
_DEMO_BUILDS = range(1, 7)


@dataclass(frozen=True)
class RealBuild:
    """A build.

    Attributes:
        uuid: its id; also the name of its folder below the log server's root.
        project: its project.
        job: its job.
        status: its result.
        start: when it began, UTC.
    """

    uuid: str
    project: str
    job: str
    status: str
    start: datetime

    def payloads(self, root: Path, url: str) -> Iterator[bytes]:
        """Give what `log-processor submit` sends for each of its files, which a server has at a URL."""
        logs = named_logs([str(root / self.uuid)], f"{url}/{self.uuid}")
        fields = {
            "build_uuid": self.uuid,
            "build_name": self.job,
            "build_status": self.status,
            "build_start": iso_text(self.start),
            "project": self.project,
            "build_branch": "main",
            "voting": 1,
            "build_files": len(logs),
        }
        for log in logs:
            yield encode(
                Job(
                    log.url,
                    {**fields, "filename": log.filename, "log_url": log.url},
                    (Path(log.filename).name,),
                )
            )


def run_demo(root: Path) -> list[RealBuild]:
    """Run the demo's CI job six times, as the demo does; return the builds, the broken one last."""

    def run(number: int) -> RealBuild:
        start = datetime.now(timezone.utc).replace(microsecond=0)
        build = RealBuild(
            _id(f"demo {number}"),
            "demo/inventory",
            "demo-job",
            "FAILURE" if number == 6 else "SUCCESS",
            start,
        )
        folders = [str(root / "work" / str(number)), str(root / build.uuid)]
        change = ["--change", CHANGES[number]] if number in CHANGES else []
        ended = subprocess.run(
            [sys.executable, "demo/ci_job.py", *folders, "--seed", str(number), *change],
            cwd=CHECKOUT,
            check=False,
            timeout=120,
        )
        assert (number == 6) is bool(ended.returncode)
        return build

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return [*threads.map(run, _DEMO_BUILDS)]


def lay_out_bugswarm(root: Path, until: datetime, chosen: Callable[[str], bool]) -> list[RealBuild]:
    """Copy logs of the archive; return their builds in the order in which they ran, the last one before a time.

    Args:
        root: of the log server.
        until: when the last of them began.
        chosen: which jobs are wanted, by their names.
    """
    found = [each for each in _archived() if chosen(each[0])]
    builds = []
    for at, (job, status, path) in enumerate(found):
        start = until - _APART * (len(found) - at)
        build = RealBuild(_id(f"{job} {path.name}"), job.partition("__")[0], job, status, start)
        log = root / build.uuid / "console.log.gz"
        log.parent.mkdir()
        shutil.copyfile(path, log)
        ended = (start + _TOOK).timestamp()
        os.utime(log, (ended, ended))
        builds.append(build)
    return builds


def process(pipeline: Pipeline, builds: list[RealBuild], root: Path, url: str) -> None:
    """Do the jobs of all builds, each some minutes after its build."""
    for number, build in enumerate(builds):
        pipeline.now = _ticking(build.start + _TOOK)
        pipeline.worker = f"host-{number % 3}:1"
        for payload in build.payloads(root, url):
            assert pipeline.process(payload).value == "indexed"


def _ticking(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on by half a second whenever somebody looks."""
    looks = count()
    return lambda: moment + timedelta(seconds=next(looks) / 2)


def _archived() -> Iterator[tuple[str, str, Path]]:
    """Give job, result and path of each log of the archive."""
    for folder in sorted((BUGSWARM / "groups").iterdir()):
        for path in sorted(folder.iterdir(), key=lambda path: int(path.name.partition(".")[0])):
            yield folder.name, "SUCCESS" if ".pass." in path.name else "FAILURE", path
    for folder in sorted((BUGSWARM / "pairs").iterdir()):
        for status, name in (("SUCCESS", "pass.log.gz"), ("FAILURE", "fail.log.gz")):
            yield folder.name, status, folder / name
    # Of other projects: the second is compared with what it has nothing in common with.
    for status, path in zip(("SUCCESS", "FAILURE"), sorted((BUGSWARM / "nasty").iterdir()), strict=True):
        yield "nasty", status, path


def _id(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, name).hex
