"""Lines that stand before others which in every passing build come before them.

Steps that run in parallel change places all the time, and three builds may agree by chance. So a pair counts only
where each of the two stands firm, in all builds on the same side of every line around it; and the pairs of this log
have to be more than the passing builds have among themselves, each judged by the others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

BUILDS = 3
"""Passing builds that have to agree; of fewer only a line is told that has moved far, alone."""
FAR = 10
"""Places that it has to have moved by."""

_WINDOW = 20  # lines behind one, in a passing build, that may have passed it
_AROUND = 4  # lines before and behind one, beside which it has to stand firm
_MOST = 50  # lines in such pairs, beyond which the output is a parallel one

Order = Sequence[int]
"""Rows in the order of a log that has each of them once."""


def moved(log: Order, builds: Sequence[Order]) -> list[int]:
    """Return the places, in the log, of lines that have left their order.

    Args:
        log: what is judged.
        builds: the same rows, as each passing build has them; at least one build.
    """
    if len(builds) < BUILDS:
        return sorted(set.intersection(*(_moved_alone(log, build) for build in builds)))
    pairs = _swapped(log, builds)
    if not pairs or len(pairs) <= sorted(_among_themselves(builds))[len(builds) // 2]:  # the median
        return []
    movers = _movers(pairs)
    return sorted(at for at, row in enumerate(log) if row in movers) if len(movers) <= _MOST else []


def _among_themselves(builds: Sequence[Order]) -> list[int]:
    return [len(_swapped(build, [*builds[:at], *builds[at + 1 :]])) for at, build in enumerate(builds)]


def _swapped(log: Order, builds: Sequence[Order]) -> list[tuple[int, int]]:
    """Return pairs of firm lines, the first one before the second in all builds, but not in the log."""
    place = _places(log)
    places = [_places(build) for build in builds]
    usual = [place[row] for row in builds[0]]
    firm: dict[int, bool] = {}
    pairs = []
    for at, (row, mine) in enumerate(zip(builds[0], usual, strict=True)):
        behind = usual[at + 1 : at + 1 + _WINDOW]
        if min(behind, default=mine) >= mine:
            continue
        for ahead, theirs in enumerate(behind, at + 1):
            other = builds[0][ahead]
            if theirs < mine and all(known[row] < known[other] for known in places):
                for one in (row, other):
                    if one not in firm:
                        firm[one] = _is_firm(one, builds, places)
                if firm[row] and firm[other]:
                    pairs.append((row, other))
    return pairs


def _places(order: Order) -> dict[int, int]:
    return {row: at for at, row in enumerate(order)}


def _is_firm(row: int, builds: Sequence[Order], places: Sequence[Mapping[int, int]]) -> bool:
    around = {
        other
        for build, place in zip(builds, places, strict=True)
        for other in build[max(0, place[row] - _AROUND) : place[row] + _AROUND + 1]
    }
    around.discard(row)
    return all(len({place[row] < place[other] for place in places}) == 1 for other in around)


def _movers(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Return few lines that account for all pairs; of two that have changed places the one that comes too early."""
    movers = set()
    while pairs:
        often = Counter(row for pair in pairs for row in pair)
        early = [other for _, other in pairs]
        mover = max(early, key=lambda row: often[row])
        late = max((row for row, _ in pairs), key=lambda row: often[row])
        if often[late] > often[mover]:
            mover = late
        movers.add(mover)
        pairs = [pair for pair in pairs if mover not in pair]
    return movers


def _moved_alone(log: Order, build: Order) -> set[int]:
    """Return the place of a line that has moved far while all others stand as in a build."""
    place = _places(build)
    kept = _increasing([place[row] for row in log])
    out = [at for at in range(len(log)) if at not in kept]
    return set(out) if len(out) == 1 and abs(place[log[out[0]]] - out[0]) >= FAR else set()


def _increasing(sequence: Sequence[int]) -> set[int]:
    """Return the places of a longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    places: list[int] = []
    before = [-1] * len(sequence)
    for at, value in enumerate(sequence):
        pile = bisect_left(tails, value)
        if pile == len(tails):
            tails.append(value)
            places.append(at)
        else:
            tails[pile], places[pile] = value, at
        before[at] = places[pile - 1] if pile else -1
    keep: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        keep.add(place)
        place = before[place]
    return keep
