"""A panel of OpenSearch Dashboards: a visualization of aggregations, and how they are drawn."""

from __future__ import annotations

from itertools import pairwise

from log_processor.dashboards.model import Dates, Grouping, Metric, Operation, Panel, Question, Shape, Terms
from log_processor.dashboards.saved import Json

_OPERATIONS = {
    Operation.COUNT: "count",
    Operation.SUM: "sum",
    Operation.MAX: "max",
    Operation.PERCENTILE: "percentiles",
    Operation.UNIQUE: "cardinality",
}
_CANDIDATES = '{"shard_size":1000}'
"""Has each daily index name a thousand groups, not the first ones only: a group may be small in each."""
_TYPES = {
    Shape.NUMBER: "metric",
    Shape.TABLE: "table",
    Shape.LINES: "line",
    Shape.BARS: "histogram",
    Shape.SHARES: "histogram",
}


def state(panel: Panel) -> Json:
    """Return the state of a panel's visualization."""
    return {
        "type": _TYPES[panel.shape],
        "aggs": _aggregations(panel),
        "params": _drawing(panel.shape, panel.question),
    }


def _aggregations(panel: Panel) -> list[Json]:
    question = panel.question
    metrics = [_number(number, each) for number, each in enumerate(question.metrics)]
    last = len(question.groups) - 1
    groups = []
    for number, each in enumerate(question.groups):
        role = "bucket" if panel.shape is Shape.TABLE else "segment" if number == last else "group"
        groups.append(_bucket(number, each, role, question))
    return metrics + groups


def _number(number: int, metric: Metric) -> Json:
    params: Json = {"customLabel": metric.label}
    if metric.field:
        params["field"] = metric.field
    if metric.operation is Operation.PERCENTILE:
        params["percents"] = [metric.percent]
    return _aggregation(_metric_id(number), _OPERATIONS[metric.operation], "metric", params)


def _bucket(number: int, grouping: Grouping, role: str, question: Question) -> Json:
    params: Json = {"field": grouping.field, "customLabel": grouping.label}
    if isinstance(grouping, Terms):
        kind = "terms"
        by, metric = _metric_id(grouping.by), question.metrics[grouping.by]
        params |= {
            "size": grouping.size,
            "order": "desc",
            "orderBy": f"{by}.{metric.percent}" if metric.operation is Operation.PERCENTILE else by,
            "otherBucket": False,
            "missingBucket": False,
            "json": _CANDIDATES,
        }
    elif isinstance(grouping, Dates):
        kind = "date_histogram"
        params |= {
            "interval": "h" if grouping.hourly else "auto",
            "min_doc_count": 1,
            "drop_partials": False,
            "extended_bounds": {},
        }
    else:
        kind = "range"
        edges = (None, *grouping.bounds, None)
        params["ranges"] = [
            {name: edge for name, edge in (("from", low), ("to", high)) if edge is not None}
            for low, high in pairwise(edges)
        ]
    return _aggregation(str(len(question.metrics) + number + 1), kind, role, params)


def _metric_id(number: int) -> str:
    return str(number + 1)


def _aggregation(id_: str, kind: str, role: str, params: Json) -> Json:
    return {"id": id_, "enabled": True, "type": kind, "schema": role, "params": params}


def _drawing(shape: Shape, question: Question) -> Json:
    if shape is Shape.NUMBER:
        return {
            "type": "metric",
            "addTooltip": True,
            "addLegend": False,
            "metric": {"metricColorMode": "None", "labels": {"show": True}, "style": {"fontSize": 36}},
        }
    if shape is Shape.TABLE:
        return {"perPage": 10, "showPartialRows": False, "showMetricsAtAllLevels": False, "showTotal": False}
    mark, stacked = ("line", "normal") if shape is Shape.LINES else ("histogram", "stacked")
    series = [
        {
            "show": True,
            "type": mark,
            "mode": stacked,
            "valueAxis": "ValueAxis-1",
            "data": {"id": _metric_id(number), "label": metric.label},
            "drawLinesBetweenPoints": True,
            "showCircles": True,
        }
        for number, metric in enumerate(question.metrics)
    ]
    scale = {"type": "linear", "mode": "percentage" if shape is Shape.SHARES else "normal"}
    shown = {"show": True, "labels": {"show": True, "truncate": 100}, "style": {}}
    return {
        "type": mark,
        "grid": {"categoryLines": False},
        "categoryAxes": [
            {
                "id": "CategoryAxis-1",
                "type": "category",
                "position": "bottom",
                "title": {},
                "scale": {"type": "linear"},
                **shown,
            }
        ],
        "valueAxes": [
            {
                "id": "ValueAxis-1",
                "name": "LeftAxis-1",
                "type": "value",
                "position": "left",
                "title": {"text": question.metrics[0].label},
                "scale": scale,
                **shown,
            }
        ],
        "seriesParams": series,
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": False,
    }
