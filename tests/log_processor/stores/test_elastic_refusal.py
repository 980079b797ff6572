from __future__ import annotations

import pytest

from log_processor.stores.elastic_refusal import refusal

IMMENSE = {
    "type": "illegal_argument_exception",
    "reason": "Document contains at least one immense term",
    "caused_by": {"type": "max_bytes_length_exceeded_exception", "reason": "bytes can be at most 32766"},
}


@pytest.mark.parametrize(
    ("status", "error", "of_the_document"),
    [
        (400, {"type": "document_parsing_exception", "reason": "r"}, True),
        (400, {"type": "mapper_parsing_exception", "reason": "r"}, True),
        (400, {"type": "strict_dynamic_mapping_exception", "reason": "r"}, True),
        (400, IMMENSE, True),
        (400, {"type": "illegal_argument_exception", "reason": "pipeline with id [x] does not exist"}, False),
        (400, {"type": "validation_exception", "reason": "maximum shards open"}, False),
        (400, {"type": "index_closed_exception", "reason": "closed"}, False),
        (400, {"type": "a_type_that_is_new", "reason": "r"}, False),
        (429, {"type": "cluster_block_exception", "reason": "disk usage exceeded"}, False),
        (429, {"type": "document_parsing_exception", "reason": "r"}, False),
        (503, {"type": "unavailable_shards_exception", "reason": "r"}, False),
        (413, "<html>too large</html>", False),
        (500, None, False),
        (500, {}, False),
        (500, {"caused_by": "a text"}, False),
    ],
)
def test_a_line_is_to_blame_only_for_what_it_meets_each_time(
    status: int, error: object, *, of_the_document: bool
) -> None:
    assert of_the_document == refusal(status, error).of_the_document


def test_a_reason_holds_its_causes_once() -> None:
    error = {
        "type": "t",
        "reason": "outer",
        "caused_by": {"type": "c", "reason": "inner", "caused_by": {"reason": "inner"}},
    }
    assert "400 t: outer: inner" == str(refusal(400, error))


def test_a_reason_that_is_no_object_is_one_line_and_cut() -> None:
    assert "413: " + "x" * 200 == str(refusal(413, "x" * 1000))
    assert "501: <html> <h1>Error</h1>" == str(refusal(501, "<html>\n    <h1>Error</h1>\n"))
    assert "502: no reason given" == str(refusal(502, ""))


@pytest.mark.parametrize(
    ("status", "kind", "mend"),
    [
        (429, "cluster_block_exception", "free space"),
        (429, "es_rejected_execution_exception", "run fewer workers"),
        (429, "rejected_execution_exception", "run fewer workers"),
        (401, "security_exception", "password"),
        (403, "security_exception", "privilege"),
        (413, "", "store.chunk_bytes"),
        (503, "", "wait"),
        (418, "", "log"),
    ],
)
def test_every_refusal_says_how_it_is_mended(status: int, kind: str, mend: str) -> None:
    assert mend in refusal(status, {"type": kind, "reason": "r"}).mend
