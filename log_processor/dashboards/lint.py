"""What is wrong with an export that only an import would show, and then often without a word.

The rules are those that Elastic's package-spec has for dashboards, and what the products' own schemas ask for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from log_processor.dashboards.exports import Product
from log_processor.dashboards.lint_boards import board_faults, controls
from log_processor.dashboards.saved import Json

_META = "kibanaSavedObjectMeta"
_DASHBOARD = {
    "title",
    "description",
    _META,
    "timeRestore",
    "timeFrom",
    "timeTo",
    "refreshInterval",
    "panelsJSON",
    "optionsJSON",
    "version",
}
_VIEW = {"title", "timeFieldName", "fieldFormatMap"}
_SEARCH = {"title", "description", "columns", "sort", _META}
_ATTRIBUTES: Mapping[Product, Mapping[str, set[str]]] = {
    Product.KIBANA: {
        "dashboard": _DASHBOARD | {"controlGroupInput"},
        "index-pattern": _VIEW | {"name"},
        "search": _SEARCH | {"grid", "hideChart"},
    },
    Product.OPENSEARCH_DASHBOARDS: {
        "dashboard": _DASHBOARD | {"hits"},
        "index-pattern": _VIEW,
        "search": _SEARCH | {"hits", "version"},
        "visualization": {"title", "description", "visState", "uiStateJSON", "version", _META},
    },
}
"""Each attribute that the oldest version of a type knows, and that we use; others would be refused."""

_JSON_TEXTS = {
    "panelsJSON",
    "optionsJSON",
    "searchSourceJSON",
    "visState",
    "uiStateJSON",
    "fieldFormatMap",
    "ignoreParentSettingsJSON",
}
_ENVELOPES = {
    Product.KIBANA: {
        "id",
        "type",
        "attributes",
        "references",
        "coreMigrationVersion",
        "typeMigrationVersion",
        "managed",
    },
    Product.OPENSEARCH_DASHBOARDS: {"id", "type", "attributes", "references", "migrationVersion"},
}
_NEWEST = {Product.KIBANA: (8, 9, 0), Product.OPENSEARCH_DASHBOARDS: (7, 10, 0)}
"""The version of the oldest product that is to import it: it refuses objects of newer ones."""

_REFERENCE_NAMES = {"indexRefName", "panelRefName", "indexPatternRefName"}


def faults(objects: Sequence[Json], product: Product) -> list[str]:
    """Return what is wrong with the saved objects for a product, each beginning with the object's type and id."""
    return [
        f"{each['type']} {each['id']}: {fault}" for each in objects for fault in _of(each, objects, product)
    ]


def _of(each: Json, objects: Sequence[Json], product: Product) -> Iterator[str]:
    yield from _envelope(each, objects, product)
    broken = [*_unreadable(each["attributes"])]
    if broken:
        yield from broken
        return
    yield from _references(each, objects)
    if each["type"] == "dashboard":
        yield from board_faults(each, product)


def _envelope(each: Json, objects: Sequence[Json], product: Product) -> Iterator[str]:
    if sum((each["type"], each["id"]) == (other["type"], other["id"]) for other in objects) > 1:
        yield "there is another one with this id"
    if each.keys() != _ENVELOPES[product]:
        yield f"the keys are not {sorted(_ENVELOPES[product])}"
    for name in ("coreMigrationVersion", "typeMigrationVersion"):
        if name in each and _version(each[name]) > _NEWEST[product]:
            yield f"{name} {each[name]} is newer than the oldest product that imports it"
    for version in each.get("migrationVersion", {}).values():
        if _version(version) > _NEWEST[product]:
            yield f"version {version} is newer than the oldest product that imports it"
    known = _ATTRIBUTES[product].get(each["type"])
    if known is None:
        yield f"{product.name} has no objects of this type"
        return
    for name in sorted(each["attributes"].keys() - known):
        yield f"the attribute {name} is not one of {sorted(known)}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _unreadable(value: object) -> Iterator[str]:
    """Give what should be the text of JSON and is not."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _JSON_TEXTS:
                yield from _unreadable(inner)
                continue
            try:
                json.loads(inner)
            except (TypeError, ValueError):
                yield f"{name} is no JSON text"


def _references(each: Json, objects: Sequence[Json]) -> Iterator[str]:
    there = {(other["type"], other["id"]) for other in objects}
    for name, times in Counter(reference["name"] for reference in each["references"]).items():
        if times > 1:
            yield f"{times} references have the name {name}"
    for reference in each["references"]:
        if (reference["type"], reference["id"]) not in there:
            yield f"{reference['name']} refers to {reference['type']} {reference['id']}, which is not in the export"
    asked = set(_asked(each))
    given = {reference["name"] for reference in each["references"]}
    for name in sorted(asked - given):
        yield f"there is no reference {name}"
    for name in sorted(given - asked):
        yield f"nothing needs the reference {name}"


def _asked(each: Json) -> Iterator[str]:
    """Give the names of the references that an object needs."""
    if each["type"] != "dashboard":
        yield from _named(_whole(each["attributes"]))
        return
    attributes = {name: value for name, value in each["attributes"].items() if name != "panelsJSON"}
    yield from _named(_whole(attributes))
    for panel in json.loads(each["attributes"]["panelsJSON"]):
        # Before 8 the names of references did not begin with the panel's id.
        own = f"{panel['panelIndex']}:" if "type" in panel else ""
        if "panelRefName" in panel:
            yield own + panel["panelRefName"]
        inner = panel.get("embeddableConfig", {}).get("attributes", {})
        yield from (own + reference["name"] for reference in inner.get("references", ()))
    for control in controls(each):
        yield f"controlGroup_{control}:optionsListDataView"


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value with its JSON texts as what they stand for."""
    if isinstance(value, dict):
        return {
            name: _whole(json.loads(inner)) if name in _JSON_TEXTS else _whole(inner)
            for name, inner in value.items()
        }
    return [*map(_whole, value)] if isinstance(value, list) else value


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _REFERENCE_NAMES:
                yield inner
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
