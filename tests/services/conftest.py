"""Search clusters for tests: started once a session, for those tests that ask for them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.services.servers import Elasticsearch, OpenSearch, SearchServer, ServerMissingError

BOTH = [pytest.param(name, marks=pytest.mark.services(name)) for name in ("opensearch", "elasticsearch")]


@pytest.fixture(scope="session")
def opensearch_server() -> Iterator[SearchServer]:
    """OpenSearch. A test that uses it is marked `services("opensearch")`."""
    yield from _running(OpenSearch)


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[SearchServer]:
    """Elasticsearch. A test that uses it is marked `services("elasticsearch")`."""
    yield from _running(Elasticsearch)


@pytest.fixture(params=BOTH)
def cluster_server(request: pytest.FixtureRequest) -> SearchServer:
    """Each of the two in turn; whoever kills it starts it again."""
    server: SearchServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture(scope="session")
def opensearch(opensearch_server: SearchServer) -> str:
    """The URL of OpenSearch."""
    return opensearch_server.url


@pytest.fixture(scope="session")
def elasticsearch(elasticsearch_server: SearchServer) -> str:
    """The URL of Elasticsearch."""
    return elasticsearch_server.url


@pytest.fixture
def cluster(cluster_server: SearchServer) -> str:
    """The URL of each of the two in turn."""
    return cluster_server.url


def _running(kind: type[SearchServer]) -> Iterator[SearchServer]:
    try:
        server = kind()
    except ServerMissingError as error:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"REQUIRE_SERVICES=1, and {error}", pytrace=False)
        pytest.skip(str(error))
    yield server
    server.stop()
