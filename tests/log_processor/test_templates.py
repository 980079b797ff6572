"""The templates: what they say, and telling what a person changed from what we wrote."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from log_processor.schema import FIELDS, Kind, On, document_mapping
from log_processor.setup.checks import types
from log_processor.templates import (
    CUSTOM,
    LIFECYCLE,
    TEMPLATE_VERSION,
    State,
    component_templates,
    digest,
    index_templates,
    state,
)

VERSION_2 = json.loads(Path(__file__).with_name("templates_of_version_2.json").read_text())
LINES, FILES = "log-processor-logstash-lines", "log-processor-anomaly-files"


def as_a_server_answers(value: Any) -> Any:
    """Return what servers make of a template: numbers and truth of settings become texts, keys are nested."""
    if isinstance(value, dict):
        if "sort.field" in value:
            value = {**value, "sort": {"field": value["sort.field"]}}
            del value["sort.field"]
        return {key: as_a_server_answers(inner) for key, inner in value.items()}
    if isinstance(value, (bool, int)):
        return str(value).lower()
    return value


def composed(name: str, *, match_only_text: bool = True) -> dict[str, Any]:
    """Return the mapping and the settings that an index of a template gets."""
    found: dict[str, Any] = {"mappings": {}, "index": {}}
    components = component_templates(match_only_text=match_only_text)
    for component in index_templates()[name]["composed_of"]:
        template = components[component]["template"]
        found["mappings"] |= types(template.get("mappings", {}))
        found["index"] |= template.get("settings", {}).get("index", {})
    return found


def test_the_components_of_lines_have_each_field_of_a_line_and_keep_a_build_together() -> None:
    found = composed(LINES, match_only_text=False)

    assert types(document_mapping(On.LINE)) == found["mappings"]
    assert {
        "refresh_interval": "30s",
        "sort.field": ["build_uuid", "filename", "log.line"],
        "codec": "best_compression",
        "number_of_shards": 1,
    } == found["index"]


def test_the_components_of_files_have_each_field_of_a_file() -> None:
    found = composed(FILES)

    assert types(document_mapping(On.FILE)) == found["mappings"]
    assert {"codec": "best_compression", "number_of_shards": 1} == found["index"]


@pytest.mark.parametrize(("has", "type_"), [(True, "match_only_text"), (False, "text")])
def test_a_message_has_the_best_type_that_the_cluster_has(has: bool, type_: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert type_ == composed(LINES, match_only_text=has)["mappings"]["message"]


def test_a_line_has_one_text_that_is_searched_by_words() -> None:
    assert ["message"] == [field.name for field in FIELDS if field.kind is Kind.TEXT]


@pytest.mark.parametrize("template", [LINES, FILES])
def test_no_field_is_in_two_components_of_an_index(template: str) -> None:
    components = component_templates(match_only_text=True)
    composed_of = index_templates()[template]["composed_of"]
    names = [name for each in composed_of for name in types(components[each]["template"].get("mappings", {}))]

    assert len(names) == len(set(names))


def test_no_component_makes_new_fields() -> None:
    components = component_templates(match_only_text=True).values()
    mappings = [each["template"]["mappings"] for each in components if "mappings" in each["template"]]

    assert [False, False, False] == [mapping["dynamic"] for mapping in mappings if "dynamic" in mapping]


def test_index_templates_are_named_after_their_indices() -> None:
    templates = index_templates("ci-", "ci-files")

    assert ["log-processor-ci-lines", "log-processor-ci-files"] == list(templates)
    assert [["ci-*"], ["ci-files"]] == [template["index_patterns"] for template in templates.values()]
    assert [500, 500] == [template["priority"] for template in templates.values()]


def test_what_a_person_put_is_the_last_component_and_only_where_it_is() -> None:
    with_all = index_templates(present={CUSTOM, LIFECYCLE})

    assert [LIFECYCLE, CUSTOM] == with_all[LINES]["composed_of"][-2:]
    assert CUSTOM == with_all[FILES]["composed_of"][-1]
    assert LIFECYCLE not in with_all[FILES]["composed_of"]
    assert not {CUSTOM, LIFECYCLE} & {*index_templates()[LINES]["composed_of"]}


OURS = index_templates()[LINES]
NEWER = {**OURS["_meta"], "version": TEMPLATE_VERSION + 1}
BEFORE = {**index_templates("old-")[LINES.replace("logstash-", "old-")]}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, State.MISSING),
        (OURS, State.SAME),
        (as_a_server_answers(OURS), State.SAME),
        (
            {**OURS, "created_date_millis": 1, "data_stream": None, "ignore_missing_component_templates": []},
            State.SAME,
        ),
        (BEFORE, State.OLDER),
        ({**OURS, "priority": 501}, State.CHANGED),
        ({**OURS, "_meta": NEWER, "priority": 501}, State.NEWER),
        ({**OURS, "_meta": {"version": "a person's"}, "priority": 501}, State.CHANGED),
        ({**OURS, "_meta": {}, "priority": 501}, State.CHANGED),
        ({"index_patterns": ["logstash-*"], "template": {}}, State.CHANGED),
        (VERSION_2["lines"], State.OLDER),
        (as_a_server_answers(VERSION_2["lines"]), State.OLDER),
        ({**VERSION_2["lines"], "index_patterns": ["mine-*"]}, State.OLDER),
        (VERSION_2["files"], State.OLDER),
        ({**VERSION_2["lines"], "priority": 200}, State.CHANGED),
        ({**VERSION_2["lines"], "composed_of": ["mine"]}, State.CHANGED),
    ],
)
def test_what_a_cluster_has_is_told_apart(found: dict[str, Any] | None, expected: State) -> None:
    assert expected == state(found, OURS)


def test_a_digest_does_not_depend_on_what_servers_change() -> None:
    for name, body in component_templates(match_only_text=True).items():
        assert body["_meta"]["digest"] == digest(as_a_server_answers(body)), name
    assert digest({"template": {"settings": {"index.codec": "x"}}}) != digest({"template": {"settings": {}}})


def test_a_change_of_the_templates_raises_their_version() -> None:
    """Where this fails the templates have changed: raise TEMPLATE_VERSION, then note the new digest here."""
    content = [component_templates(match_only_text=True), index_templates()]
    without_version = [{name: digest(body) for name, body in each.items()} for each in content]
    text = json.dumps(without_version, sort_keys=True)
    assert (4, "5b8b3f8eb778") == (TEMPLATE_VERSION, hashlib.sha256(text.encode()).hexdigest()[:12])
