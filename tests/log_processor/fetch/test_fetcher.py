from __future__ import annotations

import bz2
import contextlib
import gzip
import logging
import lzma
import os
import shutil
import socket
import ssl
import subprocess
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import ConfigError, FetchUnavailable, JobError, LogProcessorError, Outcome
from log_processor.fetch.allow import AllowList
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from tests.httpserver import (
    ETAG,
    Server,
    chunked,
    content,
    cut,
    dated,
    ranged,
    raw,
    redirect,
    serving,
    silent,
    status,
    trickling,
)

LOG = b"".join(b"line %d of a log, %x\n" % (number, number * 7919) for number in range(20_000))
OK = b"HTTP/1.1 200 OK\r\n"
Make = Callable[..., Fetcher]


class FakeTime:
    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return sum(self.slept)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime()


@pytest.fixture
def make(server: Server, clock: FakeTime) -> Iterator[Make]:
    made: list[Fetcher] = []

    def make(**settings: object) -> Fetcher:
        settings = {"allow": (server.url("/logs/"),), "read_seconds": 5.0, **settings}
        fetcher = Fetcher(FetchSettings(**settings), sleep=clock.sleep, monotonic=clock.monotonic)  # type: ignore[arg-type]
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        fetcher.close()


def read(fetcher: Fetcher, url: str) -> bytes:
    with fetcher.open(url) as body:
        return b"".join(body)


def failing(fetcher: Fetcher, url: str) -> tuple[bytes, LogProcessorError]:
    got = bytearray()
    try:
        with fetcher.open(url) as body:
            for chunk in body:
                got += chunk
    except LogProcessorError as error:
        return bytes(got), error
    pytest.fail(f"{url} was read to its end")


def ended(fetcher: Fetcher, url: str) -> tuple[bytes, Outcome]:
    got, error = failing(fetcher, url)
    assert isinstance(error, JobError)
    return got, error.outcome


# What comes out


@pytest.mark.parametrize("body", [b"", b"x", LOG])
def test_a_file_arrives_as_it_is(server: Server, make: Make, body: bytes) -> None:
    assert body == read(make(), server.put("/logs/a.txt", content(body)))


def test_chunks_are_small_and_never_empty(server: Server, make: Make) -> None:
    with make().open(server.put("/logs/a.txt", content(gzip.compress(LOG)))) as body:
        sizes = [len(chunk) for chunk in body]
    assert 0 < min(sizes)
    assert max(sizes) <= 256 * 1024


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "br", "Content_Type": "text/plain; charset=klingon"},
        {"Content_Type": "application/octet-stream"},
    ],
)
def test_first_bytes_decide_whatever_headers_say(
    server: Server, make: Make, compress: Callable[[bytes], bytes], headers: dict[str, str]
) -> None:
    assert LOG == read(make(), server.put("/logs/a.txt", content(compress(LOG), **headers)))
    assert LOG == read(make(), server.put("/logs/a.gz", content(LOG, **headers)))


def test_gzip_transport_around_a_gz_file_comes_off_too(server: Server, make: Make) -> None:
    twice = gzip.compress(gzip.compress(LOG))
    assert LOG == read(make(), server.put("/logs/a.gz", content(twice, Content_Encoding="gzip")))


def test_a_chunked_body_arrives(server: Server, make: Make) -> None:
    pieces = [LOG[:1], LOG[1:100_000], LOG[100_000:]]
    assert LOG == read(make(), server.put("/logs/a", chunked(pieces)))


def test_a_body_without_length_ends_with_its_connection(server: Server, make: Make) -> None:
    assert LOG == read(make(), server.put("/logs/a", raw(b"HTTP/1.0 200 OK\r\n\r\n", LOG)))


def test_a_server_that_sends_more_than_it_announced_is_cut_to_its_word(server: Server, make: Make) -> None:
    answer = raw(OK, b"Content-Length: 4\r\n\r\n", b"one\ntwo\n")
    assert b"one\n" == read(make(), server.put("/logs/a", answer))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (dated(86400.0), datetime(1970, 1, 2, tzinfo=timezone.utc)),
        ("Thu, 01 Jan 1970 02:00:00 +0200", datetime(1970, 1, 1, tzinfo=timezone.utc)),
        ("Thu, 01 Jan 1970 00:00:00 -0000", datetime(1970, 1, 1, tzinfo=timezone.utc)),
        ("yesterday", None),
        ("", None),
        ("Mon, 31 Feb 99999 99:99:99 GMT", None),
    ],
)
def test_the_date_of_the_last_change_is_in_utc_or_not_known(
    server: Server, make: Make, header: str, expected: datetime | None
) -> None:
    with make().open(server.put("/logs/a", content(b"", Last_Modified=header))) as body:
        assert expected == body.last_modified


def test_one_connection_serves_file_after_file(server: Server, make: Make) -> None:
    fetcher = make()
    for name in ("/logs/a", "/logs/b", "/logs/c"):
        read(fetcher, server.put(name, content(LOG)))
    assert 1 == server.connections


def test_a_body_that_is_left_unread_does_not_spoil_the_next(server: Server, make: Make) -> None:
    fetcher = make()
    with fetcher.open(server.put("/logs/a", content(LOG))) as body:
        next(iter(body))
    assert b"next\n" == read(fetcher, server.put("/logs/b", content(b"next\n")))


# Late files and answers that are no file


def test_a_late_file_is_waited_for(server: Server, make: Make, clock: FakeTime) -> None:
    url = server.put("/logs/a", status(404), status(403), status(404), content(LOG))
    assert LOG == read(make(), url)
    assert [1, 2, 4] == clock.slept


@pytest.mark.parametrize(("code", "outcome"), [(404, Outcome.NOT_FOUND), (403, Outcome.FETCH_FAILED)])
def test_a_file_that_never_comes_is_given_up_after_late_seconds(
    server: Server, make: Make, clock: FakeTime, code: int, outcome: Outcome
) -> None:
    assert (b"", outcome) == ended(make(late_seconds=10.0), server.put("/logs/a", status(code)))
    assert [1, 2, 4, 3] == clock.slept
    assert 5 == len(server.requests)


def test_waiting_for_a_late_file_is_said_once_and_without_the_query(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "log_processor")
    url = server.put("/logs/a", status(404), status(404), status(404), content(LOG))
    assert LOG == read(make(late_seconds=10.0), f"{url}?sig=SECRET")
    assert [f"waiting up to 10 s for {url}: the server answered 404"] == caplog.messages


def test_waiting_can_be_switched_off(server: Server, make: Make, clock: FakeTime) -> None:
    assert (b"", Outcome.NOT_FOUND) == ended(make(late_seconds=0.0), server.put("/logs/a", status(404)))
    assert [] == clock.slept


def test_waiting_for_a_late_file_is_no_part_of_its_transfer(server: Server, make: Make) -> None:
    url = server.put("/logs/a", *[status(404)] * 5, content(LOG))
    assert LOG == read(make(total_seconds=20.0), url)


@pytest.mark.parametrize("code", [400, 401, 410, 414, 451])
def test_a_refusal_ends_the_job(server: Server, make: Make, code: int) -> None:
    assert (b"", Outcome.FETCH_FAILED) == ended(make(), server.put("/logs/a", status(code)))


@pytest.mark.parametrize("code", [204, 206, 304, 407, 408, 429, 500, 502, 503, 504, 599])
def test_trouble_of_the_server_holds_the_job(server: Server, make: Make, code: int) -> None:
    _, error = failing(make(), server.put("/logs/a", status(code)))
    assert isinstance(error, FetchUnavailable)
    assert f"{server.url('/logs/a')}: the server answered {code}" == str(error)


@pytest.mark.parametrize(
    "answer",
    [
        raw(),
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw(OK, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        raw(OK, *[b"X-%d: y\r\n" % number for number in range(200)], b"\r\n"),
        raw(OK, b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
    ],
    ids=["nothing", "another protocol", "two lengths", "200 headers", "a long header"],
)
def test_an_answer_that_is_no_http_holds_the_job(
    server: Server, make: Make, answer: Callable[..., None]
) -> None:
    _, error = failing(make(), server.put("/logs/a", answer))
    assert isinstance(error, FetchUnavailable)
    assert "no answer" in str(error)


def test_a_server_that_is_away_holds_the_job(make: Make) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
    _, error = failing(make(allow=(url,)), url)
    assert isinstance(error, FetchUnavailable)
    assert "ConnectionRefusedError" in str(error)


def test_a_name_that_does_not_resolve_holds_the_job(make: Make) -> None:
    _, error = failing(make(allow=("http://logs.invalid",)), "http://logs.invalid/a")
    assert isinstance(error, FetchUnavailable)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-"])
def test_a_server_that_says_nothing_holds_the_job(server: Server, make: Make, sent: bytes) -> None:
    _, error = failing(make(read_seconds=0.1), server.put("/logs/a", silent(sent)))
    assert isinstance(error, FetchUnavailable)
    assert "TimeoutError" in str(error)


# Cuts


@pytest.mark.parametrize("packed", [LOG, gzip.compress(LOG)], ids=["plain", "gzip"])
def test_a_cut_body_is_resumed_where_it_broke_off(
    server: Server, make: Make, clock: FakeTime, packed: bytes
) -> None:
    third = len(packed) // 3
    url = server.put("/logs/a", ranged(packed, limit=third), ranged(packed, limit=third), ranged(packed))
    assert LOG == read(make(), url)
    assert [None, f"bytes={third}-", f"bytes={2 * third}-"] == server.asked("Range")
    assert [None, ETAG, ETAG] == server.asked("If-Range")
    assert [0.5, 0.5] == clock.slept


def test_a_date_resumes_where_there_is_no_etag(server: Server, make: Make) -> None:
    date = dated(0.0)

    def rest(handler: object) -> None:
        part = {"Content_Range": f"bytes 9-{len(LOG) - 1}/{len(LOG)}", "Last_Modified": date}
        raw(
            b"HTTP/1.1 206 Part\r\n",
            *[b"%s: %s\r\n" % (k.replace("_", "-").encode(), v.encode()) for k, v in part.items()],
            b"Content-Length: %d\r\n\r\n" % (len(LOG) - 9),
            LOG[9:],
        )(handler)  # type: ignore[arg-type]

    assert LOG == read(make(), server.put("/logs/a", cut(LOG, 9, Last_Modified=date), rest))
    assert [None, date] == server.asked("If-Range")


def test_a_part_that_is_shorter_than_asked_for_is_followed_by_another(server: Server, make: Make) -> None:
    head = b"HTTP/1.1 206 Part\r\nETag: %s\r\nContent-Range: bytes 9-99/%d\r\nContent-Length: 91\r\n\r\n"
    short = raw(head % (ETAG.encode(), len(LOG)), LOG[9:100])
    assert LOG == read(make(), server.put("/logs/a", ranged(LOG, limit=9), short, ranged(LOG)))
    assert [None, "bytes=9-", "bytes=100-"] == server.asked("Range")


@pytest.mark.parametrize(
    "first",
    [
        chunked([LOG[:5000]], end=b"", ETag=ETAG),
        chunked([LOG[:5000]], end=b"100000\r\n" + LOG[5000:5100], ETag=ETAG),
        chunked([LOG[:5000]], end=b"-1\r\n" + bytes(2_000_000), ETag=ETAG),
        chunked([LOG[:5000]], end=b"no number\r\n", ETag=ETAG),
        chunked([LOG[:5000]], end=b"9" * 70_000 + b"\r\n", ETag=ETAG),
        silent(OK + b"ETag: %s\r\nContent-Length: 99999\r\n\r\n" % ETAG.encode() + LOG[:5000]),
    ],
    ids=["no last chunk", "short chunk", "negative chunk", "bad chunk", "endless length", "silence"],
)
def test_every_kind_of_cut_is_resumed(server: Server, make: Make, first: Callable[..., None]) -> None:
    body = LOG[:99999]
    assert body == read(make(read_seconds=0.3), server.put("/logs/a", first, ranged(body)))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (cut(LOG, 9), content(LOG)),
        (cut(LOG, 9, ETag='W/"weak"', Last_Modified=dated(0.0)), content(LOG)),
        (ranged(LOG, limit=9), content(LOG)),
        (ranged(LOG, limit=9), ranged(LOG, etag='"two"')),
        (ranged(LOG, limit=9), ranged(LOG + b"more")),
        (ranged(LOG, limit=9), ranged(LOG, Content_Encoding="gzip")),
        (ranged(LOG, limit=9), status(206)),
        (ranged(LOG, limit=9), status(206, Content_Range=f"bytes 8-{len(LOG) - 1}/{len(LOG)}")),
        (ranged(LOG, limit=9), status(206, Content_Range=f"bytes {'9' * 5000}-/*")),
        (ranged(LOG, limit=9), status(416)),
        (ranged(LOG, limit=9), status(404)),
    ],
    ids=[
        "no version",
        "weak version",
        "no ranges",
        "changed",
        "grown",
        "other encoding",
        "no place",
        "other place",
        "absurd place",
        "shrunk",
        "gone",
    ],
)
def test_a_cut_body_that_cannot_be_resumed_is_read_anew(
    server: Server, make: Make, first: Callable[..., None], then: Callable[..., None]
) -> None:
    got, error = failing(make(), server.put("/logs/a", first, then))
    assert LOG[:9] == got or b"" == got
    assert isinstance(error, FetchUnavailable)
    assert "cut off after 9 bytes" in str(error)


def test_resumes_without_progress_come_to_an_end(server: Server, make: Make, clock: FakeTime) -> None:
    _, error = failing(make(), server.put("/logs/a", ranged(LOG, limit=9), ranged(LOG, limit=0)))
    assert isinstance(error, FetchUnavailable)
    assert [0.5, 1, 2, 4, 8] == clock.slept
    _, error = failing(make(), server.put("/logs/b", ranged(LOG, limit=9), status(503)))
    assert isinstance(error, FetchUnavailable)
    assert "then the server answered 503" in str(error)
    assert [0.5, 1, 2, 4, 8] == clock.slept[5:]


def test_a_server_that_comes_back_is_asked_for_the_rest(server: Server, make: Make) -> None:
    url = server.put("/logs/a", ranged(LOG, limit=9), status(503), raw(), status(429), ranged(LOG))
    assert LOG == read(make(), url)


def test_progress_renews_the_number_of_resumes(server: Server, make: Make, clock: FakeTime) -> None:
    step = len(LOG) // 20 + 1
    assert LOG == read(make(), server.put("/logs/a", ranged(LOG, limit=step)))
    assert [0.5] * 19 == clock.slept


# Damage and limits


def test_an_object_that_is_truncated_gives_what_it_has(server: Server, make: Make) -> None:
    packed = gzip.compress(LOG)
    got, outcome = ended(make(), server.put("/logs/a.gz", content(packed[: len(packed) // 2])))
    assert Outcome.CORRUPT == outcome
    assert LOG.startswith(got)
    assert len(LOG) // 3 < len(got)


def test_an_object_that_is_damaged_gives_what_came_before(server: Server, make: Make) -> None:
    packed = bytearray(gzip.compress(LOG))
    packed[len(packed) // 2 :] = b"\xff" * 1000
    got, outcome = ended(make(), server.put("/logs/a.gz", content(bytes(packed))))
    assert Outcome.CORRUPT == outcome
    assert LOG.startswith(got[: len(LOG) // 3])
    assert len(LOG) // 3 < len(got)


def test_an_endless_body_is_stopped_by_its_size(server: Server, make: Make) -> None:
    url = server.put("/logs/a", chunked(iter(lambda: b"endless\n" * 2000, None)))
    got, outcome = ended(make(max_bytes=1_000_000), url)
    assert Outcome.TOO_LARGE == outcome
    assert 1_000_000 == len(got)


def test_a_bomb_is_stopped_by_its_ratio(server: Server, make: Make) -> None:
    got, outcome = ended(make(), server.put("/logs/a", content(gzip.compress(bytes(16 * 1024**2)) * 64)))
    assert Outcome.TOO_LARGE == outcome
    assert 64 * 1024**2 - 64 * 1024 <= len(got) <= 128 * 1024**2


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({"max_bytes": 50_000_000}, chunked(iter(lambda: bytes(50_000), None))),
        ({"max_bytes": 50_000_000}, raw(OK, b"\r\n", *[bytes(1_000_000)] * 60)),
        ({"max_ratio": 2**30}, content(gzip.compress(bytes(2**24)) * 16)),
        ({}, raw(b"HTTP/1.1 302 Found\r\nLocation: /logs/b\r\n\r\n", *[bytes(1_000_000)] * 60)),
        ({"late_seconds": 0.0}, raw(b"HTTP/1.1 404 Not Found\r\n\r\n", *[bytes(1_000_000)] * 60)),
    ],
    ids=["endless", "long", "bomb", "endless redirect", "endless refusal"],
)
def test_memory_stays_flat(
    server: Server, make: Make, settings: dict[str, object], answer: Callable[..., None]
) -> None:
    fetcher, url = make(**settings), server.put("/logs/a", answer)
    server.put("/logs/b", content(b""))
    tracemalloc.start()
    try:
        with contextlib.suppress(JobError), fetcher.open(url) as body:
            for _ in body:
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "first",
    [OK, OK + b"Content-Length: 100000\r\n\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["head", "body", "chunk length"],
)
def test_a_trickle_is_stopped_by_the_total_time(server: Server, first: bytes) -> None:
    url = server.put("/logs/a", trickling(first, b"1", 0.01))
    fetcher = Fetcher(FetchSettings((url,), total_seconds=0.3))
    got, error = failing(fetcher, url)
    fetcher.close()
    assert isinstance(error, JobError)
    assert Outcome.TOO_SLOW == error.outcome
    assert "fetch.total_seconds" in str(error)
    assert b"" == got.strip(b"1")


@pytest.mark.parametrize("configured", [True, False])
def test_a_setting_is_named_to_those_who_have_it(server: Server, *, configured: bool) -> None:
    url = server.put("/logs/a", content(b"alpha\n"))
    allowed = None if configured else AllowList([url])
    fetcher = Fetcher(FetchSettings((url,), max_bytes=3), allowed=allowed)
    _, error = failing(fetcher, url)
    fetcher.close()
    assert f"{url}: more than 3 bytes{' (fetch.max_bytes)' if configured else ''}" == str(error)


def test_the_time_that_the_reader_takes_is_not_the_transfers(
    server: Server, make: Make, clock: FakeTime
) -> None:
    got = b""
    with make(total_seconds=5.0).open(server.put("/logs/a", content(LOG))) as body:
        for chunk in body:
            got += chunk
            clock.sleep(100.0)
    assert LOG == got


def test_resuming_for_ever_is_stopped_by_the_total_time(server: Server, make: Make) -> None:
    url = server.put("/logs/a", ranged(LOG, limit=1))
    assert (LOG[:20], Outcome.TOO_SLOW) == ended(make(total_seconds=10.0), url)


# What may be fetched


def test_nothing_is_allowed_by_default(server: Server, make: Make) -> None:
    assert (b"", Outcome.REFUSED) == ended(make(allow=()), server.put("/logs/a", content(LOG)))
    assert [] == server.requests


def test_redirects_are_followed_within_the_allowed(server: Server, make: Make) -> None:
    server.put("/logs/b", content(LOG))
    assert LOG == read(make(), server.put("/logs/a", redirect("b", 301)))
    assert LOG == read(make(), server.put("/logs/a", redirect("/logs/b", 307)))
    assert LOG == read(make(), server.put("/logs/a", redirect(server.url("/logs/b"), 308)))


@pytest.mark.parametrize(
    "location",
    [
        "/secret",
        "../secret",
        "http://localhost/logs/",
        "//169.254.169.254/logs/",
        "file:///etc/passwd",
        "http://[::1",
    ],
)
def test_redirects_out_of_the_allowed_are_refused(server: Server, make: Make, location: str) -> None:
    server.put("/secret", content(LOG))
    url = server.put("/logs/a", redirect(location))
    assert (b"", Outcome.REFUSED) == ended(make(allow=(server.url("/logs/"), "file:///")), url)
    assert ["/logs/a"] == [path for path, _ in server.requests]


def test_a_refused_redirect_is_named_with_what_would_allow_it(server: Server, make: Make) -> None:
    url = server.put("/logs/a", redirect("//169.254.169.254/b?sig=SECRET"))
    _, error = failing(make(), url)
    assert (
        f"{url}: a redirect to http://169.254.169.254/b: not covered by fetch.allow; "
        "if it may be read, add http://169.254.169.254/ there"
    ) == str(error)


def test_redirects_come_to_an_end(server: Server, make: Make) -> None:
    url = server.put("/logs/a", redirect("/logs/a"))
    assert (b"", Outcome.FETCH_FAILED) == ended(make(max_redirects=3), url)
    assert 4 == len(server.requests)


def test_a_cut_after_a_redirect_is_resumed_where_it_led(server: Server, make: Make) -> None:
    server.put("/logs/b", ranged(LOG, limit=9), ranged(LOG))
    assert LOG == read(make(), server.put("/logs/a", redirect("/logs/b")))
    assert ["/logs/a", "/logs/b", "/logs/b"] == [path for path, _ in server.requests]


def test_queries_are_sent_and_never_shown(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    broken_head = raw(OK, b"no header\r\n\r\n", LOG)
    assert LOG == read(make(), server.put("/logs/a", broken_head) + "?sig=SECRET")
    assert "/logs/a?sig=SECRET" == server.requests[0][0]
    for answer in (status(404), status(500), status(400), raw(), cut(LOG, 9), redirect("/b?sig=SECRET")):
        _, error = failing(make(late_seconds=0.0), server.put("/logs/a", answer) + "?sig=SECRET")
        assert "SECRET" not in str(error)
        assert server.url("/logs/a") in str(error)
    _, error = failing(make(), f"http://user:SECRET@127.0.0.1:{server.server_port}/logs/a")
    assert "SECRET" not in str(error)
    assert "SECRET" not in caplog.text


def test_passwords_in_netrc_and_cookies_are_not_sent(
    server: Server, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password SECRET\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fetcher = make()
    url = server.put("/logs/a", content(b"", Set_Cookie="session=1; Path=/"))
    read(fetcher, url)
    read(fetcher, url)
    assert [None, None] == server.asked("Authorization")
    assert [None, None] == server.asked("Cookie")
    assert [None, None] == server.asked("Range")


def test_a_proxy_of_the_environment_is_used(
    server: Server, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url())
    server.put("http://logs.invalid/a", content(LOG))
    assert LOG == read(make(allow=("http://logs.invalid/",)), "http://logs.invalid/a")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing, and a certificate is needed")
    path = tmp_path / "server.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", path],
        check=True,
        capture_output=True,
    )
    return path


def test_certificates_are_checked_against_the_configured_file(make: Make, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as secure:
        url = secure.put("/a", ranged(LOG, limit=9), ranged(LOG))
        _, error = failing(make(allow=(url,)), url)
        assert isinstance(error, FetchUnavailable)
        assert "fetch.ca_certs" in str(error)
        fetcher = make(allow=(url,), ca_certs=str(certificate))
        assert LOG == read(fetcher, url)
        fetcher.close()


def test_certificates_that_are_not_there_are_a_wrong_configuration(make: Make) -> None:
    with pytest.raises(ConfigError, match=r"fetch\.ca_certs: there is no file nowhere\.pem"):
        make(ca_certs="nowhere.pem")


# Local files


def test_a_local_file_is_read_where_it_is_allowed(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "100% née.gz"
    path.write_bytes(gzip.compress(LOG))
    os.utime(path, (1e9, 1e9))
    with make(allow=(tmp_path.as_uri(),)).open(path.as_uri()) as body:
        assert datetime.fromtimestamp(1e9, timezone.utc) == body.last_modified
        assert LOG == b"".join(body)
    assert (b"", Outcome.REFUSED) == ended(make(), path.as_uri())


def test_a_late_local_file_is_waited_for(make: Make, tmp_path: Path, clock: FakeTime) -> None:
    fetcher = make(allow=(tmp_path.as_uri(),), late_seconds=3.0)
    for path in (tmp_path / "none", tmp_path / "none" / "deeper"):
        assert (b"", Outcome.NOT_FOUND) == ended(fetcher, path.as_uri())
    assert [1, 2, 1, 2] == clock.slept


def test_symbolic_links_do_not_lead_out(make: Make, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "file").symlink_to(outside / "secret")
    (inside / "folder").symlink_to(outside)
    (inside / "log").write_text("log")
    (inside / "same").symlink_to(inside / "log")
    (tmp_path / "alias").symlink_to(inside)
    fetcher = make(allow=((tmp_path / "alias").as_uri(),))
    assert b"log" == read(fetcher, (tmp_path / "alias" / "log").as_uri())
    assert b"log" == read(fetcher, (inside / "same").as_uri())
    for path in (inside / "file", inside / "folder" / "secret", outside / "secret"):
        assert (b"", Outcome.REFUSED) == ended(fetcher, path.as_uri())


def test_only_regular_files_are_read(make: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path, tmp_path / "pipe", tmp_path / "socket", tmp_path / "loop"):
            assert (b"", Outcome.REFUSED) == ended(make(allow=("file:///",)), path.as_uri())
    assert (b"", Outcome.REFUSED) == ended(make(allow=("file:///",)), "file:///dev/zero")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_ends_the_job(make: Make, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("log")
    (tmp_path / "log").chmod(0)
    assert (b"", Outcome.FETCH_FAILED) == ended(make(allow=("file:///",)), (tmp_path / "log").as_uri())


def test_a_name_that_is_too_long_ends_the_job(make: Make, tmp_path: Path) -> None:
    url = (tmp_path / ("x" * 300)).as_uri()
    assert (b"", Outcome.FETCH_FAILED) == ended(make(allow=("file:///",)), url)


def test_a_local_file_that_grows_is_read_to_its_first_length(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(LOG)
    got = b""
    with make(allow=("file:///",)).open(path.as_uri()) as body, path.open("ab") as writer:
        for chunk in body:
            got += chunk
            writer.write(LOG)
            writer.flush()
    assert LOG == got


def test_a_local_file_that_shrinks_is_read_anew(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(LOG)
    with make(allow=("file:///",)).open(path.as_uri()) as body:
        next(iter(body))
        os.truncate(path, 10)
        with pytest.raises(FetchUnavailable, match="became shorter"):
            list(body)


# Whatever a server says


@given(
    st.lists(st.binary(max_size=300), max_size=4),
    st.sampled_from([b"", OK, OK + b"\r\n", b"HTTP/1.1 302 \r\nLocation: "]),
)
def test_whatever_a_server_says_ends_by_name(parts: list[bytes], head: bytes) -> None:
    ends = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"

        def answer() -> None:
            while not ends.is_set():
                connection, _ = listening.accept()
                with connection:
                    connection.recv(10_000)
                    connection.sendall(head + b"".join(parts))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        clock = FakeTime()
        fetcher = Fetcher(
            FetchSettings((url,), read_seconds=1.0, late_seconds=0.0),
            sleep=clock.sleep,
            monotonic=clock.monotonic,
        )
        try:
            read(fetcher, url)
        except (JobError, FetchUnavailable):
            pass
        finally:
            fetcher.close()
            ends.set()
            socket.create_connection(listening.getsockname()).close()
            thread.join()
