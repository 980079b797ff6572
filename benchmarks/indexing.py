"""Logs as the daemon indexes them: each as a job with all that the Zuul role tells, through the daemon's own pipeline."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anomaly_filter import ModelStore
from benchmarks.figures import check
from log_processor.dead_letters import DeadLetters
from log_processor.errors import Outcome
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from log_processor.job import Job, encode
from log_processor.metrics import Metrics
from log_processor.pipeline import Pipeline
from log_processor.stores.opening import open_store
from log_processor.stores.settings import StoreSettings


@dataclass(frozen=True)
class BuildLog:
    """A log of one build.

    Attributes:
        job: whose builds are compared.
        build: its name; its id follows from it.
        status: the build's result.
        path: the file.
    """

    job: str
    build: str
    status: str
    path: Path

    @property
    def build_uuid(self) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.job} {self.build}").hex

    def payload(self, start: datetime) -> bytes:
        """Return the job's payload, with all that the Zuul role tells of a build."""
        build, change = self.build_uuid, 900_001
        ref = f"refs/changes/01/{change}/3"
        fields = {
            "filename": "job-output.txt",
            "build_name": self.job,
            "build_status": self.status,
            "build_node": "ubuntu-jammy",
            "build_change": change,
            "build_patchset": "3",
            "build_queue": "check",
            "build_ref": ref,
            "build_branch": "main",
            "build_zuul_url": f"https://ci.example.org/p/acme/shop/{ref}",
            "build_uuid": build,
            "build_short_uuid": build[:7],
            "build_set": uuid.uuid5(uuid.NAMESPACE_OID, build).hex,
            "build_master": "executor-03.ci.example.org",
            "build_hostids": [uuid.uuid5(uuid.NAMESPACE_DNS, build).hex],
            "project": "acme/shop",
            "tenant": "acme",
            "voting": 1,
            "build_start": start.isoformat(),
            "log_url": f"https://logs.example.org/{build[:2]}/{change}/3/check/{self.job}/{build[:7]}/job-output.txt",
        }
        return encode(Job(self.path.as_uri(), fields, ("job-output.txt", "console")))


@dataclass(frozen=True)
class Indexer:
    """Indexes logs into one store.

    Attributes:
        pipeline: what the daemon works with.
        start: when the builds began, and what the clock says all the time, so that two of these store the same.
    """

    pipeline: Pipeline
    start: datetime

    def index(self, log: BuildLog) -> None:
        """Do the job of a log, wholly."""
        found = self.pipeline.process(log.payload(self.start))
        check(Outcome.INDEXED, found, f"outcome of {log.path.name}")


@contextlib.contextmanager
def indexer(folder: Path, settings: StoreSettings, start: datetime, *, prepare: bool) -> Iterator[Indexer]:
    """Give an indexer that has learnt nothing yet.

    Args:
        folder: the logs lie in it, and what the daemon keeps gets a folder of its own there.
        settings: of the store.
        start: see `Indexer`.
        prepare: whether a cluster gets our templates first; SQLite needs it for its tables.
    """
    own = folder / uuid.uuid4().hex
    fetcher = Fetcher(FetchSettings((f"{folder.as_uri()}/",)))
    store = open_store(settings)
    with contextlib.closing(store), contextlib.closing(fetcher):
        if prepare:
            store.prepare()
        letters = DeadLetters(own / "dead-letters", lambda: start)
        models = ModelStore(own / "models")
        yield Indexer(Pipeline(fetcher, store, models, letters, Metrics(), now=lambda: start), start)
