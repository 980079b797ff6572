"""Everything that would be put into a cluster, for people who put it there by other means."""

from __future__ import annotations

from log_processor.setup.lifecycle import ILM, ISM, NAME, ilm_policy, ism_policy
from log_processor.templates import (
    LIFECYCLE,
    Body,
    component_templates,
    index_templates,
    lifecycle_component,
)


def exported(
    index_prefix: str = "logstash-", files_index: str = "anomaly-files", keep_days: int = 30
) -> dict[str, Body]:
    """Return the body of each object by its path in the cluster's API.

    Messages are `match_only_text`; index templates leave out the lifecycle and the custom component, as neither need be
    there.
    """
    components = component_templates(match_only_text=True) | {LIFECYCLE: lifecycle_component(NAME)}
    indices = index_templates(index_prefix, files_index)
    return {
        **{f"_component_template/{name}": body for name, body in components.items()},
        **{f"_index_template/{name}": body for name, body in indices.items()},
        ILM.lstrip("/"): ilm_policy(keep_days),
        ISM.lstrip("/"): ism_policy(keep_days, index_prefix),
    }
