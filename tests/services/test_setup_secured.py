"""The privileges that docs/setup.md names are enough and necessary, and errors of security say what to do."""

from __future__ import annotations

import base64
import json
import re
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from log_processor.errors import StoreUnavailable
from log_processor.setup.cli import main
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import DAY, a_document, a_file, a_line, lines_of, no_reject
from tests.services.secured import PASSWORD, SecuredElasticsearch
from tests.services.servers import ELASTICSEARCH_VERSION, running, wait_until

pytestmark = pytest.mark.services("elasticsearch")

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "setup.md"


@pytest.fixture(scope="module")
def server() -> Iterator[SecuredElasticsearch]:
    with running(SecuredElasticsearch) as server:
        yield server


def as_admin(
    server: SecuredElasticsearch, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Any:
    pair = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    headers = {"content-type": "application/json", "authorization": f"Basic {pair}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}{path}", data, headers, method=method)
    context = ssl.create_default_context(cafile=server.ca)
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        return json.load(answer)


def documented(name: str) -> dict[str, Any]:
    """Return the body of the request for an API key that the documentation gives."""
    for text in re.findall(r"```json\n(.*?)```", DOCUMENTATION.read_text("utf-8"), re.DOTALL):
        body: dict[str, Any] = json.loads(text)
        if body.get("name") == name:
            return body
    raise AssertionError(f"{DOCUMENTATION} has no key {name}")


def key_of(server: SecuredElasticsearch, name: str, without: str = "") -> str:
    """Make the key that the documentation names, if need be without one of its privileges."""
    body = json.loads(
        json.dumps(documented(name)).replace(f'"{without}", ', "").replace(f', "{without}"', "")
    )
    return str(as_admin(server, "POST", "/_security/api_key", body)["encoded"])


def settings_of(server: SecuredElasticsearch, **settings: Any) -> StoreSettings:
    return StoreSettings(server.url, ca_certs=str(server.ca), timeout_seconds=10, **settings)


def store_with(server: SecuredElasticsearch, key: str) -> closing[ElasticStore]:
    return closing(ElasticStore(settings_of(server, api_key=key), bulk_retries=0))


@pytest.fixture
def environment(server: SecuredElasticsearch, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("ES_URL", server.url)
    monkeypatch.setenv("ES_CA_CERT", str(server.ca))
    return monkeypatch


def test_a_key_for_setup_is_enough_for_it_and_for_pruning(
    server: SecuredElasticsearch, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("ES_API_KEY", key_of(server, "anomaly-setup"))

    assert 0 == main([])
    assert f"{server.url}: Elasticsearch {ELASTICSEARCH_VERSION}\n" in capsys.readouterr().out
    assert 0 == main(["check"])
    with store_with(server, key_of(server, "log-processor")) as store:
        store.write(a_file(), [a_line(1)], no_reject)
        store.put_file(a_document(a_file(day=DAY.replace(year=2020))))
        store.write(a_file(day=DAY.replace(year=2020)), [a_line(1)], no_reject)
    as_admin(server, "POST", "/anomaly-files/_refresh")
    assert 0 == main(["prune", "--keep", "400d"])
    assert "deleted    logstash-2020.03.09: " in capsys.readouterr().out
    as_admin(server, "POST", "/anomaly-files/_refresh")
    assert 0 == as_admin(server, "GET", "/anomaly-files/_count")["count"]


def test_a_key_for_the_daemon_is_enough_for_it(
    server: SecuredElasticsearch, caplog: pytest.LogCaptureFixture
) -> None:
    with store_with(server, key_of(server, "log-processor")) as store:
        store.prepare()
        assert "no privilege to look after index templates: run anomaly-setup as another user" in caplog.text
        store.ready()
        assert 10 == store.write(a_file(), lines_of(10), no_reject)
        store.put_file(a_document(a_file()))
        assert 4 == store.forget_after(a_file(), 6)
        assert a_document(a_file()) == store.file(a_file().build_uuid, a_file().filename)


def test_a_key_for_questions_is_enough_for_them_and_for_nothing_else(server: SecuredElasticsearch) -> None:
    with store_with(server, key_of(server, "log-processor")) as store:
        store.write(a_file("read.txt", "r" * 32), lines_of(3), no_reject)
        store.put_file(a_document(a_file("read.txt", "r" * 32)))
    as_admin(server, "POST", "/logstash-*,anomaly-files/_refresh")
    with store_with(server, key_of(server, "anomaly-query")) as reader:
        assert 1 == len(reader.files("r" * 32))
        assert 3 == len(reader.lines(a_file("read.txt", "r" * 32), 1, 9))
        with pytest.raises(
            StoreUnavailable, match=r"403 security_exception: .*: give the user or the API key"
        ):
            reader.write(a_file(), lines_of(1), no_reject)


@pytest.mark.parametrize(
    ("privilege", "command"),
    [
        ("manage_index_templates", ["templates"]),
        ("delete_index", ["prune", "--keep", "400d"]),
        ("delete", ["prune", "--keep", "400d"]),
        ("read", ["prune", "--keep", "400d"]),
    ],
)
def test_each_missing_privilege_is_named(
    server: SecuredElasticsearch,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    privilege: str,
    command: list[str],
) -> None:
    old = a_file("old.txt", "o" * 32, DAY.replace(year=2020))
    with store_with(server, key_of(server, "log-processor")) as store:
        store.put_file(a_document(old))
        if privilege == "delete_index":
            store.write(old, [a_line(1)], no_reject)
    as_admin(server, "POST", "/anomaly-files/_refresh")
    environment.setenv("ES_API_KEY", key_of(server, "anomaly-setup", without=privilege))

    assert 3 == main(command)
    error = capsys.readouterr().err
    assert "403 security_exception: " in error
    assert privilege in error
    assert "give the user or the API key that privilege" in error


def test_the_wrong_password_and_the_wrong_key_are_told(server: SecuredElasticsearch) -> None:
    for wrong in (
        settings_of(server, username="admin", password="wrong"),
        settings_of(server, api_key=base64.b64encode(b"no:key").decode()),
        settings_of(server),
    ):
        assert r"401 security_exception" in refused(wrong)
        assert "check store.username and its password, or the API key" in refused(wrong)


def refused(settings: StoreSettings) -> str:
    with closing(ElasticStore(settings)) as store, pytest.raises(StoreUnavailable) as caught:
        store.prepare()
    return str(caught.value)


def test_basic_auth_and_a_fingerprint_do_as_well(server: SecuredElasticsearch) -> None:
    settings = settings_of(server, username="admin", password=PASSWORD)
    for good in (settings, replace(settings, ca_certs=None, fingerprint=server.fingerprint())):
        with closing(ElasticStore(good)) as store:
            store.prepare()
            store.ready()


def test_each_trouble_with_certificates_says_what_to_do(server: SecuredElasticsearch) -> None:
    good = settings_of(server, username="admin", password=PASSWORD)
    other = "0" * 64

    assert "name the file of its certificate authority in store.ca_certs" in refused(
        replace(good, ca_certs=None)
    )
    assert "store.fingerprint is another certificate's" in refused(
        replace(good, ca_certs=None, fingerprint=other)
    )
    assert "if the cluster speaks TLS, its URL begins with https" in refused(
        replace(good, url=server.url.replace("https:", "http:"))
    )
    port = server.url.rpartition(":")[2]
    assert "does not name this host" in refused(replace(good, url=f"https://localhost:{port}"))


def test_an_expired_certificate_is_told(server: SecuredElasticsearch) -> None:
    settings = settings_of(server, username="admin", password=PASSWORD)
    server.sign(-1)
    try:
        wait_until(lambda: not server._healthy(), seconds=30, what="the expired certificate to be served")
        assert "certificate has expired" in refused(settings)
        assert "renew the server's certificate" in refused(settings)
    finally:
        server.sign(2)
        wait_until(server._healthy, seconds=30, what="the new certificate to be served")
