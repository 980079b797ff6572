"""Strings, and what belongs to them, in the sections of an image.

Strings of a section NAME are its bytes, one behind the other, and u32 offsets in a section NAME.at. A table has a
section NAME.slots, too, for engine/table.c, which finds a string by its bytes.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ctypes import CFUNCTYPE, byref, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Generic, TypeVar, overload

from anomaly_filter.image import IMAGE_LIMIT, BadImageError, Image

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_SEPARATOR = "\n"
_NONE = (1 << 32) - 1  # TABLE_NONE


class _Table(ctypes.Structure):
    """As struct Table of engine/table.h."""

    _fields_ = (
        ("slots", c_void_p),
        ("slot_count", c_uint64),
        ("starts", c_void_p),
        ("bytes", c_void_p),
        ("strings", c_uint64),
    )


_FILL = CFUNCTYPE(c_int, c_void_p)
_SOUND = CFUNCTYPE(c_int, c_void_p)
_FIND = CFUNCTYPE(c_uint32, c_void_p, ctypes.c_char_p, c_size_t)
_LINES = CFUNCTYPE(c_size_t, c_void_p, ctypes.c_char_p, c_size_t, c_void_p)  # the functions of engine/table.h


# ---- writing ----


def joined(members: Iterable[str]) -> str:
    """Return strings as one, see `split`.

    Raises:
        BadImageError: one of them holds what separates them, which no token does.
    """
    members = tuple(members)
    text = _SEPARATOR.join(members)
    if text.count(_SEPARATOR) >= max(1, len(members)):
        raise BadImageError("a text of several lines")
    return text


def pack_strings(name: str, strings: Iterable[str]) -> dict[str, bytes]:
    """Return the sections of strings.

    Raises:
        BadImageError: they exceed IMAGE_LIMIT, or cannot be encoded.
    """
    content, starts = bytearray(), array("I", [0])
    for string in strings:
        try:
            content += string.encode()
        except UnicodeEncodeError:
            raise BadImageError("a text that is not Unicode") from None
        if len(content) > IMAGE_LIMIT:
            raise BadImageError(f"texts of more than {IMAGE_LIMIT} bytes")
        starts.append(len(content))
    return {name: bytes(content), f"{name}.at": starts.tobytes()}


def pack_table(name: str, strings: Iterable[str], library: ctypes.CDLL) -> dict[str, bytes]:
    """Return the sections of a table of distinct strings.

    Raises:
        BadImageError: they exceed IMAGE_LIMIT, cannot be encoded, or are made so that they cannot be told apart fast.
    """
    sections = pack_strings(name, strings)
    starts = array("I", sections[f"{name}.at"])
    count = len(starts) - 1
    slots = array("I", bytes(4 * (2 << count.bit_length())))
    content = ctypes.create_string_buffer(sections[name])
    table = _Table(
        slots.buffer_info()[0], len(slots), starts.buffer_info()[0], ctypes.addressof(content), count
    )
    if _FILL(("table_fill", library))(byref(table)):
        raise BadImageError(f"{count} strings of {name!r} cannot be told apart")
    return {**sections, f"{name}.slots": slots.tobytes()}


class MemoryTable:
    """A table of distinct strings in memory.

    Attributes:
        address: of `Table` of engine/table.h.
    """

    def __init__(self, strings: Iterable[str], library: ctypes.CDLL) -> None:
        """Copy strings; BadImageError as of `pack_table`."""
        packed = pack_table("", strings, library)
        content, starts, slots = (
            ctypes.create_string_buffer(packed[name], len(packed[name]) + 1) for name in ("", ".at", ".slots")
        )
        self._kept = content, starts, slots
        self._table = _Table(
            ctypes.addressof(slots),
            len(packed[".slots"]) // 4,
            ctypes.addressof(starts),
            ctypes.addressof(content),
            len(packed[".at"]) // 4 - 1,
        )
        self.address = ctypes.addressof(self._table)


# ---- reading ----


def split(text: str) -> tuple[str, ...]:
    """Return what has been joined, of which there is at least one."""
    return tuple(text.split(_SEPARATOR))


class Packed(Sequence[_Value]):
    """A sequence whose elements are made of strings when they are asked for."""

    def __init__(
        self, image: Image, name: str, value: Callable[[str], _Value], count: int | None = None
    ) -> None:
        """Read strings.

        Args:
            image: it holds them.
            name: that of their section.
            value: makes an element of a string.
            count: how many there have to be.
        """
        self._bytes = image.bytes(name)
        self._starts = image.starts(f"{name}.at", len(self._bytes), None if count is None else count + 1)
        self._value = value

    def __len__(self) -> int:
        """Return the number of strings."""
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> _Value: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[_Value]: ...

    def __getitem__(self, at: int | slice) -> _Value | Sequence[_Value]:
        """Return an element, or some."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        # Bytes of a file that somebody else has made may be no text.
        return self._value(str(self._bytes[self._starts[at] : self._starts[at + 1]], "utf-8", "replace"))


class Table:
    """Strings that are found by their bytes."""

    def __init__(self, image: Image, name: str) -> None:
        """Read the table of some section."""
        self.strings = Packed(image, name, str)
        self._image = image  # the addresses below are within it
        slots = image.numbers(f"{name}.slots", "I")
        self._table = _Table(
            image.address(f"{name}.slots"),
            len(slots),
            image.address(f"{name}.at"),
            image.address(name),
            len(self.strings),
        )
        self._at = byref(self._table)
        self.address = ctypes.addressof(self._table)
        if not _SOUND(("table_is_sound", image.library))(self._at):
            raise BadImageError(f"the table {name!r} is out of bounds")
        self._find, self._lines = (
            _FIND(("table_find", image.library)),
            _LINES(("table_find_lines", image.library)),
        )

    def __len__(self) -> int:
        """Return the number of strings."""
        return len(self.strings)

    def find(self, string: str) -> int | None:
        """Return the number of a string."""
        content = _encoded(string)
        number: int = self._find(self._at, content, len(content))
        return None if number == _NONE else number

    def known(self, tokens: frozenset[str]) -> list[int]:
        """Return the numbers of those strings that are there; see nearest.Vocabulary."""
        text = _SEPARATOR.join(tokens)
        if text.count(_SEPARATOR) >= len(tokens):
            return (
                self.known(frozenset(token for token in tokens if _SEPARATOR not in token)) if tokens else []
            )
        content = _encoded(text)
        numbers = (c_uint32 * len(tokens))()
        return numbers[: self._lines(self._at, content, len(content), numbers)]


class TableMap(Mapping[_Key, _Value], Generic[_Key, _Value]):
    """A mapping whose keys are strings of a table, or sets of strings joined."""

    def __init__(
        self,
        table: Table,
        string: Callable[[_Key], str | None],
        key: Callable[[str], _Key],
        value: Callable[[int], _Value],
    ) -> None:
        """Look up in a table.

        Args:
            table: has the keys.
            string: makes a string of a key; None where no string is of such a key.
            key: makes a key of a string.
            value: gives the value of a string's number.
        """
        self._table = table
        self._string = string
        self._key = key
        self._value = value

    def __getitem__(self, key: _Key) -> _Value:
        """Return the value of a key."""
        string = self._string(key)
        number = None if string is None else self._table.find(string)
        if number is None:
            raise KeyError(key)
        return self._value(number)

    def __iter__(self) -> Iterator[_Key]:
        """Give the keys."""
        return map(self._key, self._table.strings)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._table)


def _encoded(string: str) -> bytes:
    # What is no text is in no table; nor may it be taken for something that is.
    return string.encode("utf-8", "surrogatepass")
