"""The policy that deletes daily indices after some days: of Elasticsearch's ILM, or of OpenSearch's ISM."""

from __future__ import annotations

import re
from typing import Any

from log_processor.stores.elastic_cluster import Cluster
from log_processor.stores.elastic_templates import Planned
from log_processor.templates import LIFECYCLE, Body, lifecycle_component, signed, state

NAME = "log-classify"

ILM = f"/_ilm/policy/{NAME}"
ISM = f"/_plugins/_ism/policies/{NAME}"
_NO_SUCH_THING = (400, 405, 410)
"""What servers answer that have no such policies; 404 is the answer of one that has none of this name."""

_SIGNATURE = re.compile(r"version (?P<version>\d+), digest (?P<digest>[0-9a-f]{16})")


def ilm_policy(keep_days: int) -> Body:
    """Return the policy for Elasticsearch; an index's age counts from its creation."""
    # What the server would add is written out, so that a later look finds the same.
    delete = {"min_age": f"{keep_days}d", "actions": {"delete": {"delete_searchable_snapshot": True}}}
    return {"policy": signed({"phases": {"delete": delete}})}


def ism_policy(keep_days: int, index_prefix: str) -> Body:
    """Return the policy for OpenSearch, which attaches it to new indices by their names."""
    retry = {"count": 3, "backoff": "exponential", "delay": "1m"}
    old = {"state_name": "old", "conditions": {"min_index_age": f"{keep_days}d"}}
    content = {
        "default_state": "kept",
        "states": [
            {"name": "kept", "actions": [], "transitions": [old]},
            {"name": "old", "actions": [{"retry": retry, "delete": {}}], "transitions": []},
        ],
        "ism_template": [{"index_patterns": [f"{index_prefix}*"], "priority": 500}],
    }
    meta = signed(content)["_meta"]
    # It has no room for such data but its description.
    description = f"Daily indices of log-classify. version {meta['version']}, digest {meta['digest']}"
    return {"policy": {"description": description, **content}}


def planned_lifecycle(cluster: Cluster, keep_days: int) -> list[Planned]:
    """Return the policy, and what points to it; nothing where the server has no policies."""
    status, found = cluster.ask("GET", ILM, expected=(*_NO_SUCH_THING, 404))
    if status not in _NO_SUCH_THING:
        return _planned_ilm(cluster, found.get(NAME) if status == 200 else None, keep_days)
    status, found = cluster.ask("GET", ISM, expected=(*_NO_SUCH_THING, 404))
    if status not in _NO_SUCH_THING:
        return [_planned_ism(cluster, found if status == 200 else None, keep_days)]
    return []


def _planned_ilm(cluster: Cluster, found: dict[str, Any] | None, keep_days: int) -> list[Planned]:
    wanted = ilm_policy(keep_days)
    component, path = lifecycle_component(NAME), f"/_component_template/{LIFECYCLE}"
    answer = cluster.find(path)
    there = answer["component_templates"][0]["component_template"] if answer else None
    return [
        Planned(ILM, wanted, state(found and found["policy"], wanted["policy"])),
        Planned(path, component, state(there, component)),
    ]


def _planned_ism(cluster: Cluster, found: dict[str, Any] | None, keep_days: int) -> Planned:
    wanted = ism_policy(keep_days, cluster.settings.index_prefix)
    if found is None:
        return Planned(ISM, wanted, state(None, wanted))
    # Nobody else's change is lost between the look and the write.
    path = f"{ISM}?if_seq_no={found['_seq_no']}&if_primary_term={found['_primary_term']}"
    return Planned(path, wanted, state(_read_back(found["policy"]), _read_back(wanted["policy"])))


def _read_back(policy: dict[str, Any]) -> Body:
    """Return what we write of a policy, with the signature where templates have it."""
    match = _SIGNATURE.search(policy.get("description") or "")
    return {
        "default_state": policy.get("default_state"),
        "states": policy.get("states"),
        "ism_template": [
            {key: each[key] for key in ("index_patterns", "priority") if key in each}
            for each in policy.get("ism_template") or []
        ],
        "_meta": {"version": int(match["version"]), "digest": match["digest"]} if match else {},
    }
