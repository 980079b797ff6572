"""`anomaly-query` answers alike, whichever store it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from log_processor.query import cli as query_cli
from log_processor.stores.contract import Store
from log_processor.stores.opening import open_store
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import no_reject
from tests.log_processor.shelf import Shelf, line, lines
from tests.services.indices import own_indices

QUESTIONS = (
    [],
    ["--format", "jsonl"],
    ["--worst", "2", "--format", "json"],
    ["--job", "lint"],
    ["--project", "acme/shop", "--status", "FAILURE", "--since", "2026-03-09"],
    ["--since", "2026-03-10"],
    ["--similar", "no space left on device"],
    ["--similar", "no space left on device", "--format", "json", "--job", "unit"],
    ["--similar", "no space left on device", "--format", "csv", "--build-uuid", "b1"],
    ["--similar", "never printed"],
    *(
        ["--build-uuid", "b1", "--format", form]
        for form in ("table", "jsonl", "json", "csv", "markdown", "brief")
    ),
    ["--build-uuid", "b1", "--context", "2", "--top", "3"],
    ["--build-uuid", "b1", "--threshold", "0.1", "--format", "jsonl"],
    ["--build-uuid", "b1", "--threshold", "0"],
    ["--build-uuid", "b1", "--fail-on-anomaly", "--file", "b*"],
    ["--build-uuid", "b2", "--watch", "--format", "jsonl"],
    ["--build-uuid", "none"],
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


@pytest.fixture
def settings(cluster: str) -> Iterator[StoreSettings]:
    with own_indices(cluster) as settings:
        yield settings


def fill(shelf: Shelf, store: Store) -> None:
    full = line(9, 0.9, message="no space left on device")._replace(fingerprint="bd9ceab06e7939da")
    builds = {
        "b1": ("unit", "FAILURE", "acme/shop"),
        "b2": ("lint", "SUCCESS", "acme/shop"),
        "b3": ("unit", "FAILURE", "till"),
    }
    for build, (job, status, project) in builds.items():
        contents = {"a.log": [*lines(8, _3=0.8, _4=0.2), full], "b.log": [*lines(300, _7=0.5, _200=0.3)]}
        for name, content in contents.items():
            document = shelf.put(
                name,
                content,
                build=build,
                build_name=job,
                build_status=status,
                project=project,
                build_files=2,
            )
            store.write(document.file, content, no_reject)
            store.put_file(document)


def test_the_command_answers_alike(
    shelf: Shelf, settings: StoreSettings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", settings.index_prefix)
    monkeypatch.setenv("LOG_PROCESSOR_STORE_FILES_INDEX", settings.files_index)
    monkeypatch.setenv("KIBANA_URL", "https://kibana.example.org")
    with closing(open_store(settings)) as store:
        store.prepare()
        fill(shelf, store)

    def said(url: str, question: list[str]) -> tuple[int, str, str]:
        code = query_cli.main(["--store", url, *question])
        return (code, *capsys.readouterr())

    for question in QUESTIONS:
        assert said(shelf.url, question) == said(settings.url, question), question
    assert 2 == len(json.loads(said(settings.url, ["--worst", "2", "--format", "json"])[1]))
    similar = said(settings.url, ["--similar", "no space left on device"])[1]
    assert "bd9ceab06e7939da  3 far lines in 3 builds of 2 jobs and 2 projects" in similar
    assert "also in 2 builds of 2 jobs since 2026-03-09" in said(settings.url, ["--build-uuid", "b1"])[1]
