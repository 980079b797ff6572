from __future__ import annotations

import pytest

from anomaly_filter import hosts as module
from anomaly_filter.hosts import HOSTS_LIMIT, PLACES_LIMIT, Hosts, HostsSeen, united, usual
from tests.anomaly_filter.builds import host, learnt, word

PLACE = "from http://"


def seen(*names: str) -> Hosts:
    counted = HostsSeen()
    for name in names:
        counted.count(*(host(f"{PLACE}{name}/x") or ("", "")))
    return counted.hosts()


def test_the_place_of_a_host_is_what_stands_before_it() -> None:
    assert ("fetching from http://", "one.example.com") == host(
        "fetching from http://one.example.com/x of two.example.com"
    )


def test_a_place_has_no_digits_and_no_times() -> None:
    first, second = host("12:00:01 Get:83 at one.example.com"), host("12:07:42 Get:7 at one.example.com")
    assert first is not None
    assert first == second


@pytest.mark.parametrize("text", ["", "no host", "file.py", "10.0.0.1", "someone@one.example.com", "a.b.c"])
def test_a_text_without_a_host_has_none(text: str) -> None:
    assert host(text) is None


def test_a_host_is_in_lower_case_and_has_its_port() -> None:
    assert ("at", "one.example.com:8080") == host("at One.EXAMPLE.com:8080 x")


def test_a_host_far_behind_is_not_looked_for() -> None:
    name = "one.example.com"
    fits = "x " * ((module._LOOKED_AT - len(name)) // 2)
    assert host(fits + name) is not None
    assert host(fits + "x" * len(name) + " " + name) is None


def test_the_hosts_of_a_place_are_counted() -> None:
    assert {PLACE: {"one.example.com": 2, "two.example.com": 1}} == seen(
        "one.example.com", "two.example.com", "one.example.com"
    )


@pytest.mark.parametrize(("names", "kept"), [(HOSTS_LIMIT, HOSTS_LIMIT), (HOSTS_LIMIT + 1, 0)])
def test_a_place_that_takes_any_host_has_none(names: int, kept: int) -> None:
    hosts = [f"{word(number)}.example.com" for number in range(names)]
    assert kept == len(seen(*hosts, *hosts)[PLACE])


def test_places_are_bounded() -> None:
    counted = HostsSeen()
    for number in range(PLACES_LIMIT + 1):
        counted.count(f"{word(number)} at", "one.example.com")
    assert PLACES_LIMIT == len(counted.hosts())


def test_a_text_without_a_host_is_not_counted() -> None:
    assert {} == learnt("no host").hosts


def test_the_hosts_of_the_files_of_a_build_are_added_up() -> None:
    assert {"a": {"x": 3, "y": 1}, "b": {"z": 1}} == united(
        [{"a": {"x": 1, "y": 1}}, {"a": {"x": 2}, "b": {"z": 1}}]
    )


HALF = module._FEWEST // 2


@pytest.mark.parametrize(
    "builds",
    [
        [],
        [{"a": {"x": 2 * module._FEWEST}}],
        [{"a": {"x": HALF}}, {"a": {"x": HALF - 1}}],
        [{"a": {"x": HALF}}, {"a": {"y": HALF}}],
        [{"a": {"x": HALF}}, {"a": {"x": HALF, "y": 1}}],
        [{"a": {"x": HALF, "y": 1}}, {"a": {"x": HALF}}],
        [{"a": {"x": HALF}}, {"b": {"x": HALF}}],
        [{"a": {}}, {"a": {}}],
        [{"a": {"x": HALF}}, {"a": {"x": HALF}}, {}],
    ],
)
def test_no_host_is_usual_where_builds_are_few_or_differ(builds: list[Hosts]) -> None:
    assert {} == usual(builds)


def test_hosts_are_usual_where_all_builds_have_them_often_enough() -> None:
    assert {"a": {"x"}, "b": {"y", "z"}} == usual(
        [{"a": {"x": HALF}, "b": {"y": HALF, "z": 1}}, {"a": {"x": HALF}, "b": {"z": HALF, "y": 1}}]
    )
