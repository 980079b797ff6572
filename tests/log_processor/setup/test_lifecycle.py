"""The policies, against a server that answers in the shape that the products document: none was at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from log_processor.setup.cli import main
from log_processor.setup.lifecycle import ILM, ISM, ilm_policy, ism_policy, planned_lifecycle
from log_processor.stores.elastic_cluster import Cluster
from log_processor.stores.settings import StoreSettings
from log_processor.templates import LIFECYCLE, State
from tests.answering import Reply, answering

COMPONENT = f"/_component_template/{LIFECYCLE}"
LINES = "/_index_template/log-processor-logstash-lines"


class PolicyServer:
    """Has policies of one kind, or none, and templates."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.url = ""
        self.has: dict[str, Any] = {}
        self.changes: list[str] = []

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        path = target.partition("?")[0]
        if path.startswith(("/_ilm", "/_plugins")) and not path.startswith(self.kind or "none"):
            return 400, {"error": f"no handler found for uri [{path}] and method [{method}]"}
        if method == "PUT":
            self.changes.append(target)
            self.has[path] = body
            return 200, {"acknowledged": True}
        if path.endswith("_simulate"):
            return 200, {"template": {}}
        if path not in self.has and not path.endswith("*"):
            return 404, {"error": {"type": "resource_not_found_exception", "reason": path}, "status": 404}
        return 200, self._found(path)

    def _found(self, path: str) -> Any:
        if path == ILM:
            return {"log-classify": {"version": 1, "modified_date": "x", **self.has[path], "in_use_by": {}}}
        if path == ISM:
            return self._ism(self.has[path]["policy"])
        kind = path.split("/")[1].removeprefix("_")
        names = [name for name in self.has if name.startswith(path.removesuffix("*"))]
        return {f"{kind}s": [self._listed(name, kind) for name in names]}

    def _listed(self, path: str, kind: str) -> Any:
        return {"name": path.rpartition("/")[2], kind: self.has[path]}

    def _ism(self, policy: Any) -> Any:
        templates = [{**each, "last_updated_time": 1} for each in policy["ism_template"]]
        answered = {**policy, "policy_id": "log-classify", "schema_version": 1, "error_notification": None}
        return {
            "_id": "log-classify",
            "_seq_no": 7,
            "_primary_term": 2,
            "policy": {**answered, "ism_template": templates},
        }


@contextmanager
def serving(kind: str) -> Iterator[PolicyServer]:
    state = PolicyServer(kind)
    with answering(lambda asked: Reply(*state.answer(asked.method, asked.path, asked.json))) as state.url:
        yield state


@pytest.fixture
def ilm() -> Iterator[PolicyServer]:
    with serving("/_ilm") as server:
        yield server


@pytest.fixture
def ism() -> Iterator[PolicyServer]:
    with serving("/_plugins/_ism") as server:
        yield server


def states(server: PolicyServer, keep_days: int = 30) -> list[State]:
    with closing(Cluster(StoreSettings(server.url))) as cluster:
        return [planned.state for planned in planned_lifecycle(cluster, keep_days)]


def test_an_elasticsearch_policy_deletes_after_the_days() -> None:
    phases = ilm_policy(30)["policy"]["phases"]

    assert {"delete"} == set(phases)
    assert "30d" == phases["delete"]["min_age"]


def test_an_opensearch_policy_deletes_after_the_days_what_has_the_prefix() -> None:
    policy = ism_policy(90, "ci-")["policy"]

    assert [{"index_patterns": ["ci-*"], "priority": 500}] == policy["ism_template"]
    kept, old = policy["states"]
    assert policy["default_state"] == kept["name"]
    assert [{"state_name": old["name"], "conditions": {"min_index_age": "90d"}}] == kept["transitions"]
    assert {} == old["actions"][0]["delete"]


def test_elasticsearch_gets_the_policy_a_component_and_templates_that_use_it(ilm: PolicyServer) -> None:
    assert 0 == main(["lifecycle", "--store", ilm.url])

    assert [ILM, COMPONENT] == ilm.changes[:2]
    assert LIFECYCLE in ilm.has[LINES]["composed_of"]
    assert {"name": "log-classify"} == ilm.has[COMPONENT]["template"]["settings"]["index"]["lifecycle"]
    done = len(ilm.changes)
    assert 0 == main(["--store", ilm.url])
    assert done == len(ilm.changes)


def test_opensearch_gets_the_policy_and_the_templates(ism: PolicyServer) -> None:
    assert 0 == main(["--store", ism.url])

    assert ISM == ism.changes[0]
    assert LIFECYCLE not in ism.has[LINES]["composed_of"]
    done = len(ism.changes)
    assert 0 == main(["--store", ism.url])
    assert done == len(ism.changes)


def test_a_server_without_policies_gets_templates_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("") as server:
        assert 0 == main(["lifecycle", "--store", server.url])
        assert [] == server.changes
        assert "run `anomaly-setup prune --keep 30d` every day" in capsys.readouterr().out
        assert 0 == main(["--store", server.url])
        assert LINES in server.changes


@pytest.mark.parametrize("kind", ["/_ilm", "/_plugins/_ism"])
def test_another_number_of_days_replaces_ours_and_not_a_persons(kind: str) -> None:
    with serving(kind) as server:
        assert State.MISSING in set(states(server))
        main(["lifecycle", "--store", server.url, "--keep", "60d"])
        assert {State.SAME} == set(states(server, 60))
        assert State.OLDER is states(server, 30)[0]
        path = ILM if kind == "/_ilm" else ISM
        text = json.dumps(server.has[path]).replace("60d", "365d")
        server.has[path] = json.loads(text)
        assert State.CHANGED is states(server, 60)[0]
        server.changes.clear()
        main(["lifecycle", "--store", server.url, "--keep", "60d"])
        assert [] == server.changes
        main(["lifecycle", "--store", server.url, "--keep", "60d", "--force"])
        assert {State.SAME} == set(states(server, 60))


def test_a_policy_of_opensearch_is_replaced_only_as_it_was_seen(ism: PolicyServer) -> None:
    main(["lifecycle", "--store", ism.url])
    main(["lifecycle", "--store", ism.url, "--keep", "60d"])

    assert f"{ISM}?if_seq_no=7&if_primary_term=2" in ism.changes


def test_a_rehearsal_shows_templates_that_use_the_policy(
    ilm: PolicyServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["--store", ilm.url, "--dry-run"])

    requests = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (lines,) = [request["body"] for request in requests if request["path"] == LINES and not request["sent"]]
    assert LIFECYCLE in lines["composed_of"]
    assert [] == ilm.changes
