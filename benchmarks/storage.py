"""What lines take on a cluster's disk, and how soon `anomaly-query` tells of one build among many."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import cycle
from pathlib import Path

from benchmarks.bench import FULL, Bench
from benchmarks.corpora import lines_in
from benchmarks.figures import Figure, at_most, check, not_measured, of_pairs, require
from benchmarks.indexing import BuildLog, Indexer, indexer
from benchmarks.runs import run
from log_processor.query.builds import Build
from log_processor.query.question import Question, answer
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings
from log_processor.timestamps import now
from tests.services.indices import ask, own_indices
from tests.services.servers import Elasticsearch, OpenSearch, SearchServer, ServerMissingError, missing

_DISK = "x the bytes of dynamic mapping"
_HALF = at_most(0.5)
_SOON = at_most(1)
_OTHER_LOGS = 5
_OTHER_MB = 1
_OTHERS_SECONDS = 150  # of indexing, on each of two servers
_ROUNDS = 7
_STATS_SECONDS = 11  # servers keep the size that `_stats` tells for 10 s
_MERGE_SECONDS = 120


def storage(bench: Bench) -> Iterator[Figure]:
    """Index logs as the daemon does, look at the index's size, and ask for a build."""
    if bench.form is not FULL:
        for kind in (OpenSearch, Elasticsearch):
            yield not_measured(_disk(kind), _DISK, _HALF, why="only with --full")
        settings = StoreSettings(f"sqlite:///{bench.folder}/storage.sqlite")
        yield from _answered(bench, "SQLite", settings, seconds=0)
        return
    for kind in (OpenSearch, Elasticsearch):
        yield from _on(kind, bench)


def _on(kind: type[SearchServer], bench: Bench) -> Iterator[Figure]:
    name = kind.__name__
    why, server = missing(name.lower()), None
    if why is None:
        try:
            server = kind()
        except ServerMissingError as error:
            why = str(error)
    if server is None:
        yield not_measured(_disk(kind), _DISK, _HALF, why=str(why))
        for row in _rows(name):
            yield not_measured(row, "s", _SOON, why=str(why))
        return
    try:
        yield _smaller(bench, kind, server.url)
        with own_indices(server.url) as settings:
            yield from _answered(bench, name, settings, _OTHERS_SECONDS)
    finally:
        server.stop()


def _disk(kind: type[SearchServer]) -> str:
    return f"bytes of a line on disk, {kind.__name__}"


def _rows(store: str) -> tuple[str, str]:
    return f"a build read, {store}", f"anomaly-query --build-uuid, {store}"


def _smaller(bench: Bench, kind: type[SearchServer], url: str) -> Figure:
    """Index the same documents with our templates and without any."""
    logs = _real_logs(bench)
    start = now()
    ours, dynamic = (
        _bytes_on_disk(bench, url, logs, start, templates=templates) for templates in (True, False)
    )
    lines = _lines(logs)
    read = sum(log.path.stat().st_size for log in logs)
    origins = ", ".join(dict.fromkeys((bench.builds.origin, bench.tests.origin)))
    note = (
        f"{lines:,} lines of {origins}; {ours / lines:.1f} against {dynamic / lines:.1f} bytes a line, "
        f"of logs with {read / lines:.1f}; one segment each"
    )
    return Figure(_disk(kind), _DISK, _HALF, ours / dynamic, note=note)


def _real_logs(bench: Bench) -> list[BuildLog]:
    """Return logs of two jobs as they are, a passing one of each before the failing one."""
    found = []
    for job, logs in (("builds", bench.builds), ("tests", bench.tests)):
        for build, status, text in (("good", "SUCCESS", logs.passed), ("bad", "FAILURE", logs.failed)):
            path = bench.folder / f"whole-{job}-{build}.log"
            path.write_bytes(text)
            found.append(BuildLog(job, build, status, path))
    return found


def _lines(logs: list[BuildLog]) -> int:
    return sum(lines_in(log.path) for log in logs)


def _bytes_on_disk(bench: Bench, url: str, logs: list[BuildLog], start: datetime, *, templates: bool) -> int:
    with own_indices(url) as settings:
        with indexer(bench.folder, settings, start, prepare=templates) as into:
            for log in logs:
                into.index(log)
        index = f"{url}/{settings.index_prefix}*"
        for step in ("_refresh", "_forcemerge?max_num_segments=1", "_flush?force=true"):
            ask("POST", f"{index}/{step}")
        time.sleep(_STATS_SECONDS)
        found = ask("GET", f"{index}/_stats/docs,store,segments")["_all"]["primaries"]
    check((_lines(logs), 0), (found["docs"]["count"], found["docs"]["deleted"]), "lines there and deleted")
    check(1, found["segments"]["count"], "segments")
    return int(found["store"]["size_in_bytes"])


def _answered(bench: Bench, name: str, settings: StoreSettings, seconds: float) -> Iterator[Figure]:
    """Ask for one build among as many others as are indexed in so many seconds."""
    good, asked, *_ = _real_logs(bench)
    with indexer(bench.folder, settings, now(), prepare=True) as into:
        into.index(good)
        into.index(asked)
        builds, lines = _index_others(bench, into, asked.job, seconds)
    if settings.url.startswith("http"):
        _settle(settings)
    config = bench.folder / "storage.yaml"
    names = {name: getattr(settings, name) for name in ("url", "index_prefix", "files_index")}
    config.write_text(json.dumps({"store": names}))
    rounds = []
    for _ in range(_ROUNDS):
        far, read = _read(settings, asked.build_uuid)
        rounds.append((read, _run(bench, config, asked.build_uuid, far)))
    note = f"{far:,} far lines of {lines_in(asked.path):,}, among {lines:,} of other builds ({builds:,}) of that day and job"
    for row, times in zip(_rows(name), zip(*rounds, strict=True), strict=True):
        yield of_pairs(row, "s", _SOON, times, note)


def _index_others(bench: Bench, into: Indexer, job: str, seconds: float) -> tuple[int, int]:
    """Index builds of the same job and day, at least one, for so many seconds; return how many, and their lines."""
    logs = [
        bench.log(f"other-{seed}", bench.builds.failed, _OTHER_MB, seed)
        for seed in range(_OTHER_LOGS if seconds else 1)
    ]
    sizes = {path: lines_in(path) for path in logs}
    builds, lines, end = 0, 0, time.monotonic() + seconds
    for path in cycle(logs):
        builds += 1
        into.index(BuildLog(job, f"other-{builds}", "FAILURE", path))
        lines += sizes[path]
        if time.monotonic() >= end:
            break
    return builds, lines


def _settle(settings: StoreSettings) -> None:
    """Let the server end the merges that indexing began."""
    index = f"{settings.url}/{settings.index_prefix}*"
    ask("POST", f"{index}/_flush")
    end = time.monotonic() + _MERGE_SECONDS
    while ask("GET", f"{index}/_stats/merge")["_all"]["primaries"]["merges"]["current"]:
        require(time.monotonic() < end, f"merges end within {_MERGE_SECONDS} s")
        time.sleep(1)


def _read(settings: StoreSettings, build_uuid: str) -> tuple[int, float]:
    """Have the store answer what the command asks; return how many lines are far, and the seconds."""
    begun = time.perf_counter()
    with contextlib.closing(open_reader(settings)) as reader:
        build = Build.of(reader.files(build_uuid))
        parts = answer(reader, build, Question(elsewhere=True))
        found = sum(len(block.far) for part in parts for block in part.blocks)
    seconds = time.perf_counter() - begun
    check(build.far_lines, found, "far lines of the build")
    require(found, "the build has far lines")
    return found, seconds


def _run(bench: Bench, config: Path, build_uuid: str, far: int) -> float:
    command = (sys.executable, "-m", "log_processor.query.cli", "--config", config)
    seconds = run(*command, "--build-uuid", build_uuid, "--format", "jsonl", output=bench.output).seconds
    rows = (json.loads(row) for row in bench.output.read_bytes().splitlines())
    check(far, sum(row["type"] == "line" for row in rows), "far lines of anomaly-query")
    return seconds
