"""Whether all is as it should be: templates in force, indices made by them, dashboards as we wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from log_processor.dashboards.saved import Json
from log_processor.schema import On, document_mapping
from log_processor.setup.kibana import Kibana, differences, name_of
from log_processor.setup.lifecycle import planned_lifecycle
from log_processor.setup.report import Report
from log_processor.stores.elastic_cluster import Cluster
from log_processor.stores.elastic_templates import planned_templates
from log_processor.templates import State

_TO_BE_PUT = "run `anomaly-setup templates`"
_NEXT = """\
when it is made, {} will not have the types that searches need: give our index template the highest priority for it \
(others that match: {})"""
_MADE_WITHOUT = """\
it was made without the templates, so builds are not found in it: delete it, or re-index it under a name that the \
templates match"""
_CHANGED = """\
{}: a person changed it, or Kibana reads it otherwise than we write it; `anomaly-setup dashboards --force` replaces it"""
_TEXTS = frozenset({"text", "match_only_text"})


def check_cluster(cluster: Cluster, report: Report, today: date, keep_days: int) -> bool:
    """Compare a cluster with what should be there, and say what is not; tell whether all is well."""
    good = True
    for template in planned_templates(cluster):
        due = template.is_due(force=False)
        good &= not due
        report.thing(template.path, template.state.value, _TO_BE_PUT if due else "")
    policies = planned_lifecycle(cluster, keep_days)
    for policy in policies:
        # Which number of days is right, and whether there should be a policy at all, a person decides.
        report.thing(policy.path, "missing" if policy.state is State.MISSING else "there")
    if not policies:
        report.note("the cluster has neither ILM nor ISM: `anomaly-setup prune` deletes what is old")
    for index, why in (*_next_index(cluster, today), *_present_indices(cluster)):
        good = False
        report.thing(index, "different", why)
    return good


def check_kibana(kibana: Kibana, objects: list[Json], report: Report) -> bool:
    """Import the dashboards, export them again and compare; tell whether all is well."""
    kibana.put(objects, force=False)
    found = kibana.export(objects)
    good = True
    for each in objects:
        name = name_of(each)
        changed = differences(each, found[name]) if name in found else ["all of it"]
        good &= not changed
        if changed:
            report.thing(name, "different", _CHANGED.format(", ".join(changed[:5])))
        else:
            report.thing(name, "same")
    return good


def _next_index(cluster: Cluster, today: date) -> Iterator[tuple[str, str]]:
    """Say where the next daily index would have fields of other types: another index template wins."""
    name = cluster.settings.lines_index(today)
    _, answer = cluster.ask("POST", f"/_index_template/_simulate_index/{name}")
    has = types(answer.get("template", {}).get("mappings", {}))
    wrong = [
        field for field, kind in types(document_mapping(On.LINE)).items() if not _alike(has.get(field), kind)
    ]
    if wrong:
        others = ", ".join(each["name"] for each in answer.get("overlapping", ())) or "none"
        yield name, _NEXT.format(", ".join(wrong[:5]), others)


def _present_indices(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Say which indices were made without the templates."""
    settings = cluster.settings
    path = f"/{settings.index_prefix}*,{settings.files_index}/_mapping/field/build_uuid"
    status, answer = cluster.ask("GET", f"{path}?ignore_unavailable=true", expected=(404,))
    for name, found in sorted(answer.items()) if status == 200 else ():
        field = found["mappings"].get("build_uuid", {}).get("mapping", {}).get("build_uuid", {})
        if field.get("type") != "keyword":
            yield name, _MADE_WITHOUT


def types(mapping: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return the type of each field of a mapping by its whole name."""
    found: dict[str, str] = {}
    for name, field in mapping.get("properties", {}).items():
        if "properties" in field:
            found |= types(field, f"{path}{name}.")
        else:
            found[path + name] = field.get("type", "object")
    return found


def _alike(has: str | None, wanted: str) -> bool:
    return has == wanted or {has, wanted} <= _TEXTS
