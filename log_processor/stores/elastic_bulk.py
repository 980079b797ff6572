"""Bulk requests: what is sent, what the answer says, and what a busy cluster is asked for again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from log_processor.stores.elastic_refusal import Refusal, refusal

HEADERS = {"accept": "application/json", "content-type": "application/json"}
"""A body of the other type that bulk requests may have, `x-ndjson`, the client would copy twice."""

PARAMETERS = {"filter_path": "items.*.status,items.*.error"}
"""What answers have to hold; all that they could takes longer to read than the lines took to write."""

BUSY = (429, 502, 503, 504)
"""The statuses of a cluster, or a proxy before it, that may take the same a moment later."""

_DONE = ({"index": {"status": 201}}, {"index": {"status": 200}})
"""The items of documents that are new, and of those that were there before."""

_DELETE = b'{"delete":'

_FIRST_WAIT_SECONDS = 0.5

_LONGEST_SHOWN = 200
"""Characters shown of an answer that is no cluster's."""


@dataclass(frozen=True)
class Operations:
    """Operations as a bulk request has them, one after the other.

    Attributes:
        count: how many they are.
        body: their lines: one of an operation that deletes, two of any other.
    """

    count: int
    body: bytes

    def each(self) -> Iterator[Operations]:
        """Give them one by one."""
        lines = iter(self.body.splitlines(keepends=True))
        for line in lines:
            yield Operations(1, line if line.startswith(_DELETE) else line + next(lines))


class MalformedAnswer(Exception):
    """An answer is none to the operations that were sent; the message says what was expected and what came."""


def indexing(index: str, ids: str) -> bytes:
    """Return what stands before the documents of a file's lines, with `%08x` in the place of the number.

    Args:
        index: where they are stored.
        ids: what `document.line_ids` gives; needs no escaping.
    """
    before_id = b'{"index":{"_index":%b,"_id":"' % json.dumps(index).encode()
    return before_id.replace(b"%", b"%%") + ids.encode() + b'"}}\n'


def deletion(index: str, document: str) -> Operations:
    """Return the operation that deletes a document."""
    return Operations(1, _action("delete", index, document))


def empty_update(index: str, document: str) -> Operations:
    """Return the operation that changes nothing in a document."""
    return Operations(1, _action("update", index, document) + b'{"doc":{}}\n')


def requests(batches: Iterable[Operations], most: int, most_bytes: int) -> Iterator[Operations]:
    """Give the operations in non-empty runs of at most `most` and at most `most_bytes`, in their order.

    An operation of more bytes comes alone. Batches are cut only where one is too large for a run of its own, and no
    more of them is taken ahead than the one in which the next run begins.
    """
    pieces: list[bytes] = []
    count = size = 0
    for batch in batches:
        whole = batch.count <= most and len(batch.body) <= most_bytes
        for piece in [batch] if whole else batch.each():
            if count and (count + piece.count > most or size + len(piece.body) > most_bytes):
                yield Operations(count, b"".join(pieces))
                pieces, count, size = [], 0, 0
            pieces.append(piece.body)
            count += piece.count
            size += len(piece.body)
    if count:
        yield Operations(count, b"".join(pieces))


def refusals(answer: object, count: int) -> list[Refusal | None]:
    """Read the answer to so many operations: of each in turn why it was refused; None where it was done.

    Raises:
        MalformedAnswer: it is none.
    """
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list):
        raise MalformedAnswer(f"expected an object with a list `items`, got {_shown(answer)}")
    if len(items) != count:
        raise MalformedAnswer(f"expected {count} items, one for each operation, got {len(items)}")
    if sum(map(items.count, _DONE)) == count:  # nearly always, and to see that is faster than to look at each
        return [None] * count
    return list(map(_refused, items))


def insisted(
    send: Callable[[Operations], list[Refusal | None]],
    operations: Operations,
    retries: int,
    sleep: Callable[[float], None],
) -> list[Refusal | None]:
    """Do the operations of a request, and again those that the cluster is too busy for.

    Args:
        send: does operations in one request; returns why each was refused, or None.
        operations: one at least.
        retries: how often the cluster is asked again.
        sleep: waits so many seconds: 0.5, 1, 2, …

    Returns:
        Why each operation was refused at last, or None.
    """
    found = send(operations)
    for attempt in range(retries):
        again = [place for place, refused in enumerate(found) if refused and refused.status in BUSY]
        if not again:
            break
        sleep(_FIRST_WAIT_SECONDS * 2**attempt)
        each = [*operations.each()]
        body = b"".join(each[place].body for place in again)
        found_again = send(Operations(len(again), body))
        for place, refused in zip(again, found_again, strict=True):
            found[place] = refused
    return found


def _action(name: str, index: str, document: str) -> bytes:
    action = {name: {"_index": index, "_id": document}}
    return json.dumps(action, separators=(",", ":")).encode() + b"\n"


def _refused(item: Any) -> Refusal | None:  # noqa: ANN401 - whatever came
    try:
        (outcome,) = item.values()
        status = outcome["status"]
        return None if 200 <= status < 300 else refusal(status, outcome.get("error"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer(f"expected an item with an operation's status, got {_shown(item)}") from error


def _shown(answer: object) -> str:
    return repr(answer)[:_LONGEST_SHOWN]
