from __future__ import annotations

import bz2
import gzip
import lzma
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import JobError, Outcome
from log_processor.fetch.decompress import decompressed
from log_processor.fetch.settings import LimitError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compress = Callable[[bytes], bytes]
COMPRESSORS: dict[str, Compress] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "zstd": zstd.compress,
    "zstd with checksum": lambda data: zstd.compress(
        data, options={zstd.CompressionParameter.checksum_flag: 1}
    ),
}
PACKED = [name for name in COMPRESSORS if name != "plain"]
PIB = 2**50
TEXT = b"".join(b"line %d of some log, %x\n" % (number, number * 7919) for number in range(5000))


@pytest.fixture(params=["zlib-ng", "zlib"], scope="module", autouse=True)
def gzip_library(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test of this file runs with and without the extra `fast`."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "zlib-ng":
            pytest.importorskip("zlib_ng", reason="zlib-ng, the extra `fast`, is not installed")
        else:
            patch.setitem(sys.modules, "zlib_ng.zlib_ng", None)  # as if it were not installed
        yield


def unpack(chunks: Iterable[bytes], *, max_bytes: int = PIB, max_ratio: int = PIB) -> Iterator[bytes]:
    return decompressed(chunks, max_bytes=max_bytes, max_ratio=max_ratio)


def until_error(chunks: Iterable[bytes], **limits: int) -> tuple[bytes, JobError | None]:
    got = bytearray()
    try:
        for chunk in unpack(chunks, **limits):
            got += chunk
    except JobError as error:
        return bytes(got), error
    return bytes(got), None


@st.composite
def in_chunks(draw: st.DrawFn, data: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=20)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@given(st.data(), st.binary(max_size=2000), st.lists(st.sampled_from(list(COMPRESSORS)), max_size=2))
def test_up_to_two_layers_come_off_however_the_bytes_are_cut(
    data: st.DataObject, content: bytes, layers: list[str]
) -> None:
    text = b"\n" + content  # nothing that looks compressed itself
    packed = text
    for layer in layers:
        packed = COMPRESSORS[layer](packed)
    assert text == b"".join(unpack(data.draw(in_chunks(packed))))


@given(
    st.data(),
    st.binary(max_size=500),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"BZh91AY&SY", b"(\xb5/\xfd"]),
)
def test_random_bytes_end_well_or_by_name(data: st.DataObject, noise: bytes, magic: bytes) -> None:
    chunks = data.draw(in_chunks(magic + noise))
    got, error = until_error(chunks)
    assert error is None or Outcome.CORRUPT == error.outcome
    assert magic or magic + noise == got or error is not None


@given(st.data(), st.sampled_from(PACKED), st.integers(0, 255))
def test_a_changed_byte_is_noticed_where_there_is_a_checksum(
    data: st.DataObject, name: str, value: int
) -> None:
    packed = bytearray(COMPRESSORS[name](TEXT))
    packed[data.draw(st.integers(10, len(packed) - 1))] = value
    got, error = until_error([bytes(packed)])
    if error is not None:
        assert Outcome.CORRUPT == error.outcome
    elif name != "zstd":
        assert TEXT == got


@pytest.mark.parametrize("name", PACKED)
def test_two_streams_in_a_row_are_one_file(name: str) -> None:
    packed = COMPRESSORS[name](b"first\n") + COMPRESSORS[name](b"second\n")
    assert b"first\nsecond\n" == b"".join(unpack([packed]))
    assert b"first\nsecond\n" == b"".join(unpack(packed[at : at + 1] for at in range(len(packed))))


@pytest.mark.parametrize("name", PACKED)
def test_padding_between_streams_and_garbage_after_them_are_left_out(name: str) -> None:
    stream = COMPRESSORS[name](b"line\n")
    assert b"line\nline\n" == b"".join(unpack([stream, b"\0" * 1000, stream]))
    assert b"line\n" == b"".join(unpack([stream, b"\0" * 1000]))
    assert b"line\n" == b"".join(unpack([stream, b"garbage that is no stream"]))


@pytest.mark.parametrize("name", PACKED)
def test_an_empty_file_stays_empty_when_compressed(name: str) -> None:
    assert [] == list(unpack([COMPRESSORS[name](b"")]))


def test_no_chunks_are_no_bytes_and_empty_chunks_are_dropped() -> None:
    assert [] == list(unpack([]))
    assert [b"a", b"b"] == [*unpack([b"", b"a", b""]), b"b"]


@pytest.mark.parametrize(
    "text", [b"BZh9 is no bzip2\n", b"\x1f\x8b", b"\xfd7zXZ", b"(\xb5/", b"x\x1f\x8b\x08"]
)
def test_what_only_resembles_a_format_is_left_as_it_is(text: bytes) -> None:
    assert text == b"".join(unpack([text]))


def test_a_skippable_frame_may_come_before_zstd_data() -> None:
    frame = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    assert b"line\n" == b"".join(unpack([frame + zstd.compress(b"line\n")]))


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_a_truncated_file_gives_all_that_is_readable_then_its_name(name: str) -> None:
    packed = COMPRESSORS[name](TEXT)
    got, error = until_error([packed[: len(packed) // 2]])
    assert error is not None
    assert Outcome.CORRUPT == error.outcome
    assert f"the {name} data ends too early" == str(error)
    assert TEXT.startswith(got)
    if name == "gzip":  # zstd decodes whole blocks of 128 KiB
        assert len(TEXT) // 3 < len(got)


def test_a_file_without_the_end_of_its_checksum_gives_every_line() -> None:
    got, error = until_error([gzip.compress(TEXT)[:-4]])
    assert TEXT == got
    assert error is not None


def test_a_wrong_checksum_of_gzip_costs_no_line() -> None:
    packed = gzip.compress(TEXT)
    got, error = until_error([packed[:-8] + bytes(4) + packed[-4:]])
    assert TEXT == got
    assert error is not None
    assert Outcome.CORRUPT == error.outcome
    assert "the gzip data cannot be unpacked: Error -3 while decompressing data: incorrect data check" == str(
        error
    )


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_damage_in_gzip_costs_what_its_own_byte_holds(at: float) -> None:
    packed = bytearray(gzip.compress(TEXT))
    damaged = int(at * len(packed))
    packed[damaged : damaged + 64] = random.Random(at).randbytes(64)
    whole = zlib.decompressobj(31).decompress(bytes(packed[:damaged]))
    got, error = until_error([bytes(packed)])
    assert error is not None
    assert Outcome.CORRUPT == error.outcome
    assert whole == got[: len(whole)]
    assert TEXT[: len(whole)] == whole


@pytest.mark.parametrize(("name", "most"), [("xz", 64), ("zstd with checksum", 256)])
@pytest.mark.parametrize("before", [1, 60, 130, 200, 250])
def test_a_wrong_checksum_of_another_format_costs_the_lines_of_the_last_bytes_at_most(
    name: str, most: int, before: int
) -> None:
    text = b"".join(b"%x\n" % random.Random(number).getrandbits(200) for number in range(3000))
    packed = COMPRESSORS[name](text)
    place = len(packed) - (2 if name.startswith("zstd") else 40)
    damaged = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
    got, error = until_error([damaged[: place - before], damaged[place - before :]])
    assert error is not None
    assert Outcome.CORRUPT == error.outcome
    assert text.startswith(got)
    assert len(until_error([packed[: place - most]])[0]) <= len(got)


def test_damage_in_bzip2_costs_no_block_that_ended_64_bytes_before() -> None:
    packed = bytearray(bz2.compress(TEXT, 1))
    decoder, ended = bz2.BZ2Decompressor(), 0
    while not (first := decoder.decompress(packed[ended : ended + 1])):
        ended += 1
    packed[ended + 100 : ended + 150] = b"\xff" * 50
    got, error = until_error([bytes(packed[: ended - 50]), bytes(packed[ended - 50 :])])
    assert error is not None
    assert Outcome.CORRUPT == error.outcome
    assert TEXT.startswith(got)
    assert len(first) <= len(got)


def test_three_layers_are_refused() -> None:
    with pytest.raises(JobError, match="compressed more than 2 times") as refused:
        list(unpack([gzip.compress(gzip.compress(gzip.compress(b"line\n")))]))
    assert Outcome.CORRUPT == refused.value.outcome


def test_an_xz_file_that_needs_more_memory_than_xz_9_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 512 * 1024**2}]
    got, error = until_error([lzma.compress(b"line\n", filters=filters)])
    assert b"" == got
    assert error is not None
    assert "Memory usage limit" in str(error)
    assert b"line\n" == b"".join(unpack([lzma.compress(b"line\n", preset=9)]))


@pytest.mark.parametrize("name", COMPRESSORS)
@pytest.mark.parametrize("allowed", [1000, len(TEXT) - 1, len(TEXT)])
def test_exactly_the_allowed_bytes_come_out(name: str, allowed: int) -> None:
    got, error = until_error([COMPRESSORS[name](TEXT)], max_bytes=allowed)
    if allowed == len(TEXT):
        assert (TEXT, None) == (got, error)
    else:
        assert error is not None
        assert Outcome.TOO_LARGE == error.outcome
        assert name == "plain" or TEXT[: len(got)] == got
        assert TEXT[:allowed] == got or len(COMPRESSORS[name](TEXT)) > allowed


def gzip_bomb(mebibytes: int) -> Iterator[bytes]:
    member = gzip.compress(bytes(16 * 1024**2), 1)
    return (member for _ in range(mebibytes // 16))


def test_a_bomb_is_stopped_by_its_ratio() -> None:
    got, error = until_error(gzip_bomb(1024), max_ratio=100)
    assert error is not None
    assert Outcome.TOO_LARGE == error.outcome
    assert isinstance(error, LimitError)
    assert "max_ratio" == error.setting
    assert "fetch." not in str(error)
    assert 64 * 1024**2 - 256 * 1024 <= len(got) <= 64 * 1024**2


def test_the_ratio_is_not_judged_below_64_mebibytes() -> None:
    got, error = until_error(gzip_bomb(64), max_ratio=100)
    assert error is None
    assert 64 * 1024**2 == len(got)


def test_a_bomb_inside_a_bomb_is_stopped_by_the_outer_one() -> None:
    # The inner layer is one gzip header whose file name never ends: it makes nothing that could be counted.
    endless_name = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 65 * 1024**2
    got, error = until_error([zstd.compress(endless_name)], max_ratio=100)
    assert b"" == got
    assert error is not None
    assert Outcome.TOO_LARGE == error.outcome


def test_endless_empty_streams_are_stopped_by_their_own_bytes() -> None:
    empty = gzip.compress(b"") * 50
    _, error = until_error(iter(lambda: empty, None), max_bytes=100_000)
    assert error is not None
    assert Outcome.TOO_LARGE == error.outcome


def test_a_gibibyte_of_zeros_passes_through_flat_memory() -> None:
    unpacked = unpack(gzip_bomb(1024))
    tracemalloc.start()
    try:
        total = sum(map(len, unpacked))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 1024**3 == total
    assert peak < 4 * 1024**2


def test_an_error_of_the_chunks_passes_through_after_what_they_brought() -> None:
    def broken() -> Iterator[bytes]:
        yield gzip.compress(TEXT)[:-100]
        raise JobError("too slow", Outcome.TOO_SLOW)

    got, error = until_error(broken())
    assert error is not None
    assert Outcome.TOO_SLOW == error.outcome
    assert TEXT.startswith(got)
    assert len(TEXT) * 0.9 < len(got)
