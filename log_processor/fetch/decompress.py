"""Takes compression off a stream of bytes, in bounded memory, recognising it by its first bytes.

Names and headers lie: objects called `.txt` are gzip, objects called `.gz` are not, and log servers compress what
is compressed already. The first bytes of the data do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from log_processor.errors import JobError, LogProcessorError, Outcome
from log_processor.fetch.formats import FORMATS, MAGIC_LENGTH, Damage, Decoder, Format
from log_processor.fetch.settings import LimitError

_LAYERS = 2
"""A `.gz` file sent with gzip as transport is two; more is a bomb that unpacks to itself, or a mistake."""

_STEP = 256 * 1024
"""Bytes that a decompressor may give out at once."""

_RATIO_JUDGED_FROM = 64 * 1024**2
"""Bytes made out of a layer before their ratio is judged: the same line printed over and over is a log too."""


def decompressed(chunks: Iterable[bytes], *, max_bytes: int, max_ratio: int) -> Iterator[bytes]:
    """Yield what `chunks` hold once up to two layers of gzip, xz, bzip2 or zstd are taken off.

    Bytes of no such format come out as they went in. Several streams in a row (members, frames) are one. NUL padding
    between them, and anything else after the last one, is left out, as `gzip -d` does.

    Args:
        chunks: the data, cut anywhere.
        max_bytes: limit for the bytes going in and for those made by each layer.
        max_ratio: limit for the bytes made by a layer for each byte in `chunks`, judged once a layer has made 64 MiB.

    Yields:
        Non-empty chunks, small ones joined to at most 256 KiB.

    Raises:
        JobError: `CORRUPT` when the data is damaged, ends too early, has more than two layers, or has a format for
            which a library is missing; `TOO_LARGE` when a limit is passed. All that was read before has been yielded
            then, but for what the last 64 compressed bytes before a damage hold (of gzip the last one, of zstd 256).
    """
    wire = _Limited(chunks, max_bytes)
    layer = wire
    for _ in range(_LAYERS):
        found, data = _recognised(layer)
        if found is None:
            yield from filter(None, _gathered(data))
            return
        layer = _Limited(_unpacked(found, data), max_bytes, of=wire, max_ratio=max_ratio)
    found, data = _recognised(layer)
    if found is not None:
        raise JobError(f"the data is compressed more than {_LAYERS} times", Outcome.CORRUPT)
    yield from filter(None, _gathered(data))


def outer_layer_off(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what `chunks` hold once a single layer is taken off, if there is one; unlimited.

    Raises:
        JobError: as `decompressed`.
    """
    found, data = _recognised(chunks)
    return data if found is None else filter(None, _unpacked(found, data))


def limited(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield non-empty chunks up to a limit.

    Raises:
        JobError: `TOO_LARGE`: there are more; those that are allowed have been yielded.
    """
    return iter(_Limited(chunks, max_bytes))


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
                raise LimitError(f"more than {max_bytes} bytes", Outcome.TOO_LARGE, "max_bytes")
            if of is not None and self.count > max(_RATIO_JUDGED_FROM, max_ratio * of.count):
                raise LimitError(
                    f"{of.count} bytes hold more than {max_ratio} times as many",
                    Outcome.TOO_LARGE,
                    "max_ratio",
                )
            yield chunk


def _recognised(chunks: Iterable[bytes]) -> tuple[Format | None, Iterator[bytes]]:
    """Look at the first bytes; return the format found, if any, and all of the data again."""
    data = iter(chunks)
    head = b""
    while len(head) < MAGIC_LENGTH and (more := next(data, b"")):
        head += more
    found = next((candidate for candidate in FORMATS if candidate.magic.match(head)), None)
    return found, chain([head] if head else [], data)


def _unpacked(packed: Format, data: Iterator[bytes]) -> Iterator[bytes]:
    """Take one layer off: every stream of the format, one after the other."""
    decoder_of_stream = packed.load()
    slices = (chunk[at : at + packed.slice] for chunk in data for at in range(0, len(chunk), packed.slice))
    rest = next(slices, b"")
    while packed.magic.match(rest):
        decoder = decoder_of_stream()
        yield from _gathered(_stream(packed.name, decoder, chain([rest], slices)))
        rest = decoder.unused_data.lstrip(b"\0")
        while len(rest) < MAGIC_LENGTH and (more := next(slices, b"")):
            rest = (rest + more).lstrip(b"\0")


def _stream(name: str, decoder: Decoder, slices: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what one stream (member, frame) holds; take no more slices than it needs."""
    while not decoder.eof:
        piece = next(slices, b"") if decoder.needs_input else b""
        if not piece and decoder.needs_input:
            raise JobError(f"the {name} data ends too early", Outcome.CORRUPT)
        try:
            unpacked = decoder.decompress(piece, _STEP)
        except Damage as damage:
            yield damage.before
            raise JobError(f"the {name} data cannot be unpacked: {damage}", Outcome.CORRUPT) from damage
        yield unpacked


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
    except LogProcessorError:
        yield b"".join(gathered)
        raise
    yield b"".join(gathered)
