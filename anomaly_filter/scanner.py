"""Whole blocks of bytes to kinds of lines, by the engine; line by line, lines.py, tokens.py and clock.py do this.

A *kind* is a number that two lines share if, and only if, their words are the same once digits that no rule of the
stage mask tells from others are. Lines of one kind have equal tokens. Parts of lines have kinds like lines.
"""

from __future__ import annotations

import ctypes
from array import array
from dataclasses import dataclass

from anomaly_filter import native

IRREGULAR = 0xFFFFFFFF
"""In the place of the kind of a line that has to go through `lines` and `parts`."""

PARTED = 0xFFFFFFFE
"""The same for a line that is not its only part: `Seen.parts` has the kinds of its parts."""

SCAN_LIMIT = 1 << 31
"""Bytes of one block."""

KINDS_LIMIT = 1 << 18
"""Kinds that are remembered: far more than a job has. Lines of others are irregular; what Python knows of a kind takes
some hundred bytes, so this bounds what a log of nothing but new words can take."""

WORDS_LIMIT = 64 << 20
"""Bytes of words that are remembered for them."""

_NO_ROOM = "no room for the lines of a block of {} bytes"
_U32 = 0xFFFFFFFF
_INT = 0x7FFFFFFF  # bytes that ctypes.string_at can copy; what can more makes a new type for each size
_LINE_FIELDS = 4  # of 32 bits: kind, end, end of its parts, wait
_KIND_SIZE = 8  # bytes: count, longest wait


class _View(ctypes.Structure):
    """`ScanView` of engine/engine.h."""

    _fields_ = (
        ("lines", ctypes.c_void_p),
        ("parts", ctypes.c_void_p),
        ("fresh", ctypes.c_void_p),
        ("kinds", ctypes.c_void_p),
        ("line_count", ctypes.c_uint64),
        ("part_count", ctypes.c_uint64),
        ("fresh_count", ctypes.c_uint64),
        ("kind_count", ctypes.c_uint32),
        ("generation", ctypes.c_uint32),
    )
    lines: int | None
    parts: int | None
    fresh: int | None
    kinds: int | None
    line_count: int
    part_count: int
    fresh_count: int
    kind_count: int
    generation: int


def compiled() -> bool:
    """Tell whether there can be a scanner here."""
    return native.library() is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a scan.

    Attributes:
        count: lines.
        kinds: u32 of each line: its kind, IRREGULAR or PARTED.
        ends: u32 of each line: the offset of its LF, or the end of the block for a last line without one.
        fresh: indices of lines that, or a part of which, are the first of their kind in the file, and of all
            irregular ones; ascending.
        irregular: whether all lines are, because that was asked for. The clock has not moved then: `Scanner.wait`
            wants the text of each of them.
    """

    count: int
    kinds: memoryview
    ends: memoryview
    fresh: list[int]
    irregular: bool
    _lines: bytes
    _parts: bytes

    @property
    def has_parts(self) -> bool:
        """Whether any of the lines is PARTED."""
        return bool(self._parts)

    def parts(self, at: int) -> memoryview:
        """Return the kinds of the parts of a PARTED line, in order; u32, and as many as `lines.parts` gives.

        Args:
            at: its index.
        """
        ends = memoryview(self._lines).cast("I")[2::_LINE_FIELDS]
        return memoryview(self._parts).cast("I")[ends[at - 1] if at else 0 : ends[at]]


class Reading:
    """A block that was read, by any thread, before its turn to be scanned; for one block after another."""

    def __init__(self) -> None:
        """Have read nothing yet.

        Raises:
            RuntimeError: the engine cannot be used here; `native.why_not` says why.
            MemoryError: there is no room for a reading.
        """
        self._library = _library()
        reading = self._library.reading_new()
        if not reading:
            raise MemoryError("a reading needs about 150 kB")
        self._memory = native.Memory(reading, self._library.reading_free)
        self._irregular = False

    def read(self, data: bytes, *, irregular: bool = False) -> None:
        """Read a block: most of the work of `Scanner.scan`, which takes the same and raises the same."""
        _check_size(data)
        self._irregular = irregular
        if self._library.reading_read(self._memory.address, data, len(data), irregular) != 0:
            raise MemoryError(_NO_ROOM.format(len(data)))


class Scanner:
    """Scans the lines of one file after another; one scanner serves one thread.

    Kinds are remembered across files, everything else belongs to the file that was begun last.

    Attributes:
        threads: that may read blocks of a file, see `ahead.scans`.
    """

    def __init__(
        self, *, threads: int = 1, kinds_limit: int = KINDS_LIMIT, words_limit: int = WORDS_LIMIT
    ) -> None:
        """Know no kind yet.

        Args:
            threads: see above.
            kinds_limit: kinds that are remembered, below 2**32.
            words_limit: bytes of words that are, below 2**32.

        Raises:
            RuntimeError: the engine cannot be used here; `native.why_not` says why.
            MemoryError: there is no room for a scanner.
        """
        self.threads = threads
        self._library = library = _library()
        scanner = library.scanner_new(kinds_limit, words_limit)
        if not scanner:
            raise MemoryError("a scanner needs about 200 kB")
        self._memory = native.Memory(scanner, library.scanner_free)
        self._texts = array("B")  # room for those of a block

    @property
    def _scanner(self) -> int:
        return self._memory.address

    @property
    def _view(self) -> _View:
        view: _View = self._library.scanner_view(self._scanner).contents
        return view

    @property
    def kinds(self) -> int:
        """How many kinds are known; they are the numbers below."""
        return self._view.kind_count

    @property
    def generation(self) -> int:
        """Rises when kinds are forgotten: those of another generation mean nothing."""
        return self._view.generation

    def begin(self) -> None:
        """Begin a file. If the memory of kinds is more than half full, it is emptied."""
        self._library.scanner_begin(self._scanner)

    def scan(self, data: bytes, *, irregular: bool = False) -> Seen:
        """Scan the next lines of the file.

        Args:
            data: whole lines, up to 2 GiB; only at the file's end may the last one lack its LF.
            irregular: whether to give no line a kind or a time, because lines above change what these are.

        Raises:
            ValueError: the data is too long.
            MemoryError: the file cannot be gone on with.
        """
        _check_size(data)
        if self._library.scanner_scan(self._scanner, data, len(data), irregular) != 0:
            raise MemoryError(_NO_ROOM.format(len(data)))
        return self._seen(irregular=irregular)

    def take(self, reading: Reading) -> Seen:
        """Scan the next lines of the file, which have been read; take no reading twice.

        Raises:
            MemoryError: the file cannot be gone on with.
        """
        address, irregular = reading._memory.address, reading._irregular  # noqa: SLF001 - two sides of one interface
        if self._library.scanner_take(self._scanner, address) != 0:
            raise MemoryError("no room for the kinds of a block's lines")
        return self._seen(irregular=irregular)

    def _seen(self, *, irregular: bool) -> Seen:
        view = self._view
        lines = _copied(view.lines, view.line_count * _LINE_FIELDS * 4)
        fields = memoryview(lines).cast("I")
        return Seen(
            count=view.line_count,
            kinds=fields[0::_LINE_FIELDS],
            ends=fields[1::_LINE_FIELDS],
            fresh=memoryview(_copied(view.fresh, view.fresh_count * 4)).cast("I").tolist(),
            irregular=irregular,
            _lines=lines,
            _parts=_copied(view.parts, view.part_count * 4),
        )

    def waits(self, seen: Seen, least: int) -> list[tuple[int, int]]:
        """Return (index, seconds) of the lines before which the log was silent for `least` seconds or longer."""
        found = indices(seen.count)
        lines = seen._lines  # noqa: SLF001 - the scanner made it
        size = self._library.scan_waits(lines, seen.count, min(max(least, 0), _U32), found.buffer_info()[0])
        seconds = memoryview(lines).cast("I")[3::_LINE_FIELDS]
        return [(index, seconds[index]) for index in found[:size]]

    def wait(self, text: str) -> int:
        """Move the clock by the text of a line that `scan` gave no time, and return the wait in seconds."""
        data = text.encode("utf-8", "replace")
        waited: int = self._library.scanner_wait(self._scanner, data, len(data))
        return waited

    def texts(self, data: bytes, seen: Seen, first: int, end: int) -> tuple[list[str], list[int]]:
        """Return the texts of lines, and the indices of those whose text only `Block.line` gives.

        Args:
            data: a block.
            seen: what came of scanning it.
            first: index of the first of the lines.
            end: index behind the last of them, above `first`.
        """
        start = seen.ends[first - 1] + 1 if first else 0
        room = seen.ends[end - 1] - start + 1
        if room > len(self._texts):
            self._texts = array("B", bytes(room))
        left, left_count = indices(end - first), ctypes.c_size_t()
        size = self._library.scanner_texts(
            self._scanner,
            data,
            seen._lines,  # noqa: SLF001 - the scanner made it
            first,
            end,
            self._texts.buffer_info()[0],
            left.buffer_info()[0],
            ctypes.byref(left_count),
        )
        # The text behind the last LF is none.
        texts = str(memoryview(self._texts)[: size - 1], "utf-8").split("\n")
        return texts, left[: left_count.value].tolist()

    def counts(self) -> memoryview:
        """Return the number of lines, and parts of lines, of each kind in this file; u32."""
        return memoryview(self._tallies()).cast("I")[0::2]

    def longest_waits(self) -> memoryview:
        """Return the seconds of the longest silence before a line of each kind in this file; u32."""
        return memoryview(self._tallies()).cast("I")[1::2]

    def _tallies(self) -> bytes:
        return _copied(self._view.kinds, self.kinds * _KIND_SIZE)


def indices(count: int) -> array[int]:
    """Return room for so many indices, for the engine to write to."""
    # An array of ctypes would be a new type for each count, which takes longer than what is done with it.
    return array("I", bytes(4 * count))


def _check_size(data: bytes) -> None:
    if len(data) > SCAN_LIMIT:
        raise ValueError(f"a block has at most {SCAN_LIMIT} bytes, this one {len(data)}")


def _copied(address: int | None, size: int) -> bytes:
    if not address or not size:
        return b""
    if size <= _INT:
        return ctypes.string_at(address, size)
    return bytes((ctypes.c_uint8 * size).from_address(address))


def _library() -> ctypes.CDLL:
    library = native.library()
    if library is None:
        raise RuntimeError(f"no scanner without the engine: {native.why_not()}")
    _declare(library)
    return library


def _declare(library: ctypes.CDLL) -> None:
    pointer, size, u32, data = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_char_p
    functions = (
        ("scanner_new", pointer, (u32, u32)),
        ("scanner_free", None, (pointer,)),
        ("scanner_view", ctypes.POINTER(_View), (pointer,)),
        ("scanner_begin", None, (pointer,)),
        ("scanner_scan", ctypes.c_int, (pointer, data, size, ctypes.c_int)),
        ("scanner_wait", u32, (pointer, data, size)),
        ("scanner_take", ctypes.c_int, (pointer, pointer)),
        ("reading_new", pointer, ()),
        ("reading_free", None, (pointer,)),
        ("reading_read", ctypes.c_int, (pointer, data, size, ctypes.c_int)),
        ("scan_waits", size, (data, size, u32, pointer)),
        (
            "scanner_texts",
            size,
            (pointer, data, data, size, size, pointer, pointer, ctypes.POINTER(size)),
        ),
    )
    native.declare(library, functions)
