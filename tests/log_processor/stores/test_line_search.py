"""Answers of a cluster that a healthy one hardly gives; tests/services asks real ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.stores.line_search import LineSearch, Place, QueryRefused
from log_processor.stores.settings import StoreSettings
from tests.answering import Asked, Reply, answering
from tests.log_processor.documents import a_file

FOUND = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": []}}


class Cluster:
    """Gives the same answer to each search, and to each refresh."""

    def __init__(self) -> None:
        self.url = ""
        self.refresh: tuple[int, Any] = (200, {})
        self.search: tuple[int, Any] = (200, FOUND)
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return Reply(*(self.refresh if "_refresh" in asked.path else self.search))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    with answering(cluster.answer) as cluster.url:
        yield cluster


def places(cluster: Cluster, query: str = "a") -> tuple[Place, ...]:
    settings = StoreSettings(cluster.url, timeout_seconds=5)
    with closing(LineSearch(settings, [a_file()])) as search:
        return search.places(query)


def test_a_store_that_is_no_cluster_is_refused() -> None:
    for url in ("sqlite:///store.sqlite", "logstash+tcp://127.0.0.1:9999"):
        with pytest.raises(
            ConfigError, match="run by Elasticsearch or OpenSearch, and this store is neither"
        ):
            LineSearch(StoreSettings(url), [a_file()])


def test_a_query_that_takes_too_long_is_refused(cluster: Cluster) -> None:
    cluster.search = (200, {**FOUND, "timed_out": True})
    with pytest.raises(QueryRefused, match="takes more than 10 s: write it without wildcards"):
        places(cluster)
    assert "10s" == cluster.asked[-1].json["timeout"]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {**FOUND, "_shards": {"failed": 1, "failures": [{"shard": 0, "reason": {"type": "t", "reason": "why"}}]}}),
        (400, {"error": {"type": "t", "reason": "why"}}),
        (400, {"error": {"type": "t", "reason": "all", "failed_shards": [{"reason": {"type": "t", "reason": "why"}}]}}),
        (500, {"error": {"type": "t", "reason": "of a b*", "caused_by": {"type": "t", "reason": "why"}}}),
        (400, {"error": {"type": "why"}}),
        (500, {"error": "why"}),
        (400, {"error": {"type": "t", "reason": "why\nWas expecting one of:\n <NOT>"}}),
    ],
)  # fmt: skip
def test_a_query_is_refused_with_the_cluster_s_reason(cluster: Cluster, answer: tuple[int, Any]) -> None:
    cluster.search = answer
    with pytest.raises(QueryRefused) as refused:
        places(cluster, "a b*")
    assert "why" == str(refused.value)


def test_a_long_reason_is_cut(cluster: Cluster) -> None:
    cluster.search = (400, {"error": {"type": "t", "reason": "why " * 1000}})
    with pytest.raises(QueryRefused) as refused:
        places(cluster)
    assert 200 == len(str(refused.value))


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_cluster_that_is_away_is_not_the_query_s_fault(cluster: Cluster, status: int) -> None:
    cluster.search = (status, {"error": {"type": "t", "reason": "why"}})
    with pytest.raises(StoreUnavailable, match="why"):
        places(cluster)


def test_without_the_privilege_to_refresh_searching_goes_on(cluster: Cluster) -> None:
    cluster.refresh = (403, {"error": {"type": "security_exception", "reason": "no"}})
    assert () == places(cluster)
    cluster.refresh = (503, {"error": {"type": "t", "reason": "away"}})
    with pytest.raises(StoreUnavailable, match="away"):
        places(cluster)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("answer", [{"welcome": "to the cluster"}, ["a"], "a page", None])
def test_a_proxy_s_page_is_no_answer(cluster: Cluster, status: int, answer: object) -> None:
    cluster.search = (status, answer)
    with pytest.raises(StoreUnavailable, match="does not answer searches as a cluster does: check"):
        places(cluster)
