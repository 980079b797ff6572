"""Zip archives, whole and damaged, as trees."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tempfile
import zipfile
from collections import deque
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_classify.trees import zip as zip_
from log_classify.trees.zip import zip_members
from log_processor.errors import JobError
from tests.log_classify.trees.archives import Read, zipped

THREE = {"a.log": b"alpha\n" * 200, "logs/b.log": b"beta\n" * 2000, "c.log": b"gamma\n"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.zip"


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_each_method_is_read(method: int, file: Path) -> None:
    file.write_bytes(zipped(THREE, method))
    assert THREE == Read(file).texts


def test_an_empty_archive_has_no_files(file: Path) -> None:
    file.write_bytes(zipped({}))
    found = Read(file)
    assert ({}, ()) == (found.texts, found.remarks)


def test_an_archive_in_an_envelope_of_gzip_is_read(file: Path) -> None:
    file.write_bytes(gzip.compress(zipped(THREE)))
    assert THREE == Read(file).texts


def test_paths_of_windows_and_paths_that_climb_are_paths_below(file: Path) -> None:
    file.write_bytes(zipped({r"logs\job.log": b"1", "../../up.log": b"2", "/abs.log": b"3"}))
    assert {"logs/job.log": b"1", "up.log": b"2", "abs.log": b"3"} == Read(file).texts


@pytest.mark.parametrize(
    ("name", "path"), [("\u00e4.log", "\u00e4.log"), ("caf\u00e9\u6f22.log", "caf\u00e9\u6f22.log")]
)
@pytest.mark.parametrize("told", [True, False])
def test_names_are_utf_8_whether_the_archive_says_so_or_not(
    name: str, path: str, file: Path, *, told: bool
) -> None:
    data = zipped({name: b"x"})
    if not told:  # bit 11 of the flags, in both headers
        data = data.replace(struct.pack("<H", 0x800), struct.pack("<H", 0))
    file.write_bytes(data)
    assert {path: b"x"} == Read(file).texts


def test_a_name_that_is_not_what_it_says_costs_no_other_file(file: Path) -> None:
    data = zipped({"ab\u00e4.log": b"one\n", "c.log": b"two\n"})
    file.write_bytes(data.replace("ab\u00e4".encode(), b"ab\xff\xfe"))
    found = Read(file)
    assert {r"ab\xff\xfe.log": b"one\n", "c.log": b"two\n"} == found.texts
    assert "the list of its members cannot be read" in found.remarks[0]


def test_links_and_encrypted_members_are_left_out_by_name(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/shadow")
        archive.writestr("secret.log", "x")
        archive.writestr("plain.log", "y")
        archive.mkdir("folder") if hasattr(archive, "mkdir") else archive.writestr("folder/", "")
    data = bytearray(file.read_bytes())
    data[data.rindex(b"secret.log") - 46 + 8] |= 1
    file.write_bytes(data)
    found = Read(file)
    assert {"plain.log": b"y"} == found.texts
    assert {"link": "a link; links are not followed", "secret.log": "encrypted"} == found.left_out


def test_an_unknown_method_leaves_the_member_out_and_says_why(file: Path) -> None:
    data = bytearray(zipped({"a.log": b"1" * 100, "b.log": b"2"}))
    struct.pack_into("<H", data, data.rindex(b"PK\x01\x02", 0, data.rindex(b"a.log")) + 10, 77)
    file.write_bytes(data)
    found = Read(file)
    assert {"b.log": b"2"} == found.texts
    assert "compression" in found.left_out["a.log"]


def test_a_wrong_checksum_is_told_and_the_others_are_read(file: Path) -> None:
    data = zipped(THREE, zipfile.ZIP_STORED).replace(b"alpha\nalpha\n", b"alpha\nOMEGA\n", 1)
    file.write_bytes(data)
    found = Read(file)
    assert {path: THREE[path] for path in ("logs/b.log", "c.log")} == found.texts
    assert "Bad CRC-32" in found.left_out["a.log"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("streamed", [False, True])
def test_of_an_archive_that_breaks_off_what_came_before_counts(
    method: int, file: Path, *, streamed: bool
) -> None:
    noisy = {f"{number:02}.log": Random(number).randbytes(100_000) for number in range(20)}
    out = _Pipe() if streamed else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in noisy.items():
            archive.writestr(name, content)
    file.write_bytes(out.getvalue()[: len(out.getvalue()) // 2])
    found = Read(file)
    if streamed and method == zipfile.ZIP_STORED:  # nothing says where the first one ends
        assert {"00.log": "how it is stored cannot be told"} == found.left_out
    else:
        assert 11 == len(found.texts)
        assert all(noisy[path].startswith(text) for path, text in found.texts.items())
        assert 10 == sum(len(text) == 100_000 for text in found.texts.values())
    assert "the list of its members cannot be read" in found.remarks[-1]


class _Pipe(io.BytesIO):
    """An output that cannot be sought, for which sizes come behind the content."""

    def tell(self) -> int:
        raise io.UnsupportedOperation


def test_a_list_that_is_shorter_than_it_says_is_not_believed(file: Path) -> None:
    data = bytearray(zipped(THREE))
    start = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", start + 4)
    struct.pack_into("<I", data, len(data) - 22 + 12, second - start)  # the list's size
    del data[second:-22]
    file.write_bytes(data)
    found = Read(file)
    assert THREE == found.texts
    assert "it has 1 of 3 members" in found.remarks[0]


def test_the_list_of_an_archive_within_is_not_taken_for_the_archives_own(file: Path) -> None:
    data = zipped({"a.log": b"alpha\n", "in.zip": zipped(THREE)}, zipfile.ZIP_STORED)
    file.write_bytes(data[: data.rindex(b"PK\x01\x02")])
    found = Read(file)
    assert {"a.log": b"alpha\n", **{f"in.zip/{path}": text for path, text in THREE.items()}} == found.texts
    assert "the list of its members cannot be read" in found.remarks[-1]


def test_an_archive_that_has_too_many_members_to_tell_is_whole(file: Path) -> None:
    data = bytearray(zipped(THREE))
    struct.pack_into("<HH", data, len(data) - 22 + 8, 0xFFFF, 0xFFFF)
    file.write_bytes(data)
    found = Read(file)
    assert (THREE, ()) == (found.texts, found.remarks)


def test_a_list_that_claims_gigabytes_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_, "_MOST_LISTED_BYTES", 100)
    file.write_bytes(zipped(THREE))
    found = Read(file)
    assert THREE == found.texts  # they are found without the list
    assert "cannot be read: it has" in found.remarks[0]


@given(st.integers(0, 400), st.binary(min_size=1, max_size=300))
def test_no_bytes_raise_anything_but_damage(at: int, noise: bytes) -> None:
    data = zipped({name: content[:50] for name, content in THREE.items()})
    with tempfile.NamedTemporaryFile() as file:
        file.write(data[:at] + noise + data[at + len(noise) :])
        file.flush()
        with suppress(JobError):
            for member in zip_members(Path(file.name)):
                with suppress(JobError):
                    deque(member.chunks, 0)
