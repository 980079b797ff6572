"""Each rule for exports, broken once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from log_processor.dashboards.boards.build import BUILD
from log_processor.dashboards.exports import Product, objects
from log_processor.dashboards.lint import faults
from log_processor.dashboards.misfits import misfits

Objects = list[dict[str, Any]]
PRODUCTS = list(Product)


@pytest.mark.parametrize("product", PRODUCTS)
def test_nothing_is_wrong_with_the_exports(product: Product) -> None:
    assert [] == faults(objects(product), product)
    assert [] == misfits(objects(product))


def build_board(exported: Objects) -> dict[str, Any]:
    (board,) = (each for each in exported if (each["type"], each["id"]) == ("dashboard", BUILD.id))
    return board


def with_panel(change: Callable[[dict[str, Any]], object], number: int = 1) -> Callable[[Objects], None]:
    def changed(exported: Objects) -> None:
        attributes = build_board(exported)["attributes"]
        panels = json.loads(attributes["panelsJSON"])
        change(panels[number])
        attributes["panelsJSON"] = json.dumps(panels)

    return changed


def with_layer(change: Callable[[dict[str, Any]], object]) -> Callable[[Objects], None]:
    def changed(panel: dict[str, Any]) -> None:
        state = panel["embeddableConfig"]["attributes"]["state"]
        change(state["datasourceStates"]["formBased"]["layers"]["layer"])

    return with_panel(changed, TABLE)


def with_drawing(change: Callable[[dict[str, Any]], object]) -> Callable[[Objects], None]:
    return with_panel(
        lambda panel: change(panel["embeddableConfig"]["attributes"]["state"]["visualization"]), TABLE
    )


TABLE = 9
"""The place of a table among the panels of the dashboard."""


def unfiltered(exported: Objects) -> None:
    source = {"query": {"language": "kuery", "query": ""}, "filter": []}
    build_board(exported)["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"] = json.dumps(source)


def with_attribute(exported: Objects) -> None:
    build_board(exported)["attributes"]["sections"] = []


def with_broken_json(exported: Objects) -> None:
    exported[0]["attributes"]["fieldFormatMap"] = "{"


def doubled(exported: Objects) -> None:
    exported.append(copy.deepcopy(exported[0]))


def without_a_search(exported: Objects) -> None:
    exported[:] = [each for each in exported if each["id"] != "log-classify-far-lines"]


def without_a_reference(exported: Objects) -> None:
    board = build_board(exported)
    board["references"] = [each for each in board["references"] if "build-far-lines" not in each["name"]]


def with_a_spare_reference(exported: Objects) -> None:
    board = build_board(exported)
    board["references"].append({**board["references"][0], "name": "spare"})


def with_a_reference_twice(exported: Objects) -> None:
    board = build_board(exported)
    board["references"].append(board["references"][-1])


def of_a_newer_product(exported: Objects) -> None:
    each = exported[0]
    if "typeMigrationVersion" in each:
        each["typeMigrationVersion"] = "10.1.0"
    else:
        each["migrationVersion"] = {"index-pattern": "7.11.0"}


def of_another_type(exported: Objects) -> None:
    exported[0]["type"] = "map"


IN_BOTH: dict[str, Callable[[Objects], None]] = {
    "has no filter": unfiltered,
    "the attribute sections is not one of": with_attribute,
    "fieldFormatMap is no JSON text": with_broken_json,
    "there is another one with this id": doubled,
    "which is not in the export": without_a_search,
    "there is no reference": without_a_reference,
    "nothing needs the reference spare": with_a_spare_reference,
    "2 references have the name": with_a_reference_twice,
    "newer than the oldest product": of_a_newer_product,
    "has no objects of this type": of_another_type,
    "is placed as other": with_panel(lambda panel: panel["gridData"].update(i="other")),
    "is not within 48 columns": with_panel(lambda panel: panel["gridData"].update(x=44)),
    "overlap": with_panel(lambda panel: panel["gridData"].update(y=0)),
    "2 panels have the id": with_panel(lambda panel: panel.update(panelIndex="build-far")),
    "the keys are not": lambda exported: exported[0].update(namespaces=["default"]),
}
IN_LENS: dict[str, Callable[[Objects], None]] = {
    "is a legacy visualization: table": with_panel(
        lambda panel: panel["embeddableConfig"]["savedVis"].update(type="table"), 0
    ),
    "is not by value": with_panel(lambda panel: panel.update(type="visualization"), 7),
    "columnOrder that is not that of its columns": with_layer(lambda layer: layer["columnOrder"].pop()),
    "a metric before a grouping": with_layer(lambda layer: layer["columnOrder"].reverse()),
    "is ordered by gone": with_layer(
        lambda layer: layer["columns"]["group0"]["params"]["orderBy"].update(columnId="gone")
    ),
    "does not say which data view": with_panel(
        lambda panel: panel["embeddableConfig"]["attributes"]["references"].clear()
    ),
    "has log-classify-lines where the dashboard has log-classify-files": with_panel(
        lambda panel: panel["embeddableConfig"]["attributes"]["references"][0].update(id="log-classify-lines")
    ),
    "draws the layer other": with_drawing(lambda drawing: drawing.update(layerId="other")),
    "does not draw each of its columns": with_drawing(lambda drawing: drawing["columns"].pop()),
    "calls itself other": lambda exported: misnamed_control(build_board(exported)),
}


def misnamed_control(board: dict[str, Any]) -> None:
    group = board["attributes"]["controlGroupInput"]
    controls = json.loads(group["panelsJSON"])
    controls["control0"]["explicitInput"]["id"] = "other"
    group["panelsJSON"] = json.dumps(controls)


CASES = [
    *((product, said, change) for said, change in IN_BOTH.items() for product in PRODUCTS),
    *((Product.KIBANA, said, change) for said, change in IN_LENS.items()),
]


@pytest.mark.parametrize(("product", "said", "change"), CASES, ids=[f"{c[0].value}-{c[1]}" for c in CASES])
def test_what_is_wrong_is_said(product: Product, said: str, change: Callable[[Objects], None]) -> None:
    exported = objects(product)
    change(exported)

    assert any(said in fault for fault in faults(exported, product))


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("field", "instead", "said"),
    [
        ("lines_shown", "lines_shone", "has no field lines_shone"),
        ("anomaly.fingerprint", "message", "terms needs another kind of field than message, a text"),
        ("anomaly.fingerprint", "anomaly.model", "terms needs another kind of field than anomaly.model, a stored"),
        ("lag_seconds", "outcome", "percentiles needs another kind of field than outcome, a keyword"),
        ("build_uuid", "reason", "choice needs another kind of field than reason, a stored"),
        ("started_at", "seconds", "time needs another kind of field than seconds, a float"),
        ("anomaly.score", "anomaly.nearest", "sort needs another kind of field than anomaly.nearest"),
        ("anomaly.max_distance", "anomaly.distance", "log-classify-files has no field anomaly.distance"),
        ("findings.kind", "findings.sort", "log-classify-findings: log-classify-files has no field findings.sort"),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named(product: Product, field: str, instead: str, said: str) -> None:
    exported = json.loads(json.dumps(objects(product)).replace(field, instead))

    assert any(said in misfit for misfit in misfits(exported))
