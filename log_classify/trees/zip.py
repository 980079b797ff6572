"""Members of a zip archive, by its list of them; where that is damaged, by what stands before each."""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from log_classify.trees.member import Member, safe_path
from log_classify.trees.zip_scan import scanned_members
from log_processor.errors import JobError, Outcome

_MOST_LISTED_BYTES = 32 * 1024**2
"""Of the list, which zipfile reads at once and turns into objects of ten times its size: 200,000 members."""

_CHUNK = 256 * 1024
_SMALL = 4096
"""What zipfile hands to bzip2 and lzma at once; what they make of it, it takes in whole."""

_END = b"PK\x05\x06"
_MOST_END_BYTES = 22 + 0xFFFF
_TOO_MANY_TO_TELL = 0xFFFF
_ENCRYPTED, _UTF_8 = 1, 1 << 11
_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What zipfile raises over hostile bytes; lzma has an error of its own."""


def zip_members(file: Path) -> Iterator[Member]:
    """Yield the members that are no folders.

    Raises:
        JobError: the archive is damaged; the members before are as they should be.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        try:
            archive = ZipFile(_Bounded(opened))
            _check(archive, opened)
        except _DAMAGE as error:
            yield from scanned_members(opened)
            raise JobError(f"the list of its members cannot be read: {error}", Outcome.CORRUPT) from error
        with archive:
            for info in archive.infolist():
                name = _name(info)
                if not name.endswith("/"):
                    yield Member(safe_path(name), _unread(info), _content(archive, info))


def _check(archive: ZipFile, file: io.BufferedReader) -> None:
    """See whether the list is whole; zipfile also takes a shorter one, or that of an archive in this one.

    Raises:
        BadZipFile: it is not.
    """
    members = archive.infolist()
    file.seek(-min(_MOST_END_BYTES, file.seek(0, io.SEEK_END)), io.SEEK_END)
    end = file.read().rpartition(_END)[2]
    told = int.from_bytes(end[6:8], "little")
    if told not in {len(members), _TOO_MANY_TO_TELL}:
        raise BadZipFile(f"it has {len(members)} of {told} members")
    if members and all(info.header_offset for info in members):
        raise BadZipFile("it does not begin with the first member")


def _name(info: ZipInfo) -> str:
    name = info.orig_filename.split("\0")[0]
    if not info.flag_bits & _UTF_8:  # said to be in code page 437, and mostly UTF-8
        name = name.encode("cp437").decode("utf-8", "surrogateescape")
    return name.replace("\\", "/")  # as some programs on Windows write it


def _unread(info: ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    return "a link; links are not followed" if stat.S_ISLNK(info.external_attr >> 16) else None


def _content(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    step = _CHUNK if info.compress_type in {ZIP_STORED, ZIP_DEFLATED} else _SMALL
    try:
        with archive.open(info) as member:
            while chunk := member.read(step):
                yield chunk
    except Exception as error:
        if isinstance(error, _DAMAGE) or type(error).__name__ == "LZMAError":  # a Python may lack its module
            raise JobError(f"cannot be unpacked: {error}", Outcome.CORRUPT) from error
        raise


class _Bounded(io.RawIOBase):
    """A file of which nobody reads too much at once because a header says so."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_LISTED_BYTES:
            raise BadZipFile(f"it has {size} bytes")
        return self._file.read(size)
