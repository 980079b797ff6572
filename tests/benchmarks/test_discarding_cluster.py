from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest

from benchmarks.discarding_cluster import Handler
from log_processor.document import LineDocument, LogFile, Scoring
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.answering import handling

NOW = datetime(2024, 5, 6, tzinfo=timezone.utc)


@pytest.fixture
def store() -> Iterator[ElasticStore]:
    with handling(Handler) as url, contextlib.closing(ElasticStore(StoreSettings(url))) as store:
        yield store


def test_it_takes_every_line_of_a_file_and_keeps_none(store: ElasticStore) -> None:
    store.prepare()
    store.ready()
    file = LogFile("b1", "job.log", date(2024, 5, 6), {}, (), {}, Scoring(), NOW)
    # What looks like the id of a document may stand in a message.
    lines = [
        LineDocument(number, NOW, 'put {"_id":"x"}', False, None, None, None, (), None)  # noqa: FBT003 - as stores write it
        for number in range(1, 2501)
    ]
    refused: list[str] = []
    assert 2500 == store.write(file, lines, lambda line, reason: refused.append(f"{line} {reason}"))
    assert [] == refused
    assert store.file("b1", "job.log") is None
