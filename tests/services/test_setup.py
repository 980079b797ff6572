"""anomaly-setup on real clusters: what is put, what stays, what is deleted."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from log_processor.setup.cli import main
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from log_processor.templates import CUSTOM, LIFECYCLE
from log_processor.timestamps import now
from tests.log_processor.documents import a_document, a_file, a_line, no_reject
from tests.log_processor.setup.dashboards_server import serving
from tests.services.indices import ask, own_indices
from tests.services.servers import ELASTICSEARCH_VERSION, OPENSEARCH_VERSION

VERSION_2 = json.loads((Path(__file__).parents[1] / "log_processor/templates_of_version_2.json").read_text())


@pytest.fixture
def settings(cluster: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreSettings]:
    with own_indices(cluster) as settings:
        monkeypatch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", settings.index_prefix)
        monkeypatch.setenv("LOG_PROCESSOR_STORE_FILES_INDEX", settings.files_index)
        monkeypatch.setenv("ES_URL", settings.url)
        yield settings
    for name in (CUSTOM, LIFECYCLE):
        with suppress(urllib.error.HTTPError):
            ask("DELETE", f"{cluster}/_component_template/{name}")


class Setup:
    """Runs the command, and reads what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> dict[str, str]:
        """Return by name what was said of each thing."""
        assert 0 == main([*arguments, "--format", "json"])
        return self.states()

    def states(self) -> dict[str, str]:
        records = [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]
        return {record["object"]: record["state"] for record in records if "object" in record}

    def rehearsed(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the requests of a rehearsal."""
        assert 0 == main([*arguments, "--dry-run"])
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def setup(capsys: pytest.CaptureFixture[str]) -> Setup:
    return Setup(capsys)


def line_template_of(settings: StoreSettings) -> str:
    return f"{settings.url}/_index_template/log-processor-{settings.index_prefix}lines"


def template_at(url: str) -> dict[str, Any]:
    """Return an index template as it can be put again: newer servers answer when it was made, too."""
    (found,) = ask("GET", url)["index_templates"]
    return {
        name: value
        for name, value in found["index_template"].items()
        if not name.endswith(("date", "millis"))
    }


def test_what_is_put_once_is_unchanged_the_second_time(settings: StoreSettings, setup: Setup) -> None:
    first, second = setup(), setup()
    names = {name for name in first if settings.index_prefix in name or settings.files_index in name}

    assert 2 == len(names)
    assert {"created"} == {first[name] for name in names}
    assert 7 == len(second)
    assert {"unchanged"} == set(second.values())


def test_the_daemon_and_the_command_put_the_same(settings: StoreSettings, setup: Setup) -> None:
    with closing(ElasticStore(settings)) as store:
        store.prepare()

    assert {"unchanged"} == set(setup("templates").values())


def test_a_rehearsal_changes_nothing_and_shows_each_request(settings: StoreSettings, setup: Setup) -> None:
    requests = setup.rehearsed()

    changes = [request for request in requests if not request["sent"]]
    assert {"GET", "POST"} == {request["method"] for request in requests if request["sent"]}
    assert {"PUT"} == {request["method"] for request in changes}
    assert f"/_index_template/log-processor-{settings.index_prefix}lines" in {
        request["path"] for request in changes
    }
    assert [f"{settings.index_prefix}*"] in [request["body"].get("index_patterns") for request in changes]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask("GET", line_template_of(settings))


def test_what_a_person_changed_stays_but_by_force(settings: StoreSettings, setup: Setup) -> None:
    setup("templates")
    url, name = line_template_of(settings), f"/_index_template/log-processor-{settings.index_prefix}lines"
    ask("PUT", url, {**template_at(url), "priority": 501})

    assert "kept" == setup("templates")[name]
    with closing(ElasticStore(settings)) as store:
        store.prepare()
    assert 501 == template_at(url)["priority"]
    assert "replaced" == setup("templates", "--force")[name]
    assert 500 == template_at(url)["priority"]


def test_what_a_newer_version_wrote_stays(settings: StoreSettings, setup: Setup) -> None:
    setup("templates")
    url, name = line_template_of(settings), f"/_index_template/log-processor-{settings.index_prefix}lines"
    ours = template_at(url)
    ask("PUT", url, {**ours, "priority": 502, "_meta": {**ours["_meta"], "version": 1000}})

    assert "kept" == setup("templates")[name]
    assert 502 == template_at(url)["priority"]


@pytest.mark.parametrize(("changes", "done"), [({}, "updated"), ({"priority": 501}, "kept")])
def test_templates_of_version_2_are_replaced_unless_a_person_changed_them(
    settings: StoreSettings, setup: Setup, changes: dict[str, int], done: str
) -> None:
    url, name = line_template_of(settings), f"/_index_template/log-processor-{settings.index_prefix}lines"
    ask("PUT", url, {**VERSION_2["lines"], "index_patterns": [f"{settings.index_prefix}*"], **changes})

    assert done == setup("templates")[name]
    assert (done == "updated") == bool(template_at(url).get("composed_of"))


@pytest.mark.parametrize(("changes", "replaced"), [({}, True), ({"priority": 501}, False)])
def test_the_daemon_upgrades_templates_of_version_2_with_the_same_care(
    settings: StoreSettings, changes: dict[str, int], *, replaced: bool
) -> None:
    url = f"{settings.url}/_index_template/log-processor-{settings.files_index}"
    ask("PUT", url, {**VERSION_2["files"], "index_patterns": [settings.files_index], **changes})

    with closing(ElasticStore(settings)) as store:
        store.prepare()

    assert replaced == bool(template_at(url).get("composed_of"))


def test_a_persons_own_component_wins_from_the_next_run_on(settings: StoreSettings, setup: Setup) -> None:
    setup("templates")
    ask(
        "PUT",
        f"{settings.url}/_component_template/{CUSTOM}",
        {"template": {"settings": {"refresh_interval": "7s"}}},
    )

    assert "updated" == setup("templates")[f"/_index_template/log-processor-{settings.index_prefix}lines"]
    with closing(ElasticStore(settings)) as store:
        store.prepare()
        store.write(a_file(), [a_line(1)], no_reject)
    (index,) = ask("GET", f"{settings.url}/{settings.index_prefix}*/_settings").values()
    assert "7s" == index["settings"]["index"]["refresh_interval"]
    assert ["build_uuid", "filename", "log.line"] == index["settings"]["index"]["sort"]["field"]
    assert "best_compression" == index["settings"]["index"]["codec"]
    ask("DELETE", line_template_of(settings))
    ask("DELETE", f"{settings.url}/_index_template/log-processor-{settings.files_index}")


def test_messages_are_found_by_word_and_phrase_and_aliases_lead_to_fields(
    settings: StoreSettings, setup: Setup
) -> None:
    setup("templates")
    with closing(ElasticStore(settings)) as store:
        store.write(a_file(), [a_line(1, "disk is nearly full"), a_line(2, "full of disks")], no_reject)
    url = f"{settings.url}/{settings.index_prefix}*"
    ask("POST", f"{url}/_refresh")

    def lines(query: dict[str, Any]) -> list[int]:
        hits = ask("POST", f"{url}/_search", {"query": query, "sort": ["log.line"]})["hits"]["hits"]
        return [hit["_source"]["log"]["line"] for hit in hits]

    assert [1, 2] == lines({"match": {"message": "full"}})
    assert [1] == lines({"match_phrase": {"message": "nearly full"}})
    assert [1, 2] == lines({"term": {"cicd.pipeline.run.id": a_file().build_uuid}})
    assert [1, 2] == lines({"term": {"url.full": "https://l/f"}})


@pytest.mark.services("opensearch")
def test_a_server_that_has_match_only_text_gets_it(
    opensearch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "messages are match_only_text" in text_of(opensearch, capsys)


@pytest.mark.services("elasticsearch")
def test_a_server_without_match_only_text_gets_text(
    elasticsearch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "messages are text" in text_of(elasticsearch, capsys)


def text_of(url: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert 0 == main(["templates", "--store", url])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "product",
    [
        pytest.param(f"OpenSearch {OPENSEARCH_VERSION}", marks=pytest.mark.services("opensearch")),
        pytest.param(f"Elasticsearch {ELASTICSEARCH_VERSION}", marks=pytest.mark.services("elasticsearch")),
    ],
)
def test_the_product_is_named(
    product: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    url = request.getfixturevalue(product.partition(" ")[0].lower())

    assert f"{url}: {product}\n" in text_of(url, capsys)


def test_checking_finds_what_is_missing_and_says_how_it_is_mended(
    settings: StoreSettings, setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"/_index_template/log-processor-{settings.index_prefix}lines"

    assert 2 == main(["check"])
    assert f"missing    {name}: run `anomaly-setup templates`\n" in capsys.readouterr().out
    setup("templates")
    assert {"same"} == set(setup("check").values())


def test_checking_finds_a_template_that_stands_before_ours(
    settings: StoreSettings, setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    setup("templates")
    url = f"{settings.url}/_index_template/{settings.index_prefix}other"
    ask("PUT", url, {"index_patterns": [f"{settings.index_prefix}*"], "priority": 900})
    try:
        assert 2 == main(["check"])
        assert (
            f"different  {settings.index_prefix}{now():%Y.%m.%d}: when it is made" in capsys.readouterr().out
        )
    finally:
        ask("DELETE", url)


def test_checking_finds_an_index_that_was_made_without_the_templates(
    settings: StoreSettings, setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    index = f"{settings.index_prefix}2024.05.06"
    ask("POST", f"{settings.url}/{index}/_doc", {"build_uuid": "b1"})
    setup("templates")

    assert 2 == main(["check"])
    assert f"different  {index}: it was made without the templates" in capsys.readouterr().out


TODAY = now().date()


def stored(settings: StoreSettings, *days: date) -> None:
    """Store a line and its file's document for each of the days."""
    with closing(ElasticStore(settings)) as store:
        store.prepare()
        for day in days:
            file = a_file(f"{day}.txt", f"build of {day}", day=day)
            store.write(file, [a_line(1)], no_reject)
            store.put_file(a_document(file))
    ask("POST", f"{settings.url}/{settings.files_index}/_refresh")


def indices_of(settings: StoreSettings) -> set[str]:
    rows = ask(
        "GET",
        f"{settings.url}/_cat/indices/{settings.index_prefix}*?format=json&expand_wildcards=open,closed",
    )
    return {row["index"].removeprefix(settings.index_prefix) for row in rows}


def files_in(settings: StoreSettings) -> int:
    ask("POST", f"{settings.url}/{settings.files_index}/_refresh")
    return int(ask("GET", f"{settings.url}/{settings.files_index}/_count")["count"])


def test_pruning_deletes_what_is_older_and_nothing_else(settings: StoreSettings, setup: Setup) -> None:
    last_kept, first_old = TODAY - timedelta(days=30), TODAY - timedelta(days=31)
    stored(settings, TODAY, last_kept, first_old, date(2020, 2, 29))
    for other in ("2020.1.1", "2020.02.30", "2020.01.01-restored", "kept"):
        ask("PUT", f"{settings.url}/{settings.index_prefix}{other}")
    ask("POST", f"{settings.url}/{settings.index_prefix}2020.02.29/_close")
    before = indices_of(settings)

    done = setup("prune", "--keep", "30d")

    gone = {"2020.02.29", f"{first_old:%Y.%m.%d}"}
    assert {f"{settings.index_prefix}{day}": "deleted" for day in gone} == done
    assert before - gone == indices_of(settings)
    assert 2 == files_in(settings)
    assert {} == setup("prune", "--keep", "30d")


def test_a_rehearsal_of_pruning_deletes_nothing(settings: StoreSettings, setup: Setup) -> None:
    stored(settings, date(2020, 2, 28), date(2020, 2, 29))
    before = indices_of(settings)

    changes = [request for request in setup.rehearsed("prune", "--keep", "30d") if not request["sent"]]

    assert [
        ("DELETE", f"/{settings.index_prefix}2020.02.28"),
        ("DELETE", f"/{settings.index_prefix}2020.02.29"),
        ("POST", f"/{settings.files_index}/_bulk"),
    ] == [(change["method"], change["path"]) for change in changes]
    assert [{"delete"}, {"delete"}] == [set(line) for line in changes[-1]["body"]]
    assert before == indices_of(settings)
    assert 2 == files_in(settings)


def test_pruning_reads_any_number_of_file_documents(
    settings: StoreSettings, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("log_processor.setup.prune._PAGE", 3)
    stored(settings, TODAY, *(date(2020, 2, day) for day in range(1, 9)))

    setup("prune", "--keep", "1d")

    assert 1 == files_in(settings)


def test_pruning_an_empty_cluster_deletes_nothing(settings: StoreSettings, setup: Setup) -> None:
    assert {} == setup("prune", "--keep", "30d")


def test_pruning_needs_no_wildcard(settings: StoreSettings, setup: Setup) -> None:
    stored(settings, date(2020, 2, 29))
    url = f"{settings.url}/_cluster/settings"
    ask("PUT", url, {"persistent": {"action.destructive_requires_name": "true"}})
    try:
        assert 1 == len(setup("prune", "--keep", "30d"))
    finally:
        ask("PUT", url, {"persistent": {"action.destructive_requires_name": None}})


def test_what_blocks_a_deletion_is_named(settings: StoreSettings, capsys: pytest.CaptureFixture[str]) -> None:
    stored(settings, date(2020, 2, 29))
    ask("PUT", f"{settings.url}/{settings.files_index}/_settings", {"index.blocks.write": True})

    assert 3 == main(["prune", "--keep", "30d"])
    assert "no deletion: 403 cluster_block_exception" in capsys.readouterr().err


def test_of_a_cluster_that_is_away_the_url_is_named(
    settings: StoreSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    away = replace(settings, url="http://127.0.0.1:1").url

    assert 3 == main(["templates", "--store", away])
    assert f"anomaly-setup: {away} cannot be reached" in capsys.readouterr().err


@pytest.mark.services("elasticsearch")
def test_checking_imports_exports_and_compares_the_dashboards(
    elasticsearch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        assert 0 == main(["templates", "--store", elasticsearch])
        assert 0 == main(["check", "--store", elasticsearch, "--kibana", server.url])
        changed = next(name for name in server.objects if name.startswith("dashboard/"))
        server.objects[changed]["attributes"]["title"] = "another"
        capsys.readouterr()

        assert 2 == main(["check", "--store", elasticsearch, "--kibana", server.url])
        assert f"different  {changed}: attributes.title: a person changed it" in capsys.readouterr().out
