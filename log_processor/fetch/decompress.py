"""Takes compression off a stream of bytes, in bounded memory, recognising it by its first bytes.

Names and headers lie: objects called `.txt` are gzip, objects called `.gz` are not, and log servers compress what
is compressed already. The first bytes of the data do not.
"""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from log_processor.errors import JobError, Outcome

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LAYERS = 2
"""A `.gz` file sent with gzip as transport is two; more is a bomb that unpacks to itself, or a mistake."""

_STEP = 64 * 1024
"""Bytes that a decompressor may give out at once."""

_SLICE = 64
"""Compressed bytes handed to a decompressor at once. One that meets damage withholds what it had made of the same
slice, so short slices lose little. The price is small: gzip comes out at half of its full speed, some 500 MB/s of text."""

_RATIO_JUDGED_FROM = 64 * 1024**2
"""Bytes made out of a layer before their ratio is judged: the same line printed over and over is a log too."""

_XZ_MEMORY = 100 * 1024**2
"""`xz -9` needs 65 MiB to decompress; the format allows 4 GiB. (zstd stays below 128 MiB by its own default.)"""


class _Decoder(Protocol):
    """What `bz2`, `lzma` and `zstd` agree on."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipDecoder:
    """A gzip member, in the manner of the other formats; header and checksum are zlib's work."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        unpacked = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = not self._zlib.unconsumed_tail and len(unpacked) < max_length
        return unpacked


@dataclass(frozen=True)
class _Format:
    name: str
    magic: re.Pattern[bytes]
    decoder: Callable[[], _Decoder]


_FORMATS = (
    _Format("gzip", re.compile(rb"\x1f\x8b\x08"), _GzipDecoder),
    _Format("xz", re.compile(rb"\xfd7zXZ\0"), lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY)),
    # "BZh9" alone might be text: the first block, or the end of an empty stream, has to follow.
    _Format("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor),
    # A frame, or a skippable frame as parallel compressors write in front of it.
    _Format("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), zstd.ZstdDecompressor),
)
_MAGIC_LENGTH = 10
_DAMAGE = (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, ValueError, EOFError)


def decompressed(chunks: Iterable[bytes], *, max_bytes: int, max_ratio: int) -> Iterator[bytes]:
    """Yield what `chunks` hold once up to two layers of gzip, xz, bzip2 or zstd are taken off.

    Bytes of no such format come out as they went in. Several streams in a row (members, frames) are one. NUL padding
    between them, and anything else after the last one, is left out, as `gzip -d` does.

    Args:
        chunks: the data, cut anywhere.
        max_bytes: limit for the bytes going in and for those made by each layer.
        max_ratio: limit for the bytes made by a layer for each byte in `chunks`, judged once a layer has made 64 MiB.

    Yields:
        Non-empty chunks of at most 64 KiB, or about as large as they came where nothing was compressed.

    Raises:
        JobError: `CORRUPT` when the data is damaged, ends too early or has more than two layers; `TOO_LARGE` when a
            limit is passed. All that was read before has been yielded then, but for what the last 64 compressed
            bytes before a damage hold.
    """
    wire = _Limited(chunks, max_bytes)
    layer = wire
    for _ in range(_LAYERS):
        found, data = _recognised(layer)
        if found is None:
            yield from data
            return
        layer = _Limited(_unpacked(found, data), max_bytes, of=wire, max_ratio=max_ratio)
    found, data = _recognised(layer)
    if found is not None:
        raise JobError(f"the data is compressed more than {_LAYERS} times", Outcome.CORRUPT)
    yield from data


class _Limited:
    """Chunks that are counted and stop at a limit; empty ones are dropped."""

    def __init__(
        self, chunks: Iterable[bytes], max_bytes: int, *, of: _Limited | None = None, max_ratio: int = 0
    ) -> None:
        self.count = 0
        self._chunks = self._counted(chunks, max_bytes, of, max_ratio)

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def _counted(
        self, chunks: Iterable[bytes], max_bytes: int, of: _Limited | None, max_ratio: int
    ) -> Iterator[bytes]:
        for chunk in filter(None, chunks):
            self.count += len(chunk)
            if self.count > max_bytes:
                if allowed := chunk[: max_bytes - self.count]:
                    yield allowed
                raise JobError(f"more than {max_bytes} bytes (fetch.max_bytes)", Outcome.TOO_LARGE)
            if of is not None and self.count > max(_RATIO_JUDGED_FROM, max_ratio * of.count):
                raise JobError(
                    f"{of.count} bytes hold more than {max_ratio} times as many (fetch.max_ratio)",
                    Outcome.TOO_LARGE,
                )
            yield chunk


def _recognised(chunks: Iterable[bytes]) -> tuple[_Format | None, Iterator[bytes]]:
    """Look at the first bytes; return the format found, if any, and all of the data again."""
    data = iter(chunks)
    head = b""
    while len(head) < _MAGIC_LENGTH and (more := next(data, b"")):
        head += more
    found = next((candidate for candidate in _FORMATS if candidate.magic.match(head)), None)
    return found, chain([head] if head else [], data)


def _unpacked(packed: _Format, data: Iterator[bytes]) -> Iterator[bytes]:
    """Take one layer off: every stream of the format, one after the other."""
    slices = _slices(data)
    rest = next(slices, b"")
    while packed.magic.match(rest):
        decoder = packed.decoder()
        yield from _gathered(_stream(packed, decoder, chain([rest], slices)))
        rest = decoder.unused_data.lstrip(b"\0")
        while len(rest) < _MAGIC_LENGTH and (more := next(slices, b"")):
            rest = (rest + more).lstrip(b"\0")


def _stream(packed: _Format, decoder: _Decoder, slices: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what one stream (member, frame) holds; take no more slices than it needs."""
    while not decoder.eof:
        piece = next(slices, b"") if decoder.needs_input else b""
        if not piece and decoder.needs_input:
            raise JobError(f"the {packed.name} data ends too early", Outcome.CORRUPT)
        try:
            unpacked = decoder.decompress(piece, _STEP)
        except _DAMAGE as error:
            raise JobError(f"the {packed.name} data cannot be unpacked: {error}", Outcome.CORRUPT) from error
        yield unpacked


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks in slices that are large enough to hold any magic and small enough to lose."""
    held = b""
    for chunk in chunks:
        held += chunk
        whole = len(held) - len(held) % _SLICE
        for start in range(0, whole, _SLICE):
            yield held[start : start + _SLICE]
        held = held[whole:]
    if held:
        yield held


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces to chunks, and let none be lost to an error that comes after it."""
    gathered: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            if size + len(piece) > _STEP:
                yield b"".join(gathered)
                gathered, size = [], 0
            gathered.append(piece)
            size += len(piece)
    except JobError:
        yield b"".join(gathered)
        raise
    yield b"".join(gathered)
