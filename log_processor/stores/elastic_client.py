"""The connection to Elasticsearch or OpenSearch, and what its errors mean for a person.

One client serves both. It refuses OpenSearch by two means only, its own media types and a header that it expects in
answers, and `PortableNode` takes both away. The plain media types let this client speak to any version.
"""

from __future__ import annotations

import dataclasses
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
from elastic_transport import (
    ConnectionTimeout,
    HttpHeaders,
    JsonSerializer,
    TlsError,
    TransportError,
    Urllib3HttpNode,
)
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.stores.elastic_bulk import MalformedAnswer
from log_processor.stores.elastic_refusal import Refusal, refusal
from log_processor.stores.settings import StoreSettings
from log_processor.stores.tls import tls_mend

DEFAULT_PORTS = {"http": 80, "https": 443}

_VENDOR_TYPE = re.compile(r"application/vnd\.elasticsearch\+([\w-]+); *compatible-with=\d+")


class PortableNode(Urllib3HttpNode):
    """Speaks plain JSON, and takes every server that answers in JSON for the expected product."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:  # noqa: ANN401 - the client has no public name for it
        """Send one request."""
        sent = HttpHeaders(headers or {})
        for name in ("accept", "content-type"):
            if name in sent:
                sent[name] = _VENDOR_TYPE.sub(r"application/\1", sent[name])
        answer = super().perform_request(method, target, body, sent, request_timeout)
        if not (answer.meta.mimetype or "").endswith("json"):
            return answer
        received = HttpHeaders({**answer.meta.headers, "x-elastic-product": "Elasticsearch"})
        return answer._replace(meta=dataclasses.replace(answer.meta, headers=received))


class _FastAnswers(JsonSerializer):
    """Reads answers faster: one to a bulk request has as many items as the request."""

    def json_loads(self, data: bytes) -> Any:  # noqa: ANN401 - whatever came
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:  # it is stricter
            return super().json_loads(data)


def connect(settings: StoreSettings) -> Elasticsearch:
    """Return a client; nothing is sent yet.

    Raises:
        ConfigError: the URL, the credentials or the certificates are unusable.
    """
    arguments: dict[str, Any] = {}
    if settings.api_key and settings.username:
        raise ConfigError("both an API key and store.username are set: leave one out")
    if settings.api_key:
        arguments["api_key"] = settings.api_key
    elif settings.username:
        arguments["basic_auth"] = (settings.username, settings.password or "")
    try:
        url = urlsplit(settings.url)
        if url.username or url.password:
            raise ConfigError(
                "store.url holds credentials: name the user in store.username, and its password or a key beside it"
            )
        if not url.port:
            url = url._replace(netloc=f"{url.netloc}:{DEFAULT_PORTS[url.scheme]}")
        if url.scheme == "https":
            arguments |= _tls(settings)
        if settings.ca_certs:
            # The client would not look at the file before it connects.
            ssl.create_default_context(cafile=settings.ca_certs)
        return Elasticsearch(
            url.geturl(),
            node_class=PortableNode,
            request_timeout=settings.timeout_seconds,
            # Waiting is the caller's: it holds the job. Once more at once, for a connection that had grown stale.
            max_retries=1,
            retry_on_status=(),
            serializer=_FastAnswers(),
            **arguments,
        )
    except (ValueError, OSError) as error:
        message = f"store.url or store.ca_certs ({settings.ca_certs}) cannot be used: {error}"
        raise ConfigError(message) from error


def _tls(settings: StoreSettings) -> dict[str, Any]:
    if settings.fingerprint is None:
        return {"ca_certs": settings.ca_certs, "verify_certs": settings.verify_certs, "ssl_show_warn": False}
    # The fingerprint is the check: the client looks at nothing else of the certificate.
    return {"ssl_assert_fingerprint": settings.fingerprint}


def ask(
    client: Elasticsearch,
    method: str,
    path: str,
    body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> tuple[int, Any]:
    """Send one request; return the status of the answer, whatever it is, and its JSON.

    Args:
        client: the connection.
        method: of HTTP.
        path: with the query.
        body: its JSON; a list is sent as lines of JSON.

    Raises:
        TransportError: there was no answer; see `named_errors`.
    """
    lines = isinstance(body, Sequence)
    headers = {"accept": "application/json", "content-type": f"application/{'x-ndjson' if lines else 'json'}"}
    try:
        answer = client.perform_request(method, path, headers=headers, body=body)
    except ApiError as error:
        return error.status_code, error.body
    return answer.meta.status, answer.body


@contextmanager
def named_errors(settings: StoreSettings) -> Iterator[None]:
    """Make `StoreUnavailable` of whatever the client raises; it says what happened and how it is mended."""
    url = settings.url
    try:
        yield
    except UnsupportedProductError as error:
        raise StoreUnavailable(
            f"{url} does not answer like Elasticsearch or OpenSearch: check store.url"
        ) from error
    except ApiError as error:
        raise unavailable(settings, refusal_of(error)) from error
    except MalformedAnswer as error:
        raise StoreUnavailable(
            f"{url} does not answer bulk requests as a cluster does: {error}: check store.url, and "
            "what a proxy before the cluster makes of answers"
        ) from error
    except ConnectionTimeout as error:
        raise StoreUnavailable(
            f"{url} gave no answer within {settings.timeout_seconds:g} s: "
            "the cluster is overloaded or hangs, or raise store.timeout_seconds"
        ) from error
    except TlsError as error:
        raise StoreUnavailable(f"{url}: {_innermost(error)}: {tls_mend(str(error))}") from error
    except TransportError as error:
        # A server that expects TLS hangs up on plain HTTP.
        plain = "; if the cluster speaks TLS, its URL begins with https" if url.startswith("http:") else ""
        raise StoreUnavailable(
            f"{url} cannot be reached: {_innermost(error)}: check store.url and that the cluster is up{plain}"
        ) from error


def unavailable(settings: StoreSettings, refused: Refusal) -> StoreUnavailable:
    """Return the error that says why the cluster refused, and how it is mended."""
    return StoreUnavailable(f"{settings.url} refused: {refused}: {refused.mend}")


def refusal_of(error: ApiError) -> Refusal:
    """Read what the cluster, or a proxy before it, said."""
    return refusal_in(error.status_code, error.body)


def refusal_in(status: int, body: object) -> Refusal:
    """Read what came with a status of 400 or more."""
    return refusal(status, body.get("error", body) if isinstance(body, Mapping) else body)


def _innermost(error: BaseException) -> BaseException:
    """Return what the network said; each layer around it repeats it in its own words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
