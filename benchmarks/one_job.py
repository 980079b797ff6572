"""Does one job as the daemon does, and prints the processor seconds of it; run by `enrichment.py`.

    python -m benchmarks.one_job STORE MODELS LOG SUCCESS|FAILURE scored|unscored

STORE has the store's settings as JSON. `unscored` puts something in the place of the filter that hands lines through.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from anomaly_filter import Block, Finding, Lines, ModelStore, ScoredLine
from benchmarks.figures import check, require
from log_processor import pipeline
from log_processor.arguments import OBJECTS_BETWEEN_COLLECTIONS
from log_processor.dead_letters import DeadLetters
from log_processor.errors import Outcome
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from log_processor.job import Job, encode
from log_processor.metrics import Metrics
from log_processor.stores.opening import open_reader, open_store
from log_processor.stores.settings import StoreSettings


class Unscored:
    """Stands in for the filter and for its scan: every line goes through as it is."""

    findings: tuple[Finding, ...] = ()
    worst: frozenset[int] | None = None

    def __init__(self, *_: object, **__: object) -> None:
        self._blocks: Iterator[Block] = iter(())

    def scored(self, lines: Lines) -> Unscored:
        self._blocks = lines.blocks()
        return self

    def batches(self) -> Iterator[list[ScoredLine]]:
        for block in self._blocks:
            # What ScoredLine(...) does, as quickly as the filter does it.
            yield [
                tuple.__new__(ScoredLine, (number, text, bool(rest), None, None, None, (), None, None, None))
                for number, text, rest in block.lines()
            ]


def main() -> None:
    store_json, models, log, status, how = sys.argv[1:]
    path, models_folder = Path(log), Path(models)
    if how == "unscored":
        vars(pipeline)["AnomalyFilter"] = Unscored
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    settings = StoreSettings(**json.loads(store_json))
    now = datetime.now(timezone.utc)
    fields = {
        "build_uuid": uuid.uuid4().hex,
        "build_name": "bench",
        "project": "acme/shop",
        "build_branch": "main",
        "build_status": status,
        "filename": "service.log",
        "build_start": now.isoformat(),
    }
    payload = encode(Job(path.as_uri(), fields, ("service.log",)))
    store = open_store(settings)
    with contextlib.closing(store), contextlib.closing(Fetcher(FetchSettings((path.as_uri(),)))) as fetcher:
        work = pipeline.Pipeline(
            fetcher,
            store,
            ModelStore(models_folder),
            DeadLetters(models_folder / "dead-letters", lambda: now),
            Metrics(),
        )
        store.prepare()
        begun = time.process_time()
        check(Outcome.INDEXED, work.process(payload), "outcome of the job")
        seconds = time.process_time() - begun
    with contextlib.closing(open_reader(settings)) as reader:
        [document] = reader.files(str(fields["build_uuid"]))
    if status == "FAILURE":
        require((document.max_distance is None) == (how == "unscored"), f"lines have distances where {how}")
    print(json.dumps({"cpu_seconds": seconds, "lines": document.lines_indexed}))


if __name__ == "__main__":
    main()
