"""Bytes to lines: any log is readable, and a line keeps the number that `sed -n Np` would use."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from anomaly_filter.patterns import lazy_pattern

if TYPE_CHECKING:
    from ctypes import CDLL

TEXT_LIMIT = 32_000
"""Bytes of UTF-8 that are kept of a line; also the size of the pieces in which a longer one is scored."""

LINE_LIMIT = 32 * 1024 * 1024
"""Bytes of one line that are looked at; bounds the memory that a log without line ends can take."""

_make = tuple.__new__
_LARGE = 1 << 19  # bytes of a chunk
_CHARACTER = 4  # bytes that a character of UTF-8 takes at the most

# CSI and OSC sequences, then what other sequences an ESC begins. An OSC that does not end is left to _CONTROL.
_ANSI = lazy_pattern(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
_KEY = b"PRIVATE KEY-----"
_KEY_BEGINS = lazy_pattern(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----\W*\Z")
_KEY_ENDS = "-----END "
_KEY_BODY = lazy_pattern(r"[A-Za-z0-9+/=]{12,}")  # the time before it, and the like, stay
_KEY_LINES = 200  # of a key that does not end; the longest in use have about a hundred
# What a downloaded log of GitHub Actions has before each line: job TAB step TAB time.
_JOB_AND_STEP = lazy_pattern(r"[^\t]{1,200}\t[^\t]{1,200}\t(?=[0-9]{4}-[0-9]{2}-[0-9]{2}T)")
# Everything below space and the C1 range, except tab and CR.
_CONTROL = lazy_pattern(r"[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]")
# Of ASCII, what _clean looks for.
_UNCLEAN = bytes((*range(9), 11, 12, 13, *range(14, 32), 127))
# A line end inside a string of JSON or Python, escaped once or more often. The look behind keeps a long run of
# backslashes from being tried from each of its places.
_LITERAL_NEWLINE = lazy_pattern(r"(?<!\\)(?:(?:\\+r)?\\+n|\\+r(?![a-z]))")


def is_single(text: str) -> bool:
    """Tell whether a text that is a whole line is its only part."""
    return not ("\\" in text or "\r" in text or "\t" in text)


class Line(NamedTuple):
    """One physical line of a log.

    Attributes:
        number: 1-based.
        text: what is stored: decoded (bytes that are not UTF-8 replaced), without ANSI sequences, control
            characters and the line end; at most TEXT_LIMIT bytes of UTF-8. A CR within the line stays.
        rest: what lies beyond, in pieces of at most TEXT_LIMIT bytes, as it came; empty for a usual line.
    """

    number: int
    text: str
    rest: tuple[bytes, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether the line is longer than its text."""
        return bool(self.rest)

    @property
    def single(self) -> bool:
        """Whether the text is the line's only part."""
        return not self.rest and is_single(self.text)


class Block:
    """Whole lines of a log, as they came: some thousands mostly, or a part of one that is too long.

    Attributes:
        data: its bytes; the last line may lack its LF at the end of the log, or where it was cut.
        first: number of the first line.
        keys: whether lines of private keys are among them, so that no line can be read without those before it.
        names_key: whether one may begin or end such a key.
    """

    __slots__ = ("_ends", "_masked", "data", "first", "keys", "names_key")

    def __init__(self, data: bytes, first: int, masked: Sequence[Line] | None = None) -> None:
        """Make a block.

        Args:
            data: not empty.
            first: see above.
            masked: its lines, where they hold private keys.
        """
        self.data = data
        self.first = first
        self.keys = masked is not None
        self._masked = masked
        self._ends, self.names_key = _survey(data)

    @property
    def count(self) -> int:
        """How many lines it has."""
        return self._ends + (not self.data.endswith(b"\n"))

    def lines(self) -> Iterable[Line]:
        """Return the lines."""
        if self._masked is not None:
            return self._masked
        data = self.data
        return _whole(self.first, data[:-1] if data.endswith(b"\n") else data)

    def line(self, at: int, start: int, end: int) -> Line:
        """Return one line.

        Args:
            at: its place among the lines.
            start: where it begins in `data`.
            end: where its LF is, or `data` ends.
        """
        if self._masked is not None:
            return self._masked[at]
        if (end - start) * _CHARACTER > TEXT_LIMIT:
            return _line(self.first + at, self.data[start : min(end, start + LINE_LIMIT)])
        text = self.data[start:end].decode("utf-8", "replace")
        return _make(Line, (self.first + at, text if text.isprintable() else _clean(text), ()))


def _survey(data: bytes) -> tuple[int, bool]:
    """Return how many lines end in a block, and whether it names a private key."""
    engine = _engine()
    if engine is None:
        return data.count(b"\n"), _KEY in data
    size = len(data)
    return engine.block_line_ends(data, size), bool(engine.block_names_key(data, size))


@functools.cache
def _engine() -> CDLL | None:
    import ctypes  # noqa: PLC0415 - a program that only says how it is used need not wait for it

    from anomaly_filter import native  # noqa: PLC0415 - it needs it, too

    engine = native.library()
    if engine is not None:
        size = ctypes.c_size_t
        arguments = ctypes.c_char_p, size
        native.declare(
            engine, [("block_line_ends", size, arguments), ("block_names_key", ctypes.c_int, arguments)]
        )
    return engine


def line_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Cut chunks of bytes into blocks of whole lines; the same lines however the bytes are cut into chunks.

    Only LF ends a line. The last line needs none. Of a line longer than LINE_LIMIT the head is kept.
    """
    number = 1
    pending: list[bytes | memoryview] = []
    size = 0
    keys = _PrivateKeys()
    for chunk in _chunks(chunks):
        end = chunk.rfind(b"\n") + 1
        if not end:
            if size < LINE_LIMIT:
                pending.append(chunk[: LINE_LIMIT - size])
                size += len(pending[-1])
            continue
        start = 0
        if size + chunk.find(b"\n") > LINE_LIMIT:
            start = chunk.find(b"\n") + 1
            pending.append(chunk[: max(0, LINE_LIMIT - size)])
            yield keys.block(b"".join(pending), number)
            pending = []
            number += 1
        data = b"".join([*pending, memoryview(chunk)[start:end]])
        if data:
            block = keys.block(data, number)
            yield block
            number += block.count
        pending, size = [chunk[end : end + LINE_LIMIT]], min(len(chunk) - end, LINE_LIMIT)
    if size:
        yield keys.block(b"".join(pending), number)


def _chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks that are large: what is done with a block takes several times its bytes."""
    for chunk in chunks:
        if len(chunk) <= _LARGE:
            yield chunk
        else:
            yield from (chunk[at : at + _LARGE] for at in range(0, len(chunk), _LARGE))


class Lines(Iterator[Line]):
    """The lines of a log, one by one or in blocks."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        """Read nothing yet."""
        self._blocks = iter(blocks)
        self._lines = chain.from_iterable(block.lines() for block in self._blocks)

    def __next__(self) -> Line:
        """Return the next line."""
        return next(self._lines)

    def blocks(self) -> Iterator[Block]:
        """Return the blocks that are left; the rest of one whose lines have begun to be taken is not among them."""
        return self._blocks


def lines(chunks: Iterable[bytes]) -> Lines:
    """Cut chunks of bytes into lines; the same lines however the bytes are cut into chunks.

    Only LF ends a line. The last line needs none. Of a line longer than LINE_LIMIT the head is kept.
    """
    return Lines(line_blocks(chunks))


class _PrivateKeys:
    """Masks the lines of private keys, which no line shows by itself."""

    def __init__(self) -> None:
        self._left = 0

    def block(self, data: bytes, first: int) -> Block:
        """Make the block that follows those before it."""
        block = Block(data, first)
        if not self._left and not block.names_key:
            return block
        return Block(data, first, [self._without_key(line) for line in block.lines()])

    def _without_key(self, line: Line) -> Line:
        text = line.text
        if _KEY_BEGINS.search(text):
            self._left = _KEY_LINES
            return line
        if not self._left:
            return line
        self._left = 0 if _KEY_ENDS in text else self._left - 1
        return Line(line.number, _KEY_BODY.sub("***", text), line.rest and (b"***",))


def _whole(first: int, block: bytes) -> Iterator[Line]:
    """Give the lines of a block; decoding it at once is faster than line by line, and the same: LF ends any character."""
    block = block.replace(b"\r\n", b"\n")  # most of what _clean would have to do
    texts = block.decode("utf-8", "replace").split("\n")
    if len(max(texts, key=len)) * _CHARACTER > TEXT_LIMIT:
        raws = zip(enumerate(block.split(b"\n"), first), texts, strict=True)
        return (
            _line(number, raw[:LINE_LIMIT]) if len(text) * _CHARACTER > TEXT_LIMIT else _short(number, text)
            for (number, raw), text in raws
        )
    if block.isascii() and len(block.translate(None, _UNCLEAN)) == len(block):
        return (_make(Line, (number, text, ())) for number, text in enumerate(texts, first))
    return (_short(number, text) for number, text in enumerate(texts, first))


def _short(number: int, text: str) -> Line:
    # What Line(number, text) does, without the call of a Python function.
    return _make(Line, (number, text if text.isprintable() else _clean(text), ()))


def parts(line: Line) -> Iterable[str]:
    r"""Return the sub-lines of a line: what stands between CRs and between literal `\n`s.

    The job and the step that some logs have before each line are left out. Progress bars and the results of Ansible tasks put many lines into one; they are scored apart.
    """
    return (line.text,) if line.single else _parts(line)


def _parts(line: Line) -> Iterator[str]:
    found = _JOB_AND_STEP.match(line.text)
    yield from _sub_lines(line.text[found.end() :] if found else line.text)
    for piece in line.rest:
        yield from _sub_lines(_clean(_decoded(piece)))


def _sub_lines(text: str) -> Iterator[str]:
    for piece in text.split("\r") if "\r" in text else (text,):
        if "\\" in piece:
            yield from (sub for sub in _LITERAL_NEWLINE.split(piece) if sub)
        else:
            yield piece


def _line(number: int, raw: bytes) -> Line:
    rest: tuple[bytes, ...] = ()
    if len(raw) > TEXT_LIMIT:
        raw, *others = _pieces(raw.rstrip(b"\r"))
        rest = tuple(others)
    text = _clean(_decoded(raw))
    if len(text) * _CHARACTER > TEXT_LIMIT and len(encoded := text.encode()) > TEXT_LIMIT:
        # Each byte that was not UTF-8 has become three; what now lies beyond is scored with the rest.
        cut = _character_start(encoded, TEXT_LIMIT)
        text, rest = encoded[:cut].decode(), (*_pieces(encoded[cut:]), *rest)
    return Line(number, text, rest)


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Cut at blanks where there are some, so that words stay whole."""
    start = 0
    while len(raw) - start > TEXT_LIMIT:
        blank = raw.rfind(b" ", start + TEXT_LIMIT // 2, start + TEXT_LIMIT)
        end = blank + 1 if blank >= 0 else _character_start(raw, start + TEXT_LIMIT)
        yield raw[start:end]
        start = end
    yield raw[start:]


def _character_start(raw: bytes, at: int) -> int:
    """Return the nearest place at or up to three bytes before `at` where no UTF-8 character is cut."""
    for back in range(4):
        if raw[at - back] & 0xC0 != 0x80:  # the mark of a continuation byte
            return at - back
    return at


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _clean(text: str) -> str:
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    return _CONTROL.sub("", text.rstrip("\r"))
