"""The file format of segments: a checked table of named sections.

Little-endian: a header (magic, format version, number of sections, size of the file, SHA-256 of all that
follows the header), a table of sections (name, offset, size), the sections, each padded to eight bytes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping

from anomaly_filter.errors import SegmentError

FORMAT_VERSION = 1

_MAGIC = b"LOGSEGMT"
_HEADER = struct.Struct("<8sHxxIQ32s")
_ENTRY = struct.Struct("<8sQQ")
_SECTIONS_LIMIT = 64
_ALIGNMENT = 8


def pack(sections: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a file with these sections; names are ASCII, at most eight characters."""
    offset = _HEADER.size + len(sections) * _ENTRY.size
    table, bodies = [], []
    for name, content in sections.items():
        padded = content + b"\0" * (-len(content) % _ALIGNMENT)
        table.append(_ENTRY.pack(name.encode("ascii"), offset, len(content)))
        bodies.append(padded)
        offset += len(padded)
    rest = b"".join(table + bodies)
    return _HEADER.pack(_MAGIC, FORMAT_VERSION, len(sections), offset, hashlib.sha256(rest).digest()) + rest


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the sections of a file.

    Raises:
        SegmentError: it is no such file, is half-written or damaged, or has a format this version does not know.
    """
    if len(data) < _HEADER.size or not data.startswith(_MAGIC):
        raise SegmentError(f"not a segment: it does not begin with {_MAGIC.decode()}")
    _, version, count, size, checksum = _HEADER.unpack_from(data)
    if version != FORMAT_VERSION:
        raise SegmentError(
            f"segment format {version}, this version reads {FORMAT_VERSION}: learn the build again"
        )
    if size != len(data):
        raise SegmentError(f"half-written segment: {len(data)} of {size} bytes")
    if hashlib.sha256(memoryview(data)[_HEADER.size :]).digest() != checksum:
        raise SegmentError("damaged segment: the checksum does not fit")
    first = _HEADER.size + count * _ENTRY.size
    if count > _SECTIONS_LIMIT or first > size:
        raise SegmentError(f"damaged segment: a table of {count} sections in {size} bytes")
    sections = {}
    end = first
    for at in range(count):
        name, offset, length = _ENTRY.unpack_from(data, _HEADER.size + at * _ENTRY.size)
        # Each begins behind the one before it: together they are never larger than the file.
        if offset < end or offset + length > size:
            raise SegmentError(f"damaged segment: section {at} lies outside the file, or in another")
        end = offset + length
        sections[name.rstrip(b"\0").decode("ascii", "replace")] = data[offset : offset + length]
    if size - end >= _ALIGNMENT:  # the number of sections is not covered by the checksum
        raise SegmentError("damaged segment: its table ends before its last section")
    return sections
