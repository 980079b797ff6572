from __future__ import annotations

import ctypes
import mmap
import os
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_filter import native
from anomaly_filter.image import BadImageError, Image, _checksum, pack

SECTIONS = {
    "empty": b"",
    "text": b"x" * 17,
    "upto": struct.pack("<4I", 0, 2, 2, 17),
    "spans": struct.pack("<4d", 0, 1, 2, 2),
    "order": struct.pack("<3I", 1, 0, 1),
    "counts": struct.pack("<4I", 5, 1, 0, 3),
}

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def engine() -> ctypes.CDLL:
    found = native.library()
    if found is None:
        pytest.skip("the engine is not compiled, or ANOMALY_FILTER_PURE is set")
    return found


def sealed(data: bytes) -> bytes:
    """Return a file with a right checksum, whatever is in it: what somebody can make who means harm."""
    words = ctypes.create_string_buffer(data, len(data))
    return data[:8] + struct.pack("<Q", _checksum(ctypes.addressof(words), len(data), engine())) + data[16:]


@pytest.fixture
def data() -> bytes:
    return pack(SECTIONS, engine())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.image"


def opened(path: Path, data: bytes) -> Image:
    path.unlink(missing_ok=True)  # a file that is mapped must not be cut
    path.write_bytes(data)
    return Image(path, engine())


def test_what_is_packed_is_found(path: Path, data: bytes) -> None:
    image = opened(path, data)
    assert SECTIONS == {name: bytes(image.bytes(name)) for name in SECTIONS}
    assert (17, 0, 0) == (image.numbers("upto", "I")[3], image.address("text") % 64, len(data) % 64)


def test_every_flipped_byte_is_found(path: Path, data: bytes) -> None:
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(BadImageError):
            opened(path, bytes(flipped))


def test_every_truncation_is_found(path: Path, data: bytes) -> None:
    for size in range(len(data)):
        with pytest.raises(BadImageError):
            opened(path, data[:size])


def test_a_file_that_is_cut_before_it_is_mapped_is_refused(
    path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_and_map(descriptor: int, size: int, *, access: int) -> mmap.mmap:
        os.truncate(path, 64)
        return map_(descriptor, size, access=access)

    map_ = mmap.mmap
    monkeypatch.setattr(mmap, "mmap", cut_and_map)
    with pytest.raises(BadImageError, match="cut a moment ago"):
        opened(path, data)


def test_bytes_behind_the_end_are_found(path: Path, data: bytes) -> None:
    with pytest.raises(BadImageError):
        opened(path, data + bytes(64))


def test_two_changes_do_not_cancel_out(path: Path, data: bytes) -> None:
    for bit in (0x01, 0x80):
        for behind in (8, 64):
            flipped = bytearray(data)
            flipped[-65] ^= bit
            flipped[-65 - behind] ^= bit
            with pytest.raises(BadImageError, match="checksum"):
                opened(path, bytes(flipped))


@in_one_folder
@given(place=st.integers(16, 300), value=st.binary(min_size=1, max_size=8))
def test_a_hostile_table_leads_nowhere_outside(path: Path, data: bytes, place: int, value: bytes) -> None:
    hostile = sealed(data[:place] + value + data[place + len(value) :])
    with suppress(BadImageError):
        image = opened(path, hostile)
        for name in SECTIONS:
            with suppress(BadImageError):
                start = image.address(name) - image._address
                assert 0 <= start <= start + len(image.bytes(name)) <= len(hostile)


def test_a_section_that_is_not_there_is_named(path: Path, data: bytes) -> None:
    with pytest.raises(BadImageError, match="no section 'rows'"):
        opened(path, data).bytes("rows")


def test_an_image_of_another_engine_or_of_other_rules_is_refused(path: Path, data: bytes) -> None:
    for place in (24, 32):
        other = bytearray(data)
        other[place] ^= 1
        with pytest.raises(BadImageError, match="another version"):
            opened(path, sealed(bytes(other)))


def test_offsets_begin_with_0_never_fall_and_end_where_they_have_to(path: Path, data: bytes) -> None:
    assert [0, 2, 2, 17] == [*opened(path, data).starts("upto", 17)]
    with pytest.raises(BadImageError):
        opened(path, data).starts("upto", 17, least=1)
    for numbers, last in (((1, 2), 2), ((0, 2), 3), ((0, 3, 2, 3), 3), ((), 0)):
        image = opened(path, pack({"upto": struct.pack(f"<{len(numbers)}I", *numbers)}, engine()))
        with pytest.raises(BadImageError):
            image.starts("upto", last)


def test_a_section_of_another_length_is_refused(path: Path, data: bytes) -> None:
    image = opened(path, data)
    with pytest.raises(BadImageError):
        image.numbers("upto", "I", 5)
    with pytest.raises(BadImageError):
        image.numbers("text", "I")


def test_a_span_that_ends_before_it_begins_is_refused(path: Path, data: bytes) -> None:
    assert [0.0, 1.0, 2.0, 2.0] == [*opened(path, data).spans("spans")]
    for pair in ((1.0, 0.0), (float("nan"), 1.0), (0.0, float("nan")), (0.0,)):
        image = opened(path, pack({"spans": struct.pack(f"<{len(pair)}d", *pair)}, engine()))
        with pytest.raises(BadImageError):
            image.spans("spans")


def test_an_order_has_each_row_that_has_a_count_once(path: Path, data: bytes) -> None:
    assert [1, 0, 1] == [*opened(path, data).order("order", [0, 2, 3], "counts", 2)]
    for order in ((1, 1), (1,), (1, 0, 0), (1, 2), (2**32 - 1, 0)):
        image = opened(
            path,
            pack(
                {"order": struct.pack(f"<{len(order)}I", *order), "counts": struct.pack("<3I", 5, 1, 0)},
                engine(),
            ),
        )
        with pytest.raises(BadImageError):
            image.order("order", [0, len(order)], "counts", 3)
