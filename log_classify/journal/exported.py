"""What `journalctl -o json` and `-o export` print, read in bounded memory whatever it is."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from log_classify.journal.entry import FIELDS, TIME

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LONGEST = 16 * 1024**2
"""Bytes of a line of JSON, or of a field. A message that is longer is no log line; other fields are skipped."""
_SIZE = 8
"""Bytes of the length before a binary field, the least significant first."""
_STEP = 256 * 1024
_WANTED = frozenset((*FIELDS, TIME))
_NAMES = {name.encode(): name for name in _WANTED}


class Exported:
    """The entries of an export.

    Attributes:
        unread: entries that were no such thing, or too long.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read nothing yet.

        Args:
            chunks: the export, uncompressed.
        """
        self.unread = 0
        self._file = io.BufferedReader(_Chunks(iter(chunks)), _STEP)

    def __iter__(self) -> Iterator[Mapping[str, bytes]]:
        """Give the fields of each entry that are of use here."""
        head = self._file.peek(1)[:1]
        return self._json() if head == b"{" else self._export()

    def _json(self) -> Iterator[Mapping[str, bytes]]:
        while line := self._file.readline(_LONGEST):
            if not line.endswith(b"\n") and len(line) == _LONGEST:
                self._skip_line()
                self.unread += 1
            elif not line.isspace():
                fields = _fields(line)
                if fields:
                    yield fields
                else:
                    self.unread += 1

    def _export(self) -> Iterator[Mapping[str, bytes]]:
        fields: dict[str, bytes] = {}
        begun = False
        while line := self._file.readline(_LONGEST):
            if line == b"\n":
                yield from self._ended(fields, begun=begun)
                fields, begun = {}, False
                continue
            begun = True
            name, equals, value = line.rstrip(b"\n").partition(b"=")
            if not equals:
                value = self._binary()
            elif not line.endswith(b"\n"):
                self._skip_line()
            if name in _NAMES:
                fields.setdefault(_NAMES[name], value)
        yield from self._ended(fields, begun=begun)

    def _ended(self, fields: Mapping[str, bytes], *, begun: bool) -> Iterator[Mapping[str, bytes]]:
        if TIME in fields:
            yield fields
        elif begun:
            self.unread += 1

    def _binary(self) -> bytes:
        """Return a field whose length stands before it."""
        left = int.from_bytes(self._file.read(_SIZE), "little")
        value = self._file.read(min(left, _LONGEST))
        left -= len(value)
        while left > 0 and (skipped := self._file.read(min(left, _STEP))):
            left -= len(skipped)
        self._file.readline(1)  # the line's end
        return value

    def _skip_line(self) -> None:
        while (rest := self._file.readline(_STEP)) and not rest.endswith(b"\n"):
            pass


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        room = memoryview(buffer).cast("B")
        size = min(len(room), len(self._rest))
        room[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _fields(line: bytes) -> Mapping[str, bytes]:
    """Return the fields of a line of JSON; none where it is no entry."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # ValueError: also bytes that are no text
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name in _WANTED if (value := _bytes(found.get(name)))}


def _bytes(value: object) -> bytes:
    """Return the value of a field: a text, bytes as a list of numbers, or a list of such, of which the first counts."""
    if isinstance(value, list) and value and isinstance(value[0], (str, list)):
        value = value[0]
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if isinstance(value, list) and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        return bytes(value)
    return b""
