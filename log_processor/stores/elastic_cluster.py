"""What is asked of a cluster beside documents: one request at a time, its answer as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from log_processor.errors import StoreUnavailable
from log_processor.stores.elastic_client import ask, connect, named_errors, refusal_in
from log_processor.stores.elastic_refusal import Refusal
from log_processor.stores.settings import StoreSettings

Body = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""JSON; of a bulk request, a list of its lines."""


class Request(NamedTuple):
    """A request, and whether it was sent: a rehearsal sends none that changes anything.

    Attributes:
        method: of HTTP.
        path: with the query, without the host.
        body: its JSON.
        sent: whether it was.
    """

    method: str
    path: str
    body: Body | None
    sent: bool


class Refused(StoreUnavailable):
    """The cluster refused a request.

    Attributes:
        refusal: how.
    """

    def __init__(self, request: str, refusal: Refusal) -> None:
        super().__init__(f"{request}: {refusal}: {refusal.mend}")
        self.refusal = refusal


class Cluster:
    """Elasticsearch or OpenSearch; methods raise `StoreUnavailable` where it is away, `Refused` where it refuses."""

    def __init__(
        self,
        settings: StoreSettings,
        client: Elasticsearch | None = None,
        tell: Callable[[Request], None] = lambda _: None,
        *,
        rehearsal: bool = False,
    ) -> None:
        """Set up the connection; nothing is sent yet.

        Args:
            settings: where the cluster is.
            client: a connection to it, where there is one already.
            tell: is told each request.
            rehearsal: whether requests that change something are told only.

        Raises:
            ConfigError: the settings are unusable.
        """
        self.settings = settings
        self._client = client or connect(settings)
        self._tell = tell
        self._rehearsal = rehearsal

    def find(self, path: str) -> Any | None:  # noqa: ANN401 - whatever JSON it is
        """GET what may not be there; None where it is not."""
        status, body = self._send("GET", path, None, (404,))
        return None if status == 404 else body

    def ask(
        self, method: str, path: str, body: Body | None = None, expected: Collection[int] = ()
    ) -> tuple[int, Any]:
        """Send a request that changes nothing; return its status and JSON.

        Args:
            method: of HTTP.
            path: with the query.
            body: its JSON.
            expected: which statuses from 400 on are an answer too.
        """
        return self._send(method, path, body, expected)

    def change(
        self, method: str, path: str, body: Body | None = None, expected: Collection[int] = ()
    ) -> tuple[int, Any]:
        """Send a request that changes something, but in a rehearsal; return its status and JSON."""
        if self._rehearsal:
            self._tell(Request(method, path, body, sent=False))
            return 200, {}
        return self._send(method, path, body, expected)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, method: str, path: str, body: Body | None, expected: Collection[int]) -> tuple[int, Any]:
        self._tell(Request(method, path, body, sent=True))
        with self._errors():
            status, answer = ask(self._client, method, path, body)
        if status >= 400 and status not in expected:
            raise Refused(f"{self.settings.url} refused {method} {path}", refusal_in(status, answer))
        return status, answer

    def _errors(self) -> AbstractContextManager[None]:
        return named_errors(self.settings)
