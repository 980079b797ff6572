"""Running query strings of Lucene over the lines of a build: what a cluster can do, and SQLite cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from log_processor.document import LogFile, line_ids
from log_processor.errors import ConfigError, LogProcessorError, StoreUnavailable
from log_processor.stores.elastic_cluster import Cluster
from log_processor.stores.elastic_facts import NO_SEARCH
from log_processor.stores.opening import ELASTIC_SCHEMES
from log_processor.stores.settings import StoreSettings

_QUERY_SECONDS = 10
"""After which a query is given up; one of ordinary phrases takes some milliseconds."""
_IDS = 1000
"""Lines asked about at once."""
_LONGEST_REASON = 200
"""Characters of a cluster's explanation."""
_FOR_THE_QUERY = (400, 500)
"""Statuses by which a cluster refuses a query; 500 is of one that is too much for it."""

_ANSWER = {"timed_out", "_shards", "hits"}
"""What each answer has."""


class QueryRefused(LogProcessorError):
    """The cluster cannot run this query, and others it can; the message says why."""


class Place(NamedTuple):
    """Where a query matches.

    Attributes:
        filename: the file.
        lines: how many of its lines.
        first: the number of the first one.
    """

    filename: str
    lines: int
    first: int


def line_id(file: LogFile, number: int) -> str:
    """Return the id of a line's document."""
    return line_ids(file.key) % number


class LineSearch:
    """Searches the lines of some files of one build.

    Queries are in the names of our fields; words without a field are looked for in the message. Methods raise
    `QueryRefused` where a query cannot be run or takes more than ten seconds, `StoreUnavailable` where it is the
    cluster that cannot.
    """

    def __init__(self, settings: StoreSettings, files: Sequence[LogFile]) -> None:
        """Connect, and have the cluster show what was written a moment ago.

        Args:
            settings: where the cluster is.
            files: at least one.

        Raises:
            ConfigError: the store is no cluster.
            StoreUnavailable: it is away.
        """
        if settings.url.partition("://")[0] not in ELASTIC_SCHEMES:
            raise ConfigError(
                "query files are run by Elasticsearch or OpenSearch, and this store is neither: name one with "
                "--store or store.url"
            )
        self._cluster = Cluster(settings)
        self._indices = ",".join(sorted({settings.lines_index(file.day) for file in files}))
        self._files = len(files)
        self._of_the_files = [
            {"term": {"build_uuid": files[0].build_uuid}},
            {"terms": {"filename": [file.filename for file in files]}},
        ]
        # Without the privilege for it the last half minute is not found.
        self._cluster.ask("POST", f"/{self._indices}/_refresh?ignore_unavailable=true", expected=(403,))

    def places(self, query: str) -> tuple[Place, ...]:
        """Return where the query matches, the files with most matching lines first."""
        counted = {
            "terms": {"field": "filename", "size": self._files},
            "aggs": {"first": {"min": {"field": "log.line"}}},
        }
        found = self._search(query, [], {"size": 0, "aggs": {"files": counted}})
        # Where there is no index yet, some leave the aggregations out.
        buckets = found.get("aggregations", {}).get("files", {}).get("buckets", ())
        return tuple(Place(b["key"], b["doc_count"], int(b["first"]["value"])) for b in buckets)

    def matching(self, query: str, ids: Iterable[str]) -> Iterator[str]:
        """Give those of the lines, by their ids, that the query matches."""
        rest = iter(ids)
        while some := [*islice(rest, _IDS)]:
            found = self._search(query, [{"ids": {"values": some}}], {"size": _IDS, "_source": False})
            for hit in found["hits"]["hits"]:
                yield hit["_id"]

    def close(self) -> None:
        """Close the connection."""
        self._cluster.close()

    def _search(self, query: str, besides: list[dict[str, Any]], search: Mapping[str, Any]) -> dict[str, Any]:
        # A wildcard in front would make the cluster look at each word that it has.
        asked = {"query": query, "default_field": "message", "allow_leading_wildcard": False}
        body = {
            "query": {"bool": {"filter": [*self._of_the_files, *besides, {"query_string": asked}]}},
            "timeout": f"{_QUERY_SECONDS}s",
            "track_total_hits": False,
            **search,
        }
        path = f"/{self._indices}/_search?ignore_unavailable=true"
        status, found = self._cluster.ask("POST", path, body, _FOR_THE_QUERY)
        refused = status in _FOR_THE_QUERY
        if not isinstance(found, dict) or not found.keys() >= ({"error"} if refused else _ANSWER):
            raise StoreUnavailable(f"{self._cluster.settings.url} {NO_SEARCH}")
        if refused:
            raise QueryRefused(_reason(found["error"], query))
        if found["timed_out"]:
            raise QueryRefused(f"it takes more than {_QUERY_SECONDS} s: write it without wildcards")
        if found["_shards"]["failed"]:
            raise QueryRefused(_reason(found["_shards"], query))
        return found


def _reason(refused: object, query: str) -> str:
    """Return what is wrong with a query in the words of the cluster, but for those that repeat it.

    Args:
        refused: an error, or what an answer says of its shards.
        query: as it was sent.
    """
    link, reasons = refused, []
    if isinstance(refused, Mapping):
        failed = refused.get("failed_shards") or refused.get("failures")
        link = failed[0]["reason"] if failed else refused
    else:  # a proxy has few words
        reasons.append(str(refused))
    while isinstance(link, Mapping):
        reasons.append(str(link.get("reason") or link.get("type")))
        link = link.get("caused_by")
    told = [reason for reason in reasons if query not in reason] or reasons
    # What the parser would have accepted is its whole alphabet.
    return " ".join(": ".join(told).partition("Was expecting")[0].split())[:_LONGEST_REASON]
