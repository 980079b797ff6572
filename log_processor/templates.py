"""What a cluster is told about our indices: component templates, and an index template for each kind of document.

All that a person may want to change lies in components, the person's own last, so that it wins:

```
log-classify-core       the fields that lines and files have alike
log-classify-lines      those of lines, and how daily indices are sorted and refreshed
log-classify-extras     the type of a line's message, chosen by what the cluster can do
log-classify-files      the fields of files
log-classify-settings   settings of all indices
log-classify-lifecycle  how long daily indices stay, where `anomaly-setup lifecycle` has put it
log-classify@custom     a person's own, where there is one
```
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping
from enum import Enum
from typing import Any

from log_processor.schema import FIELDS, Kind, On, mapping

TEMPLATE_VERSION = 4
"""To be raised whenever the templates change; a cluster keeps the newest."""

Body = dict[str, Any]

CUSTOM = "log-classify@custom"
LIFECYCLE = "log-classify-lifecycle"

_PRIORITY = 500
"""Above what the servers ship for patterns like logs-*-*."""

_MESSAGE_TYPES: Mapping[bool, Body] = {
    # Without frequencies, positions and norms; phrases are looked for in the text itself.
    True: {"type": "match_only_text"},
    False: {"type": "text", "norms": False},
}

_STAMPS = frozenset({"_meta", "created_date", "created_date_millis", "modified_date", "modified_date_millis"})
"""What a server answers about a template beside its content."""

_UNSIGNED_DIGESTS = frozenset(
    {"889c427ea6a30a91", "bc19bed5b3c2dd8e", "0ee9867ed26a3013", "cf3258681dc8bd44"}
)
"""What `_unsigned_digest` gives for the templates of versions 2 and 1, those of lines and of files."""


class State(Enum):
    """What a cluster has of an object of ours."""

    MISSING = "missing"
    SAME = "same"
    """What we would write."""
    OLDER = "older"
    """What we wrote, of another version or for another server."""
    NEWER = "newer"
    """What a newer version of ours wrote."""
    CHANGED = "changed"
    """What a person changed, or made."""


def component_templates(*, match_only_text: bool) -> dict[str, Body]:
    """Return our component templates by name.

    Args:
        match_only_text: whether the cluster has that type of field.
    """
    fields = [field for field in FIELDS if field.kind is not Kind.TEXT]
    shared = [field for field in fields if field.on is On.BOTH and not field.stored_on_lines]
    lines, files = (
        mapping((field for field in fields if on in field.on and field not in shared), on)
        for on in (On.LINE, On.FILE)
    )
    texts = {field.name: dict(_MESSAGE_TYPES[match_only_text]) for field in FIELDS if field.kind is Kind.TEXT}
    # A build's lines lie together, in order.
    in_order = {"refresh_interval": "30s", "sort.field": ["build_uuid", "filename", "log.line"]}
    return {
        "log-classify-core": signed({"template": {"mappings": mapping(shared, On.BOTH)}}),
        "log-classify-lines": signed({"template": {"mappings": lines, "settings": {"index": in_order}}}),
        "log-classify-extras": signed({"template": {"mappings": {"properties": texts}}}),
        "log-classify-files": signed({"template": {"mappings": files}}),
        "log-classify-settings": signed(
            {"template": {"settings": {"index": {"codec": "best_compression", "number_of_shards": 1}}}}
        ),
    }


def lifecycle_component(policy: str) -> Body:
    """Return the component template that puts daily indices under a policy."""
    return signed({"template": {"settings": {"index": {"lifecycle": {"name": policy}}}}})


def index_templates(
    index_prefix: str = "logstash-", files_index: str = "anomaly-files", present: Container[str] = ()
) -> dict[str, Body]:
    """Return our index templates by name.

    Args:
        index_prefix: what the names of daily indices begin with.
        files_index: the index of file documents.
        present: the component templates that the cluster has; those that are not ours to put are used if present.
    """
    lines = ["log-classify-core", "log-classify-lines", "log-classify-extras", "log-classify-settings"]
    files = ["log-classify-core", "log-classify-files", "log-classify-settings"]
    # A component that is missing is an error, but on Elasticsearch since 8.7.
    custom = [CUSTOM] if CUSTOM in present else []
    lifecycle = [LIFECYCLE] if LIFECYCLE in present else []
    return {
        f"log-processor-{index_prefix}lines": _index_template(
            f"{index_prefix}*", [*lines, *lifecycle, *custom]
        ),
        f"log-processor-{files_index}": _index_template(files_index, [*files, *custom]),
    }


def state(found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> State:
    """Compare what a cluster has under a name with what we would write there."""
    if found is None:
        return State.MISSING
    has = digest(found)
    if has == digest(wanted):
        return State.SAME
    meta = found.get("_meta") or {}
    version = meta.get("version", 0)
    if isinstance(version, int) and version > TEMPLATE_VERSION:
        return State.NEWER
    signed = meta.get("digest") == has
    return State.OLDER if signed or _unsigned_digest(found) in _UNSIGNED_DIGESTS else State.CHANGED


def digest(body: Mapping[str, Any]) -> str:
    """Return a hash of what a template says, the same for what was written and for what a server makes of it."""
    content = _canonical({key: value for key, value in body.items() if key not in _STAMPS})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def signed(body: Body) -> Body:
    """Return the body with what tells later whether a person has changed it."""
    return {
        **body,
        "_meta": {"managed_by": "log-classify", "version": TEMPLATE_VERSION, "digest": digest(body)},
    }


def _unsigned_digest(body: Mapping[str, Any]) -> str:
    return digest({key: value for key, value in body.items() if key != "index_patterns"})


def _index_template(pattern: str, composed_of: list[str]) -> Body:
    return signed({"index_patterns": [pattern], "priority": _PRIORITY, "composed_of": composed_of})


def _canonical(value: object) -> object:
    """Return a value without what servers change: keys are nested, values texts, and what is empty is left out."""
    if isinstance(value, Mapping):
        nested: dict[str, Any] = {}
        for key, inner in value.items():
            content = _canonical(inner)
            if content not in ({}, [], None):
                *path, last = str(key).split(".")
                place = nested
                for name in path:
                    place = place.setdefault(name, {})
                place[last] = content
        return nested
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
