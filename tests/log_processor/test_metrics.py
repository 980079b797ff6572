from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from log_processor.document import FileDocument, Scoring, Status
from log_processor.errors import Outcome
from log_processor.metrics import STAGES, Metrics, Stopwatch
from log_processor.queue_status import QueueStatus
from tests.log_processor.documents import a_document, a_file


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"log_processor_{name}", labels)


class Seconds:
    """A clock on which only `spend` moves the time."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def spend(self, seconds: float) -> None:
        self._now += seconds

    def slowly(self, items: Iterator[int], seconds: float) -> Iterator[int]:
        for item in items:
            self.spend(seconds)
            yield item


def test_a_stage_is_told_its_own_time_without_that_of_the_stages_within_it() -> None:
    clock = Seconds()
    watch = Stopwatch(clock)
    fetched = watch.timed("fetch", clock.slowly(iter(range(3)), 8))
    scored = watch.timed("score", clock.slowly(fetched, 4))
    documents = watch.timed("document", clock.slowly(scored, 2))
    with watch.measured("write"):
        for _ in documents:
            clock.spend(1)
    assert dict(zip(STAGES, (24, 12, 6, 3), strict=True)) == watch.seconds()


def test_no_stage_has_a_negative_time() -> None:
    clock = Seconds()
    watch = Stopwatch(clock)
    with watch.measured("fetch"):
        clock.spend(1)
    assert {"fetch": 1, "score": 0, "document": 0, "write": 0} == watch.seconds()


def test_an_error_passes_through_a_timed_stage() -> None:
    clock = Seconds()

    def failing() -> Iterator[int]:
        yield 1
        clock.spend(5)
        raise OSError("away")

    watch = Stopwatch(clock)
    with pytest.raises(OSError, match="away"):
        list(watch.timed("fetch", failing()))
    assert 5 == watch.seconds()["fetch"]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("outcome", [Outcome.INDEXED, Outcome.CORRUPT])
def test_a_file_is_counted_by_its_outcome_and_its_model(status: Status, outcome: Outcome) -> None:
    metrics = Metrics()
    document: FileDocument = replace(
        a_document(replace(a_file(), scoring=Scoring(status))), outcome=outcome, lines_truncated=3
    )
    metrics.ended(document, Stopwatch())
    assert 1 == value(metrics, "jobs_total", outcome=outcome.value)
    assert 1 == value(metrics, "models_total", status=status.value)
    counted = [
        value(metrics, "lines_total", outcome=name)
        for name in ("indexed", "rejected", "far", "shown", "truncated")
    ]
    assert [6, 1, 2, 1, 3] == counted
    assert [1, 1, None] == [
        value(metrics, "findings_total", kind=kind) for kind in ("missing", "burst", "gap")
    ]
    assert 1234 == value(metrics, "bytes_total")
    assert (1, 0.25) == (value(metrics, "job_seconds_count"), value(metrics, "job_seconds_sum"))
    assert (outcome is Outcome.INDEXED) == bool(value(metrics, "last_success_timestamp_seconds"))


def test_a_job_without_a_file_is_counted() -> None:
    metrics = Metrics()
    metrics.failed("malformed")
    assert 1 == value(metrics, "jobs_total", outcome="malformed")


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.NOT_FOUND])
def test_a_file_that_was_not_read_was_scored_by_no_model_and_missed_none(outcome: Outcome) -> None:
    metrics = Metrics()
    metrics.ended(replace(a_document(a_file()), outcome=outcome, lines_read=0), Stopwatch())
    assert 1 == value(metrics, "jobs_total", outcome=outcome.value)
    assert [None] * 3 == [value(metrics, "models_total", status=status.value) for status in Status]


def test_the_queue_tells_what_waits_from_what_runs() -> None:
    metrics = Metrics()
    metrics.queue(QueueStatus("push-log", 7, 2, 4))
    assert (5, 2, 4) == (
        value(metrics, "queue_jobs", state="waiting"),
        value(metrics, "queue_jobs", state="running"),
        value(metrics, "queue_workers"),
    )


def test_an_unknown_queue_is_no_number() -> None:
    metrics = Metrics()
    metrics.queue(None)
    assert math.isnan(value(metrics, "queue_jobs", state="waiting") or 0)
    assert math.isnan(value(metrics, "queue_workers") or 0)


def test_every_metric_has_our_prefix_and_a_sentence() -> None:
    families = list(text_string_to_metric_families(generate_latest(Metrics().registry).decode()))
    assert 15 <= len(families)
    assert [] == [f.name for f in families if not f.name.startswith("log_processor_") or not f.documentation]


def test_two_daemons_in_one_process_count_apart() -> None:
    one, two = Metrics(), Metrics()
    one.lost.inc()
    assert (1, 0) == (value(one, "source_lost_total"), value(two, "source_lost_total"))
