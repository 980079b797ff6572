"""The export for Kibana 8.9 and newer: panels are Lens visualizations by value.

Each object has the lowest version of its type that Kibana 8.9 writes: Kibana lifts what is older than itself, and
refuses what is newer.
"""

from __future__ import annotations

from collections.abc import Iterator

from log_processor.dashboards import lens_panel
from log_processor.dashboards.boards import DASHBOARDS, SEARCHES
from log_processor.dashboards.model import (
    WIDTH,
    Dashboard,
    Found,
    Place,
    Source,
    places,
)
from log_processor.dashboards.saved import (
    LINKS_HEIGHT,
    NAMES,
    Indices,
    Json,
    dashboard_attributes,
    dashboard_references,
    grid,
    links,
    query,
    reference,
    search_attributes,
    search_references,
    text,
    to_view,
    view_attributes,
)

_CORE = "8.8.0"
_VERSIONS = {"index-pattern": "7.11.0", "search": "8.0.0", "dashboard": "8.9.0"}


def objects(indices: Indices) -> Iterator[Json]:
    """Give the saved objects."""
    for source in Source:
        attributes = view_attributes(source, indices) | {"name": NAMES[source]}
        yield _object("index-pattern", source.value, attributes, [])
    for search in SEARCHES:
        attributes = search_attributes(search) | {"grid": {}, "hideChart": True}
        yield _object("search", search.id, attributes, search_references(search))
    for board in DASHBOARDS:
        yield _dashboard(board)


def _object(kind: str, id_: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "id": id_,
        "type": kind,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": _CORE,
        "typeMigrationVersion": _VERSIONS[kind],
        "managed": False,
    }


def _dashboard(board: Dashboard) -> Json:
    panels = [_links(board)]
    references = dashboard_references(board)
    for panel, place in zip(board.panels, places(board.panels, LINKS_HEIGHT), strict=True):
        if isinstance(panel, Found):
            panels.append(_found(panel, place))
            references.append(reference(f"{panel.id}:panel_{panel.id}", "search", panel.search.id))
        else:
            config = {"attributes": lens_panel.attributes(panel)}
            panels.append({**_placed(panel.id, "lens", place, config), "title": panel.title})
            references.append(to_view(f"{panel.id}:{lens_panel.LAYER_VIEW}", panel.question.source))
    for number, control in enumerate(board.controls):
        references.append(to_view(f"controlGroup_{_control(number)}:optionsListDataView", control.source))
    attributes = dashboard_attributes(board, panels) | {"controlGroupInput": _controls(board), "version": 1}
    return _object("dashboard", board.id, attributes, references)


def _placed(id_: str, kind: str, place: Place, config: Json) -> Json:
    return {
        "type": kind,
        "panelIndex": id_,
        "gridData": grid(id_, place),
        "embeddableConfig": {"enhancements": {}, **config},
    }


def _links(board: Dashboard) -> Json:
    saved = {
        "id": "",
        "title": "",
        "description": "",
        "type": "markdown",
        "params": links(board),
        "uiState": {},
        "data": {"aggs": [], "searchSource": {"query": query(), "filter": []}},
    }
    config = {"savedVis": saved, "hidePanelTitles": True}
    return _placed(f"{board.id}-links", "visualization", Place(0, 0, WIDTH, LINKS_HEIGHT), config)


def _found(panel: Found, place: Place) -> Json:
    return {**_placed(panel.id, "search", place, {}), "panelRefName": f"panel_{panel.id}"}


def _control(number: int) -> str:
    return f"control{number}"


def _controls(board: Dashboard) -> Json:
    controls = {
        _control(number): {
            "order": number,
            "width": "medium",
            "grow": True,
            "type": "optionsListControl",
            "explicitInput": {
                "id": _control(number),
                "fieldName": control.field,
                "title": control.label,
                "enhancements": {},
            },
        }
        for number, control in enumerate(board.controls)
    }
    ignore = dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), False)
    return {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "ignoreParentSettingsJSON": text(ignore),
        "panelsJSON": text(controls),
    }
