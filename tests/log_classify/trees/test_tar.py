"""Tar archives, whole and damaged, as trees."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_classify.trees.tar import BLOCK, is_header, tar_members
from log_processor.errors import JobError
from tests.log_classify.trees.archives import Read, tar

THREE = {"a.log": b"alpha\n" * 200, "logs/b.log": b"beta\n" * 2000, "c.log": b"gamma\n"}


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def members(data: bytes, size: int = 1000) -> dict[str, bytes]:
    return {member.path: b"".join(member.chunks) for member in tar_members(chunked(data, size))}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("size", [1, 511, 512, 1 << 20])
def test_each_format_is_read_wherever_its_bytes_are_cut(form: int, size: int) -> None:
    assert THREE == members(tar(THREE, format=form), size)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(
    "path", ["d" * 200 + "/" + "f" * 90 + "/x.log", "\u00e4\u6f22/x.log", "logs/\udcff\udcfe.log"]
)
def test_long_and_foreign_paths_are_read(form: int, path: str) -> None:
    shown = path.replace("\udcff\udcfe", r"\xff\xfe")
    assert {shown: b"x"} == members(tar({path: b"x"}, format=form))


def test_a_path_in_two_parts_is_put_together() -> None:
    path = "d" * 90 + "/" + "e" * 90 + ".log"
    assert {path: b"x"} == members(tar({path: b"x"}, format=tarfile.USTAR_FORMAT))


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0/\\"), min_size=1, max_size=300),
        st.binary(max_size=2000),
        max_size=5,
    )
)
def test_what_tarfile_writes_is_read(given: dict[str, bytes]) -> None:
    named = {f"d/{name}.x": content for name, content in given.items()}
    try:
        data = tar(named, format=tarfile.GNU_FORMAT)
    except UnicodeEncodeError:
        return  # half of a surrogate pair
    assert named == members(data)


def test_concatenated_archives_are_one() -> None:
    assert {"a": b"1", "b": b"2"} == members(tar({"a": b"1"}) + tar({"b": b"2"}))


def test_a_size_that_needs_more_than_octal_digits_is_read() -> None:
    data = bytearray(tar({"a.log": b"hello"}, format=tarfile.GNU_FORMAT))
    data[124:136] = b"\x80" + (5).to_bytes(11, "big")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:BLOCK])
    assert {"a.log": b"hello"} == members(bytes(data))


def entry(name: str, kind: bytes, **more: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.type = kind
        for key, value in more.items():
            setattr(info, key, value)
        archive.addfile(info)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            entry("x", tarfile.SYMTYPE, linkname="/etc/shadow"),
            "a link to /etc/shadow; links are not followed",
        ),
        (entry("x", tarfile.LNKTYPE, linkname="../y"), "a link to ../y; links are not followed"),
        (entry("x", tarfile.FIFOTYPE), "a pipe"),
        (entry("x", tarfile.CHRTYPE), "a device"),
        (entry("x", tarfile.GNUTYPE_SPARSE), "a sparse file"),
    ],
)
def test_links_and_devices_are_left_out_by_name(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(data)
    found = Read(tmp_path / "x.tar")
    assert {} == found.texts
    assert {"x": why} == found.left_out


@pytest.mark.parametrize("kind", [tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_has_no_content_whatever_its_size(kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size, info.linkname = kind, 5000, "y"
    assert b"1" == members(info.tobuf(tarfile.USTAR_FORMAT) + tar({"a.log": b"1"}))["a.log"]


def test_a_size_in_an_extended_header_is_of_the_file_and_not_of_a_further_header() -> None:
    pax = tarfile.TarInfo("pax")
    record = b"10 size=3\n"
    pax.type, pax.size = tarfile.XHDTYPE, len(record)
    name = tarfile.TarInfo("name")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 6
    file = tarfile.TarInfo("short")
    data = b"".join(
        info.tobuf(tarfile.GNU_FORMAT) + content.ljust(BLOCK, b"\0")
        for info, content in ((pax, record), (name, b"a.log\0"), (file, b"abc"))
    )
    assert {"a.log": b"abc", "b.log": b"2"} == members(data + tar({"b.log": b"2"}))


def test_folders_are_no_files() -> None:
    assert {} == members(entry("x", tarfile.DIRTYPE))
    assert {} == members(entry("x/", tarfile.REGTYPE))


@pytest.mark.parametrize("path", ["/var/log/x", "../../var/log/x", "./var/./log//x", "var/../var/log/x/."])
def test_no_path_leads_out_of_the_tree(path: str) -> None:
    paths = list(members(tar({path: b"x"})))
    assert [".." not in each.split("/") and not each.startswith("/") for each in paths] == [True]
    assert paths[0].endswith("var/log/x")


@pytest.mark.parametrize(
    ("damage", "texts", "remark"),
    [
        (
            lambda data: data[: 6 * BLOCK],
            ["a.log", "logs/b.log"],
            "x.tar!logs/b.log: only a part of it could be unpacked: the tar archive is damaged: it ends too early",
        ),
        (lambda data: data[: 4 * BLOCK + 100], ["a.log"], "it ends too early"),
        (
            lambda data: data.replace(b"c.log", b"#.log"),
            ["a.log", "logs/b.log"],
            "what should be the header of a file is none",
        ),
        (
            lambda data: data[: -(-len(data.rstrip(b"\0")) // BLOCK) * BLOCK],
            list(THREE),
            "it ends without an end mark",
        ),
    ],
)
def test_what_comes_before_the_damage_counts_and_a_remark_says_so(
    damage: Callable[[bytes], bytes], texts: list[str], remark: str, tmp_path: Path
) -> None:
    (tmp_path / "x.tar").write_bytes(damage(tar(THREE)))
    found = Read(tmp_path / "x.tar")
    assert sorted(texts) == sorted(found.texts)
    assert THREE["a.log"] == found.texts["a.log"]
    assert remark in found.remarks[0]


@pytest.mark.parametrize("kind", ["gz", "xz", "bz2"])
def test_a_compressed_archive_that_breaks_off_gives_what_comes_before(kind: str, tmp_path: Path) -> None:
    noisy = {f"{number:02}.log": Random(number).randbytes(70_000) for number in range(30)}
    data = tar(noisy, f"w:{kind}")
    (tmp_path / "x").write_bytes(data[: len(data) // 2])
    found = Read(tmp_path / "x")
    assert 0 < len(found.texts) < 30
    assert all(noisy[path].startswith(text) for path, text in found.texts.items())
    assert "ends too early" in found.remarks[0]
    assert found.remarks[-1].startswith(f"{tmp_path / 'x'}: only a part of it could be unpacked: ")


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_header_that_claims_gigabytes_is_damage_and_takes_no_memory(kind: bytes) -> None:
    out = io.BytesIO()
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 8 * 1024**3
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(JobError, match="a header has 8589934592 bytes"):
        list(tar_members(chunked(out.getvalue() + bytes(10 * BLOCK), BLOCK)))


def test_thousands_of_headers_in_a_row_are_one_after_the_other() -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2
    header = info.tobuf(tarfile.GNU_FORMAT) + b"y\0".ljust(BLOCK, b"\0")
    assert {"y": b"x"} == members(header * 3_000 + tar({"z": b"x"}), 1 << 18)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=600))
def test_no_bytes_raise_anything_but_damage(at: int, noise: bytes) -> None:
    data = tar(THREE, format=tarfile.PAX_FORMAT)
    with suppress(JobError):
        members(data[:at] + noise + data[at + len(noise) :])


@given(st.binary(max_size=BLOCK))
def test_noise_is_no_header(noise: bytes) -> None:
    assert not is_header(noise)
    assert not is_header(bytes(BLOCK))


def test_a_path_that_no_file_system_takes_is_cut_and_costs_no_time(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar({"x" + ".gz" * 300_000: b"x\n", "a.log": b"alpha\n"}))
    begun = time.process_time()
    assert [4096, 5] == sorted(map(len, Read(tmp_path / "x.tar").texts), reverse=True)
    assert time.process_time() - begun < 2
