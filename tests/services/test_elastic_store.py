"""The cluster's store when the cluster is ill, busy, full, or not willing."""

from __future__ import annotations

import logging
import signal
import urllib.error
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from log_processor.document import LineDocument
from log_processor.errors import StoreUnavailable
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.answering import Reply, answering
from tests.log_processor.documents import DAY, a_document, a_file, a_line, lines_of, no_reject
from tests.services.indices import ask, count, own_indices
from tests.services.servers import ELASTICSEARCH_VERSION, Elasticsearch, SearchServer, wait_until


@pytest.fixture
def settings(cluster: str) -> Iterator[StoreSettings]:
    with own_indices(cluster) as settings:
        yield settings


def store_of(settings: StoreSettings, *, bulk_retries: int = 5) -> closing[ElasticStore]:
    return closing(ElasticStore(settings, bulk_retries))


def index_of(settings: StoreSettings) -> str:
    return f"{settings.url}/{settings.index_prefix}{DAY:%Y.%m.%d}"


def test_a_cluster_that_dies_in_the_middle_is_unavailable_and_a_rerun_completes_the_file(
    cluster_server: SearchServer, settings: StoreSettings
) -> None:
    def lines() -> Iterator[LineDocument]:
        for line in lines_of(6000):
            if line.number == 3500:
                cluster_server.kill()
            yield line

    with store_of(settings) as store:
        store.prepare()
        try:
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                store.write(a_file(), lines(), no_reject)
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                store.ready()
        finally:
            cluster_server.start()
        wait_until(lambda: is_ready(store), seconds=30, what="the cluster to take writes")
        assert 6000 == store.write(a_file(), lines_of(6000), no_reject)
        assert 6000 == count(settings)
        assert list(lines_of(6000)) == store.lines(a_file(), 1, 6000)


def is_ready(store: ElasticStore) -> bool:
    try:
        store.ready()
    except StoreUnavailable:
        return False
    return True


def test_a_cluster_that_hangs_is_unavailable_and_what_it_took_is_not_doubled(
    cluster_server: SearchServer, settings: StoreSettings
) -> None:
    with store_of(replace(settings, timeout_seconds=1)) as store:
        store.prepare()
        assert 10 == store.write(a_file(), lines_of(10), no_reject)
        cluster_server.send(signal.SIGSTOP)
        try:
            with pytest.raises(StoreUnavailable, match="gave no answer within 1 s"):
                store.write(a_file(), lines_of(2000), no_reject)
            with pytest.raises(StoreUnavailable, match="gave no answer within 1 s"):
                store.file(a_file().build_uuid, a_file().filename)
        finally:
            cluster_server.send(signal.SIGCONT)
    with store_of(settings) as store:
        assert 2000 == store.write(a_file(), lines_of(2000), no_reject)
    assert 2000 == count(settings)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("read_only_allow_delete", "429 cluster_block_exception: .*: free space on the cluster's disks"),
        ("write", "403 cluster_block_exception: .*: free space on the cluster's disks, or remove the block"),
    ],
)
def test_a_cluster_that_blocks_writes_is_unavailable_and_no_line_is_rejected(
    settings: StoreSettings, block: str, message: str
) -> None:
    with store_of(settings, bulk_retries=0) as store:
        store.prepare()
        store.write(a_file(), lines_of(10), no_reject)
        store.put_file(a_document(a_file()))
        for index in (index_of(settings), f"{settings.url}/{settings.files_index}"):
            ask("PUT", f"{index}/_settings", {f"index.blocks.{block}": True})
        with pytest.raises(StoreUnavailable, match=message):
            store.write(a_file(), lines_of(20), no_reject)
        with pytest.raises(StoreUnavailable, match=message):
            store.put_file(a_document(a_file()))
        with pytest.raises(StoreUnavailable, match=message):
            store.ready()
        assert 10 == len(store.lines(a_file(), 1, 20))
        for index in (index_of(settings), f"{settings.url}/{settings.files_index}"):
            ask("PUT", f"{index}/_settings", {f"index.blocks.{block}": None})
        store.ready()
        assert 20 == store.write(a_file(), lines_of(20), no_reject)


def test_a_closed_index_is_unavailable_and_not_taken_for_an_empty_one(settings: StoreSettings) -> None:
    with store_of(settings) as store:
        store.write(a_file(), lines_of(10), no_reject)
        ask("POST", f"{index_of(settings)}/_close")
        with pytest.raises(StoreUnavailable, match=r"index_closed_exception: .*: open the index"):
            store.write(a_file(), lines_of(10), no_reject)
        with pytest.raises(StoreUnavailable, match=r"index_closed_exception: .*: open the index"):
            store.lines(a_file(), 1, 10)


IN_FLIGHT = "network.breaker.inflight_requests.limit"


@contextmanager
def cluster_setting(url: str, key: str, value: object) -> Iterator[None]:
    (node,) = ask("GET", f"{url}/_nodes/_local/settings")["nodes"].values()
    if (
        key == IN_FLIGHT
        and node["version"] == ELASTICSEARCH_VERSION
        and not ELASTICSEARCH_VERSION.startswith("8.")
    ):
        pytest.skip("Elasticsearch 9 does not count a bulk request's bytes by this breaker")
    ask("PUT", f"{url}/_cluster/settings", {"persistent": {key: value}})
    try:
        yield
    finally:
        ask("PUT", f"{url}/_cluster/settings", {"persistent": {key: None}})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("cluster.max_shards_per_node", 1, "400 validation_exception: .*: delete old indices, or raise"),
        ("action.auto_create_index", "false", "404 index_not_found_exception: .*: let the cluster create"),
        (
            IN_FLIGHT,
            "1kb",
            "429 circuit_breaking_exception: .*: .* overloaded",
        ),
    ],
)
def test_a_cluster_that_refuses_for_its_own_reasons_is_unavailable(
    settings: StoreSettings, key: str, value: object, message: str
) -> None:
    rejected: list[str] = []
    with store_of(settings, bulk_retries=0) as store:
        store.write(a_file(day=DAY.replace(day=1)), [a_line(1)], no_reject)
        with cluster_setting(settings.url, key, value), pytest.raises(StoreUnavailable, match=message):
            store.write(a_file(), lines_of(100), lambda _, reason: rejected.append(reason))
        assert [] == rejected
        assert 100 == store.write(a_file(), lines_of(100), no_reject)


def test_an_overloaded_cluster_is_asked_again_until_it_took_everything(cluster_server: SearchServer) -> None:
    writers, lines = 5, 2000
    server = type(cluster_server)(**{"thread_pool.write.queue_size": 1, "node.processors": 1})

    def write(settings: StoreSettings, name: str) -> int:
        with store_of(replace(settings, chunk_lines=100), bulk_retries=8) as store:
            return store.write(a_file(name), lines_of(lines), no_reject)

    try:
        with own_indices(server.url) as settings, ThreadPoolExecutor(writers) as pool:
            written = pool.map(write, [settings] * writers, [f"{number}.txt" for number in range(writers)])
            assert [lines] * writers == list(written)
            assert writers * lines == count(settings)
            (node,) = ask("GET", f"{server.url}/_nodes/stats/thread_pool")["nodes"].values()
            assert 0 < node["thread_pool"]["write"]["rejected"]
    finally:
        server.stop()


def test_a_request_holds_no_more_bytes_than_it_may(settings: StoreSettings) -> None:
    lines = [a_line(number, "x" * 20_000) for number in range(1, 51)]
    with store_of(replace(settings, chunk_bytes=100_000), bulk_retries=0) as store:
        store.prepare()
        with cluster_setting(settings.url, IN_FLIGHT, "400kb"):
            assert 50 == store.write(a_file(), lines, no_reject)
        assert lines == store.lines(a_file(), 1, 50)
    with (
        store_of(settings, bulk_retries=0) as store,
        cluster_setting(settings.url, IN_FLIGHT, "400kb"),
        pytest.raises(StoreUnavailable, match=r"lower store\.chunk_lines and store\.chunk_bytes"),
    ):
        store.write(a_file(), lines, no_reject)


def test_a_term_that_is_too_long_is_rejected_alone(settings: StoreSettings) -> None:
    ask("PUT", index_of(settings), {"mappings": {"properties": {"message": {"type": "keyword"}}}})
    lines = [a_line(1), a_line(2, "\u4e16" * 11_000), a_line(3)]
    rejected: list[tuple[int, str]] = []
    with store_of(settings) as store:
        assert 2 == store.write(a_file(), lines, lambda line, reason: rejected.append((line.number, reason)))
    ((number, reason),) = rejected
    assert 2 == number
    assert "immense term" in reason


class Guarded(Elasticsearch):
    """With users, whose password is always the same, and roles without any privilege on the cluster."""

    configuration: ClassVar[Mapping[str, str]] = {
        "users": "".join(
            f"{user}:$2a$10$f2R.LevQqgWObTUZYw9qYuYCHqRqzkSV05q9SuaQ2bF6ic.njMwbi\n"
            for user in ("admin", "worker", "reader")
        ),
        "users_roles": "superuser:admin\nworker:worker\nreader:reader\n",
        "roles.yml": """
worker: {cluster: [], indices: [{names: ["*-lines-*", "*-files"], privileges: [create_index, index, read, delete]}]}
reader: {cluster: [], indices: [{names: ["*-lines-*", "*-files"], privileges: [read]}]}
""",
    }


@pytest.mark.services("elasticsearch")
def test_few_privileges_are_enough_and_missing_ones_are_named(caplog: pytest.LogCaptureFixture) -> None:
    server = Guarded(**{"xpack.security.enabled": "true"})

    def store_as(user: str, password: str = "secret-of-tests") -> closing[ElasticStore]:
        settings = StoreSettings(
            server.url, user, password, index_prefix="ci-lines-", files_index="ci-files", timeout_seconds=10
        )
        return store_of(settings, bulk_retries=0)

    try:
        with store_as("worker") as worker, store_as("reader") as reader, store_as("admin") as admin:
            worker.prepare()
            assert "no privilege to look after index templates" in caplog.text
            assert "secret" not in caplog.text
            admin.prepare()
            worker.ready()
            assert 10 == worker.write(a_file(), lines_of(10), no_reject)
            worker.put_file(a_document(a_file()))
            assert a_document(a_file()) == worker.file(a_file().build_uuid, a_file().filename)
            admin._client.indices.refresh(index="ci-*")
            assert 4 == worker.forget_after(a_file(), 6)
            admin._client.indices.refresh(index="ci-*")
            assert list(lines_of(6)) == reader.lines(a_file(), 1, 10)
            assert [[a_document(a_file())]] == reader.builds(5)
            with pytest.raises(
                StoreUnavailable, match=r"403 security_exception: .*: give the user or the API key"
            ):
                reader.write(a_file(), lines_of(10), no_reject)
            with pytest.raises(
                StoreUnavailable, match=r"403 security_exception: .*: give the user or the API key"
            ):
                reader.ready()
        with (
            store_as("worker", "wrong") as store,
            pytest.raises(StoreUnavailable, match=r"401 .*: check store\.user"),
        ):
            store.ready()
    finally:
        server.stop()


def test_of_a_cluster_that_is_away_it_is_told_what_the_network_said() -> None:
    with (
        store_of(StoreSettings("http://127.0.0.1:1")) as store,
        pytest.raises(
            StoreUnavailable, match=r":1 cannot be reached: \[Errno \d+\] Connection refused: check"
        ),
    ):
        store.ready()


def test_a_cluster_that_speaks_no_tls_is_unavailable(settings: StoreSettings) -> None:
    address = settings.url.partition("://")[2]
    with (
        store_of(replace(settings, url=f"https://{address}")) as store,
        pytest.raises(StoreUnavailable, match="speaks plain http there: begin its URL with http"),
    ):
        store.ready()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (200, r"does not answer like Elasticsearch or OpenSearch: check store\.url"),
        (413, r"413: <html>.*: lower store\.chunk_bytes"),
        (302, "302: <html>"),
        (502, "502: <html>.*: wait until the cluster is up again"),
        (404, "404: <html>"),
    ],
)
def test_a_server_of_another_kind_is_unavailable(status: int, message: str) -> None:
    page = Reply(status, b"<html>hello</html>", {"content-type": "text/html"})
    with (
        answering(lambda _: page) as url,
        store_of(StoreSettings(url), bulk_retries=0) as store,
    ):
        for attempt in (
            store.ready,
            lambda: store.put_file(a_document(a_file())),
            lambda: store.file("a build", "a file"),
            lambda: store.write(a_file(), lines_of(3), no_reject),
            lambda: store.forget_after(a_file(), 0),
            lambda: store.builds(10),
        ):
            with pytest.raises(StoreUnavailable, match=message):
                attempt()


def test_indices_get_the_mapping_of_the_schema(settings: StoreSettings) -> None:
    with store_of(settings) as store:
        store.prepare()
        store.write(a_file(), [a_line(1)], no_reject)
        store.put_file(a_document(a_file()))
    for index in (index_of(settings), f"{settings.url}/{settings.files_index}"):
        (found,) = ask("GET", f"{index}/_mapping").values()
        assert "keyword" == found["mappings"]["properties"]["build_uuid"]["type"]
        assert "false" == str(found["mappings"]["dynamic"]).lower()


def test_a_reader_sees_at_once_what_was_written_before_it_asked(settings: StoreSettings) -> None:
    with store_of(settings) as writer, store_of(settings) as reader:
        writer.prepare()
        writer.write(a_file(), lines_of(10), no_reject)
        assert 10 == len(reader.lines(a_file(), 1, 10))


def test_a_probe_of_readiness_leaves_no_document(settings: StoreSettings) -> None:
    with store_of(settings) as store:
        store.prepare()
        store.ready()
        store.ready()
        assert [] == store.builds(10)
    with pytest.raises(urllib.error.HTTPError):
        ask("GET", f"{settings.url}/{settings.files_index}/_doc/readiness-probe")


def test_the_log_stays_quiet(settings: StoreSettings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), store_of(settings) as store:
        store.prepare()
        store.write(a_file(), lines_of(10), no_reject)
        store.forget_after(a_file(), 5)
    assert [] == caplog.records
