"""Which fields of an export the stored documents do not have, or not in a type that answers the question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

from log_processor.dashboards.model import Source
from log_processor.dashboards.questions import listings, queries
from log_processor.dashboards.saved import Json
from log_processor.schema import FIELDS, Kind, On

_WORDS = {Kind.KEYWORD, Kind.KEYWORDS, Kind.URL}
_NUMBERS = {Kind.INTEGER, Kind.FLOAT}
_VALUES = _WORDS | _NUMBERS | {Kind.BOOLEAN, Kind.DATE}
_FITTING = {
    "sum": _NUMBERS,
    "max": _NUMBERS | {Kind.DATE},
    "percentiles": _NUMBERS,
    "range": _NUMBERS | {Kind.DATE},
    "date_histogram": {Kind.DATE},
    "cardinality": _VALUES,
    "terms": _VALUES,
    "exists": _VALUES | {Kind.TEXT},
    "sort": _VALUES,
    "time": {Kind.DATE},
    "choice": _WORDS,
    "column": set(Kind),
    "format": set(Kind),
}
"""By what a field is used for, the kinds that allow it; an aggregation needs values beside the documents."""

_ANY_TIME = datetime(2000, 1, 1, tzinfo=timezone.utc)

_Use = tuple[str, str]
"""What a field is used for, and its name."""


def misfits(objects: Sequence[Json]) -> list[str]:
    """Return what does not fit the table of fields, each as a sentence that names the object and the field."""
    fields = {name: field for field in FIELDS for name in (field.name, field.alias) if name}
    found = []
    for owner, view, use, name in _uses(objects):
        documents = On.LINE if view == Source.LINES.value else On.FILE
        field = fields.get(name)
        if field is None or documents not in field.on:
            found.append(f"{owner}: {view} has no field {name}")
        elif (kind := field.kind_on(documents)) not in _FITTING[use]:
            found.append(f"{owner}: {use} needs another kind of field than {name}, a {kind.name.lower()}")
    return found


def _uses(objects: Sequence[Json]) -> Iterator[tuple[str, str, str, str]]:
    """Give each use of a field: the object, its data view, the use, the field."""
    for query in queries(objects, _ANY_TIME, _ANY_TIME + timedelta(days=1)):
        for use, name in (*_asked(query.body["aggs"]), *_filtered(query.body["query"])):
            yield query.panel, query.view, use, name
    for listing in listings(objects, _ANY_TIME, _ANY_TIME + timedelta(days=1)):
        for use, name in _filtered(listing.body["query"]):
            yield listing.search, listing.view, use, name
        for name in (name for order in listing.body["sort"] for name in order):
            yield listing.search, listing.view, "sort", name
        for name in listing.columns:
            yield listing.search, listing.view, "column", name
    for each in objects:
        yield from _settings(each)


def _settings(each: Json) -> Iterator[tuple[str, str, str, str]]:
    """Give the uses of fields that are no part of a query."""
    if each["type"] == "index-pattern":
        yield each["id"], each["id"], "time", each["attributes"]["timeFieldName"]
        for name in json.loads(each["attributes"]["fieldFormatMap"]):
            yield each["id"], each["id"], "format", name
    elif each["type"] != "search":
        yield from _choices(each)


def _choices(each: Json) -> Iterator[tuple[str, str, str, str]]:
    views = {reference["name"]: reference["id"] for reference in each["references"]}
    if each["type"] == "dashboard":
        group = each["attributes"].get("controlGroupInput", {"panelsJSON": "{}"})
        for id_, control in json.loads(group["panelsJSON"]).items():
            view = views[f"controlGroup_{id_}:optionsListDataView"]
            yield each["id"], view, "choice", control["explicitInput"]["fieldName"]
    else:
        params = json.loads(each["attributes"]["visState"])["params"]
        for control in params.get("controls", ()):
            yield each["id"], views[control["indexPatternRefName"]], "choice", control["fieldName"]


def _asked(aggregations: Json) -> Iterator[_Use]:
    for aggregation in aggregations.values():
        for kind, request in aggregation.items():
            if kind == "aggs":
                yield from _asked(request)
            else:
                yield kind, request["field"]


def _filtered(query: Json) -> Iterator[_Use]:
    """Give the fields of a filter: a time, `exists`, `terms`, or the contrary of one."""
    for clause in query["bool"].get("filter", ()):
        if "bool" in clause:
            yield from _filtered({"bool": {"filter": clause["bool"]["must_not"]}})
        elif "exists" in clause:
            yield "exists", clause["exists"]["field"]
        else:
            ((kind, (name, *_)),) = clause.items()
            yield kind, name
