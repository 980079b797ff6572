"""Saved objects, in and out of a server that answers as Kibana and OpenSearch Dashboards do."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from log_processor.config import KibanaSettings
from log_processor.dashboards.exports import Product, objects
from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.setup.cli import main
from log_processor.setup.kibana import Imported, Kibana, differences
from log_processor.stores.settings import StoreSettings
from tests.log_processor.setup.dashboards_server import DashboardsServer, serving, uploaded

A = {"type": "dashboard", "id": "a", "attributes": {"title": "A"}, "references": []}
B = {"type": "search", "id": "b", "attributes": {"title": "\u00c4"}, "references": []}


@pytest.fixture
def server() -> Iterator[DashboardsServer]:
    with serving() as server:
        yield server


def kibana(server: DashboardsServer, store: StoreSettings | None = None, **settings: Any) -> Kibana:
    return Kibana(KibanaSettings(server.url, **settings), store or StoreSettings())


@pytest.mark.parametrize(
    ("name", "product"), [("kbn-name", Product.KIBANA), ("osd-name", Product.OPENSEARCH_DASHBOARDS)]
)
def test_the_product_is_known_by_its_header(server: DashboardsServer, name: str, product: Product) -> None:
    server.name = name

    assert product is kibana(server).product()


def test_a_stranger_is_named(server: DashboardsServer) -> None:
    server.name = "x-name"

    with pytest.raises(StoreUnavailable, match=r"does not answer like Kibana .*: check kibana\.url"):
        kibana(server).product()


def test_objects_are_uploaded_as_a_file_of_lines(server: DashboardsServer) -> None:
    assert Imported(("dashboard/a", "search/b"), ()) == kibana(server).put([A, B], force=False)

    (asked,) = server.asked
    assert ("POST", "/api/saved_objects/_import?overwrite=false") == (asked.method, asked.path)
    assert "true" == asked.headers["kbn-xsrf"] == asked.headers["osd-xsrf"]
    assert [A, B] == uploaded(asked)


@pytest.mark.parametrize("force", [False, True])
def test_what_is_there_stays_but_by_force(server: DashboardsServer, force: bool) -> None:  # noqa: FBT001 - a parameter of the test
    mine = {**A, "attributes": {"title": "a person's"}}
    server.objects["dashboard/a"] = mine

    done = kibana(server).put([A, B], force=force)

    expected = (
        Imported(("dashboard/a", "search/b"), ()) if force else Imported(("search/b",), ("dashboard/a",))
    )
    assert expected == done
    assert (A if force else mine) == server.objects["dashboard/a"]
    assert B == server.objects["search/b"]


def test_importing_twice_keeps_everything(server: DashboardsServer) -> None:
    kibana(server).put([A, B], force=False)

    assert Imported((), ("dashboard/a", "search/b")) == kibana(server).put([A, B], force=False)


def test_a_success_that_is_none_is_told(server: DashboardsServer) -> None:
    server.errors["search/b"] = {"type": "unsupported_type"}

    with pytest.raises(
        StoreUnavailable, match=r"did not import 1 objects: search/b: .*unsupported_type.*8\.9"
    ):
        kibana(server).put([A, B], force=False)
    assert {} == server.objects


def test_what_was_put_can_be_exported(server: DashboardsServer) -> None:
    kibana(server).put([A, B], force=False)

    assert {"dashboard/a": A, "search/b": B} == kibana(server).export([A, B])
    assert [{"type": "dashboard", "id": "a"}, {"type": "search", "id": "b"}] == json.loads(
        server.asked[-1].body
    )["objects"]


@pytest.mark.parametrize(
    ("space", "prefix"), [(None, "/api/saved_objects/_import"), ("ci", "/s/ci/api/saved_objects/_import")]
)
def test_a_space_is_part_of_the_path(server: DashboardsServer, space: str | None, prefix: str) -> None:
    kibana(server, space=space).put([A], force=False)

    assert server.asked[-1].path.startswith(prefix)


BASIC = "Basic " + base64.b64encode(b"elastic:s\xc3\xa9cret").decode()


@pytest.mark.parametrize(
    ("own", "store", "sent"),
    [
        (None, StoreSettings(), None),
        (None, StoreSettings(username="elastic", password="s\u00e9cret"), BASIC),
        (None, StoreSettings(api_key="c2Vj"), "ApiKey c2Vj"),
        ("b3du", StoreSettings(api_key="c2Vj"), "ApiKey b3du"),
        ("b3du", StoreSettings(username="elastic", password="secret"), "ApiKey b3du"),
    ],
)
def test_the_clusters_credentials_serve_where_kibana_has_none_of_its_own(
    server: DashboardsServer, own: str | None, store: StoreSettings, sent: str | None
) -> None:
    kibana(server, store, api_key=own).product()

    assert sent == server.asked[-1].headers["authorization"]


@pytest.mark.parametrize(
    ("status", "mend"),
    [
        (401, r"check kibana\.api_key"),
        (403, "privilege to manage saved objects"),
        (404, r"kibana\.space"),
        (503, "wait until it is up"),
        (302, r"check kibana\.url"),
    ],
)
def test_a_refusal_says_what_to_do(server: DashboardsServer, status: int, mend: str) -> None:
    server.refuses["/api/saved_objects/_import"] = status

    with pytest.raises(StoreUnavailable, match=rf"refused POST .*: {status}: <html>go away</html>: .*{mend}"):
        kibana(server).put([A], force=False)


def test_one_that_is_away_is_named() -> None:
    with pytest.raises(StoreUnavailable, match=r"http://127\.0\.0\.1:1 cannot be reached: .*kibana\.url"):
        kibana(DashboardsServer("http://127.0.0.1:1")).product()


def test_plain_http_where_tls_is_spoken_says_so(server: DashboardsServer) -> None:
    with pytest.raises(StoreUnavailable, match="begin its URL with http"):
        kibana(replace(server, url=server.url.replace("http:", "https:"))).product()


def test_without_an_address_there_is_no_kibana() -> None:
    with pytest.raises(ConfigError, match=r"--kibana URL, KIBANA_URL or kibana\.url"):
        Kibana(KibanaSettings(), StoreSettings())


@pytest.mark.parametrize(
    ("theirs", "paths"),
    [
        ({}, []),
        ({"version": "WzEsMV0="}, []),
        ({"attributes": {"title": "A", "hits": 0, "panelsJSON": '[{"x": 1, "y": 2}]'}}, []),
        ({"attributes": {"title": "B", "panelsJSON": '[{"x":1}]'}}, ["attributes.title"]),
        ({"attributes": {"title": "A", "panelsJSON": '[{"x":2}]'}}, ["attributes.panelsJSON[0].x"]),
        ({"attributes": {"title": "A", "panelsJSON": "[]"}}, ["attributes.panelsJSON"]),
        ({"attributes": {"title": "A"}}, ["attributes.panelsJSON"]),
        ({"references": [{"id": "x"}]}, ["references"]),
    ],
)
def test_what_is_not_as_we_wrote_it_is_found(theirs: dict[str, Any], paths: list[str]) -> None:
    ours = {**A, "attributes": {"title": "A", "panelsJSON": '[{"x":1}]', "none": {}}}

    assert paths == differences(ours, {**ours, **theirs})


@pytest.mark.parametrize(
    ("name", "product"), [("kbn-name", Product.KIBANA), ("osd-name", Product.OPENSEARCH_DASHBOARDS)]
)
def test_the_command_imports_what_the_product_takes(
    server: DashboardsServer, name: str, product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    server.name = name

    assert 0 == main(["dashboards", "--kibana", server.url])

    assert {f"{each['type']}/{each['id']}": each for each in objects(product)} == server.objects
    assert "imported   index-pattern/" in capsys.readouterr().out


def test_the_commands_rehearsal_shows_the_objects_and_imports_none(
    server: DashboardsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["dashboards", "--kibana", server.url, "--dry-run"])

    looked, request = map(json.loads, capsys.readouterr().out.splitlines())
    assert ("GET", "/api/status", True) == (looked["method"], looked["path"], looked["sent"])
    assert ("POST", False) == (request["method"], request["sent"])
    assert objects(Product.KIBANA) == request["body"]
    assert {} == server.objects


def test_the_dashboards_are_about_the_indices_that_the_store_writes(
    server: DashboardsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", "ci-")
    monkeypatch.setenv("KIBANA_URL", server.url)

    assert 0 == main(["dashboards"])

    views = [each for each in server.objects.values() if each["type"] == "index-pattern"]
    assert {"ci-*", "anomaly-files"} == {view["attributes"]["title"] for view in views}


@pytest.mark.parametrize("variable", ["KIBANA_URL", "KB_LOCAL_URL", "LOG_PROCESSOR_KIBANA_URL"])
def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    server: DashboardsServer, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, file = "http://127.0.0.1:1", tmp_path / "config.yaml"
    file.write_text(f"kibana: {{url: '{away}'}}")
    assert 3 == main(["dashboards", "-c", str(file)])
    monkeypatch.setenv(variable, server.url)
    assert 0 == main(["dashboards", "-c", str(file)])
    assert 3 == main(["dashboards", "-c", str(file), "--kibana", away])


def test_the_key_for_kibana_comes_from_the_environment(
    server: DashboardsServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIBANA_API_KEY", "c2VjcmV0")

    assert 0 == main(["dashboards", "--kibana", server.url, "--dry-run"])
    assert "ApiKey c2VjcmV0" == server.asked[-1].headers["authorization"]
    assert "c2VjcmV0" not in "".join(capsys.readouterr())
