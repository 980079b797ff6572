"""The compressed formats: the first bytes that tell each one, and what takes it off.

The library of a format is loaded with the first data of that format: most logs need none of them, and where one is
missing the other formats are read all the same.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, Protocol

from log_processor.errors import JobError, Outcome

_XZ_MEMORY = 100 * 1024**2
"""`xz -9` needs 65 MiB to decompress; the format allows 4 GiB. (zstd stays below 128 MiB by its own default.)"""

_GZIP_WBITS = 31
"""Tells zlib to read the header and check the checksum of gzip."""


class Damage(Exception):
    """Compressed data is damaged.

    Attributes:
        before: what was made, before the damage, of the data that was handed over with it.
    """

    def __init__(self, reason: str, before: bytes = b"") -> None:
        super().__init__(reason)
        self.before = before


class Decoder(Protocol):
    """Unpacks one stream: a member of gzip, a frame of zstd. What `bz2`, `lzma` and `zstd` agree on."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more can be made of what was handed over."""

    @property
    def unused_data(self) -> bytes:
        """What was handed over and lies beyond the stream's end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most `max_length` bytes more; raises Damage."""


class Format(NamedTuple):
    """A compressed format.

    Attributes:
        name: for people.
        magic: matches the first bytes; ten are enough.
        slice: bytes to hand to a decoder at once. Where damage costs what else was made of them, they are few.
        load: loads the library; what it returns makes a decoder for each stream. Raises JobError where it is missing.
    """

    name: str
    magic: re.Pattern[bytes]
    slice: int
    load: Callable[[], Callable[[], Decoder]]


class _Inflater(Protocol):
    """What zlib and zlib-ng decompress with."""

    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = 0) -> bytes: ...
    def copy(self) -> _Inflater: ...


class _Gzip:
    """A gzip member, in the manner of the other formats."""

    def __init__(self, library: ModuleType) -> None:
        self._error: type[Exception] = library.error
        self._inflater: _Inflater = library.decompressobj(wbits=_GZIP_WBITS)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        data = self._inflater.unconsumed_tail + data
        before = self._inflater.copy()
        try:
            unpacked = self._inflater.decompress(data, max_length)
        except self._error as error:
            raise Damage(str(error), self._before_damage(before, data)) from error
        self.needs_input = not self._inflater.unconsumed_tail and len(unpacked) < max_length
        return unpacked

    def _before_damage(self, inflater: _Inflater, data: bytes) -> bytes:
        """Return what comes before an error, with which zlib withholds it: it is asked again, byte by byte."""
        unpacked = bytearray()
        try:
            for at in range(len(data)):
                unpacked += inflater.decompress(data[at : at + 1])
        except self._error:
            pass  # the one that is told already
        return bytes(unpacked)


class _Other:
    """A stream of another format, whose decoder can neither be copied nor asked for what it made before damage."""

    def __init__(self, decoder: Decoder, error: type[Exception]) -> None:
        self._decoder = decoder
        self._errors = (error, OSError, ValueError, EOFError)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return self._decoder.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        try:
            return self._decoder.decompress(data, max_length)
        except self._errors as error:
            raise Damage(str(error)) from error


def _gzip() -> Callable[[], Decoder]:
    try:
        library = import_module("zlib_ng.zlib_ng")  # the extra `fast`; its type information lacks copy()
    except ImportError:
        library = zlib
    return lambda: _Gzip(library)


@contextmanager
def _loading(name: str, mend: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise JobError(f"the {name} data cannot be unpacked: {error}: {mend}", Outcome.CORRUPT) from error


def _xz() -> Callable[[], Decoder]:
    with _loading("xz", "install a Python that was built with liblzma"):
        import lzma  # noqa: PLC0415 - see above

    return lambda: _Other(lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), lzma.LZMAError)


def _bzip2() -> Callable[[], Decoder]:
    with _loading("bzip2", "install a Python that was built with libbz2"):
        import bz2  # noqa: PLC0415 - see above

    return lambda: _Other(bz2.BZ2Decompressor(), OSError)


def _zstd() -> Callable[[], Decoder]:
    if sys.version_info >= (3, 14):
        with _loading("zstd", "install a Python that was built with libzstd"):
            from compression import zstd  # noqa: PLC0415 - see above
    else:
        with _loading("zstd", "install backports.zstd"):
            from backports import zstd  # noqa: PLC0415 - see above

    return lambda: _Other(zstd.ZstdDecompressor(), zstd.ZstdError)


MAGIC_LENGTH = 10
FORMATS = (
    Format("gzip", re.compile(rb"\x1f\x8b\x08"), 1 << 14, _gzip),
    Format("xz", re.compile(rb"\xfd7zXZ\0"), 1 << 6, _xz),
    # "BZh9" alone might be text: the first block, or the end of an empty stream, has to follow.
    Format("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), 1 << 6, _bzip2),
    # A frame, or a skippable frame as parallel compressors write in front of it.
    Format("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), 1 << 8, _zstd),
)
