"""Search clusters for tests: started once a session, for those tests that ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.servers import Elasticsearch, OpenSearch, SearchServer, running

BOTH = [pytest.param(name, marks=pytest.mark.services(name)) for name in ("opensearch", "elasticsearch")]


@pytest.fixture(scope="session")
def opensearch_server() -> Iterator[SearchServer]:
    """OpenSearch. A test that uses it is marked `services("opensearch")`."""
    with running(OpenSearch) as server:
        yield server


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[SearchServer]:
    """Elasticsearch. A test that uses it is marked `services("elasticsearch")`."""
    with running(Elasticsearch) as server:
        yield server


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
