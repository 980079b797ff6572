"""What the store makes of the answers to its bulk requests; tests/services asks real clusters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.document import LineDocument, LogFile
from log_processor.document_json import line_from_source
from log_processor.errors import StoreUnavailable
from log_processor.stores.elastic_bulk import Operations, deletion, requests
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.answering import Reply, answering
from tests.log_processor.documents import a_file, a_line, lines_of, no_reject

FILE = a_file()
DONE = {"status": 201}
BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "the queue is full"}}
GONE = {"status": 404, "result": "not_found"}
UNFIT = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "no number"}}
FULL = {"status": 429, "error": {"type": "cluster_block_exception", "reason": "the disk is full"}}

Outcome = Callable[[int, int], dict[str, Any]]
"""What becomes of a line, of that number, at that attempt to store it, counted from 0."""


class Cluster:
    """Takes bulk requests, and finds the lines beyond one.

    Attributes:
        url: where it listens.
        bodies: the bulk requests.
        documents: what was stored, by id.
        outcome: what becomes of lines.
        busy: how many whole requests it turns away, from now on.
        busy_status: with which status it does so.
        spoil: changes its answers to bulk requests.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.bodies: list[bytes] = []
        self.documents: dict[str, dict[str, Any]] = {}
        self.outcome = outcome
        self.busy = 0
        self.busy_status = 429
        self.spoil: Callable[[Any], Any] = lambda answer: answer
        self.url = ""
        self._attempts: dict[tuple[str, str], int] = {}

    def answer(self, url: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(url)
        if parts.path.endswith("/_refresh"):
            return 200, {}
        if parts.path.endswith("/_search"):
            return 200, {"hits": {"hits": self._beyond(json.loads(body))}}
        assert "/_bulk" == parts.path
        self.bodies.append(body)
        if self.busy:
            self.busy -= 1
            return self.busy_status, {"error": BUSY["error"], "status": self.busy_status}
        rows = map(json.loads, body.splitlines())
        items = [self._item(name, action, rows) for row in rows for name, action in row.items()]
        paths = dict(parse_qsl(parts.query)).get("filter_path", "*")
        answer = {"took": 1, "errors": False, "items": items}
        return 200, self.spoil(filtered(answer, [path.split(".") for path in paths.split(",")]))

    def _item(self, name: str, action: dict[str, str], rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
        document = action["_id"]
        assert "logstash-2026.03.09" == action["_index"]
        source = next(rows) if name == "index" else self.documents[document]
        attempt = self._attempts[name, document] = self._attempts.get((name, document), -1) + 1
        outcome = self.outcome(source["log"]["line"], attempt)
        if outcome is DONE and name == "index":
            self.documents[document] = source
        elif outcome is DONE:
            del self.documents[document]
        return {name: {**action, **outcome}}

    def _beyond(self, search: dict[str, Any]) -> list[dict[str, Any]]:
        *_, condition = search["query"]["bool"]["filter"]
        last = condition["range"]["log.line"]["gt"]
        (after,) = search.get("search_after", (last,))
        numbers = {source["log"]["line"]: document for document, source in self.documents.items()}
        found = sorted(number for number in numbers if number > max(last, after))[: search["size"]]
        return [{"_id": numbers[number], "sort": [number]} for number in found]


def filtered(value: Any, paths: list[list[str]]) -> Any:
    """Keep what `filter_path` names, as clusters do."""
    if [] in paths or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [filtered(each, paths) for each in value]
    below = {name: [rest for first, *rest in paths if first in {name, "*"}] for name in value}
    return {name: filtered(value[name], rests) for name, rests in below.items() if rests}


@contextmanager
def cluster(outcome: Outcome = lambda _number, _attempt: DONE) -> Iterator[Cluster]:
    found = Cluster(outcome)
    with answering(lambda asked: Reply(*found.answer(asked.path, asked.body))) as found.url:
        yield found


class Writing:
    """Writes lines, and notes what was refused and waited for."""

    def __init__(self, url: str, **settings: int) -> None:
        self.rejected: list[tuple[int, str]] = []
        self.waits: list[float] = []
        self._settings = StoreSettings(url, **settings)  # type: ignore[arg-type]  # numbers only

    def write(self, lines: Iterable[LineDocument], retries: int = 5, file: LogFile = FILE) -> int:
        with closing(ElasticStore(self._settings, retries, self.waits.append)) as store:
            return store.write(file, lines, lambda line, why: self.rejected.append((line.number, why)))

    def forget_after(self, last_line: int) -> int:
        with closing(ElasticStore(self._settings, 5, self.waits.append)) as store:
            return store.forget_after(FILE, last_line)


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


def test_long_lines_fill_a_request_to_its_bytes() -> None:
    with cluster() as found:
        assert 60 == Writing(found.url).write(a_line(number, "x" * 32_000) for number in range(1, 61))
        assert 200 == Writing(found.url).write(a_line(number, "x" * 32_000) for number in range(1, 201))
    assert [2 * 60, 2 * 160, 2 * 40] == [body.count(b"\n") for body in found.bodies]


def test_lines_are_taken_one_request_ahead_of_the_one_that_is_sent() -> None:
    """Counted in bytes: what a file's lines share may be far more than their messages."""
    taken, ahead = 0, []

    def lines() -> Iterator[LineDocument]:
        nonlocal taken
        for line in lines_of(50):
            taken = line.number
            yield line

    def outcome(number: int, _attempt: int) -> dict[str, Any]:
        ahead.append(taken - number)
        return DONE

    file = replace(FILE, fields={"project": "x" * 50_000})
    with cluster(outcome) as found:
        assert 50 == Writing(found.url, chunk_bytes=250_000).write(lines(), file=file)
    assert [8] * 12 + [4] == [body.count(b"\n") for body in found.bodies]
    assert 8 >= max(ahead)


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


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_each_status_that_may_pass_is_waited_for(status: int) -> None:
    busy = {"status": status, "error": BUSY["error"]}
    with cluster(lambda number, attempt: busy if number == 2 and not attempt else DONE) as found:
        found.busy, found.busy_status = 1, status
        writing = Writing(found.url)
        assert 3 == writing.write(lines_of(3))
    assert [6, 6, 2] == [body.count(b"\n") for body in found.bodies]
    assert [0.5, 1] == writing.waits


@pytest.mark.parametrize("status", [400, 403, 413, 500])
def test_a_status_that_stays_is_not_waited_for(status: int) -> None:
    with cluster() as found:
        found.busy, found.busy_status = 1, status
        writing = Writing(found.url)
        with pytest.raises(StoreUnavailable, match=f"refused: {status} "):
            writing.write(lines_of(3))
    assert [] == writing.waits


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


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"items": [{"index": {"status": 201}}] * 3}, "expected 5 items, one for each operation, got 3"),
        ({"items": [{"index": {"status": 201}}] * 7}, "expected 5 items, one for each operation, got 7"),
        ({"items": []}, "expected 5 items, one for each operation, got 0"),
        ({}, "expected an object with a list `items`, got {}"),
        ({"items": None}, "expected an object with a list `items`, got {'items': None}"),
        ({"items": {"a": 1}}, "expected an object with a list `items`, got {'items': {'a': 1}}"),
        ([None], "expected an object with a list `items`, got [None]"),
        (None, "expected an object with a list `items`, got None"),
        ("well", "expected an object with a list `items`, got 'well'"),
        (
            {"items": [{"index": {"error": "x"}}] * 5},
            "expected an item with an operation's status, got {'index': {'error': 'x'}}",
        ),
        ({"items": [{}] * 5}, "expected an item with an operation's status, got {}"),
        ({"items": [None] * 5}, "expected an item with an operation's status, got None"),
        ({"items": ["x"] * 5}, "expected an item with an operation's status, got 'x'"),
        ({"items": [{"index": []}] * 5}, "expected an item with an operation's status, got {'index': []}"),
        (
            {"items": [{"index": {"status": 201}, "create": {"status": 201}}] * 5},
            "expected an item with an operation's status, got {'index': {'status': 201}, 'create'",
        ),
        (
            {"items": [{"index": {"status": "201"}}] * 5},
            "expected an item with an operation's status, got {'index': {'status': '201'}}",
        ),
    ],
)
def test_an_answer_of_another_shape_makes_the_store_unavailable(answer: object, why: str) -> None:
    with cluster() as found:
        found.spoil = lambda _answer: answer
        writing = Writing(found.url)
        with pytest.raises(StoreUnavailable) as unavailable:
            writing.write(lines_of(5))
        with closing(ElasticStore(StoreSettings(found.url))) as store, pytest.raises(StoreUnavailable):
            store.ready()
    assert str(unavailable.value).startswith(
        f"{found.url} does not answer bulk requests as a cluster does: {why}"
    )
    assert str(unavailable.value).endswith(
        ": check store.url, and what a proxy before the cluster makes of answers"
    )
    assert [] == writing.rejected


def test_an_error_whose_type_is_no_text_is_a_refusal() -> None:
    with cluster() as found:
        found.spoil = lambda _answer: {"items": [{"index": {"status": 400, "error": {"type": ["x"]}}}] * 5}
        with pytest.raises(StoreUnavailable, match=r"refused: 400 \['x'\]"):
            Writing(found.url).write(lines_of(5))


def test_little_is_shown_of_an_answer_of_another_shape() -> None:
    with cluster() as found:
        found.spoil = lambda _answer: {"items": [{"index": "x" * 100_000}]}
        with pytest.raises(StoreUnavailable) as unavailable:
            Writing(found.url).write(lines_of(1))
    assert 500 > len(str(unavailable.value))


def test_lines_beyond_the_last_one_are_deleted_in_requests_of_so_many() -> None:
    with cluster() as found:
        assert 25 == Writing(found.url).write(lines_of(25))
        found.bodies.clear()
        assert 20 == Writing(found.url, chunk_lines=8).forget_after(5)
    assert [8, 8, 4] == [body.count(b"\n") for body in found.bodies]
    assert list(range(1, 6)) == [source["log"]["line"] for source in found.documents.values()]


def test_a_line_that_somebody_else_has_deleted_is_not_counted_and_is_no_error() -> None:
    with cluster() as found:
        writing = Writing(found.url)
        assert 5 == writing.write(lines_of(5))
        found.outcome = lambda number, _: GONE if number == 4 else DONE
        assert 2 == writing.forget_after(2)


def test_a_line_that_cannot_be_deleted_makes_the_store_unavailable() -> None:
    with cluster() as found:
        writing = Writing(found.url)
        assert 5 == writing.write(lines_of(5))
        found.outcome = lambda number, _: UNFIT if number == 4 else DONE
        with pytest.raises(StoreUnavailable, match="refused: 400 document_parsing_exception: no number"):
            writing.forget_after(2)


def test_an_error_of_who_takes_rejected_lines_is_his() -> None:
    with (
        cluster(lambda _number, _attempt: UNFIT) as found,
        closing(ElasticStore(StoreSettings(found.url))) as store,
        pytest.raises(AssertionError, match="line 1 was rejected"),
    ):
        store.write(a_file(), [a_line(1)], no_reject)


def operations(*texts: str) -> Operations:
    """Return operations that store texts, or delete where there is an x."""
    bodies = [DELETING if text == "x" else STORING + text.encode() + b"\n" for text in texts]
    return Operations(len(bodies), b"".join(bodies))


DELETING, STORING = b'{"delete":{}}\n', b'{"index":{}}\n'
ROOM = 2 * len(DELETING)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["aa"], [["aa"]]),
        (["aa", "b"], [["aa"], ["b"]]),
        (["x", "x"], [["x", "x"]]),
        (["aaa"], [["aaa"]]),
        (
            ["far too long for the room that there is", "x", "x"],
            [["far too long for the room that there is"], ["x", "x"]],
        ),
        (["x", "x", "b"], [["x", "x"], ["b"]]),
    ],
)
def test_a_request_has_at_most_so_many_bytes_or_one_operation(
    texts: list[str], expected: list[list[str]]
) -> None:
    wanted = [operations(*request) for request in expected]

    assert wanted == list(requests([operations(*texts)], 9, ROOM))
    assert wanted == list(requests(map(operations, texts), 9, ROOM))


TEXTS = st.lists(st.text("xyz", max_size=9), max_size=9)


@given(st.lists(TEXTS, max_size=9), st.integers(1, 20), st.integers(1, 120))
def test_requests_hold_every_operation_once_in_order(
    batches: list[list[str]], most: int, most_bytes: int
) -> None:
    found = list(requests([operations(*batch) for batch in batches], most, most_bytes))

    assert [operations(text) for batch in batches for text in batch] == [
        operation for request in found for operation in request.each()
    ]
    assert [len([*request.each()]) for request in found] == [request.count for request in found]
    assert all(request.count <= most for request in found)
    assert all(len(request.body) <= most_bytes or request.count == 1 for request in found)


@given(st.lists(TEXTS.filter(bool), max_size=9), st.integers(1, 20), st.integers(1, 120))
def test_batches_that_fit_a_request_stay_whole_and_no_request_would_take_that_of_the_next(
    batches: list[list[str]], most: int, most_bytes: int
) -> None:
    whole = [batch for batch in (operations(*texts) for texts in batches) if fits(batch, most, most_bytes)]
    found = list(requests(whole, most, most_bytes))

    rest = iter(whole)
    batch = next(rest, None)
    for request in found:
        together = Operations(0, b"")
        while batch and fits(joined := joined_to(together, batch), most, most_bytes):
            together, batch = joined, next(rest, None)
        assert together == request
    assert batch is None


def fits(request: Operations, most: int, most_bytes: int) -> bool:
    return request.count <= most and len(request.body) <= most_bytes


def joined_to(request: Operations, batch: Operations) -> Operations:
    return Operations(request.count + batch.count, request.body + batch.body)


def test_the_id_of_a_document_that_is_deleted_may_be_anything() -> None:
    assert {"delete": {"_index": "i", "_id": 'a "\n'}} == json.loads(deletion("i", 'a "\n').body)
