"""What it means when Elasticsearch or OpenSearch refuses: whose fault it is, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OF_THE_DOCUMENT = frozenset(
    {
        "document_parsing_exception",  # Elasticsearch
        "mapper_parsing_exception",  # OpenSearch
        "strict_dynamic_mapping_exception",
    }
)
"""The types of errors that the same document meets each time, and other documents need not."""

TOO_LONG_A_TERM = "max_bytes_length_exceeded_exception"
"""Also the document's fault, but told under a general type, as the cause of the error."""

_LONGEST_PAGE = 200
"""Characters shown of an answer that is no cluster's."""

# By type, before status: a full disk and an overloaded queue are both 429.
_MENDS_BY_TYPE: Mapping[str, str] = {
    "cluster_block_exception": "free space on the cluster's disks, or remove the block from the index's settings",
    "index_closed_exception": "open the index",
    "index_not_found_exception": "let the cluster create indices of that name (action.auto_create_index)",
    "validation_exception": "delete old indices, or raise cluster.max_shards_per_node",
}
_MENDS_BY_STATUS: Mapping[int, str] = {
    401: "check store.username and its password, or the API key",
    403: "give the user or the API key that privilege",
    413: "lower store.chunk_bytes to what the cluster, or a proxy before it, takes",
    429: "the cluster is overloaded: run fewer workers, or lower store.chunk_lines and store.chunk_bytes",
    502: "wait until the cluster is up again",
    503: "wait until the cluster is up again",
    504: "wait until the cluster is up again",
}


@dataclass(frozen=True)
class Refusal:
    """Why the cluster did not do something.

    Attributes:
        status: the HTTP status, of the request or of one item of a bulk request.
        type: the cluster's name for the kind of error; empty when a proxy answered in its place.
        reason: the cluster's sentences about it.
        of_the_document: whether this document can never be stored, while others can.
    """

    status: int
    type: str
    reason: str
    of_the_document: bool

    def __str__(self) -> str:
        return f"{self.status} {self.type}: {self.reason}" if self.type else f"{self.status}: {self.reason}"

    @property
    def mend(self) -> str:
        """How a person mends it."""
        return _MENDS_BY_TYPE.get(self.type) or _MENDS_BY_STATUS.get(self.status) or "see the cluster's log"


def refusal(status: int, error: object) -> Refusal:
    """Read an error: the object that the cluster sent, or whatever else came in its place."""
    if not isinstance(error, Mapping):
        page = " ".join(str(error or "no reason given").split())  # of a proxy, say
        return Refusal(status, "", page[:_LONGEST_PAGE], of_the_document=False)
    kind = str(error.get("type", ""))
    reasons, causes = [], set()
    link: object = error
    while isinstance(link, Mapping):
        reasons.append(str(link.get("reason", "")))
        causes.add(str(link.get("type", "")))
        link = link.get("caused_by")
    return Refusal(
        status,
        kind,
        ": ".join(dict.fromkeys(filter(None, reasons))),
        of_the_document=status == 400 and (kind in OF_THE_DOCUMENT or TOO_LONG_A_TERM in causes),
    )
