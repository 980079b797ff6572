"""Elasticsearch and OpenSearch as the store: daily indices of lines, one index of file documents.

No server is asked what it is: not every one says it to every user.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain

from elasticsearch import ApiError

from log_processor.document import FileDocument, LineDocument, LogFile, columns_of, line_ids
from log_processor.document_json import LineSources, file_source, line_from_source
from log_processor.errors import StoreUnavailable
from log_processor.stores.contract import Reject
from log_processor.stores.elastic_bulk import (
    BUSY,
    HEADERS,
    PARAMETERS,
    Operations,
    deletion,
    empty_update,
    indexing,
    insisted,
    refusals,
    requests,
)
from log_processor.stores.elastic_client import refusal_of, unavailable
from log_processor.stores.elastic_cluster import Cluster, Refused
from log_processor.stores.elastic_reader import ElasticReader
from log_processor.stores.elastic_refusal import Refusal
from log_processor.stores.elastic_templates import put_templates
from log_processor.stores.overlap import overlapped
from log_processor.stores.settings import StoreSettings
from log_processor.templates import State

_LOG = logging.getLogger(__name__)

_BATCH_LINES = 250
"""Lines whose operations are made at once: enough for the cost of beginning, few enough for any memory."""

PROBE = "readiness-probe"
"""The id of a document that never exists."""


class ElasticStore(ElasticReader):
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
        super().__init__(settings)
        self._bulk_retries = bulk_retries
        self._sleep = sleep

    def prepare(self) -> None:
        """Put the templates that the cluster lacks, or has of an older version of ours.

        What a person changed stays. Without the privilege for it that is somebody else's task, and a warning is logged.
        """
        try:
            for template in put_templates(Cluster(self._settings, self._client)):
                if template.state in (State.CHANGED, State.NEWER):
                    _LOG.info("%s stays as it is: %s", template.path, template.state.value)
        except Refused as error:
            if error.refusal.status != 403:
                raise
            _LOG.warning(
                "no privilege to look after index templates: run anomaly-setup as another user (%s)", error
            )

    def put_file(self, document: FileDocument) -> None:
        """Store a file document, over the one that was there."""
        index = self._settings.files_index
        with self._errors():
            self._client.index(index=index, id=document.file.key, document=file_source(document))
        self._changed(index)

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        """Store the lines of a file, a bulk request at a time; one is under way while the next is made."""
        index = self._index(file)
        stored = 0
        self._changed(index)
        made = self._requests(self._operations(file, index, lines))
        with closing(overlapped(self._answered, made)) as answers:
            for request, found in answers:
                stored += found.count(None)
                if any(found):
                    self._reject(request, found, reject)
        return stored

    def _operations(self, file: LogFile, index: str, lines: Iterable[LineDocument]) -> Iterator[Operations]:
        """Give the operations that store lines, some at a time."""
        source, action = LineSources(file).source, indexing(index, line_ids(file.key))
        # What a file's lines share may be far more than their messages.
        room = self._settings.chunk_bytes // (8 * source.shared_bytes)
        most = max(1, min(_BATCH_LINES, self._settings.chunk_lines, room))
        for batch in columns_of(lines, most):
            yield Operations(len(batch), source.all(batch, map(action.__mod__, batch.numbers)))

    def _reject(self, request: Operations, found: Sequence[Refusal | None], reject: Reject) -> None:
        for operation, refused in zip(request.each(), found, strict=True):
            if refused is None:
                continue
            if not refused.of_the_document:
                raise self._unavailable(refused)
            _, source = operation.body.splitlines()
            reject(line_from_source(json.loads(source)), str(refused))

    def forget_after(self, file: LogFile, last_line: int) -> int:
        """Delete the stored lines of the file beyond `last_line`."""
        index = self._index(file)
        self._changed(index)
        beyond = self._lines(file, {"range": {"log.line": {"gt": last_line}}}, source=False)
        deleted = 0
        made = self._requests(deletion(index, hit["_id"]) for hit in beyond)
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
            (refused,) = self._sent(empty_update(self._settings.files_index, PROBE))
        if refused and refused.type != "document_missing_exception":
            raise self._unavailable(refused)

    def _requests(self, batches: Iterable[Operations]) -> Iterator[Operations]:
        return requests(batches, self._settings.chunk_lines, self._settings.chunk_bytes)

    def _answered(self, request: Operations) -> tuple[Operations, list[Refusal | None]]:
        return request, self._insisted(request)

    def _insisted(self, request: Operations) -> list[Refusal | None]:
        """Do operations; return of each why it was refused, or None.

        What is refused as a whole request is no document's fault.
        """
        with self._errors():
            return insisted(self._sent, request, self._bulk_retries, self._sleep)

    def _sent(self, operations: Operations) -> list[Refusal | None]:
        """Do operations in one request; return why each was refused, or None."""
        try:
            answer = self._client.perform_request(
                "POST", "/_bulk", params=PARAMETERS, headers=HEADERS, body=operations.body
            )
        except ApiError as error:
            if error.status_code not in BUSY:
                raise
            return [refusal_of(error)] * operations.count
        return refusals(answer.body, operations.count)

    def _unavailable(self, refused: Refusal) -> StoreUnavailable:
        return unavailable(self._settings, refused)
