"""What is wrong with a dashboard: its grid, its panels, and the columns of Lens."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from log_processor.dashboards.exports import Product
from log_processor.dashboards.model import WIDTH
from log_processor.dashboards.saved import Json

_BY_VALUE_BESIDE_LENS = {"markdown"}


def board_faults(board: Json, product: Product) -> Iterator[str]:
    """Give what is wrong with a dashboard itself, its panels and its controls."""
    panels = json.loads(board["attributes"]["panelsJSON"])
    yield from _grid(panels)
    if not json.loads(board["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])["filter"]:
        yield "it has no filter: it would count documents that are not ours"
    for id_, control in controls(board).items():
        if control["explicitInput"]["id"] != id_:
            yield f"the control {id_} calls itself {control['explicitInput']['id']}"
    for panel in panels:
        config = panel.get("embeddableConfig", {})
        if product is Product.KIBANA:
            saved = config.get("savedVis")
            if saved and saved["type"] not in _BY_VALUE_BESIDE_LENS:
                yield f"the panel {panel['panelIndex']} is a legacy visualization: {saved['type']}"
            if "panelRefName" in panel and panel["type"] != "search":
                yield f"the panel {panel['panelIndex']} is not by value"
        if panel.get("type") == "lens":
            yield from _mirrored(panel, board)
            yield from (f"the panel {panel['panelIndex']} {fault}" for fault in _lens(config["attributes"]))


def _mirrored(panel: Json, board: Json) -> Iterator[str]:
    """Give where a panel's own references are not those that the dashboard has for it, which win."""
    given = {reference["name"]: reference["id"] for reference in board["references"]}
    for reference in panel["embeddableConfig"]["attributes"]["references"]:
        name = f"{panel['panelIndex']}:{reference['name']}"
        if given.get(name) != reference["id"]:
            yield f"the panel {panel['panelIndex']} has {reference['id']} where the dashboard has {given.get(name)}"


def _grid(panels: Sequence[Json]) -> Iterator[str]:
    for id_, times in Counter(panel["panelIndex"] for panel in panels).items():
        if times > 1:
            yield f"{times} panels have the id {id_}"
    for panel in panels:
        grid = panel["gridData"]
        if grid["i"] != panel["panelIndex"]:
            yield f"the panel {panel['panelIndex']} is placed as {grid['i']}"
        if min(grid["x"], grid["y"]) < 0 or min(grid["w"], grid["h"]) < 1 or grid["x"] + grid["w"] > WIDTH:
            yield f"the panel {panel['panelIndex']} is not within {WIDTH} columns"
    for one, other in combinations([panel["gridData"] for panel in panels], 2):
        if all(
            one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
            for start, size in (("x", "w"), ("y", "h"))
        ):
            yield f"the panels {one['i']} and {other['i']} overlap"


def _lens(attributes: Json) -> Iterator[str]:
    layers = attributes["state"]["datasourceStates"]["formBased"]["layers"]
    views = {f"indexpattern-datasource-layer-{name}" for name in layers}
    if views != {reference["name"] for reference in attributes["references"]}:
        yield "does not say which data view each of its layers has"
    for layer in layers.values():
        columns, order = layer["columns"], layer["columnOrder"]
        if sorted(order) != sorted(columns):
            yield "has a columnOrder that is not that of its columns"
            return
        if [columns[id_]["isBucketed"] for id_ in order] != sorted(
            (column["isBucketed"] for column in columns.values()), reverse=True
        ):
            yield "has a metric before a grouping"
        for column in columns.values():
            by = column.get("params", {}).get("orderBy", {}).get("columnId")
            if by is not None and columns.get(by, {}).get("isBucketed", True):
                yield f"is ordered by {by}, which is no metric of it"
    drawing = attributes["state"]["visualization"]
    for drawn in drawing.get("layers", [drawing]):
        if drawn["layerId"] not in layers:
            yield f"draws the layer {drawn['layerId']}, which it does not have"
            continue
        used = set(_columns(drawn))
        if used != layers[drawn["layerId"]]["columns"].keys():
            yield "does not draw each of its columns, and no others"


def _columns(drawn: Json) -> Iterator[str]:
    for name, value in drawn.items():
        if re.fullmatch("[a-zA-Z]*Accessor", name):
            yield value
    yield from drawn.get("accessors", ())
    yield from (column["columnId"] for column in drawn.get("columns", ()))


def controls(board: Json) -> Mapping[str, Json]:
    """Return the controls of a dashboard of Kibana, by their ids."""
    group = board["attributes"].get("controlGroupInput", {"panelsJSON": "{}"})
    found: dict[str, Json] = json.loads(group["panelsJSON"])
    return found
