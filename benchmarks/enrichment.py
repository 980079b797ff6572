"""What scoring costs where documents go into a real OpenSearch: processor seconds of the client and of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from statistics import median

from benchmarks.bench import FULL, Bench
from benchmarks.corpora import lines_in
from benchmarks.figures import Figure, at_most, check, not_measured, of_pairs
from benchmarks.runs import answer
from tests.services.indices import ask, own_indices
from tests.services.servers import OpenSearch, ServerMissingError, missing

_ROW = "scoring, of the daemon's and OpenSearch's CPU time", "% more than without", at_most(5)
_PAIRS = 5
_SIZE_MB = 10
_BUILDS = 3


def enrichment(bench: Bench) -> Iterator[Figure]:
    """Index a log with and without scoring, in turn."""
    if bench.form is not FULL:
        yield not_measured(*_ROW, why="only with --full")
        return
    if why := missing("opensearch"):
        yield not_measured(*_ROW, why=why)
        return
    try:
        server = OpenSearch()
    except ServerMissingError as error:
        yield not_measured(*_ROW, why=str(error))
        return
    try:
        yield from _measured(bench, server.url)
    finally:
        server.stop()


def _measured(bench: Bench, url: str) -> Iterator[Figure]:
    log = bench.log("tests-failed", bench.tests.failed, _SIZE_MB)
    for build in range(_BUILDS):
        _cpu_seconds(bench, url, "SUCCESS", "scored", seed=build)
    # The first of each warms the server's compiler up.
    pairs = [
        tuple(_cpu_seconds(bench, url, "FAILURE", how) for how in ("unscored", "scored"))
        for _ in range(_PAIRS + 1)
    ][1:]
    more = [100 * (sum(scored) / sum(unscored) - 1) for unscored, scored in pairs]
    without, with_ = (
        " + ".join(f"{median(seconds):.1f}" for seconds in zip(*column, strict=True))
        for column in zip(*pairs, strict=True)
    )
    note = f"{lines_in(log):,} lines; client + server {without} s without, {with_} s with"
    yield of_pairs(*_ROW, more, note)


def _cpu_seconds(bench: Bench, url: str, status: str, how: str, seed: int = 0) -> tuple[float, float]:
    """Index a log and return the seconds of the client and of the server."""
    name, text, size = (
        ("tests-passed", bench.tests.passed, 1)
        if status == "SUCCESS"
        else ("tests-failed", bench.tests.failed, _SIZE_MB)
    )
    log = bench.log(f"{name}-{seed}" if seed else name, text, size, seed)
    with own_indices(url) as store:
        before = _server_seconds(url)
        found = answer(
            "one_job",
            json.dumps(asdict(store)),
            bench.folder / ("models-none" if how == "unscored" else "models-enriched"),
            log,
            status,
            how,
            output=bench.output,
        )
        ask("POST", f"{url}/_refresh")
        after = _server_seconds(url)
    check(lines_in(log), found["lines"], "lines in OpenSearch")
    return found["cpu_seconds"], after - before


def _server_seconds(url: str) -> float:
    [node] = ask("GET", f"{url}/_nodes/stats/process")["nodes"].values()
    return float(node["process"]["cpu"]["total_in_millis"]) / 1e3
