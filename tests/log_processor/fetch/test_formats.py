from __future__ import annotations

import bz2
import gzip
import lzma
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import JobError, Outcome
from log_processor.fetch.decompress import decompressed

if sys.version_info >= (3, 14):
    from compression import zstd

    ZSTD, ZSTD_MEND = "compression.zstd", "install a Python that was built with libzstd"
else:
    from backports import zstd

    ZSTD, ZSTD_MEND = "backports.zstd", "install backports.zstd"

TEXT = b"".join(b"line %d of some log, %x\n" % (number, number * 7919) for number in range(3000))
LIBRARIES = {"bz2", "lzma", "backports.zstd", "compression.zstd", "zlib_ng"}


def loaded_by_reading(data: bytes) -> set[str]:
    """Return which libraries of formats a fresh interpreter loads to read some data."""
    code = (
        "import sys; before = set(sys.modules); from log_processor.fetch.decompress import decompressed; "
        f"print(*decompressed([{data!r}], max_bytes=9999, max_ratio=9), *(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return LIBRARIES & set(ran.stdout.split())


def read(data: bytes) -> tuple[bytes, str]:
    """Return what comes out, and the error that ends it."""
    got = bytearray()
    try:
        for chunk in decompressed([data], max_bytes=2**40, max_ratio=2**40):
            got += chunk
    except JobError as error:
        return bytes(got), str(error)
    return bytes(got), ""


def test_a_plain_log_loads_no_library_of_a_format() -> None:
    assert set() == loaded_by_reading(b"line")


def test_gzip_loads_zlib_ng_where_it_is_installed_and_no_other() -> None:
    pytest.importorskip("zlib_ng", reason="zlib-ng, the extra `fast`, is not installed")
    assert {"zlib_ng"} == loaded_by_reading(gzip.compress(b"line"))


@pytest.mark.parametrize(
    ("name", "library", "packed", "mend"),
    [
        ("xz", "lzma", lzma.compress(TEXT), "install a Python that was built with liblzma"),
        ("bzip2", "bz2", bz2.compress(TEXT), "install a Python that was built with libbz2"),
        ("zstd", ZSTD, zstd.compress(TEXT), ZSTD_MEND),
    ],
)
def test_a_format_whose_library_is_missing_is_named_with_what_to_install_and_others_are_read(
    name: str, library: str, packed: bytes, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, _, module = library.rpartition(".")
    monkeypatch.setitem(sys.modules, library, None)
    if package:  # else it is found there
        monkeypatch.delattr(sys.modules[package], module)
    with pytest.raises(JobError) as refused:
        list(decompressed([packed], max_bytes=2**40, max_ratio=2**40))
    assert Outcome.CORRUPT == refused.value.outcome
    assert str(refused.value).startswith(f"the {name} data cannot be unpacked: ")
    assert str(refused.value).endswith(f": {mend}")
    assert (TEXT, "") == read(gzip.compress(TEXT))


@given(
    st.sampled_from([TEXT, TEXT[:500], b"", random.Random(1).randbytes(3000)]),
    st.sampled_from([(0, 1), (1, 2), (6, 1), (9, 3)]),
    st.sampled_from(["change", "cut", "overwrite", "append"]),
    st.integers(min_value=0),
    st.binary(min_size=1, max_size=40),
)
def test_both_gzip_libraries_make_the_same_of_damaged_data_to_the_wording_of_the_error(
    text: bytes, level_and_members: tuple[int, int], damage: str, place: int, noise: bytes
) -> None:
    pytest.importorskip("zlib_ng", reason="zlib-ng, the extra `fast`, is not installed")
    level, members = level_and_members
    packed = bytearray(gzip.compress(text, level) * members)
    at = place % len(packed)
    if damage == "change":
        packed[at] ^= noise[0]
    elif damage == "cut":
        del packed[at:]
    elif damage == "overwrite":
        packed[at : at + len(noise)] = noise
    else:
        packed += noise
    by_zlib_ng = read(bytes(packed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "zlib_ng.zlib_ng", None)
        by_zlib = read(bytes(packed))
    assert by_zlib == by_zlib_ng
