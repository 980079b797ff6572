"""The file of an image: named sections that are used where they lie, once the whole file has been found sound.

Little-endian: a header (magic and format version, checksum, size, versions of the engine and of the token rules,
number of sections), a table of sections (name, offset, size), and the sections, each padded to a line of the cache.
The checksum is of all that follows it.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from anomaly_filter.native import ENGINE_VERSION
from anomaly_filter.tokens import TOKENS_HASH

IMAGE_LIMIT = 1 << 28
"""Bytes of a file: far more than the segments of one model may give."""

# The last two digits are to be raised whenever sections change, or what they are made of: see mapped.py.
_MAGIC = b"LOGIMG01"
_HEADER = struct.Struct("<8sQQII32s")
_CHECKED_FROM = 16  # bytes before it: magic and checksum
_ENTRY = struct.Struct("<16sQQ")
_ALIGNMENT = 64

_CHECKSUM = CFUNCTYPE(c_uint64, c_void_p, c_size_t)
_RISES = CFUNCTYPE(c_int, c_void_p, c_size_t, c_uint32, c_uint64)
_SPANS = CFUNCTYPE(c_int, c_void_p, c_size_t)
_ORDER = CFUNCTYPE(c_int, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p)  # the functions of engine/image.h
_U32 = 4  # bytes


class BadImageError(ValueError):
    """An image that cannot be used, or something of which there can be none."""


def pack(sections: Mapping[str, bytes], library: ctypes.CDLL) -> bytes:
    """Return the bytes of a file with these sections; names are ASCII, at most sixteen characters.

    Raises:
        BadImageError: they exceed IMAGE_LIMIT.
    """
    offset = _aligned(_HEADER.size + len(sections) * _ENTRY.size)
    entries = []
    for name, content in sections.items():
        entries.append((name.encode("ascii"), offset, len(content)))
        offset = _aligned(offset + len(content))
    if offset > IMAGE_LIMIT:
        raise BadImageError(f"an image of {offset} bytes: at most {IMAGE_LIMIT}")
    data = bytearray(offset)
    _HEADER.pack_into(data, 0, _MAGIC, 0, offset, ENGINE_VERSION, len(sections), _rules())
    for at, entry in enumerate(entries):
        _ENTRY.pack_into(data, _HEADER.size + at * _ENTRY.size, *entry)
    for (_, start, size), content in zip(entries, sections.values(), strict=True):
        data[start : start + size] = content
    words = (c_uint64 * (offset // 8)).from_buffer(data)
    struct.pack_into("<Q", data, len(_MAGIC), _checksum(ctypes.addressof(words), offset, library))
    return bytes(data)


class Image:
    """A file that is mapped: several processes share its pages.

    It is mapped privately, for ctypes gives no address of what is read-only; nobody writes to it. Whoever replaces the
    file has to do so by a rename: a file that is cut while it is mapped is the end of the process.
    """

    def __init__(self, path: Path, library: ctypes.CDLL, *, copied: bool = False) -> None:
        """Map a file.

        Args:
            path: nothing about the file is trusted.
            library: the engine.
            copied: whether it is read into memory of this process, because somebody may cut it.

        Raises:
            OSError: it cannot be read.
            BadImageError: it is no image, is damaged, or is one of another version.
        """
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if not _HEADER.size <= size <= IMAGE_LIMIT or size % _ALIGNMENT:
                raise BadImageError(f"no image has {size} bytes")
            try:
                self._map = (
                    _copy(file, size) if copied else mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY)
                )
            except ValueError as error:
                raise BadImageError(f"it was cut a moment ago: {error}") from None
        self.library = library
        self.size = size
        self._bytes = (c_uint8 * size).from_buffer(self._map)
        self._address = ctypes.addressof(self._bytes)
        magic, checksum, told, engine, count, rules = _HEADER.unpack_from(self._map)
        if (magic, told, engine, rules) != (_MAGIC, size, ENGINE_VERSION, _rules()):
            raise BadImageError("no image, or one of another version")
        if checksum != _checksum(self._address, size, library):
            raise BadImageError("the checksum does not fit")
        self._sections = self._table(count)
        self._rises = _RISES(("image_rises", library))

    def _table(self, count: int) -> dict[str, tuple[int, int]]:
        if _HEADER.size + count * _ENTRY.size > self.size:
            raise BadImageError("its table is cut")
        sections = {}
        entries = memoryview(self._map)[_HEADER.size : _HEADER.size + count * _ENTRY.size]
        for name, start, size in _ENTRY.iter_unpack(entries):
            if start % _ALIGNMENT or start > self.size or size > self.size - start:
                raise BadImageError("a section lies outside of it")
            sections[name.rstrip(b"\0").decode("ascii", "replace")] = start, size
        return sections

    def bytes(self, name: str) -> memoryview:
        """Return the bytes of a section."""
        start, size = self._place(name)
        return memoryview(self._map)[start : start + size]

    def address(self, name: str) -> int:
        """Return where a section begins in memory, at a multiple of 64; the image has to outlive it."""
        return self._address + self._place(name)[0]

    def words(self, name: str) -> ctypes.Array[c_uint64]:
        """Return a section as an array that keeps the image alive; what is beyond the last whole word is left out."""
        start, size = self._place(name)
        return (c_uint64 * (size // 8)).from_buffer(self._map, start)

    def numbers(self, name: str, code: str, count: int | None = None) -> memoryview:
        """Return the numbers of a section.

        Args:
            name: the section's.
            code: "I", "Q" or "d", as array.array has it.
            count: how many there have to be.
        """
        content = self.bytes(name)
        width = struct.calcsize(code)
        if len(content) % width or count not in (None, len(content) // width):
            raise BadImageError(f"its section {name!r} has {len(content)} bytes")
        return content.cast(code)  # type: ignore[call-overload, no-any-return] # wants a literal

    def starts(self, name: str, last: int, count: int | None = None, *, least: int = 0) -> memoryview:
        """Return u32s that say where things begin in a row of `last`, and where the last of them ends.

        Args:
            name: the section's.
            last: how many the row has.
            count: how many u32s there have to be; there is at least one.
            least: how many each thing has at least.
        """
        found = self.numbers(name, "I", count)
        if not self._rises(self.address(name), len(found), least, last):
            raise BadImageError(f"the offsets in its section {name!r} are out of bounds")
        return found

    def spans(self, name: str) -> memoryview:
        """Return pairs of doubles, the second of each not the smaller one."""
        found = self.numbers(name, "d")
        if len(found) % 2 or not _SPANS(("image_spans", self.library))(self.address(name), len(found) // 2):
            raise BadImageError(f"a span in its section {name!r} ends before it begins")
        return found

    def order(self, name: str, upto: Sequence[int], counts: str, rows: int) -> memoryview:
        """Return u32s, lists one behind the other: each has every row once that has a count, and no other one.

        Args:
            name: the section's.
            upto: where each list begins, and where the last one ends.
            counts: the section of u32s a list and row.
            rows: how many there are.
        """
        found = self.numbers(name, "I", upto[-1])
        self.numbers(counts, "I", (len(upto) - 1) * rows)
        sound = _ORDER(("image_order", self.library))
        for at, (start, end) in enumerate(pairwise(upto)):
            mine = self.address(counts) + _U32 * at * rows
            if not sound(self.address(name) + _U32 * start, end - start, mine, rows, (c_uint8 * rows)()):
                raise BadImageError(f"its sections {name!r} and {counts!r} do not agree")
        return found

    def _place(self, name: str) -> tuple[int, int]:
        try:
            return self._sections[name]
        except KeyError:
            raise BadImageError(f"it has no section {name!r}") from None


def _copy(file: BinaryIO, size: int) -> mmap.mmap:
    memory = mmap.mmap(-1, size)
    file.seek(0)
    memory.write(file.read(size))  # if it has grown shorter, the checksum does not fit
    return memory


def _rules() -> bytes:
    return TOKENS_HASH.encode().ljust(32, b"\0")[:32]


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _checksum(address: int, size: int, library: ctypes.CDLL) -> int:
    return int(_CHECKSUM(("image_checksum", library))(address + _CHECKED_FROM, (size - _CHECKED_FROM) // 8))
