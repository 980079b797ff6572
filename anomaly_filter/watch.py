"""Watches: what numbers and hosts the lines of a kind have, compared or learnt by the engine.

Where they stand is the same in all lines of a kind, see `amounts.slots` and `hosts.host_slot`; so of a block of lines
only those become objects of which there is something to say.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Sequence
from struct import Struct
from typing import NamedTuple

from anomaly_filter import native
from anomaly_filter.amounts import Slot
from anomaly_filter.hosts import HostSlot
from anomaly_filter.scanner import Seen, indices
from anomaly_filter.segment import Span

NOTHING_LEARNT: Span = (float("inf"), -float("inf"))
"""The bounds of a number that no line has."""


_NUMBER = Struct("=4I2d")
"""`WatchNumber` of engine/engine.h: start, end, start and end of the whole, low, high."""
_NO_WHOLE = 0, 0


class _Host(ctypes.Structure):
    """`WatchHost` of engine/engine.h."""

    _fields_ = (("start", ctypes.c_uint32), ("end", ctypes.c_uint32), ("room", ctypes.c_uint32))
    start: int
    end: int
    room: int


class _Watch(ctypes.Structure):
    """`Watch` of engine/engine.h."""

    _fields_ = (
        ("numbers", ctypes.c_void_p),
        ("counts", ctypes.POINTER(ctypes.c_uint64)),
        ("names", ctypes.c_void_p),
        ("number_count", ctypes.c_uint32),
        ("name_count", ctypes.c_uint32),
        ("host", _Host),
        ("end", ctypes.c_uint32),
    )


class Learnt(NamedTuple):
    """What the lines of a kind had.

    Attributes:
        spans: the lowest and the highest of each number that could be read; NOTHING_LEARNT if there was none.
        hosts: those that were met first, as many as there was room for, and how many lines name each.
    """

    spans: Sequence[Span]
    hosts: Sequence[tuple[str, int]]


class Watches:
    """Tells which lines of a block have to be looked at, by their kinds and by what is watched of these.

    Numbers that are not exact in 53 bits, or written with an exponent, are left to Python: then a line is selected.
    """

    def __init__(self, *, learns: bool) -> None:
        """Watch nothing yet.

        Args:
            learns: whether bounds are widened and hosts counted; else they are compared.

        Raises:
            RuntimeError: the engine cannot be used here.
            MemoryError: there is no room.
        """
        library = native.library()
        if library is None:
            raise RuntimeError(f"nothing can be watched without the engine: {native.why_not()}")
        _declare(library)
        self._library = library
        watches = library.watches_new(learns)
        if not watches:
            raise MemoryError("watches need about 130 kB")
        self._memory = native.Memory(watches, library.watches_free)

    def select_each(self, kind: int) -> None:
        """Have each line of a kind selected.

        Raises:
            MemoryError: there is no room.
        """
        if self._library.watches_each(self._memory.address, kind) != 0:
            raise MemoryError(f"no room to watch {kind + 1} kinds")

    def watch(
        self,
        kind: int,
        text: str,
        numbers: Sequence[tuple[Slot, Span]] = (),
        host: tuple[HostSlot, Collection[str]] | None = None,
        room: int = 0,
    ) -> bool:
        """Watch the lines of a kind; only once.

        Args:
            kind: a number that `Seen` gives.
            text: the words of one of its lines with single blanks between them; without a secret.
            numbers: where they stand, and between what they have to be, or what is known already.
            host: where one stands, and the names that it may have, or that are known already.
            room: for how many hosts more.

        Returns:
            False if that cannot be watched, so that each line will be selected.
        """
        to_byte = _unchanged if text.isascii() else lambda at: len(text[:at].encode())
        watched = [
            _NUMBER.pack(*map(to_byte, (slot.start, slot.end, *(slot.whole or _NO_WHOLE))), low, high)
            for slot, (low, high) in numbers
        ]
        place = _Host(0, 0, 0)
        names: list[str] = []
        fits = True
        if host:
            slot, known = host
            fits = text[slot.start : slot.end].isascii()
            place.start, place.end = to_byte(slot.start), to_byte(slot.end)
            # A name of another length is none that a line of this kind has.
            names = [name for name in known if name.isascii() and len(name) == place.end - place.start]
            place.room = len(names) + room
        fits = fits and not self._library.watches_add(
            self._memory.address,
            kind,
            b"".join(watched),
            len(watched),
            place,
            "".join(names).encode(),
            len(names),
        )
        if not fits:
            self.select_each(kind)
        return fits

    def select(self, data: bytes, seen: Seen) -> list[int]:
        """Return the indices of lines that are irregular, or that there is something to say of.

        A line is selected if its kind, or that of a part of it, is one of which each is, or if one of its numbers
        cannot be read or, unless that is learnt, is out of bounds, or its host has another name.

        Args:
            data: a block.
            seen: what came of scanning it.
        """
        found = indices(seen.count)
        lines, parts = seen._lines, seen._parts  # noqa: SLF001 - arrays that only the engine reads
        room = found.buffer_info()[0]
        size = self._library.watches_select(self._memory.address, data, lines, seen.count, parts, room)
        return found[:size].tolist()

    def learnt(self, kind: int) -> Learnt:
        """Return what was learnt of a kind that is watched."""
        watch = self._library.watches_of(self._memory.address, kind).contents
        size, count = watch.host.end - watch.host.start, watch.name_count
        numbers = ctypes.string_at(watch.numbers, watch.number_count * _NUMBER.size)
        names = ctypes.string_at(watch.names, size * count).decode() if count else ""
        return Learnt(
            [(low, high) for *_, low, high in _NUMBER.iter_unpack(numbers)],
            [(names[at * size : (at + 1) * size], watch.counts[at]) for at in range(count)],
        )


def _unchanged(at: int) -> int:
    return at


def _declare(library: ctypes.CDLL) -> None:
    pointer, size, u32, data = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_char_p
    functions = (
        ("watches_new", pointer, (ctypes.c_int,)),
        ("watches_free", None, (pointer,)),
        ("watches_each", ctypes.c_int, (pointer, u32)),
        ("watches_add", ctypes.c_int, (pointer, u32, data, u32, _Host, data, u32)),
        ("watches_of", ctypes.POINTER(_Watch), (pointer, u32)),
        ("watches_select", size, (pointer, data, data, size, data, pointer)),
    )
    native.declare(library, functions)
