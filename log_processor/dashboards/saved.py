"""What the saved objects of both products have alike: envelopes of JSON, of which some values are JSON texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from log_processor.dashboards.boards import DASHBOARDS, LINKS, Link
from log_processor.dashboards.kuery import kql
from log_processor.dashboards.model import Condition, Dashboard, Place, Search, Source
from log_processor.schema import FIELDS, On

Json = dict[str, Any]

MARK = "anomaly.status"
"""A field that each of our documents has; in indices that we share with others it tells ours from theirs."""

LINKS_HEIGHT = 3
"""Rows that the links above the panels take."""

_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
_FILTER_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index"


@dataclass(frozen=True)
class Indices:
    """Which indices the data views are about.

    Attributes:
        lines: pattern of the daily indices of line documents.
        files: the index of file documents.
    """

    lines: str = "logstash-*"
    files: str = "anomaly-files"

    def of(self, source: Source) -> str:
        """Return the indices of a source."""
        return self.lines if source is Source.LINES else self.files


NAMES = {Source.LINES: "Log lines", Source.FILES: "Log files", Source.WORK: "Work on log files"}
"""What a reader sees of the data views."""

TIMES = {Source.LINES: "@timestamp", Source.FILES: "@timestamp", Source.WORK: "started_at"}
"""Which field the reader's choice of time is about."""


def has(source: Source, field: str) -> bool:
    """Whether the documents of a source have a field."""
    documents = On.LINE if source is Source.LINES else On.FILE
    return any(each.name == field and documents in each.on for each in FIELDS)


def text(value: object) -> str:
    """Return the JSON text of a value; the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def ndjson(objects: Iterable[Json]) -> str:
    """Return saved objects, one a line, in an order of their own."""
    return "".join(text(each) + "\n" for each in sorted(objects, key=lambda each: (each["type"], each["id"])))


def reference(name: str, kind: str, id_: str) -> Json:
    """Return the reference to another saved object that stands under a name."""
    return {"id": id_, "name": name, "type": kind}


def to_view(name: str, source: Source) -> Json:
    """Return the reference to a data view."""
    return reference(name, "index-pattern", source.value)


def query(conditions: Sequence[Condition] = ()) -> Json:
    """Return a query as saved objects have it."""
    return {"language": "kuery", "query": kql(conditions)}


def view_attributes(source: Source, indices: Indices) -> Json:
    """Return the attributes of a data view; the fields are left for the product to look up."""
    return {
        "title": indices.of(source),
        "timeFieldName": TIMES[source],
        "fieldFormatMap": text({link.field: _url_format(link) for link in LINKS if has(source, link.field)}),
    }


def search_attributes(search: Search) -> Json:
    """Return the attributes of a saved search."""
    source = {"query": query(search.where), "filter": [], "indexRefName": _INDEX}
    return {
        "title": search.title,
        "description": search.about,
        "columns": list(search.columns),
        "sort": [[search.order, "desc"]],
        "kibanaSavedObjectMeta": {"searchSourceJSON": text(source)},
    }


def search_references(search: Search) -> list[Json]:
    """Return the references of a saved search."""
    return [to_view(_INDEX, search.source)]


def dashboard_attributes(board: Dashboard, panels: Sequence[Json]) -> Json:
    """Return the attributes of a dashboard that both products know."""
    ours = {
        "meta": {
            "alias": None,
            "disabled": False,
            "negate": False,
            "type": "exists",
            "key": MARK,
            "value": "exists",
            "indexRefName": _FILTER_INDEX,
        },
        "query": {"exists": {"field": MARK}},
        "$state": {"store": "appState"},
    }
    return {
        "title": f"log-classify: {board.title}",
        "description": board.about,
        "kibanaSavedObjectMeta": {"searchSourceJSON": text({"query": query(), "filter": [ours]})},
        "timeRestore": True,
        "timeFrom": f"now-{board.days}d",
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 0},
        "panelsJSON": text(panels),
        "optionsJSON": text({"hidePanelTitles": False, "useMargins": True}),
    }


def dashboard_references(board: Dashboard) -> list[Json]:
    """Return the references of a dashboard's own filter."""
    return [to_view(_FILTER_INDEX, board.controls[0].source)]


def grid(panel_id: str, place: Place) -> Json:
    """Return where a panel stands."""
    return {"i": panel_id, "x": place.x, "y": place.y, "w": place.width, "h": place.height}


def links(board: Dashboard) -> Json:
    """Return the parameters of a Markdown panel with links to all dashboards; the one at hand is in bold."""
    titles = (
        f"**{each.title}**" if each is board else f"[{each.title}](#/view/{each.id})" for each in DASHBOARDS
    )
    markdown = f"{' · '.join(titles)} — {board.about}"
    return {"fontSize": 12, "openLinksInNewTab": False, "markdown": markdown}


def _url_format(link: Link) -> Mapping[str, object]:
    address = "{{value}}"
    if link.target:
        # Relative, so that it works behind any base path and in any space.
        wanted = f"_a=(query:(language:kuery,query:'{link.field}:\"{{{{value}}}}\"'))"
        address = f"../app/dashboards#/view/{link.target}?{wanted}"
    params = {"type": "a", "labelTemplate": link.label, "openLinkInCurrentTab": bool(link.target)}
    return {"id": "url", "params": params | ({"urlTemplate": address} if link.target else {})}
