"""Putting templates, a lifecycle and dashboards where they belong."""

from __future__ import annotations

from collections.abc import Iterable

from log_processor.dashboards.saved import Json
from log_processor.setup.kibana import Kibana
from log_processor.setup.lifecycle import planned_lifecycle
from log_processor.setup.report import Report
from log_processor.stores.elastic_cluster import Cluster, Request
from log_processor.stores.elastic_templates import Planned, put_templates
from log_processor.templates import LIFECYCLE, State

_DONE = {State.MISSING: "created", State.OLDER: "updated", State.SAME: "unchanged"}
_KEPT = {
    State.NEWER: "a newer version of anomaly-setup wrote it; --force puts ours",
    State.CHANGED: "a person changed or made it; --force puts ours",
}


def templates(cluster: Cluster, report: Report, *, force: bool, present: Iterable[str] = ()) -> None:
    """Put the templates; `present` names components that are there, or will be."""
    for template in put_templates(cluster, force=force, present=present):
        _tell(report, template, force=force)


def lifecycle(cluster: Cluster, report: Report, *, keep_days: int, force: bool) -> bool:
    """Put the policy, and the templates that point to it; tell whether the cluster has policies."""
    planned = planned_lifecycle(cluster, keep_days)
    for each in planned:
        if each.is_due(force=force):
            cluster.change("PUT", each.path, each.wanted)
        _tell(report, each, force=force)
    if planned:
        report.note(f"daily indices that are made from now on are deleted after {keep_days} days")
        templates(cluster, report, force=force, present=[LIFECYCLE] if _has_component(planned) else [])
    else:
        report.note(
            f"the cluster has neither ILM nor ISM: run `anomaly-setup prune --keep {keep_days}d` every day"
        )
    return bool(planned)


def dashboards(kibana: Kibana, objects: list[Json], report: Report, *, force: bool, rehearsal: bool) -> None:
    """Import saved objects; in a rehearsal tell only."""
    if rehearsal:
        path = f"/api/saved_objects/_import?overwrite={str(force).lower()}"
        report.request(Request("POST", path, objects, sent=False))
        return
    imported = kibana.put(objects, force=force)
    for name in imported.put:
        report.thing(name, "imported")
    for name in imported.kept:
        report.thing(name, "kept", "it is there already; --force replaces it")


def _has_component(planned: Iterable[Planned]) -> bool:
    return any(each.path.endswith(f"/{LIFECYCLE}") for each in planned)


def _tell(report: Report, planned: Planned, *, force: bool) -> None:
    if planned.state in _KEPT and not force:
        report.thing(planned.path, "kept", _KEPT[planned.state])
    else:
        report.thing(planned.path, _DONE.get(planned.state, "replaced"), _choice(planned))


def _choice(planned: Planned) -> str:
    """Say what was chosen for this cluster."""
    message = planned.wanted.get("template", {}).get("mappings", {}).get("properties", {}).get("message")
    return f"messages are {message['type']}" if message else ""
