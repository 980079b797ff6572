"""The gists of lines: all that is looked for in a line of a new kind, by the engine for all of a block at once.

| of a gist | in Python |
|---|---|
| tokens | `sorted(Tokenizer.tokens(text))` |
| even | `amounts.evenly(text)` |
| matches | `amounts.SLOTS`, in what `amounts.slots` looks at |
| zeros, integers | what `amounts.zeros` looks at |
| host | `hosts.HOST` in the even text |
| FAILURE, NEW_FAILURE | set if `failures` finds a word that the row has, or lacks, and at times when it does not |
| POINTING | `judge.POINTS` |
| squared_cosine, row | `CompiledIndex.nearest` |
| fresh, strange | how many of `skeleton(tokens)` that row lacks, and all rows lack |

Lines that are not all ASCII, or of which the engine cannot say all of this, are left to Python.
"""

from __future__ import annotations

import ctypes
import hashlib
from array import array
from collections.abc import Collection, Sequence
from struct import Struct
from typing import NamedTuple

from anomaly_filter import native
from anomaly_filter.amounts import IDS, INTEGER, SLOTS, TAKEN_OUT, Slot, slots_at
from anomaly_filter.failure import PHRASES
from anomaly_filter.hosts import HOST, HostSlot, host_slot_at
from anomaly_filter.image import BadImageError
from anomaly_filter.judge import POINTS
from anomaly_filter.lines import Block
from anomaly_filter.nearest import CompiledIndex, Index, Words
from anomaly_filter.scanner import Seen
from anomaly_filter.searches import GROUPS, Spans
from anomaly_filter.secrets import TELLING, mask_secrets
from anomaly_filter.table import MemoryTable, Table
from anomaly_filter.tokens import Tokenizer

PATTERNS = {
    "IDS": IDS.pattern,
    "TAKEN_OUT": TAKEN_OUT.pattern,
    "INTEGER": INTEGER.pattern,
    "HOST": HOST.pattern,
    "POINTS": POINTS.pattern,
}
"""What the engine looks for, beside tokens and searches."""

_LEFT, _SECRET, POINTING, HOST_NAMED, NUMBERED, _ID, FAILURE, NEW_FAILURE = (1 << bit for bit in range(8))
"""Flags, see engine/gist.h."""

NO_ROW_NEAR = (1 << 32) - 1
"""In the place of the row of a line that shares no token with any."""


def digest() -> str:
    """Return what names the patterns."""
    return hashlib.sha256(repr(PATTERNS).encode()).hexdigest()[:16]


class Gist(NamedTuple):
    """`Gist` of engine/gist.h; what has a place is in the arrays of `Gists`."""

    squared_cosine: float
    line: int
    flags: int
    text: int
    text_size: int
    even: int
    even_size: int
    tokens: int
    tokens_size: int
    token_count: int
    matches: int
    match_count: int
    zeros: int
    zero_count: int
    integers: int
    host: int
    host_end: int
    row: int
    fresh: int
    strange: int


_GIST = Struct("<d19I4x")
_MATCH = Struct(f"<I{2 * GROUPS}i")


class BlockGists:
    """The gists of lines of one block, without those that are left to Python or hold a secret."""

    def __init__(self, gists: bytes, content: bytes, matches: bytes, zeros: bytes) -> None:
        """Read what the engine wrote."""
        self._content = content
        self._matches = matches
        self._zeros = zeros
        self._gists = {
            gist.line: gist
            for gist in map(Gist._make, _GIST.iter_unpack(gists))
            if not gist.flags & (_LEFT | _SECRET) or self._is_sound(gist)
        }

    def _is_sound(self, gist: Gist) -> bool:
        if gist.flags & _LEFT:
            return False
        text = self.text(gist)
        return mask_secrets(text) == text

    def get(self, at: int) -> Gist | None:
        """Return the gist of a line; None if Python has to look at it."""
        return self._gists.get(at)

    def text(self, gist: Gist) -> str:
        """Return the line's text."""
        return self._content[gist.text : gist.text + gist.text_size].decode()

    def even(self, gist: Gist) -> str:
        """Return the same with single blanks between its words."""
        return self._content[gist.even : gist.even + gist.even_size].decode()

    def tokens(self, gist: Gist) -> str:
        """Return its tokens, sorted, with LF between them."""
        return self._content[gist.tokens : gist.tokens + gist.tokens_size].decode()

    def zeros(self, gist: Gist) -> Sequence[int]:
        """Return the places among its whole numbers of those that are zero, see `amounts.zeros`."""
        return memoryview(self._zeros)[gist.zeros * 4 : (gist.zeros + gist.zero_count) * 4].cast("I")

    def slots(self, gist: Gist) -> tuple[Slot, ...]:
        """Return what `amounts.slots` returns of its even text."""
        if not gist.match_count:
            return ()
        found: list[list[Spans]] = [[] for _ in SLOTS.searches]
        start, size = gist.matches * _MATCH.size, gist.match_count * _MATCH.size
        for search, *spans in _MATCH.iter_unpack(self._matches[start : start + size]):
            found[search].append(spans)
        return slots_at(self.even(gist), found, has_id=bool(gist.flags & _ID))

    def host_slot(self, gist: Gist) -> HostSlot | None:
        """Return what `hosts.host_slot` returns of it."""
        return host_slot_at(self.even(gist), gist.host, gist.host_end) if gist.host_end else None


NO_GISTS = BlockGists(b"", b"", b"", b"")


class Gists:
    """Makes gists; not for two threads at a time."""

    def __init__(self, tokenizer: Tokenizer, index: Index | None = None) -> None:
        """Make none yet.

        Args:
            tokenizer: shares what it remembers of words.
            index: where the nearest row is looked for.

        Raises:
            RuntimeError: this engine cannot.
            MemoryError: there is no room.
        """
        library = native.library()
        self._rules = tokenizer.compiled
        if library is None or self._rules is None or not _is_of_these_patterns(library):
            raise RuntimeError("the engine here was made from other rules; mend: install the package again")
        self._library = library
        self._rows = None if index is None else _Rows(index)
        secrets, failures = _strings(TELLING), _strings(PHRASES)
        made = library.gists_new(secrets, len(secrets), failures, len(failures))
        if not made:
            raise MemoryError("gists need about a megabyte")
        self._memory = native.Memory(made, library.gists_free)
        self._view = library.gists_view(made).contents

    def of(self, block: Block, seen: Seen, wanted: Sequence[int]) -> BlockGists:
        """Return the gists of lines.

        Args:
            block: not one with private keys.
            seen: what came of scanning it.
            wanted: indices of lines that are neither IRREGULAR nor PARTED.
        """
        if not wanted or self._rules is None:
            return NO_GISTS
        indices = array("I", wanted)
        if self._library.gists_of(
            self._memory.address,
            self._rules.address,
            None if self._rows is None else self._rows.address,
            block.data,
            seen._lines,  # noqa: SLF001 - an array that only the engine reads
            indices.buffer_info()[0],
            len(indices),
        ):
            raise MemoryError("no room for the gists of a block")
        view = self._view
        return BlockGists(
            ctypes.string_at(view.gists, len(indices) * _GIST.size),
            _copied(view.bytes, view.byte_count),
            _copied(view.matches, view.match_count * _MATCH.size),
            _copied(view.zeros, view.zero_count * 4),
        )


def gists(tokenizer: Tokenizer, index: Index | None = None) -> Gists | None:
    """Return what makes gists, see there; None where Python has to look at each line."""
    try:
        return Gists(tokenizer, index)
    except (RuntimeError, BadImageError):
        return None


class _Rows:
    """`GistRows` of engine/gist.h, and what it points to."""

    def __init__(self, index: Index) -> None:
        if not isinstance(index, CompiledIndex):
            raise RuntimeError("rows are not in the engine")  # noqa: TRY004 - no matter of what somebody gave
        self._index = index
        self._tokens = _table(index)
        self._marks = (ctypes.c_uint8 * len(index.vocabulary))()
        self._struct = (ctypes.c_void_p * 3)(
            ctypes.addressof(index.block), self._tokens.address, ctypes.addressof(self._marks)
        )
        self.address = ctypes.addressof(self._struct)


def _table(index: CompiledIndex) -> Table | MemoryTable:
    """Return the tokens of an index, where the engine finds them."""
    if isinstance(index.vocabulary, Words):
        return MemoryTable(index.vocabulary.numbers, index.library)
    if isinstance(index.vocabulary, Table):
        return index.vocabulary
    raise RuntimeError("tokens are not in the engine")


class _View(ctypes.Structure):
    """`GistView` of engine/gist.h."""

    _fields_ = (
        ("gists", ctypes.c_void_p),
        ("bytes", ctypes.c_void_p),
        ("matches", ctypes.c_void_p),
        ("zeros", ctypes.c_void_p),
        ("byte_count", ctypes.c_uint64),
        ("match_count", ctypes.c_uint64),
        ("zero_count", ctypes.c_uint64),
    )


def _copied(address: int | None, size: int) -> bytes:
    return ctypes.string_at(address, size) if address and size else b""


def _strings(strings: Collection[str]) -> bytes:
    return b"".join(string.encode() + b"\0" for string in sorted(strings))


def _is_of_these_patterns(library: ctypes.CDLL) -> bool:
    pointer, size, data = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    functions = (
        ("gists_new", pointer, (data, size, data, size)),
        ("gists_free", None, (pointer,)),
        ("gists_view", ctypes.POINTER(_View), (pointer,)),
        ("gists_of", ctypes.c_int, (pointer, pointer, pointer, data, data, pointer, size)),
        ("gists_digest", data, ()),
    )
    native.declare(library, functions)
    return bool(library.gists_digest().decode() == digest())
