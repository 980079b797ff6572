"""The export for OpenSearch Dashboards, whose saved objects are those of Kibana 7.10.

It has no Lens and nothing by value: each panel is a visualization of its own, to which the dashboard refers. No
object has a version that is newer than that of Kibana 7.10, for OpenSearch Dashboards refuses those.
"""

from __future__ import annotations

from collections.abc import Iterator

from log_processor.dashboards import legacy_panel
from log_processor.dashboards.boards import DASHBOARDS, SEARCHES
from log_processor.dashboards.model import (
    WIDTH,
    Dashboard,
    Found,
    Panel,
    Place,
    Source,
    places,
)
from log_processor.dashboards.saved import (
    LINKS_HEIGHT,
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

_VERSIONS = {
    "index-pattern": "7.6.0",
    "search": "7.9.3",
    "visualization": "7.10.0",
    "dashboard": "7.9.3",
}
_PANEL_VERSION = "7.10.2"
_VIEW = "kibanaSavedObjectMeta.searchSourceJSON.index"
_CONTROLS_HEIGHT = 5


def objects(indices: Indices) -> Iterator[Json]:
    """Give the saved objects."""
    for source in Source:
        yield _object("index-pattern", source.value, view_attributes(source, indices), [])
    for search in SEARCHES:
        attributes = search_attributes(search) | {"hits": 0, "version": 1}
        yield _object("search", search.id, attributes, search_references(search))
    for board in DASHBOARDS:
        yield _visualization(f"{board.id}-links", f"{board.title}: links", _links(board), {}, [])
        yield _controls(board)
        for panel in board.panels:
            if isinstance(panel, Panel):
                yield _panel(panel, f"{board.title}: {panel.title}")
        yield _dashboard(board)


def _object(kind: str, id_: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "id": id_,
        "type": kind,
        "attributes": attributes,
        "references": references,
        "migrationVersion": {kind: _VERSIONS[kind]},
    }


def _dashboard(board: Dashboard) -> Json:
    upper = {
        f"{board.id}-links": Place(0, 0, WIDTH, LINKS_HEIGHT),
        f"{board.id}-controls": Place(0, LINKS_HEIGHT, WIDTH, _CONTROLS_HEIGHT),
    }
    panels = [_placed(id_, place) for id_, place in upper.items()]
    references = [reference(f"panel_{id_}", "visualization", id_) for id_ in upper]
    for panel, place in zip(board.panels, places(board.panels, LINKS_HEIGHT + _CONTROLS_HEIGHT), strict=True):
        kind, id_ = ("search", panel.search.id) if isinstance(panel, Found) else ("visualization", panel.id)
        panels.append(_placed(panel.id, place))
        references.append(reference(f"panel_{panel.id}", kind, id_))
    attributes = dashboard_attributes(board, panels) | {"hits": 0, "version": 1}
    return _object("dashboard", board.id, attributes, [*dashboard_references(board), *references])


def _placed(panel_id: str, place: Place) -> Json:
    return {
        "version": _PANEL_VERSION,
        "panelIndex": panel_id,
        "gridData": grid(panel_id, place),
        "embeddableConfig": {},
        "panelRefName": f"panel_{panel_id}",
    }


def _visualization(id_: str, title: str, state: Json, source: Json, references: list[Json]) -> Json:
    attributes = {
        "title": title,
        "description": "",
        "version": 1,
        "uiStateJSON": "{}",
        "visState": text({"title": title, **state}),
        "kibanaSavedObjectMeta": {"searchSourceJSON": text({"query": query(), "filter": [], **source})},
    }
    return _object("visualization", id_, attributes, references)


def _links(board: Dashboard) -> Json:
    return {"type": "markdown", "aggs": [], "params": links(board)}


def _controls(board: Dashboard) -> Json:
    names = [f"control_{number}_index_pattern" for number in range(len(board.controls))]
    controls = [
        {
            "id": f"control{number}",
            "indexPatternRefName": name,
            "fieldName": control.field,
            "label": control.label,
            "parent": "",
            "type": "list",
            "options": {
                "type": "terms",
                "multiselect": True,
                "dynamicOptions": True,
                "size": 5,
                "order": "desc",
            },
        }
        for number, (name, control) in enumerate(zip(names, board.controls, strict=True))
    ]
    params = {
        "controls": controls,
        "updateFiltersOnChange": True,
        "useTimeFilter": True,
        "pinFilters": False,
    }
    references = [to_view(name, control.source) for name, control in zip(names, board.controls, strict=True)]
    state = {"type": "input_control_vis", "aggs": [], "params": params}
    return _visualization(f"{board.id}-controls", f"{board.title}: choices", state, {}, references)


def _panel(panel: Panel, title: str) -> Json:
    question = panel.question
    source = {"query": query(question.where), "indexRefName": _VIEW}
    return _visualization(
        panel.id, title, legacy_panel.state(panel), source, [to_view(_VIEW, question.source)]
    )
