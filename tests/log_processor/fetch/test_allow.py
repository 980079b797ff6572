from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import ConfigError, JobError, Outcome
from log_processor.fetch.allow import AllowList, parse


def admitted(prefix: str, url: str) -> bool:
    try:
        AllowList([prefix]).admitted(url)
    except JobError as error:
        outcome = error.outcome
    else:
        return True
    assert Outcome.REFUSED == outcome
    return False


@pytest.mark.parametrize(
    ("prefix", "url"),
    [
        ("https://logs.example.org", "https://logs.example.org/"),
        ("https://logs.example.org", "https://logs.example.org/a/b?level=INFO#_1_2"),
        ("https://logs.example.org/", "https://logs.example.org:443/a"),
        ("http://logs.example.org:80/", "http://LOGS.example.ORG/a"),
        ("http://[::1]:8000/", "http://[::1]:8000/a"),
        ("http://h/logs", "http://h/logs"),
        ("http://h/logs", "http://h/logs/"),
        ("http://h/logs", "http://h/logs/a"),
        ("http://h/logs/", "http://h/logs/"),
        ("http://h/logs/", "http://h/logs/a//b"),
        ("http://h/logs/", "http://h/lo%67s/a"),
        ("http://h/logs/", "http://h/./x/../logs/./a"),
        ("http://h/logs/", "http://h/../logs/a"),
        ("http://h/logs/", "http://h/logs/100%25.txt"),
        ("http://h/logs/", "http://h/logs/a..b/..c/d.."),
        ("http://h/logs/", "http://h/logs/a b é"),
        ("file:///nowhere/logs", "file://localhost/nowhere/logs/a"),
    ],
)
def test_a_prefix_covers_what_lies_below_it(prefix: str, url: str) -> None:
    assert admitted(prefix, url)


@pytest.mark.parametrize(
    ("prefix", "url"),
    [
        ("http://h/logs", "http://h/logs-secret"),
        ("http://h/logs/", "http://h/logs-secret/a"),
        ("http://h/logs/", "http://h/logs"),
        ("http://h/logs/", "http://h//logs/a"),
        ("http://h/logs/", "http://h/Logs/a"),
        ("http://h/logs/", "http://h/logs/../secret"),
        ("http://h/logs/", "http://h/logs/%2e%2E/secret"),
        ("http://h/logs/", "http://h/logs/..%2fsecret"),
        ("http://h/logs/", "http://h/logs/..%5Csecret"),
        ("http://h/logs/", "http://h/logs/..\\secret"),
        ("http://h/logs/", "http://h/logs/..;/secret"),
        ("http://h/logs/", "http://h/logs%2Fsecret"),
        ("http://h/logs/", "http://h/logs\\secret"),
        ("http://h/logs/", "http://h/secret/..%2flogs/a"),
        ("http://h/", "https://h/"),
        ("http://h/", "http://h:81/"),
        ("http://h/", "http://h.evil.org/"),
        ("http://h/", "http://evil.org/http://h/"),
        ("http://h/", "http://h./"),
        ("http://h/", "http://h\\.evil.org/"),
        ("http://h/", "http://h%2eevil.org/"),
        ("http://k/", "http://\u212a/"),
        ("http://127.0.0.1/", "http://2130706433/"),
        ("http://h/", "file:///etc/passwd"),
        ("file:///nowhere/logs/", "file:///nowhere/logs-secret"),
        ("file:///nowhere/logs/", "file:///nowhere/logs/../secret"),
        ("file:///nowhere/logs/", "file:///nowhere/logs/%2e%2e/secret"),
        ("file:///nowhere/logs/", "file:///nowhere/logs/..%2fsecret"),
    ],
)
def test_a_prefix_covers_nothing_else(prefix: str, url: str) -> None:
    assert not admitted(prefix, url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "logs/a.txt",
        "//h/a",
        "ftp://h/a",
        "gopher://h/a",
        "data:text/plain,x",
        "http://",
        "http:///a",
        "http://:80/a",
        "http://h:port/a",
        "http://h:99999/a",
        "http://[::1/a",
        "http://user@h/a",
        "http://user:secret@h/a",
        "http://h/a\nb",
        "http://h\t/a",
        "http://h/a\x00",
        "http://höst/a",
        "file://otherhost/a",
        "file:///a%00b",
    ],
)
def test_what_is_no_url_to_fetch_is_refused_and_is_no_prefix(url: str) -> None:
    assert not admitted("http://h/", url)
    with pytest.raises(ConfigError, match=r"fetch\.allow\[0\]"):
        AllowList([url])


def test_a_prefix_has_no_query() -> None:
    with pytest.raises(ConfigError, match=r"fetch\.allow\[1\]: http://h/a has a query"):
        AllowList(["http://h/", "http://h/a?b=c"])


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://logs.example.org/a/b?sig=SECRET", "https://logs.example.org/"),
        ("http://[::1]:8000/a", "http://[::1]:8000/"),
        ("file:///nowhere/logs/a", "file:///nowhere/logs/"),
    ],
)
def test_a_refusal_says_what_to_add(url: str, prefix: str) -> None:
    with pytest.raises(JobError) as refused:
        AllowList([]).admitted(url)
    assert f"add {prefix} there" in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert admitted(prefix, url)


def test_the_url_that_is_requested_is_the_one_that_was_checked() -> None:
    assert "http://h/logs/%41?q=%2e%2e#" == parse("http://H:80/x/../logs/%41?q=%2e%2e#f").url + "#"
    assert "http://h:81/" == parse("http://h:81").url
    assert "http://h/a/" == parse("http://h/a/b/..").url


PIECES = ["..", ".", "logs", "a", "%2e%2e", "%2E.", "%2f", "..%2f", "%5c..", "\\..", "", ";", "..;"]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_no_reading_of_what_is_requested_leads_out(pieces: list[str]) -> None:
    try:
        path = AllowList(["http://h/logs/"]).admitted("http://h/logs/" + "/".join(pieces)).path
    except JobError:
        return
    for read in (path, unquote(path), unquote(path).replace("\\", "/"), unquote(path).replace(";", "")):
        assert (posixpath.normpath(read) + "/").startswith("/logs/")


@given(st.text(max_size=60), st.sampled_from(["", "http://h", "http://", "file://", "https://h:1/"]))
def test_any_text_is_admitted_or_refused(text: str, start: str) -> None:
    admitted("http://h/logs/", start + text)
