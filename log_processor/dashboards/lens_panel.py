"""A panel of Kibana: a Lens visualization, its columns and how they are drawn."""

from __future__ import annotations

from itertools import pairwise

from log_processor.dashboards.model import Dates, Grouping, Metric, Operation, Panel, Question, Shape, Terms
from log_processor.dashboards.saved import Json, query, to_view
from log_processor.schema import FIELDS, Kind

_LAYER = "layer"
LAYER_VIEW = f"indexpattern-datasource-layer-{_LAYER}"
"""The name of a panel's reference to its data view."""
_SERIES = {
    Shape.LINES: "line",
    Shape.BARS: "bar_stacked",
    Shape.SHARES: "bar_percentage_stacked",
}
_OPERATIONS = {
    Operation.COUNT: "count",
    Operation.SUM: "sum",
    Operation.MAX: "max",
    Operation.PERCENTILE: "percentile",
    Operation.UNIQUE: "unique_count",
}
_DATES = {field.name for field in FIELDS if field.kind is Kind.DATE}


def attributes(panel: Panel) -> Json:
    """Return the attributes of a panel's visualization."""
    question = panel.question
    columns = {_group(number): _bucket(each) for number, each in enumerate(question.groups)}
    columns |= {_metric(number): _number(each) for number, each in enumerate(question.metrics)}
    layer = {"columnOrder": list(columns), "columns": columns, "incompleteColumns": {}}
    kind, drawing = _drawing(panel.shape, question)
    return {
        "title": panel.title,
        "description": panel.about,
        "type": "lens",
        "visualizationType": kind,
        "references": [to_view(LAYER_VIEW, question.source)],
        "state": {
            "datasourceStates": {"formBased": {"layers": {_LAYER: layer}}},
            "visualization": drawing,
            "query": query(question.where),
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }


def _group(number: int) -> str:
    return f"group{number}"


def _metric(number: int) -> str:
    return f"metric{number}"


def _number(metric: Metric) -> Json:
    column = {
        "label": metric.label,
        "customLabel": True,
        "operationType": _OPERATIONS[metric.operation],
        "sourceField": metric.field or "___records___",
        "dataType": "date" if metric.field in _DATES and metric.operation is Operation.MAX else "number",
        "isBucketed": False,
        "scale": "ratio",
    }
    if metric.operation is Operation.PERCENTILE:
        column["params"] = {"percentile": metric.percent}
    return column


def _bucket(grouping: Grouping) -> Json:
    column: Json = {
        "label": grouping.label,
        "customLabel": True,
        "sourceField": grouping.field,
        "isBucketed": True,
    }
    if isinstance(grouping, Terms):
        return column | {
            "operationType": "terms",
            "dataType": "string",
            "scale": "ordinal",
            "params": {
                "size": grouping.size,
                # Each daily index names a thousand groups, not the first ones only: a group may be small in each.
                "accuracyMode": True,
                "orderBy": {"type": "column", "columnId": _metric(grouping.by)},
                "orderDirection": "desc",
                "otherBucket": False,
                "missingBucket": False,
                "parentFormat": {"id": "terms"},
            },
        }
    if isinstance(grouping, Dates):
        return column | {
            "operationType": "date_histogram",
            "dataType": "date",
            "scale": "interval",
            "params": {
                "interval": "1h" if grouping.hourly else "auto",
                "includeEmptyRows": False,
                "dropPartials": False,
            },
        }
    edges = (None, *grouping.bounds, None)
    ranges = [{"from": low, "to": high, "label": ""} for low, high in pairwise(edges)]
    return column | {
        "operationType": "range",
        "dataType": "string",
        "scale": "ordinal",
        "params": {
            "type": "range",
            "ranges": ranges,
            "maxBars": "auto",
            "parentFormat": {"id": "range", "params": {"template": "arrow_right", "replaceInfinity": True}},
        },
    }


def _drawing(shape: Shape, question: Question) -> tuple[str, Json]:
    """Return the type of the visualization and its state."""
    groups = [_group(number) for number in range(len(question.groups))]
    metrics = [_metric(number) for number in range(len(question.metrics))]
    layer: Json = {"layerId": _LAYER, "layerType": "data"}
    if shape is Shape.NUMBER:
        return "lnsMetric", {**layer, "metricAccessor": metrics[0]}
    if shape is Shape.TABLE:
        return "lnsDatatable", {**layer, "columns": [{"columnId": column} for column in groups + metrics]}
    layer |= {"seriesType": _SERIES[shape], "xAccessor": groups[-1], "accessors": metrics}
    if len(groups) > 1:
        layer["splitAccessor"] = groups[0]
    return "lnsXY", {
        "preferredSeriesType": _SERIES[shape],
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "layers": [layer],
    }
