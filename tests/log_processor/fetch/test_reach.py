from __future__ import annotations

import pytest

from log_processor.errors import JobError, Outcome
from log_processor.fetch.reach import Reach, resolved

HOSTS = {
    "zuul.example.org": ["198.51.100.1", "8.8.8.8"],
    "public.example.org": ["8.8.8.8"],
    "logs.example.org": ["8.8.4.4", "2001:4860:4860::8888"],
    "intern.example.org": ["10.1.2.3"],
    "both.example.org": ["8.8.4.4", "10.1.2.3"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "zoned.example.org": ["fe80::1%eth0"],
    "metadata.example.org": ["169.254.169.254"],
    "gateway.example.org": ["64:ff9b::a9fe:a9fe"],
    "tunnel.example.org": ["2002:a01:203::1"],
    "far.example.org": ["64:ff9b::808:808"],
    "fe80::1": ["fe80::1"],
    "127.0.0.1": ["127.0.0.1"],
    "0x7f.1": ["127.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "0.0.0.0": ["0.0.0.0"],
}


def reach(home: str) -> Reach:
    return Reach(home, lambda host: HOSTS.get(host, []))


def refused(home: str, url: str) -> str:
    with pytest.raises(JobError) as caught:
        reach(home).admitted(url)
    assert Outcome.REFUSED == caught.value.outcome
    return str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "intern.example.org",
        "both.example.org",
        "mapped.example.org",
        "zoned.example.org",
        "metadata.example.org",
        "gateway.example.org",
        "tunnel.example.org",
        "[fe80::1%25eth0]",
        "127.0.0.1",
        "0x7f.1",
        "localhost",
        "0.0.0.0",
    ],
)
def test_a_public_server_leads_to_nothing_that_is_not_public(host: str) -> None:
    message = refused("https://public.example.org/t/a/build/1", f"http://{host}/logs/")
    assert f"public.example.org leads to http://{host}, which only machines closer" in message


def test_a_public_server_leads_to_other_public_ones_over_http_too() -> None:
    home = reach("https://public.example.org/")
    assert "http://logs.example.org/a" == home.admitted("http://logs.example.org/a").url
    assert "far.example.org" == home.admitted("http://far.example.org/").host
    assert "https://unknown.example.org/a" == home.admitted("https://unknown.example.org/a").url


def test_a_private_server_leads_to_its_network_but_not_to_this_machine() -> None:
    home = reach("https://intern.example.org/")
    assert "10.1.2.3" in HOSTS[home.admitted("http://both.example.org/").host]
    assert "closer" in refused("https://intern.example.org/", "http://localhost:9200/")
    assert "closer" in refused("https://intern.example.org/", "http://metadata.example.org/latest/")


def test_a_server_on_this_machine_leads_anywhere() -> None:
    for host in HOSTS:
        shown = f"[{host}]" if ":" in host else host
        assert host == reach("http://localhost:8080/").admitted(f"http://{shown}/").host


def test_a_server_leads_to_itself_whatever_its_port() -> None:
    assert 8080 == reach("https://intern.example.org/").admitted("http://intern.example.org:8080/a").port


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "not read on behalf of a server"),
        ("ftp://logs.example.org/", "has to begin with http"),
        ("//logs.example.org/", "has to begin with http"),
        ("http://user:secret@logs.example.org/", "holds a user name or password"),
        ("http://logs.example.org/\r\nHost: b", "control characters"),
        ("", "has to begin with http"),
    ],
)
def test_other_addresses_are_refused(url: str, why: str) -> None:
    assert why in refused("https://public.example.org/", url)
    assert "secret" not in refused("https://public.example.org/", url)


def test_a_home_that_cannot_be_fetched_is_refused() -> None:
    with pytest.raises(JobError):
        reach("file:///etc/")


def test_hosts_are_looked_up_as_a_connection_would() -> None:
    assert ("127.0.0.1",) == resolved("127.0.0.1")
    assert "127.0.0.1" in resolved("2130706433")
    assert () == resolved("a" * 300)
    assert () == resolved("no-such-host.invalid")
