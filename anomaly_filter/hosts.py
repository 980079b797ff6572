"""Which hosts a log names where: tokens tell no host from another, for in one build any mirror is as good as the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from anomaly_filter.amounts import ids_alike
from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.rules import CLASS, HOST_NAME
from anomaly_filter.tokens import Table

HOST_TOKEN = f"{CLASS}host"
"""The token of a line that names a host."""

Hosts = Mapping[str, Mapping[str, int]]
"""By place, how many lines name a host there; of a place that takes more than HOSTS_LIMIT, none is kept."""

HOSTS_LIMIT = 4
"""Hosts of one place that are told apart."""
PLACES_LIMIT = 1000
"""Places of one file."""

_FEWEST = 6  # lines that have to have a place
_LOOKED_AT = 400  # characters of a line
HOST = lazy_pattern(HOST_NAME)
_HUNDREDS = lazy_pattern(r"(?<![0-9])[2-5]00(?![0-9])")
_TABLE = Table()


class HostSlot(NamedTuple):
    """Where a text names its first host.

    Attributes:
        place: what stands before it; the same in texts that differ in digits only.
        start: its first character.
        end: the one after its last.
    """

    place: str
    start: int
    end: int

    def name(self, text: str) -> str:
        """Return the host that a text names there."""
        return text[self.start : self.end].lower()


def host_slot(text: str) -> HostSlot | None:
    """Return where the first host of a text stands; None if there is none.

    >>> host_slot("Get:83 http://gra.mirror.example.org/debian main")
    HostSlot(place='Get:9 http://', start=14, end=36)

    Args:
        text: with single blanks between its words and its secrets masked.
    """
    found = HOST.search(ids_alike(text), 0, _LOOKED_AT)
    return host_slot_at(text, *found.span()) if found else None


def host_slot_at(text: str, start: int, end: int) -> HostSlot:
    """Return the same where it is known from where to where the first host stands."""
    return HostSlot(_place(text[:start]), start, end)


@lru_cache(maxsize=1 << 10)  # of at most 400 characters; logs name most of their hosts at few places
def _place(before: str) -> str:
    # Lines of one kind may differ in whether a number is one of those that statuses are.
    return _HUNDREDS.sub("9", " ".join(filter(None, map(_TABLE.mask, before.split(" ")))))


def usual(builds: Sequence[Hosts]) -> dict[str, frozenset[str]]:
    """Return, by place, the hosts that every one of two or more builds has there, often, and no other one."""
    if len(builds) < 2:
        return {}
    first, *others = builds
    return {
        place: frozenset(hosts)
        for place, hosts in first.items()
        if hosts
        and all(hosts.keys() == other.get(place, {}).keys() for other in others)
        and sum(sum(build[place].values()) for build in builds) >= _FEWEST
    }


class HostsSeen:
    """Counts the hosts of one file."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._places: dict[str, dict[str, int]] = {}

    def count(self, place: str, name: str, lines: int = 1) -> None:
        """Count lines that name a host at a place; with 0 lines, only keep the place for it."""
        hosts = self._places.get(place)
        if hosts is None:
            if len(self._places) < PLACES_LIMIT:
                self._places[place] = {name: lines}
        elif name in hosts:
            hosts[name] += lines
        elif hosts and len(hosts) < HOSTS_LIMIT:
            hosts[name] = lines
        else:
            hosts.clear()  # empty for good: it takes any

    def hosts(self) -> Hosts:
        """Return what has been counted."""
        return {place: dict(hosts) for place, hosts in self._places.items()}


def united(files: Iterable[Hosts]) -> Hosts:
    """Return the hosts of several files of one build."""
    places: dict[str, dict[str, int]] = {}
    for hosts in files:
        for place, counts in hosts.items():
            known = places.setdefault(place, {})
            for name, count in counts.items():
                known[name] = known.get(name, 0) + count
    return places
