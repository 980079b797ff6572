from __future__ import annotations

from collections.abc import Iterator

import pytest

from log_processor.errors import FetchUnavailable, JobError, Outcome
from log_processor.fetch.allow import Address, parse
from log_processor.fetch.documents import get_document, get_json
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from tests.httpserver import Answer, Server, chunked, content, cut, redirect, serving, status

LARGEST = 8 * 1024**2


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(server: Server) -> Iterator[Fetcher]:
    made = Fetcher(FetchSettings(allow=(server.url("/"),), late_seconds=0.0))
    yield made
    made.close()


@pytest.mark.parametrize(
    "body", [b'{"a": [1, null]}', b' {"a": [1, null]}\n', b'\xef\xbb\xbf{"a": [1, null]}']
)
def test_a_document_is_read(body: bytes, server: Server, fetcher: Fetcher) -> None:
    url = server.put("/a", content(body))
    assert {"a": [1, None]} == get_json(fetcher, url)
    assert body == get_document(fetcher, url)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "something else"),
        (b"<!doctype html>", "a web page"),
        (b"\n <html>", "a web page"),
        (b"{", "something else"),
        (b"\xff", "something else"),
        (b"[" * 1_000_000, "something else"),
        (b"9" * 1_000_000, "something else"),
    ],
)
def test_what_is_no_json_is_named(body: bytes, kind: str, server: Server, fetcher: Fetcher) -> None:
    url = server.put("/a", content(body))
    with pytest.raises(JobError) as caught:
        get_json(fetcher, f"{url}?sig=SECRET")
    assert (f"{url}: expected JSON, got {kind}", Outcome.FETCH_FAILED) == (
        str(caught.value),
        caught.value.outcome,
    )


def test_a_document_has_a_largest_size(server: Server, fetcher: Fetcher) -> None:
    assert LARGEST == len(get_document(fetcher, server.put("/a", content(b"a" * LARGEST))))
    endless = chunked([b"a" * LARGEST, *[b"a" * 1024] * 100], end=b"")
    for answer in (content(b"a" * (LARGEST + 1)), endless):
        with pytest.raises(JobError) as caught:
            get_document(fetcher, server.put("/a", answer) + "?sig=SECRET")
        assert Outcome.TOO_LARGE == caught.value.outcome
        assert f"/a: the document is larger than {LARGEST} bytes" in str(caught.value)
        assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("busy", [status(503), status(429), status(500), cut(b'{"a": 1}', 3)])
def test_a_server_that_is_busy_is_asked_again(
    busy: Answer, server: Server, fetcher: Fetcher, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "_sleep", slept.append)
    url = server.put("/a", busy, content(b"[]"))
    assert [] == get_json(fetcher, url, sleep=slept.append)
    assert slept


def test_a_server_that_stays_away_is_given_up(server: Server, fetcher: Fetcher, slept: list[float]) -> None:
    with pytest.raises(FetchUnavailable):
        get_json(fetcher, server.put("/a", status(503)), sleep=slept.append)
    assert [1.0, 2.0, 4.0] == slept


def test_what_is_not_there_is_not_asked_for_again(
    server: Server, fetcher: Fetcher, slept: list[float]
) -> None:
    with pytest.raises(JobError, match=r"/a: the server answered 404$"):
        get_json(fetcher, server.url("/a"), sleep=slept.append)
    assert [] == slept


class Everything:
    """Admits any URL."""

    def admitted(self, url: str) -> Address:
        return parse(url)


def test_authorization_goes_to_its_origin_and_nowhere_else(server: Server) -> None:
    with serving() as other:
        elsewhere = other.put("/b", redirect(server.put("/c", content(b"[]"))))
        url = server.put("/a", redirect(elsewhere))
        fetcher = Fetcher(
            FetchSettings(late_seconds=0.0),
            allowed=Everything(),
            authorization={server.url(): "Bearer secret"},
        )
        assert [] == get_json(fetcher, url)
        fetcher.close()
        assert ["Bearer secret", "Bearer secret"] == server.asked("Authorization")
        assert [None] == other.asked("Authorization")


def test_without_authorization_none_is_sent(server: Server, fetcher: Fetcher) -> None:
    get_json(fetcher, server.put("/a", content(b"[]")))
    assert [None] == server.asked("Authorization")


def test_whoever_admits_is_asked_for_each_redirect(server: Server) -> None:
    class OnlyA(Everything):
        def admitted(self, url: str) -> Address:
            if not url.endswith("/a"):
                raise JobError("only a", Outcome.REFUSED)
            return parse(url)

    fetcher = Fetcher(FetchSettings(late_seconds=0.0), allowed=OnlyA())
    with pytest.raises(JobError, match="only a"):
        get_json(fetcher, server.put("/a", redirect(server.put("/b", content(b"[]")))))
    fetcher.close()
    assert 1 == len(server.requests)
