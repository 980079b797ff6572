"""What the store makes of the answers to its bulk requests; tests/services asks real clusters."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.document import LineDocument
from log_processor.document_json import line_from_source
from log_processor.errors import StoreUnavailable
from log_processor.stores.elastic_bulk import deletion, requests
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import a_file, a_line, lines_of, no_reject

DONE = {"status": 201}
BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "the queue is full"}}
UNFIT = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "no number"}}
FULL = {"status": 429, "error": {"type": "cluster_block_exception", "reason": "the disk is full"}}

Outcome = Callable[[int, int], dict[str, Any]]
"""What becomes of a line, of that number, at that attempt to store it, counted from 0."""


class Cluster:
    """Takes bulk requests.

    Attributes:
        url: where it listens.
        bodies: the requests.
        documents: what was stored, by id.
        busy: how many whole requests it turns away, from now on.
        mute: how many operations of each request it leaves without an answer.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.bodies: list[bytes] = []
        self.documents: dict[str, dict[str, Any]] = {}
        self.busy = 0
        self.mute = 0
        self.url = ""
        self._outcome = outcome
        self._attempts: dict[str, int] = {}

    def answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        self.bodies.append(body)
        if self.busy:
            self.busy -= 1
            return 429, {"error": BUSY["error"], "status": 429}
        rows = iter(body.splitlines())
        items = [self._item(json.loads(row)["index"], json.loads(next(rows))) for row in rows]
        return 200, {"items": items[self.mute :]}

    def _item(self, action: dict[str, str], source: dict[str, Any]) -> dict[str, Any]:
        document = action["_id"]
        assert "logstash-2026.03.09" == action["_index"]
        attempt = self._attempts[document] = self._attempts.get(document, -1) + 1
        outcome = self._outcome(source["log"]["line"], attempt)
        if outcome is DONE:
            self.documents[document] = source
        return {"index": outcome}


@contextmanager
def cluster(outcome: Outcome = lambda _number, _attempt: DONE) -> Iterator[Cluster]:
    found = Cluster(outcome)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path.startswith("/_bulk")
            status, answer = found.answer(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


class Writing:
    """Writes lines, and notes what was refused and waited for."""

    def __init__(self, url: str, **settings: int) -> None:
        self.rejected: list[tuple[int, str]] = []
        self.waits: list[float] = []
        self._settings = StoreSettings(url, **settings)  # type: ignore[arg-type]  # numbers only

    def write(self, lines: Iterator[LineDocument] | list[LineDocument], retries: int = 5) -> int:
        with closing(ElasticStore(self._settings, retries, self.waits.append)) as store:
            return store.write(a_file(), lines, lambda line, why: self.rejected.append((line.number, why)))


def test_every_line_is_sent_once_under_its_id_in_chunks() -> None:
    with cluster() as found:
        assert 25 == Writing(found.url, chunk_lines=10).write(lines_of(25))
    assert [20, 20, 10] == [body.count(b"\n") for body in found.bodies]
    assert [f"{a_file().key}-{number:08x}" for number in range(1, 26)] == list(found.documents)
    assert list(lines_of(25)) == [line_from_source(source) for source in found.documents.values()]


def test_a_request_holds_no_more_bytes_than_it_may() -> None:
    with cluster() as found:
        assert 25 == Writing(found.url, chunk_bytes=5000).write(lines_of(25))
    assert 5000 >= max(map(len, found.bodies))
    assert 1 < len(found.bodies) < 25
    assert 25 == len(found.documents)


def test_a_line_that_can_never_be_stored_is_rejected_with_the_reason_and_the_rest_is_stored() -> None:
    with cluster(lambda number, _: UNFIT if number in {2, 9} else DONE) as found:
        writing = Writing(found.url)
        assert 8 == writing.write(lines_of(10))
    reason = "400 document_parsing_exception: no number"
    assert [(2, reason), (9, reason)] == writing.rejected
    assert [] == writing.waits


def test_lines_that_a_busy_cluster_refuses_are_sent_again_and_they_alone() -> None:
    with cluster(lambda number, attempt: BUSY if number % 2 and attempt < number else DONE) as found:
        writing = Writing(found.url)
        assert 6 == writing.write(lines_of(6))
    assert [12, 6, 4, 4, 2, 2] == [body.count(b"\n") for body in found.bodies]
    assert [0.5, 1, 2, 4, 8] == writing.waits
    assert 6 == len(found.documents)
    assert [] == writing.rejected


def test_a_line_may_turn_out_unfit_after_the_cluster_was_busy() -> None:
    with cluster(lambda number, attempt: (BUSY, UNFIT)[attempt] if number == 3 else DONE) as found:
        writing = Writing(found.url)
        assert 4 == writing.write(lines_of(5))
    assert [3] == [number for number, _ in writing.rejected]


@pytest.mark.parametrize(("retries", "asked"), [(0, 1), (2, 3)])
def test_a_cluster_that_stays_busy_is_unavailable_and_no_line_is_rejected(retries: int, asked: int) -> None:
    with cluster(lambda number, _: FULL if number == 2 else DONE) as found:
        writing = Writing(found.url)
        with pytest.raises(StoreUnavailable, match=r"429 cluster_block_exception: .*: free space"):
            writing.write(lines_of(3), retries)
    assert asked == len(found.bodies)
    assert [] == writing.rejected


@pytest.mark.parametrize(("retries", "stored"), [(3, 5), (2, 0)])
def test_a_request_that_is_turned_away_whole_is_sent_again(retries: int, stored: int) -> None:
    with cluster() as found:
        found.busy = 3
        writing = Writing(found.url)
        if stored:
            assert stored == writing.write(lines_of(5), retries)
            assert [0.5, 1, 2] == writing.waits
        else:
            with pytest.raises(
                StoreUnavailable, match="429 es_rejected_execution_exception: the queue is full"
            ):
                writing.write(lines_of(5), retries)
    assert stored == len(found.documents)


def test_a_cluster_that_leaves_lines_without_an_answer_is_unavailable() -> None:
    with cluster() as found:
        found.mute = 2
        with pytest.raises(StoreUnavailable, match="left 2 operations without an answer"):
            Writing(found.url).write(lines_of(5))


def test_an_error_of_who_takes_rejected_lines_is_his() -> None:
    with (
        cluster(lambda _number, _attempt: UNFIT) as found,
        closing(ElasticStore(StoreSettings(found.url))) as store,
        pytest.raises(AssertionError, match="line 1 was rejected"),
    ):
        store.write(a_file(), [a_line(1)], no_reject)


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([], []),
        ([b"aa"], [[b"aa"]]),
        ([b"aa", b"b"], [[b"aa", b"b"]]),
        ([b"aa", b"bb"], [[b"aa"], [b"bb"]]),
        ([b"too long", b"b", b"c"], [[b"too long"], [b"b", b"c"]]),
        ([b"a", b"b", b"too long"], [[b"a", b"b"], [b"too long"]]),
    ],
)
def test_a_request_has_at_most_so_many_bytes_or_one_operation(
    operations: list[bytes], expected: list[list[bytes]]
) -> None:
    assert expected == list(requests(operations, 3))


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=20), st.integers(1, 30))
def test_requests_hold_every_operation_once_and_none_would_take_that_of_the_next(
    operations: list[bytes], most: int
) -> None:
    found = list(requests(operations, most))

    assert operations == [operation for request in found for operation in request]
    for request, following in pairwise(found):
        assert most < sum(map(len, [*request, following[0]]))


def test_the_id_of_a_document_that_is_deleted_may_be_anything() -> None:
    assert {"delete": {"_index": "i", "_id": 'a "\n'}} == json.loads(deletion("i", 'a "\n'))
