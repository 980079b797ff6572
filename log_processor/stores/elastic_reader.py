"""Reading what is stored in Elasticsearch or OpenSearch; requests keep to what all their versions have."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from elasticsearch import AuthorizationException, BadRequestError, NotFoundError

from log_processor.document import FileDocument, LineDocument, LogFile, file_key
from log_processor.document_json import file_from_source, line_from_source
from log_processor.errors import StoreUnavailable
from log_processor.stores.contract import EVERY, Occurrence, Sighting, Wanted
from log_processor.stores.elastic_client import connect, named_errors, refusal_of
from log_processor.stores.elastic_facts import (
    NO_SEARCH,
    builds_with,
    by_fingerprint,
    conditions,
    fingerprinted,
    latest_of_builds,
    newest_builds,
    occurrence,
    sighting,
    worst_builds,
)
from log_processor.stores.settings import StoreSettings

_LOG = logging.getLogger(__name__)

PAGE = 1000
"""Documents asked for at once; results are paged through to any number."""

FINGERPRINTS = 500
"""Fingerprints asked for at once: for each of them a cluster may take 72 kB to count what is distinct."""

_FAR = {"exists": {"field": "anomaly.reasons"}}


class ElasticReader:
    """Reads documents. Safe to use from several threads."""

    def __init__(self, settings: StoreSettings) -> None:
        """Set up the client; nothing is sent yet.

        Raises:
            ConfigError: the URL, the credentials or the certificates are unusable.
        """
        self._settings = settings
        self._client = connect(settings)
        self._fresh: set[str] = set()
        self._may_refresh = True

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        """Return what an earlier run left of this file, also if that was a moment ago."""
        with self._errors():
            try:
                found = self._client.get(index=self._settings.files_index, id=file_key(build_uuid, filename))
            except NotFoundError as error:
                if _is_absent(error):
                    return None
                raise
        return file_from_source(self._told(found.body, "_source")["_source"])

    def builds(self, limit: int, wanted: Wanted = EVERY, *, worst: bool = False) -> list[list[FileDocument]]:
        """Return the file documents of the builds most recently worked on, or of the worst."""
        search = worst_builds(limit, wanted) if worst else newest_builds(limit, wanted)
        return [self.files(bucket["key"]) for bucket in self._buckets(self._settings.files_index, search)]

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

    def sightings(self, fingerprints: Collection[str], wanted: Wanted = EVERY) -> dict[str, Sighting]:
        """Return what is known of each fingerprint that some far line has."""
        rest = iter(sorted(set(fingerprints)))
        found: dict[str, Sighting] = {}
        while some := [*islice(rest, FINGERPRINTS)]:
            for bucket in self._buckets(self._every_day, by_fingerprint(some, wanted)):
                found[bucket["key"]] = sighting(bucket)
        return found

    def occurrences(
        self, fingerprints: Collection[str], limit: int, wanted: Wanted = EVERY
    ) -> list[Occurrence]:
        """Return the builds with far lines of these fingerprints, the latest lines first."""
        far = [*fingerprinted(fingerprints), *conditions(wanted)]
        latest = self._buckets(self._every_day, builds_with(far, limit))
        if not latest:
            return []
        # A shard that has few lines of a build may have left it out before: now each counts all of these.
        builds = [bucket["key"] for bucket in latest]
        return [*map(occurrence, self._buckets(self._every_day, latest_of_builds(far, builds)))]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def _every_day(self) -> str:
        return f"{self._settings.index_prefix}*"

    def _index(self, file: LogFile) -> str:
        return self._settings.lines_index(file.day)

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
            if found is None and after is not None:
                raise StoreUnavailable(
                    f"{self._settings.url}: {index} was deleted while it was read: ask again"
                )
            hits = found["hits"]["hits"] if found else []
            yield from hits
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]

    def _buckets(self, index: str, search: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the buckets of the one aggregation that the search has."""
        # Each shard is asked first whether it may have any: an index from before our template may have texts where we
        # count, and refuses that as soon as it is searched. A single shard is searched without that question.
        try:
            found = self._search(index, size=0, pre_filter_shard_size=1, **search)
        except StoreUnavailable as error:
            if not isinstance(error.__cause__, BadRequestError):
                raise
            any_ = self._search(index, size=1, source=False, query=search["query"])
            if any_ and any_["hits"]["hits"]:
                raise StoreUnavailable(
                    f"{error}; {index} has such documents where fields are of other types than in our templates: "
                    "`anomaly-setup check` names these indices, index them anew or delete them"
                ) from error
            found = None
        # Where a pattern meets no index, some leave the aggregations out.
        aggregations = found.get("aggregations", {}) if found else {}
        return [bucket for aggregation in aggregations.values() for bucket in aggregation["buckets"]]

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
        return self._told(found.body, "hits")

    def _told(self, body: object, name: str) -> Mapping[str, Any]:
        """Return an answer that has what each one has: where a connection broke off it may be empty, with status 200."""
        if not isinstance(body, Mapping) or name not in body:
            raise StoreUnavailable(f"{self._settings.url} {NO_SEARCH}")
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

    def _changed(self, index: str) -> None:
        """Remember that an index is about to hold what no search has seen."""
        self._fresh -= {index, self._every_day}

    def _errors(self) -> AbstractContextManager[None]:
        return named_errors(self._settings)


def _is_absent(error: NotFoundError) -> bool:
    """Tell whether a cluster says that there is no such document or index, or somebody that there is no cluster."""
    body = error.body
    missing_document = isinstance(body, Mapping) and body.get("found") is False
    return missing_document or refusal_of(error).type == "index_not_found_exception"


def _is_far(line: LineDocument, threshold: float | None) -> bool:
    """Decide as `Reader.far_lines` says; the cluster is asked for all lines that may be."""
    if threshold is None or threshold <= 0:
        return True
    return bool(set(line.reasons) - {"novel"}) or (line.distance is not None and line.distance >= threshold)
