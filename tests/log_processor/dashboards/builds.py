"""A week of builds, done by the daemon's own pipeline: what the dashboards are about."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from log_processor.document import LineDocument
from log_processor.stores.contract import Store
from tests.log_processor.workshop import NOON, Choosy, Workshop

SINCE, UNTIL = NOON - timedelta(days=8), NOON + timedelta(days=1)
"""The time within which everything happens."""

_JOBS = (("acme/shop", "unit"), ("acme/shop", "integration"), ("acme/bank", "ledger"))
_STEPS = (
    "fetching the sources",
    "unpacking the archive",
    "compiling the parser",
    "linking",
    "running the tests",
)
_TROUBLES = (
    "ERROR no space left on device while writing the cache",
    "connection refused by the registry mirror",
    "assertion failed: balance is not what the ledger says",
    "segmentation fault in worker thread",
)
_BUILDS_A_JOB = 9
_REFUSED = "a line that the store refuses"


def make(root: Path, store: Store) -> None:
    """Process all builds into a store."""
    shop = Workshop(root)
    shop.write_to(Choosy(store, _is_refused))

    def ticking() -> datetime:
        """Work takes time."""
        shop.clock.advance(seconds=0.5)
        return shop.clock.moment

    shop.pipeline.now = ticking
    try:
        for number in range(_BUILDS_A_JOB):
            for offset, (project, job) in enumerate(_JOBS):
                _build(
                    shop,
                    number,
                    project,
                    job,
                    NOON + timedelta(days=number - 8, hours=offset, minutes=7 * number),
                )
    finally:
        shop.close()  # fmt: skip


def _is_refused(line: LineDocument) -> bool:
    return _REFUSED in line.message


def _build(shop: Workshop, number: int, project: str, job: str, start: datetime) -> None:
    """Do a build: the first two of a job pass and teach, later ones fail more and more."""
    uuid = f"{job}-{number:02}"
    passed = number < 2
    shop.clock.moment = start + timedelta(minutes=30)
    shop.pipeline.worker = f"host-{number % 3}:1"
    for name in ("job-output.txt", "service.log", *(("new.log",) if number > 6 else ())):
        lines = _log(start, number, job, name, passed=passed)
        done = start + timedelta(minutes=20 + number)
        url = shop.log(f"{uuid}/{name}", lines, done)
        shop.clock.advance(seconds=1 + number)
        shop.pipeline.process(
            shop.job(
                url,
                uuid,
                "SUCCESS" if passed else "FAILURE",
                filename=name,
                project=project,
                build_name=job,
                build_start=f"{start:%Y-%m-%dT%H:%M:%SZ}",
                build_files=4,
                log_url=f"https://logs.example/{uuid}/{name}",
            )
        )
    if number % 4 == 3:
        shop.pipeline.process(
            shop.job(
                f"file://{shop.logs}/{uuid}/absent.log",
                uuid,
                filename="absent.log",
                project=project,
                build_name=job,
                build_start=f"{start:%Y-%m-%dT%H:%M:%SZ}",
                log_url=f"https://logs.example/{uuid}/absent.log",
            )
        )


def _log(start: datetime, number: int, job: str, name: str, *, passed: bool) -> str:
    chance = random.Random(f"{job} {number} {name}")
    lines = [f"{step} of {job}" for step in _STEPS for _ in range(3)]
    if name == "new.log":
        lines.append(_REFUSED)
    if not passed and name != "new.log":
        lines += chance.sample(_TROUBLES, chance.randint(1, min(len(_TROUBLES), number // 2)))
        lines.append("x" * 40_000 if number == 5 else f"cleaning up after {_word(chance)} {_word(chance)}")
    if not passed and name == "service.log":
        lines = [line for line in lines if "linking" not in line]
    moments = (start + timedelta(minutes=index) for index in range(len(lines)))
    return "".join(
        f"{moment:%Y-%m-%d %H:%M:%S} {line}\n" for moment, line in zip(moments, lines, strict=True)
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=8))
