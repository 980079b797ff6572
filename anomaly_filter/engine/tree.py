"""Patterns as trees, and what is known of them before they run."""  # noqa: INP001 - the generator is no part of what is installed

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

# Sets of bytes are numbers of 128 bits: the machine sees ASCII only. No text holds NUL; its bit stands for
# the place before the first byte or behind the last one.
END = 1
ALL = (1 << 128) - 1


@dataclass(frozen=True)
class Byte:
    """One byte of a set."""

    set: int


@dataclass(frozen=True)
class Run:
    """Bytes of a set, `least` to `most` of them (None: no bound); as many as possible, or as few if it is lazy."""

    set: int
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True)
class Star:
    """Any number of times what the body matches, which is never the empty text."""

    body: Nodes
    lazy: bool


@dataclass(frozen=True)
class Choice:
    """The first of the branches with which all of the pattern matches."""

    branches: tuple[Nodes, ...]


@dataclass(frozen=True)
class Group:
    """Remembers where its body matched."""

    name: str
    body: Nodes


@dataclass(frozen=True)
class Edge:
    """The next byte, or the one behind, is of a set."""

    set: int
    behind: bool


@dataclass(frozen=True)
class Look:
    """The body matches here, or does not; with `back`, that many bytes before."""

    body: Nodes
    back: int
    negative: bool


@dataclass(frozen=True)
class Match:
    """The end of a pattern; the number says of which one."""

    number: int


Node = Byte | Run | Star | Choice | Group | Edge | Look | Match
Nodes = tuple[Node, ...]


def has(members: int, byte: int) -> bool:
    """Return whether a set has a byte."""
    return bool(members >> byte & 1)


def first(nodes: Nodes, follow: int) -> int:
    """Return a set that has each byte with which a match can begin, if what comes behind it begins with `follow`."""
    for node in reversed(nodes):
        follow = _first(node, follow)
    return follow


def _first(node: Node, follow: int) -> int:
    found = follow
    match node:
        case Byte(members):
            found = members
        case Run(members, least, _, _):
            found = members if least else members | follow
        case Star(body, _):
            found = first(body, ALL) | follow
        case Choice(branches):
            found = union(first(branch, follow) for branch in branches)
        case Group(_, body):
            found = first(body, follow)
        case Edge(members, behind=False):
            found = members & follow
        case Look(body, 0, negative=False):
            found = first(body, ALL) & follow
        case Match():
            found = ALL
        case _:
            pass
    return found


Begin = tuple[int, int]
"""A set of bytes, and another one: a match begins with a byte of this, behind one of that."""


def begins(nodes: Nodes, most: int) -> list[Begin]:
    """Return how a match can begin, as so many pairs of sets; a set has NUL where it may be the text's end."""
    found = [(_behind(way), first(way, ALL)) for way in _ways(nodes) if first(way, ALL)]
    found = [*dict.fromkeys(found)]
    while len(found) > most:
        one, other = min(combinations(found, 2), key=_what_uniting_adds)
        found = [begin for begin in found if begin not in (one, other)] + [_united(one, other)]
    return [*found, *[(0, 0)] * (most - len(found))]


def _united(one: Begin, other: Begin) -> Begin:
    return one[0] | other[0], one[1] | other[1]


def _what_uniting_adds(pair: tuple[Begin, Begin]) -> int:
    return _size(_united(*pair)) - sum(map(_size, pair))


def _size(begin: Begin) -> int:
    return begin[0].bit_count() * begin[1].bit_count()


def _ways(nodes: Nodes) -> Iterator[Nodes]:
    """Give what nodes can be whose first ones are a choice or a group."""
    for at, node in enumerate(nodes):
        match node:
            case Edge() | Look():
                continue
            case Choice(branches):
                for branch in branches:
                    yield from _ways((*nodes[:at], *branch, *nodes[at + 1 :]))
                return
            case Group(_, body):
                yield from _ways((*nodes[:at], *body, *nodes[at + 1 :]))
                return
            case _:
                break
    yield nodes


def _behind(nodes: Nodes) -> int:
    """Return a set that has each byte behind which a match can begin."""
    found = ALL
    for at, node in enumerate(nodes):
        match node:
            case Edge(members, behind=True):
                found &= members
            case Edge() | Look():
                pass
            case Byte(members):
                return found & _behind_byte(members, nodes[at + 1 :])
            case _:
                break
    return found


def _behind_byte(members: int, nodes: Nodes) -> int:
    """Return the same of what comes after one byte: it may look back beyond that."""
    found = ALL
    for node in nodes:
        match node:
            case Look((Byte(before), Byte(itself)), 2, negative=True) if members & ~itself == 0:
                found &= ALL ^ before
            case Look((Byte(before), Byte()), 2, negative=False) | Look(
                (Byte(), Byte(before), Byte()), 3, negative=False
            ):
                found &= before
            case Choice(branches):
                return found & union(_behind_byte(members, branch) for branch in branches)
            case Edge() | Look():
                pass
            case _:
                break
    return found


def shortest(nodes: Nodes) -> int:
    """Return the length of the shortest text that can match, or less."""
    return sum(map(_shortest, nodes))


def _shortest(node: Node) -> int:
    match node:
        case Byte():
            return 1
        case Run(_, least, _, _):
            return least
        case Choice(branches):
            return min(map(shortest, branches))
        case Group(_, body):
            return shortest(body)
        case _:
            return 0


def alphabet(nodes: Nodes) -> int:
    """Return the set of the bytes that a match can have."""
    return union(map(_alphabet, nodes))


def _alphabet(node: Node) -> int:
    match node:
        case Byte(members) | Run(members, _, _, _):
            return members
        case Choice(branches):
            return union(map(alphabet, branches))
        case Group(_, body) | Star(body, _):
            return alphabet(body)
        case _:
            return 0


def needs(nodes: Nodes) -> set[int]:
    """Return sets of each of which a text has a byte if anything in it matches; looks ahead count, too."""
    found: set[int] = set()
    for node in nodes:
        match node:
            case Byte(members):
                found.add(members)
            case Run(members, least, _, _) if least:
                found.add(members)
            case Group(_, body) | Look(body, 0, negative=False):
                found |= needs(body)
            case _:
                pass
    return found


def holds(nodes: Nodes, kind: type[Group | Look]) -> bool:
    """Return whether a node of a kind is anywhere in the tree."""
    return any(isinstance(node, kind) or any(holds(body, kind) for body in _bodies(node)) for node in nodes)


def _bodies(node: Node) -> tuple[Nodes, ...]:
    match node:
        case Choice(branches):
            return branches
        case Star(body, _) | Look(body, _, _) | Group(_, body):
            return (body,)
        case _:
            return ()


def union(sets: Iterable[int]) -> int:
    """Return the set of what is in any of the sets."""
    found = 0
    for members in sets:
        found |= members
    return found
