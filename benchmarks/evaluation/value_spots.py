"""Blind spots of value: a place that took few words, each often, takes another; and places that take any word."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from benchmarks.evaluation.editing import Change, Edit, Edited
from benchmarks.evaluation.wording import worded

_TIMES = 6  # how often each value comes in a build


class _Place(NamedTuple):
    """A place in a line.

    Attributes:
        name: of the place.
        usual: the line; `{}` is the place.
        values: what it takes.
        unseen: what it takes in the failing build.
        harmless: the line with ids and durations as no build had them.
        baselines: the least number of passing builds that make the values a habit.
    """

    name: str
    usual: str
    values: tuple[str, ...]
    unseen: str
    harmless: str
    baselines: int = 1


class _Open(NamedTuple):
    """A place that takes any word: what came, each once, and what comes in a harmless build."""

    name: str
    usual: str
    values: tuple[str, ...]
    others: tuple[str, ...]


_PLACES = (
    _Place(
        "flavor of a server",
        "booted server <uuid> as flavor {} on compute-<1-9> in <2-9>.<10-99> s",
        ("standard", "highmem"),
        "burstable",
        "booted server <uuid> as flavor {} on compute-<10-99> in <20-59>.<10-99> s",
    ),
    _Place(
        "backend of a volume",
        "volume <uuid> of <1-64> GB placed on backend {} by scheduler <1-4>",
        ("ceph", "solidfire"),
        "netapp",
        "volume <uuid> of <65-900> GB placed on backend {} by scheduler <5-9>",
    ),
    _Place(
        "mirror",  # in one build only, any host is as good as another
        "Get:<1-400> http://{}.mirror.example.org/debian bookworm/main amd64 lib<pod 5> [<10-900> kB]",
        ("iad",),
        "gra",
        "Get:<401-900> http://{}.mirror.example.org/debian bookworm/main amd64 lib<pod 5> [<1000-9000> kB]",
        baselines=2,
    ),
    _Place(
        "queue of a job",
        "job <hex 12> taken from queue {} by executor <1-8> after <10-900> ms wait",
        ("default", "bulk"),
        "quarantine",
        "job <hex 12> taken from queue {} by executor <9-16> after <1000-9000> ms wait",
    ),
    _Place(
        "cipher of a session",
        "session <hex 16> opened with cipher {}, key exchange finished in <1-90> ms",
        ("AESGCM", "CHACHA"),
        "PLAIN",
        "session <hex 16> opened with cipher {}, key exchange finished in <100-900> ms",
    ),
    _Place(
        "phase of a pod",
        "pod ci-runner-<pod 5> in namespace builds entered phase {} after <1-90>s",
        ("Pending", "Running", "Succeeded"),
        "Unknown",
        "pod ci-runner-<pod 5> in namespace builds entered phase {} after <100-900>s",
    ),
    _Place(
        "state of a cache",
        "object <hex 40> fetched for module <1-400>, cache {}, <1-900> kB read",
        ("hit", "miss"),
        "bypassed",
        "object <hex 40> fetched for module <401-900>, cache {}, <1000-9000> kB read",
    ),
    _Place(
        "zone of a lease",
        "lease <hex 12> granted to agent <1-40> in zone {} for <300-900> seconds",
        ("north", "south", "east"),
        "west",
        "lease <hex 12> granted to agent <41-90> in zone {} for <1000-3000> seconds",
    ),
)
_OPEN = (
    _Open(
        "package of any name",
        "fetched package {} <0-9>.<0-30>.<0-9> from the index in <1-900> ms",
        (
            "attrs",
            "boto",
            "click",
            "docutils",
            "flask",
            "greenlet",
            "idna",
            "jinja",
            "keyring",
            "lxml",
            "mako",
        ),
        ("netaddr", "oslo", "paramiko", "routes", "simplejson"),
    ),
    _Open(
        "host of any name",
        "resolved host {}.internal.example.org to 10.<0-255>.<0-255>.<1-254> in <1-90> ms",
        (
            "adrastea",
            "callisto",
            "despina",
            "elara",
            "ganymede",
            "himalia",
            "iapetus",
            "larissa",
            "metis",
            "naiad",
        ),
        ("oberon", "pandora", "rhea", "tethys", "umbriel"),
    ),
)


def _run(template: str, values: tuple[str, ...], unseen: str = "") -> Change:
    """Return the change that puts in a line for each value, in any order; `unseen` takes the place of one of them.

    The line with `unseen` is in question; all of them where there is none.
    """

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        taken = rng.sample(values, k=len(values))
        odd = len(taken) // 2
        if unseen:
            taken[odd] = unseen
        texts = tuple(worded(template.replace("{}", value), rng) for value in taken)
        return Edited([*lines[:at], *texts, *lines[at:]], (texts[odd],) if unseen else texts)

    return change


def _closed(place: _Place) -> Edit:
    often = place.values * _TIMES
    usual = _run(place.usual, often)
    return Edit(
        "value",
        place.name,
        usual,
        _run(place.usual, often, place.unseen),
        (usual, _run(place.harmless, often)),
        baselines=place.baselines,
    )


def _open(place: _Open) -> Edit:
    return Edit(
        "value", place.name, _run(place.usual, place.values), None, (_run(place.usual, place.others),)
    )


EDITS: tuple[Edit, ...] = (*map(_closed, _PLACES), *map(_open, _OPEN))
