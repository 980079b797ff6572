"""Reads an export and makes of each panel the query that the product would send: so that an export can be checked.

It is made from the exported objects alone, not from what they were made of. Whatever it does not understand is an
error, so that nothing is exported that cannot be checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from log_processor.dashboards.kuery import NotUnderstoodError, clauses
from log_processor.dashboards.query import Listing, Metric, Query
from log_processor.dashboards.saved import Json

_ById = dict[tuple[str, str], Json]

_LAYER_VIEW = re.compile(r"indexpattern-datasource-layer-(.+)")
_SPANS = [timedelta(seconds=s) for s in (1, 5, 30, 60, 300, 600, 1800, 3600, 10800, 43200, 86400, 604800)]
_MOST_SPANS = 100
_ROWS = 500  # of a saved search, as many as Discover shows
_HOURLY = {"1h", "h"}
_ACCURATE_GROUPS = 1000  # that Lens asks of each shard in its mode of accuracy
_COLUMN = {
    "label",
    "customLabel",
    "operationType",
    "sourceField",
    "dataType",
    "isBucketed",
    "scale",
    "params",
}
"""What a column of Lens may have; others, such as a shift in time, would change what it asks."""


def queries(objects: Sequence[Json], since: datetime, until: datetime) -> list[Query]:
    """Return the query of each panel that asks for numbers.

    Args:
        objects: those of an export.
        since: begin of the time that the reader chose, aware.
        until: its end, not itself within.

    Raises:
        NotUnderstoodError: a panel asks what we have no search request for.
    """
    by_id = _by_id(objects)
    found = []
    for board in objects:
        if board["type"] == "dashboard":
            reader = _Reader(by_id, board, since, until)
            found += [
                query
                for panel in json.loads(board["attributes"]["panelsJSON"])
                if (query := reader.query(panel))
            ]
    return found


def listings(objects: Sequence[Json], since: datetime, until: datetime) -> list[Listing]:
    """Return what each saved search asks.

    Args:
        objects: those of an export.
        since: begin of the time that the reader chose, aware.
        until: its end, not itself within.

    Raises:
        NotUnderstoodError: a search asks what we have no search request for.
    """
    by_id = _by_id(objects)
    found = []
    for each in objects:
        if each["type"] == "search":
            source, attributes = _source(each), each["attributes"]
            view = _referred(by_id, each, source["indexRefName"])
            body = {
                "size": _ROWS,
                "query": _meant(view, since, until, [source["query"]], source["filter"]),
                "sort": [{field: direction} for field, direction in attributes["sort"]],
            }
            title = view["attributes"]["title"]
            found.append(Listing(each["id"], view["id"], title, body, tuple(attributes["columns"])))
    return found


def _by_id(objects: Sequence[Json]) -> _ById:
    return {(each["type"], each["id"]): each for each in objects}


class _Reader:
    def __init__(self, by_id: _ById, board: Json, since: datetime, until: datetime) -> None:
        self._by_id = by_id
        self._board = board
        self._since = since
        self._until = until

    def query(self, panel: Json) -> Query | None:
        """Return what a panel of the dashboard asks; None for one that asks for no numbers."""
        config = panel.get("embeddableConfig", {})
        if panel.get("type") == "lens":
            return self._of_lens(panel["panelIndex"], config["attributes"])
        if panel.get("type") == "search" or "savedVis" in config:
            return None
        target = _referred(self._by_id, self._board, panel["panelRefName"])
        if target["type"] == "search":
            return None
        return self._of_legacy(panel["panelIndex"], target)

    def _of_lens(self, panel: str, attributes: Json) -> Query:
        state = attributes["state"]
        ((name, layer),) = state["datasourceStates"]["formBased"]["layers"].items()
        (view,) = (
            self._by_id["index-pattern", each["id"]]
            for each in attributes["references"]
            if (match := _LAYER_VIEW.fullmatch(each["name"])) and match[1] == name
        )
        _only(state["filters"], "a filter of a panel")
        columns = [(id_, layer["columns"][id_]) for id_ in layer["columnOrder"]]
        for _, column in columns:
            _only(column.keys() - _COLUMN, "a column with")
        metrics = {id_: _lens_metric(id_, column) for id_, column in columns if not column["isBucketed"]}
        groups = [
            self._group(column["operationType"], column["sourceField"], column["params"], metrics)
            for _, column in columns
            if column["isBucketed"]
        ]
        return self._query(panel, view, [state["query"]], groups, list(metrics.values()))

    def _of_legacy(self, panel: str, visualization: Json) -> Query | None:
        state = json.loads(visualization["attributes"]["visState"])
        if not state["aggs"]:
            return None
        source = _source(visualization)
        _only(source["filter"], "a filter of a panel")
        view = _referred(self._by_id, visualization, source["indexRefName"])
        metrics = {each["id"]: _legacy_metric(each) for each in state["aggs"] if each["schema"] == "metric"}
        groups = [
            self._group(each["type"], each["params"]["field"], each["params"], metrics)
            for each in state["aggs"]
            if each["schema"] != "metric"
        ]
        return self._query(panel, view, [source["query"]], groups, list(metrics.values()))

    def _group(self, kind: str, field: str, params: Json, metrics: dict[str, Metric]) -> Json:
        if kind == "terms":
            _only([name for name in ("otherBucket", "missingBucket") if params[name]], "groups of")
            by = params["orderBy"]
            column = by["columnId"] if isinstance(by, dict) else by.partition(".")[0]
            order = {metrics[column].path: params.get("orderDirection") or params["order"]}
            terms = {"field": field, "size": params["size"], "order": [order, {"_key": "asc"}]}
            if params.get("accuracyMode"):
                terms["shard_size"] = max(_ACCURATE_GROUPS, params["size"])
            return {"terms": terms | json.loads(params.get("json", "{}"))}
        if kind == "date_histogram":
            seconds = 3600 if params["interval"] in _HOURLY else self._span(params["interval"])
            return {"date_histogram": {"field": field, "fixed_interval": f"{seconds}s", "min_doc_count": 1}}
        if kind == "range":
            bounds = ("from", "to")
            ranges = [
                {name: each[name] for name in bounds if each.get(name) is not None}
                for each in params["ranges"]
            ]
            return {"range": {"field": field, "ranges": ranges}}
        raise NotUnderstoodError(f"a grouping by {kind}")

    def _span(self, interval: str) -> int:
        if interval != "auto":
            raise NotUnderstoodError(f"an interval of {interval}")
        return int(span(self._since, self._until).total_seconds())

    def _query(
        self,
        panel: str,
        view: Json,
        asked: Iterable[Json],
        groups: list[Json],
        metrics: list[Metric],
    ) -> Query:
        ours = _source(self._board)
        meant = _meant(view, self._since, self._until, [ours["query"], *asked], ours["filter"])
        requests = named = {metric.name: metric.request for metric in metrics if metric.name}
        for group in reversed(groups):
            # A grouping that is ordered by a metric asks for it, too.
            order = group["terms"]["order"][0] if "terms" in group else {}
            inner = requests | {
                name: named[name] for path in order if (name := path.partition(".")[0]) in named
            }
            requests = {"group": {**group, "aggs": inner} if inner else group}
        body = {
            "size": 0,
            "track_total_hits": True,
            "query": meant,
            "aggs": requests,
        }
        kinds = tuple(next(iter(group)) for group in groups)
        return Query(panel, view["id"], view["attributes"]["title"], body, kinds, tuple(metrics))


def _only(others: Collection[object], what: str) -> None:
    """Refuse what would change the question in a way that is not understood."""
    if others:
        raise NotUnderstoodError(f"{what} {', '.join(map(str, others))}")


def _referred(by_id: _ById, object_: Json, name: str) -> Json:
    """Return the object that another one refers to by a name."""
    (found,) = (each for each in object_["references"] if each["name"] == name)
    return by_id[found["type"], found["id"]]


def _source(object_: Json) -> Json:
    source: Json = json.loads(object_["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    return source


def _meant(
    view: Json, since: datetime, until: datetime, asked: Iterable[Json], filters: Iterable[Json] = ()
) -> Json:
    """Return the query for the documents of a data view within a time for which all questions and filters hold."""
    time = {"gte": _milliseconds(since), "lt": _milliseconds(until), "format": "epoch_millis"}
    found: list[Json] = [{"range": {view["attributes"]["timeFieldName"]: time}}]
    found += [each["query"] for each in filters]
    for each in asked:
        found += clauses(each)
    return {"bool": {"filter": found}}


def span(since: datetime, until: datetime) -> timedelta:
    """Return the span of time that a histogram without a span of its own has: at most a hundred fit."""
    fitting = (each for each in _SPANS if (until - since) / each <= _MOST_SPANS)
    return next(fitting, _SPANS[-1])


def _lens_metric(name: str, column: Json) -> Metric:
    percent = column.get("params", {}).get("percentile")
    return _metric(name, column["operationType"], column["sourceField"], percent)


def _legacy_metric(aggregation: Json) -> Metric:
    params = aggregation["params"]
    percents: list[float | None] = params.get("percents", [None])
    if len(percents) != 1:
        raise NotUnderstoodError(f"{len(percents)} percentiles in one metric")
    return _metric(f"m{aggregation['id']}", aggregation["type"], params.get("field", ""), percents[0])


_METRICS: dict[str, Callable[[str, Any], Json]] = {
    "sum": lambda field, _: {"sum": {"field": field}},
    "max": lambda field, _: {"max": {"field": field}},
    "unique_count": lambda field, _: {"cardinality": {"field": field}},
    "cardinality": lambda field, _: {"cardinality": {"field": field}},
    "percentile": lambda field, percent: {"percentiles": {"field": field, "percents": [percent]}},
    "percentiles": lambda field, percent: {"percentiles": {"field": field, "percents": [percent]}},
}
"""The aggregations of both products, by their names there."""


def _metric(name: str, operation: str, field: str, percent: float | None) -> Metric:
    if operation == "count":
        return Metric("", {})
    if operation not in _METRICS:
        raise NotUnderstoodError(f"a metric {operation}")
    return Metric(name, _METRICS[operation](field, percent), percent)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
