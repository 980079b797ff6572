"""Elasticsearch and OpenSearch as the store: daily indices of lines, one index of file documents.

One client serves both. It refuses OpenSearch by two means only, its own media types and a header that it expects in
answers, and `PortableNode` takes both away. No server is asked what it is: not every one says it to every user, and
the plain media types let this client speak to any version.
"""

from __future__ import annotations

import dataclasses
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice, tee
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
from elasticsearch import (
    ApiError,
    AuthorizationException,
    Elasticsearch,
    NotFoundError,
    UnsupportedProductError,
)

from log_processor.document import FileDocument, LineDocument, LogFile, file_key, line_ids
from log_processor.document_json import LineSources, file_from_source, file_source, line_from_source
from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.schema import TEMPLATE_VERSION, file_template, line_template
from log_processor.stores.contract import Reject
from log_processor.stores.elastic_bulk import (
    BUSY,
    HEADERS,
    PARAMETERS,
    MalformedAnswer,
    deletion,
    empty_update,
    indexing,
    insisted,
    refusals,
    requests,
)
from log_processor.stores.elastic_refusal import Refusal, refusal
from log_processor.stores.overlap import overlapped
from log_processor.stores.settings import StoreSettings

_LOG = logging.getLogger(__name__)

PAGE = 1000
"""Documents asked for at once; results are paged through to any number."""

_BATCH_LINES = 100
"""Lines whose operations are made at once: enough for the cost of beginning, few enough for any memory."""

DEFAULT_PORTS = {"http": 80, "https": 443}

PROBE = "readiness-probe"
"""The id of a document that never exists."""

_VENDOR_TYPE = re.compile(r"application/vnd\.elasticsearch\+([\w-]+); *compatible-with=\d+")
_FAR = {"exists": {"field": "anomaly.reasons"}}


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


class ElasticStore:
    """Writes documents into Elasticsearch or OpenSearch, and reads them.

    Ids are functions of build, file and line, and every write is a whole document: writing twice is writing once.
    Safe to use from several threads.
    """

    def __init__(
        self,
        settings: StoreSettings,
        bulk_retries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set up the client; nothing is sent yet.

        Args:
            settings: where the cluster is.
            bulk_retries: how often an overloaded cluster is asked again, after 0.5, 1, 2, … seconds.
            sleep: waits so many seconds.

        Raises:
            ConfigError: the URL, the credentials or the certificates are unusable.
        """
        self._settings = settings
        self._bulk_retries = bulk_retries
        self._sleep = sleep
        self._client = _client(settings)
        self._fresh: set[str] = set()
        self._may_refresh = True

    def prepare(self) -> None:
        """Put the index templates that the cluster lacks, or has of an older version.

        Without the privilege for it that is somebody else's task, and a warning is logged.
        """
        prefix, files_index = self._settings.index_prefix, self._settings.files_index
        with self._errors():
            try:
                self._put_template(f"log-processor-{prefix}lines", line_template(f"{prefix}*"))
                self._put_template(f"log-processor-{files_index}", file_template(files_index))
            except AuthorizationException as error:
                _LOG.warning(
                    "%s: no privilege to look after index templates (%s): put them with another user",
                    self._settings.url,
                    _refusal(error).reason,
                )

    def _put_template(self, name: str, template: dict[str, Any]) -> None:
        indices = self._client.indices
        try:
            (found,) = indices.get_index_template(name=name)["index_templates"]
        except NotFoundError:
            pass
        else:
            if found["index_template"].get("_meta", {}).get("version", 0) >= TEMPLATE_VERSION:
                return
        indices.put_index_template(name=name, body=template)

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        """Return what an earlier run left of this file, also if that was a moment ago."""
        with self._errors():
            try:
                found = self._client.get(index=self._settings.files_index, id=file_key(build_uuid, filename))
            except NotFoundError as error:
                if _is_absent(error):
                    return None
                raise
        return file_from_source(found["_source"])

    def put_file(self, document: FileDocument) -> None:
        """Store a file document, over the one that was there."""
        index = self._settings.files_index
        with self._errors():
            self._client.index(index=index, id=document.file.key, document=file_source(document))
        self._fresh.discard(index)

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        """Store the lines of a file, a bulk request at a time; one is under way while the next is made."""
        index = self._index(file)
        stored = 0
        self._fresh.discard(index)
        # Between the two stand the lines of the requests that are under way and in the making.
        answered, sent = tee(lines)
        made = self._requests(self._operations(file, index, sent))
        with closing(overlapped(self._insisted, made)) as results:
            for found in results:
                request = [*islice(answered, len(found))]
                stored += found.count(None)
                if any(found):
                    self._reject(request, found, reject)
        return stored

    def _operations(self, file: LogFile, index: str, lines: Iterator[LineDocument]) -> Iterator[list[bytes]]:
        """Give the operations that store lines, some at a time."""
        source, action = LineSources(file).source, indexing(index, line_ids(file.key))
        # What a file's lines share may be far more than their messages.
        most = max(1, min(_BATCH_LINES, self._settings.chunk_bytes // (8 * source.shared_bytes)))
        while batch := [*islice(lines, most)]:
            yield source.all(batch, [action % line[0] for line in batch])

    def _reject(self, lines: Sequence[LineDocument], found: Sequence[Refusal | None], reject: Reject) -> None:
        for line, refused in zip(lines, found, strict=True):
            if refused is None:
                continue
            if not refused.of_the_document:
                raise self._unavailable(refused)
            reject(line, str(refused))

    def forget_after(self, file: LogFile, last_line: int) -> int:
        """Delete the stored lines of the file beyond `last_line`."""
        index = self._index(file)
        self._fresh.discard(index)
        beyond = self._lines(file, {"range": {"log.line": {"gt": last_line}}}, source=False)
        deleted = 0
        made = self._requests([deletion(index, hit["_id"])] for hit in beyond)
        for refused in chain.from_iterable(map(self._insisted, made)):
            if refused is None:
                deleted += 1
            elif refused.status != 404:  # somebody else has deleted it
                raise self._unavailable(refused)
        return deleted

    def ready(self) -> None:
        """Raise `StoreUnavailable` unless the file index takes writes.

        An update of a document that does not exist passes everything that a write passes, and changes nothing. It
        needs no privilege beyond writing.
        """
        with self._errors():
            (refused,) = self._sent([empty_update(self._settings.files_index, PROBE)])
        if refused and refused.type != "document_missing_exception":
            raise self._unavailable(refused)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def builds(self, limit: int) -> list[list[FileDocument]]:
        """Return the file documents of the builds most recently worked on, newest first."""
        newest = {
            "terms": {"field": "build_uuid", "size": limit, "order": [{"started": "desc"}, {"_key": "asc"}]},
            "aggs": {"started": {"max": {"field": "started_at"}}},
        }
        found = self._search(self._settings.files_index, size=0, aggs={"builds": newest})
        buckets = found["aggregations"]["builds"]["buckets"] if found else []
        return [self.files(bucket["key"]) for bucket in buckets]

    def files(self, build_uuid: str) -> list[FileDocument]:
        """Return a build's file documents by file name."""
        query = {"term": {"build_uuid": build_uuid}}
        hits = self._pages(self._settings.files_index, query, sort="filename")
        return sorted(
            (file_from_source(hit["_source"]) for hit in hits), key=lambda document: document.file.filename
        )

    def far_lines(self, file: LogFile, threshold: float | None) -> Iterator[LineDocument]:
        """Give the far lines of a file by number."""
        if threshold is None:
            condition: Mapping[str, Any] = _FAR
        elif threshold <= 0:
            condition = {"match_all": {}}
        else:
            condition = {"bool": {"should": [{"range": {"anomaly.distance": {"gte": threshold}}}, _FAR]}}
        lines = (line_from_source(hit["_source"]) for hit in self._lines(file, condition))
        return (line for line in lines if _is_far(line, threshold))

    def lines(self, file: LogFile, first: int, last: int) -> list[LineDocument]:
        """Return the lines with first <= number <= last, by number."""
        hits = self._lines(file, {"range": {"log.line": {"gte": first, "lte": last}}})
        return [line_from_source(hit["_source"]) for hit in hits]

    def _index(self, file: LogFile) -> str:
        return f"{self._settings.index_prefix}{file.day:%Y.%m.%d}"

    def _lines(self, file: LogFile, condition: Mapping[str, Any], *, source: bool = True) -> Iterator[Any]:
        of_the_file = [{"term": {"build_uuid": file.build_uuid}}, {"term": {"filename": file.filename}}]
        query = {"bool": {"filter": [*of_the_file, condition]}}
        return self._pages(self._index(file), query, sort="log.line", source=source)

    def _pages(
        self, index: str, query: Mapping[str, Any], *, sort: str, source: bool = True
    ) -> Iterator[Any]:
        after: Sequence[Any] | None = None
        while True:
            found = self._search(
                index, query=query, sort=[{sort: "asc"}], search_after=after, source=source, size=PAGE
            )
            hits = found["hits"]["hits"] if found else []
            yield from hits
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]

    def _search(self, index: str, **search: Any) -> Mapping[str, Any] | None:  # noqa: ANN401 - the client's arguments
        """Search; None when there is no such index yet."""
        with self._errors():
            try:
                self._refresh(index)
                # Part of the answer would look like the whole.
                found = self._client.search(
                    index=index, allow_partial_search_results=False, track_total_hits=False, **search
                )
            except NotFoundError as error:
                if _is_absent(error):
                    return None
                raise
        body: Mapping[str, Any] = found.body
        return body

    def _refresh(self, index: str) -> None:
        """Let searches see what was written: once, and again after each write of our own.

        Without the privilege for it they see what the index showed by itself, every half minute or so.
        """
        if index in self._fresh or not self._may_refresh:
            return
        try:
            self._client.indices.refresh(index=index)
        except AuthorizationException:
            self._may_refresh = False
            _LOG.info(
                "no privilege to refresh %s: what was stored in the last half minute may not be found", index
            )
        self._fresh.add(index)

    def _requests(self, batches: Iterable[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
        return requests(batches, self._settings.chunk_lines, self._settings.chunk_bytes)

    def _insisted(self, request: Sequence[bytes]) -> list[Refusal | None]:
        """Do operations; return of each why it was refused, or None.

        What is refused as a whole request is no document's fault.
        """
        with self._errors():
            return insisted(self._sent, request, self._bulk_retries, self._sleep)

    def _sent(self, operations: Sequence[bytes]) -> list[Refusal | None]:
        """Do operations in one request; return why each was refused, or None."""
        try:
            answer = self._client.perform_request(
                "POST", "/_bulk", params=PARAMETERS, headers=HEADERS, body=b"".join(operations)
            )
        except ApiError as error:
            if error.status_code not in BUSY:
                raise
            return [_refusal(error)] * len(operations)
        return refusals(answer.body, len(operations))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except UnsupportedProductError as error:
            raise StoreUnavailable(
                f"{self._settings.url} does not answer like Elasticsearch or OpenSearch: check store.url"
            ) from error
        except ApiError as error:
            raise self._unavailable(_refusal(error)) from error
        except MalformedAnswer as error:
            raise StoreUnavailable(
                f"{self._settings.url} does not answer bulk requests as a cluster does: {error}: check store.url, and "
                "what a proxy before the cluster makes of answers"
            ) from error
        except ConnectionTimeout as error:
            raise StoreUnavailable(
                f"{self._settings.url} gave no answer within {self._settings.timeout_seconds:g} s: "
                "the cluster is overloaded or hangs, or raise store.timeout_seconds"
            ) from error
        except TlsError as error:
            raise StoreUnavailable(
                f"{self._settings.url}: {error}: check that it speaks https, and name the file of its certificate "
                "authority in store.ca_certs"
            ) from error
        except TransportError as error:
            raise StoreUnavailable(
                f"{self._settings.url} cannot be reached: {_innermost(error)}: "
                "check store.url and that the cluster is up"
            ) from error

    def _unavailable(self, refused: Refusal) -> StoreUnavailable:
        return StoreUnavailable(f"{self._settings.url} refused: {refused}: {refused.mend}")


def _client(settings: StoreSettings) -> Elasticsearch:
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
            certificates, verify = settings.ca_certs, settings.verify_certs
            arguments |= {"ca_certs": certificates, "verify_certs": verify, "ssl_show_warn": False}
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


def _refusal(error: ApiError) -> Refusal:
    body = error.body
    return refusal(error.status_code, body.get("error", body) if isinstance(body, Mapping) else body)


def _innermost(error: BaseException) -> BaseException:
    """Return what the network said; each layer around it repeats it in its own words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _is_absent(error: NotFoundError) -> bool:
    """Tell whether a cluster says that there is no such document or index, or somebody that there is no cluster."""
    body = error.body
    missing_document = isinstance(body, Mapping) and body.get("found") is False
    return missing_document or _refusal(error).type == "index_not_found_exception"


def _is_far(line: LineDocument, threshold: float | None) -> bool:
    """Decide as `Reader.far_lines` says; the cluster is asked for all lines that may be."""
    if threshold is None or threshold <= 0:
        return True
    return bool(set(line.reasons) - {"novel"}) or (line.distance is not None and line.distance >= threshold)
