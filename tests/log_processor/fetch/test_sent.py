"""Files as web servers send them, and the layers of compression taken off one by one."""

from __future__ import annotations

import gzip
import lzma

import pytest

from log_processor.errors import JobError, Outcome
from log_processor.fetch.decompress import limited, outer_layer_off
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from tests.httpserver import content, redirect, serving, status


def fetcher(*allow: str, **more: float) -> Fetcher:
    return Fetcher(FetchSettings(allow=allow, late_seconds=0, **more))  # type: ignore[arg-type] # numbers


def test_a_file_comes_as_it_is_sent_with_what_the_server_says_of_it() -> None:
    packed = gzip.compress(b"alpha\n")
    with serving() as server:
        server.put("/a", redirect("/b?x=1"))
        server.put("/b", content(packed, Content_Encoding="gzip"))
        with fetcher(server.url("/")).sent(server.url("/a")) as sent:
            assert (server.url("/b?x=1"), "gzip") == (sent.url, sent.content_encoding)
            assert packed == b"".join(sent)
        with fetcher(server.url("/")).sent(server.put("/c", content(b""))) as sent:
            assert ("", b"") == (sent.content_encoding, b"".join(sent))


def test_of_a_file_that_is_too_large_as_much_comes_as_is_allowed() -> None:
    with serving() as server:
        url = server.put("/a", content(b"x" * 1000))
        with fetcher(url, max_bytes=900).sent(url) as sent:
            came: list[bytes] = []
            with pytest.raises(JobError, match="more than 900 bytes") as raised:
                came.extend(sent)
    assert Outcome.TOO_LARGE == raised.value.outcome
    assert b"x" * 900 == b"".join(came)


def test_a_file_that_is_not_there_is_an_error_at_once() -> None:
    with serving() as server:
        url = server.put("/a", status(404))
        with pytest.raises(JobError, match=f"{url}: the server answered 404$"), fetcher(url).sent(url):
            pass


def test_a_local_file_is_not_sent() -> None:
    with pytest.raises(JobError, match="no web server has it"), fetcher("file:///").sent("file:///etc/hosts"):
        pass


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (gzip.compress(b"alpha"), b"alpha"),
        (gzip.compress(lzma.compress(b"alpha")), lzma.compress(b"alpha")),
        (b"alpha", b"alpha"),
        (b"", b""),
    ],
)
def test_one_layer_is_taken_off_where_there_is_one(data: bytes, expected: bytes) -> None:
    assert expected == b"".join(outer_layer_off(data[at : at + 1] for at in range(len(data))))


def test_chunks_end_at_a_limit() -> None:
    assert [b"ab", b"c"] == list(limited([b"ab", b"", b"c"], 3))
    came: list[bytes] = []
    with pytest.raises(JobError, match="more than 2 bytes"):
        came.extend(limited([b"ab", b"c"], 2))
    assert [b"ab"] == came
