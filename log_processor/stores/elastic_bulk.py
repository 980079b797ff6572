"""Bulk requests: what is sent, what the answer says, and what a busy cluster is asked for again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from log_processor.stores.elastic_refusal import Refusal, refusal

HEADERS = {"accept": "application/json", "content-type": "application/json"}
"""A body of the other type that bulk requests may have, `x-ndjson`, the client would copy twice."""

PARAMETERS = {"filter_path": "items.*.status,items.*.error"}
"""What answers have to hold; all that they could takes longer to read than the lines took to write."""

BUSY = (429, 502, 503, 504)
"""The statuses of a cluster, or a proxy before it, that may take the same a moment later."""

_FIRST_WAIT_SECONDS = 0.5


def indexing(index: str, ids: Iterable[str], sources: Iterable[bytes]) -> list[bytes]:
    """Return the operations that store documents, each by its id, which needs no escaping, and its JSON text."""
    before_id = b'{"index":{"_index":%b,"_id":"' % json.dumps(index).encode()
    return [
        b"".join((before_id, document.encode(), b'"}}\n', source, b"\n"))
        for document, source in zip(ids, sources, strict=True)
    ]


def deletion(index: str, document: str) -> bytes:
    """Return the operation that deletes a document."""
    return json.dumps({"delete": {"_index": index, "_id": document}}).encode() + b"\n"


def requests(operations: Sequence[bytes], most_bytes: int) -> Iterator[Sequence[bytes]]:
    """Give the operations in non-empty runs of at most `most_bytes`, in their order; one may be longer alone."""
    request: list[bytes] = []
    size = 0
    for operation in operations:
        size += len(operation)
        if request and size > most_bytes:
            yield request
            request, size = [], len(operation)
        request.append(operation)
    if request:
        yield request


def refusals(answer: object) -> list[Refusal | None]:
    """Read an answer: of each operation in turn why it was refused; None where it was done."""
    items = answer.get("items", ()) if isinstance(answer, Mapping) else ()
    return list(map(_refused, items))


def insisted(
    send: Callable[[Sequence[bytes]], list[Refusal | None]],
    operations: Sequence[bytes],
    retries: int,
    sleep: Callable[[float], None],
) -> list[Refusal | None]:
    """Do the operations of a request, and again those that the cluster is too busy for.

    Args:
        send: does operations in one request; returns why each was refused, or None.
        operations: not empty.
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
        found_again = send([operations[place] for place in again])
        for place, refused in zip(again, found_again, strict=True):
            found[place] = refused
    return found


def _refused(item: Mapping[str, Mapping[str, Any]]) -> Refusal | None:
    (outcome,) = item.values()
    status = outcome["status"]
    return None if 200 <= status < 300 else refusal(status, outcome.get("error"))
