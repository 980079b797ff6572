from __future__ import annotations

import hashlib
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import SegmentError
from anomaly_filter.container import FORMAT_VERSION, pack, unpack

SECTIONS = {"info": b"{}", "empty": b"", "rows": b"x" * 17}
DATA = pack(SECTIONS)
HEADER, ENTRY = 56, 24  # bytes, as the format's description has them

names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)


def sealed(
    body: bytes,
    *,
    count: int = 1,
    size: int | None = None,
    version: int = FORMAT_VERSION,
    magic: bytes = b"LOGSEGMT",
) -> bytes:
    """A file with a right checksum, whatever its body: what somebody can make who means harm."""
    total = HEADER + len(body) if size is None else size
    return struct.pack("<8sHxxIQ32s", magic, version, count, total, hashlib.sha256(body).digest()) + body


def entry(offset: int, size: int, name: bytes = b"info") -> bytes:
    return struct.pack("<8sQQ", name, offset, size)


@given(st.dictionaries(names, st.binary(max_size=40), max_size=20))
def test_what_is_packed_is_unpacked(sections: dict[str, bytes]) -> None:
    assert sections == unpack(pack(sections))


def test_sections_begin_at_multiples_of_eight_bytes() -> None:
    assert 0 == (DATA.index(b"x" * 17)) % 8


@pytest.mark.parametrize("size", range(len(DATA)))
def test_every_truncation_is_refused(size: int) -> None:
    with pytest.raises(SegmentError):
        unpack(DATA[:size])


def test_every_flipped_byte_is_refused_unless_it_pads() -> None:
    padding = {10, 11}  # of the header, outside the checksum
    for place in set(range(len(DATA))) - padding:
        flipped = bytearray(DATA)
        flipped[place] ^= 0xFF
        with pytest.raises(SegmentError):
            unpack(bytes(flipped))


def test_bytes_behind_the_end_are_refused() -> None:
    with pytest.raises(SegmentError, match="half-written"):
        unpack(DATA + b"\0")


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SegmentError):
        unpack(data)


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1), st.none() | st.integers(0, 2**64 - 1))
def test_a_hostile_file_with_a_right_checksum_is_read_or_refused(
    body: bytes, count: int, size: int | None
) -> None:
    with suppress(SegmentError):
        unpack(sealed(body, count=count, size=size))


@pytest.mark.parametrize("version", [0, FORMAT_VERSION + 1, 65535])
def test_another_format_version_is_refused_with_the_way_to_mend_it(version: int) -> None:
    with pytest.raises(SegmentError, match=f"segment format {version}, .* learn the build again"):
        unpack(sealed(b"", count=0, version=version))


@pytest.mark.parametrize(
    "data",
    [
        sealed(b"", count=1),
        sealed(b"", count=2**32 - 1),
        sealed(entry(HEADER + 65 * ENTRY, 0) * 65, count=65),
        sealed(entry(0, 8)),
        sealed(entry(HEADER, ENTRY)),
        sealed(entry(HEADER + ENTRY, 1)),
        sealed(entry(HEADER + ENTRY + 1, 0)),
        sealed(entry(2**64 - 1, 1)),
        sealed(entry(HEADER + ENTRY, 2**64 - 1)),
        sealed(entry(2**63, 2**63)),
        sealed(b"", count=0, magic=b"LOGSEGMX"),
    ],
)
def test_sections_outside_the_file_are_refused(data: bytes) -> None:
    with pytest.raises(SegmentError):
        unpack(data)


def test_overlapping_sections_are_refused_as_together_they_may_be_many_times_the_file() -> None:
    start = HEADER + 2 * ENTRY
    body = entry(start, 4, b"one") + entry(start + 2, 4, b"two") + b"abcdef"
    with pytest.raises(SegmentError, match="section 1 lies outside the file, or in another"):
        unpack(sealed(body, count=2))


def test_a_name_that_is_not_ascii_is_no_error() -> None:
    body = entry(HEADER + ENTRY, 0, b"\xff\xfe")
    assert [b""] == list(unpack(sealed(body)).values())
