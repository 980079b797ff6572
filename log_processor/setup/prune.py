"""Deleting what is old: daily indices by their names, file documents by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from log_processor.stores.elastic_cluster import Cluster, Refused
from log_processor.stores.elastic_refusal import refusal

_PAGE = 1000
_ALREADY_GONE = 404


class DailyIndex(NamedTuple):
    """A daily index.

    Attributes:
        name: of the index.
        documents: how many it has, as the server words it; None of a closed one.
        size: on disk, as the server words it; None of a closed one.
    """

    name: str
    documents: str | None
    size: str | None


def old_indices(cluster: Cluster, before: date) -> list[DailyIndex]:
    """Return the daily indices of days before that one, oldest first; others are not touched."""
    prefix = cluster.settings.index_prefix
    columns = "h=index,docs.count,store.size"
    _, rows = cluster.ask(
        "GET", f"/_cat/indices/{prefix}*?format=json&{columns}&expand_wildcards=open,closed"
    )
    found = [DailyIndex(row["index"], row.get("docs.count"), row.get("store.size")) for row in rows]
    return sorted(index for index in found if _is_before(index.name.removeprefix(prefix), before))


def delete_index(cluster: Cluster, index: DailyIndex) -> None:
    """Delete it by its exact name, the only way that every cluster allows."""
    cluster.change("DELETE", f"/{index.name}", expected=(_ALREADY_GONE,))


def old_files(cluster: Cluster, before: date) -> Iterator[Sequence[str]]:
    """Give the ids of file documents of builds before that day, a page at a time."""
    search = {
        "size": _PAGE,
        "_source": False,
        "track_total_hits": False,
        "query": {"range": {"day": {"lt": before.isoformat()}}},
        "sort": [{name: "asc"} for name in ("day", "build_uuid", "filename")],
    }
    path = f"/{cluster.settings.files_index}/_search?allow_partial_search_results=false"
    while True:
        status, found = cluster.ask("POST", path, search, expected=(404,))
        hits = found["hits"]["hits"] if status == 200 else []
        if hits:
            yield [hit["_id"] for hit in hits]
        if len(hits) < _PAGE:
            return
        search["search_after"] = hits[-1]["sort"]


def delete_files(cluster: Cluster, ids: Sequence[str]) -> int:
    """Delete file documents; return how many there were. Not every server has delete-by-query."""
    path = f"/{cluster.settings.files_index}/_bulk"
    _, answer = cluster.change("POST", path, [{"delete": {"_id": each}} for each in ids])
    items = [item["delete"] for item in answer.get("items", ())]
    for item in items:
        if item["status"] >= 400 and item["status"] != _ALREADY_GONE:
            raise Refused(
                f"{cluster.settings.url}: {item['_index']}: no deletion",
                refusal(item["status"], item.get("error")),
            )
    return sum(item["status"] < 400 for item in items)


def _is_before(name: str, day: date) -> bool:
    """Whether the rest of an index's name is a day, and before that one."""
    try:
        read = datetime.strptime(name, "%Y.%m.%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return f"{read:%Y.%m.%d}" == name and read < day
