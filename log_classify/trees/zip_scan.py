"""Members of a zip archive that has lost its end, and with it the list of them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED

from log_classify.trees.member import Member, safe_path
from log_processor.errors import JobError, Outcome

_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE, _DESCRIPTOR = b"PK\x03\x04", b"PK\x07\x08"
_DESCRIPTOR_SIZES = (12, 20, 0)  # checksum and two sizes, which have eight bytes each in a large archive
_ENCRYPTED, _SIZES_FOLLOW = 1, 1 << 3
_CHUNK = 256 * 1024


def scanned_members(file: io.BufferedReader) -> Iterator[Member]:
    """Yield the members that are no folders, as far as each tells where the next one begins.

    Args:
        file: is read from its beginning.
    """
    file.seek(0)
    while len(head := file.read(_HEADER.size)) == _HEADER.size:
        signature, _, flags, method, _, _, _, size, _, name_length, extra_length = _HEADER.unpack(head)
        if signature != _SIGNATURE:
            return
        name = file.read(name_length).decode("utf-8", "surrogateescape").replace("\\", "/")
        start = file.seek(extra_length, io.SEEK_CUR)
        end = None if flags & _SIZES_FOLLOW else start + size
        unread = "encrypted" if flags & _ENCRYPTED else None
        if method == ZIP_DEFLATED:
            content = _inflated(file, end)
        else:
            content = _copied(file, end or start)
            if method != ZIP_STORED or end is None:
                unread = "how it is stored cannot be told"
        if not name.endswith("/"):
            yield Member(safe_path(name), unread, content)
        if end is None and method == ZIP_DEFLATED:
            for _ in content:
                pass  # to where it ends
            _skip_descriptor(file)
        else:
            file.seek(end or start)


def _inflated(file: io.BufferedReader, end: int | None) -> Iterator[bytes]:
    """Yield what deflated data holds; the file stands behind them afterwards."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = b""
    while not decoder.eof:
        packed = decoder.unconsumed_tail or file.read(
            _CHUNK if end is None else min(_CHUNK, end - file.tell())
        )
        if not packed:
            raise JobError("it ends too early", Outcome.CORRUPT)
        try:
            yield decoder.decompress(packed, _CHUNK)
        except zlib.error as error:
            raise JobError(f"cannot be unpacked: {error}", Outcome.CORRUPT) from error
    file.seek(-len(decoder.unused_data), io.SEEK_CUR)


def _copied(file: io.BufferedReader, end: int) -> Iterator[bytes]:
    while (left := end - file.tell()) > 0:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise JobError("it ends too early", Outcome.CORRUPT)
        yield chunk


def _skip_descriptor(file: io.BufferedReader) -> None:
    """Go past the sizes that follow a member, which nothing tells from what comes then."""
    start = file.tell()
    following = file.read(32)
    begin = 4 if following.startswith(_DESCRIPTOR) else 0
    for size in _DESCRIPTOR_SIZES:
        if following.startswith(b"PK", begin + size):
            break
    file.seek(start + begin + size)
