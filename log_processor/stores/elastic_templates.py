"""Our templates in a cluster: what is there, and putting what is missing or old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from log_processor.stores.elastic_cluster import Cluster
from log_processor.templates import Body, State, component_templates, index_templates, state

_PROBE = {
    "index_patterns": ["log-classify-probe-*"],
    "template": {"mappings": {"properties": {"message": {"type": "match_only_text"}}}},
}


@dataclass(frozen=True)
class Planned:
    """An object of ours in a cluster.

    Attributes:
        path: where it is, such as `_component_template/log-classify-core`.
        wanted: what should be there.
        state: what is there.
    """

    path: str
    wanted: Body
    state: State

    def is_due(self, *, force: bool) -> bool:
        """Whether it is to be put. What a person or a newer version wrote is not, unless by force."""
        return self.state in (State.MISSING, State.OLDER) or (force and self.state is not State.SAME)


def has_match_only_text(cluster: Cluster) -> bool:
    """Ask whether the cluster has that type of field: a simulated template tries it."""
    status, _ = cluster.ask("POST", "/_index_template/_simulate", _PROBE, expected=(400,))
    return status == 200


def planned_templates(cluster: Cluster, present: Iterable[str] = ()) -> list[Planned]:
    """Return our templates and what the cluster has of each, in the order in which they have to be put.

    Args:
        cluster: which has them, or has not.
        present: component templates that will be there, if they are not yet.
    """
    found = _found(cluster, "component_template", "log-classify*")
    components = component_templates(match_only_text=has_match_only_text(cluster))
    planned = [
        Planned(f"/_component_template/{name}", wanted, state(found.get(name), wanted))
        for name, wanted in components.items()
    ]
    settings = cluster.settings
    known = {*components, *found, *present}
    for name, wanted in index_templates(settings.index_prefix, settings.files_index, known).items():
        there = _found(cluster, "index_template", name).get(name)
        planned.append(Planned(f"/_index_template/{name}", wanted, state(there, wanted)))
    return planned


def put_templates(cluster: Cluster, *, force: bool = False, present: Iterable[str] = ()) -> Iterator[Planned]:
    """Put what is missing or of an older version; give each object, once it is there.

    Args:
        cluster: where to.
        force: whether also over what a person changed, or a newer version wrote.
        present: component templates that will be there, if they are not yet.
    """
    for planned in planned_templates(cluster, present):
        if planned.is_due(force=force):
            cluster.change("PUT", planned.path, planned.wanted)
        yield planned


def _found(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    """Return by name what the cluster has; the name may be a pattern."""
    answer = cluster.find(f"/_{kind}/{name}") or {}
    return {each["name"]: each[kind] for each in answer.get(f"{kind}s", [])}
