"""Reading a cluster that has more than our documents, or goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from log_processor.document import FileDocument
from log_processor.errors import StoreUnavailable
from log_processor.query.builds import Build
from log_processor.query.watch import Watch
from log_processor.stores.contract import Reader
from log_processor.stores.elastic_reader import ElasticReader
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import a_document, a_file, lines_of, no_reject
from tests.services.indices import ask, own_indices
from tests.services.servers import SearchServer

OLD_DAY = "2016.01.01"
LEGACY_NAMES = ("build_uuid", "build_name", "project", "build_status", "filename")


@pytest.fixture
def settings(cluster: str) -> Iterator[StoreSettings]:
    with own_indices(cluster) as settings:
        yield settings


def test_indices_from_before_our_template_are_no_hindrance(settings: StoreSettings) -> None:
    old = f"{settings.url}/{settings.index_prefix}{OLD_DAY}"
    text = {"type": "text"}
    ask("PUT", old, {"mappings": {"properties": dict.fromkeys(LEGACY_NAMES, text)}})
    ask("POST", f"{old}/_doc?refresh=true", dict.fromkeys(LEGACY_NAMES, "c0ffee"))
    with closing(ElasticStore(settings)) as store, closing(ElasticReader(settings)) as reader:
        store.prepare()
        store.put_file(a_document(a_file()))
        store.write(a_file(), lines_of(300), no_reject)
        assert (3, 1, 1, 0) == reader.sightings(["c0ffee", "f00"])["c0ffee"][:4]
        assert [a_file().build_uuid] == [each.build_uuid for each in reader.occurrences(["c0ffee"], 9)]


def test_where_only_indices_from_before_our_template_are_no_line_is_known(settings: StoreSettings) -> None:
    """A cluster searches a single index without looking first whether it may have any."""
    old = f"{settings.url}/{settings.index_prefix}{OLD_DAY}"
    ask("POST", f"{old}/_doc?refresh=true", dict.fromkeys(LEGACY_NAMES, "c0ffee"))
    with closing(ElasticReader(settings)) as reader:
        assert {} == reader.sightings(["c0ffee"])
        assert [] == reader.occurrences(["c0ffee"], 9)
        assert [] == reader.builds(9)
        assert [] == reader.builds(9, worst=True)


def test_where_only_indices_without_fingerprints_are_no_line_is_known(settings: StoreSettings) -> None:
    old = f"{settings.url}/{settings.index_prefix}{OLD_DAY}"
    keyword = {"type": "keyword"}
    ask("PUT", old, {"mappings": {"dynamic": False, "properties": dict.fromkeys(LEGACY_NAMES, keyword)}})
    ask("POST", f"{old}/_doc?refresh=true", dict.fromkeys(LEGACY_NAMES, "c0ffee"))
    with closing(ElasticReader(settings)) as reader:
        assert {} == reader.sightings(["c0ffee"])
        assert [] == reader.occurrences(["c0ffee"], 9)


def test_lines_that_were_indexed_without_a_template_are_not_passed_over(settings: StoreSettings) -> None:
    """They have the fingerprint, and nothing can be counted there: whoever asks is told."""
    with closing(ElasticStore(settings)) as store:
        store.write(a_file(), lines_of(300), no_reject)
    with closing(ElasticReader(settings)) as reader:
        for ask_for in (reader.sightings, lambda found: reader.occurrences(found, 9)):
            with pytest.raises(StoreUnavailable, match="anomaly-setup check"):
                ask_for(["c0ffee"])


def test_a_watch_outlives_the_cluster(cluster_server: SearchServer, settings: StoreSettings) -> None:
    shown: list[tuple[str, int]] = []
    said: list[str] = []
    first, second = a_file("a.txt"), a_file("b.txt")

    def put(store: ElasticStore, name: str) -> None:
        file = a_file(name)
        store.write(file, lines_of(300), no_reject)
        store.put_file(replace(a_document(file), lines_far=3))

    def show(reader: Reader, build: Build, document: FileDocument) -> None:
        assert document in build.files
        shown.append((document.file.filename, sum(1 for _ in reader.far_lines(document.file, None))))

    def restart(store: ElasticStore) -> Iterator[None]:
        cluster_server.kill()
        try:
            yield
        finally:
            cluster_server.start()
        put(store, second.filename)
        yield

    with closing(ElasticStore(settings)) as store:
        store.prepare()
        put(store, first.filename)
        story = restart(store)
        watch = Watch(
            first.build_uuid, lambda: ElasticReader(settings), show, said.append, lambda _: next(story, None)
        )
        build = watch.follow()
    assert [("a.txt", 3), ("b.txt", 3)] == shown
    assert 2 == len(build.files)
    (away,) = said
    assert "cannot be reached" in away
