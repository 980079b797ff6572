"""Members of a tar archive, read from front to back.

tarfile takes damage in the middle of an archive for its end, holds headers of any size in memory, and calls itself for
each header in a row. Here what is lost is told, and memory is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from log_classify.trees.member import Member, safe_path
from log_processor.errors import JobError, Outcome

BLOCK = 512
_MOST_HEADER_BYTES = 1024 * 1024
"""Of one extended header; a path has 4096, attributes may have 64 KiB each."""

_LINKS, _FOLDER, _SPARSE = (b"1", b"2"), b"5", b"S"
_NO_FILES = {b"3": "a device", b"4": "a device", b"6": "a pipe", _SPARSE: "a sparse file"}
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"6")  # whatever size they say

_PAX, _LONG_NAME = (b"x", b"X"), b"L"
_OTHER_HEADERS = (b"g", b"K", b"V", b"D", b"M")
"""For all that follows, a link's long target, a volume, a list of a folder, the rest of a file from elsewhere."""

_OCTAL = re.compile(rb"[0-7]{1,12}")
_RECORD = re.compile(rb"([1-9][0-9]{0,6}) ")


def is_header(block: bytes) -> bool:
    """Whether a block is the header of a member, which its checksum says."""
    if len(block) < BLOCK:
        return False
    try:
        told = _number(block[148:156])
    except JobError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    total = sum(rest)  # some took bytes for signed
    return told == total or told == total - 256 * sum(byte > 127 for byte in rest)


def tar_members(data: Iterator[bytes]) -> Iterator[Member]:
    """Yield the members that are no folders.

    Raises:
        JobError: the archive is damaged; the members before are as they should be.
    """
    stream = _Stream(data)
    name, size = None, None  # as an extended header gives them for the member after it
    for block in _headers(stream):
        kind = block[156:157]
        if kind in _PAX:
            name, size = _pax(stream.header(), name, size)
        elif kind == _LONG_NAME:
            name = stream.header().rstrip(b"\0")
        elif kind not in _OTHER_HEADERS:
            yield from _member(stream, block, name or _name(block), size)
            name, size = None, None


def _headers(stream: _Stream) -> Iterator[bytes]:
    """Yield each header, with the stream at its content."""
    ended = False
    while block := stream.take(BLOCK):
        ended = not block.strip(b"\0")
        if ended:
            continue
        if not is_header(block):
            raise _damage("what should be the header of a file is none")
        stream.begin(_number(block[124:136]))
        yield block
        stream.finish()
    if not ended:
        raise _damage("it ends without an end mark, as one does that is cut")


def _member(stream: _Stream, block: bytes, name: bytes, size: int | None) -> Iterator[Member]:
    kind = block[156:157]
    folder = kind == _FOLDER or name.endswith(b"/")
    if folder or kind in _WITHOUT_CONTENT:
        stream.begin(0)
    elif size is not None:
        stream.begin(size)
    if kind == _SPARSE:
        _skip_map(stream, block)
    if not folder:
        path = safe_path(name.decode("utf-8", "surrogateescape"))
        yield Member(path, _unread(kind, block), stream.content())


def _unread(kind: bytes, block: bytes) -> str | None:
    if kind in _LINKS:
        target = block[157:257].split(b"\0")[0].decode("utf-8", "backslashreplace")
        return f"a link to {target}; links are not followed"
    return _NO_FILES.get(kind)


def _name(block: bytes) -> bytes:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    """Read an octal number, or the binary one that stands for what needs more digits."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0")[0].strip(b" ") or b"0"
    if _OCTAL.fullmatch(digits):
        return int(digits, 8)
    raise _damage("a header holds no number where there should be one")


def _pax(header: bytes, name: bytes | None, size: int | None) -> tuple[bytes | None, int | None]:
    r"""Read name and size of the next member from records such as `24 path=a/long/name\n`."""
    at = 0
    while at < len(header) and (length := _RECORD.match(header, at)):
        end = at + int(length[1])
        key, _, value = header[length.end() : end - 1].partition(b"=")
        if key in {b"path", b"GNU.sparse.name"}:
            name = value
        elif key == b"size" and value.isdigit() and len(value) < 20:
            size = int(value)
        at = end
    return name, size


def _skip_map(stream: _Stream, block: bytes) -> None:
    """Go past the blocks that say where in a sparse file its bytes stand."""
    more = block[482:483]
    while more not in {b"\0", b""}:
        more = stream.take(BLOCK)[504:505]


class _Stream:
    """Bytes that are taken by the block, and of a member's content only as many as it has."""

    def __init__(self, data: Iterator[bytes]) -> None:
        self._data = data
        self._chunk = b""
        self._at = 0
        self._left = 0  # of the content
        self._padding = 0

    def begin(self, size: int) -> None:
        """Say how long the content is that comes next."""
        self._left = size
        self._padding = -size % BLOCK

    def take(self, size: int) -> bytes:
        """Return so many bytes; none at the end."""
        taken = self._some(size)
        while 0 < len(taken) < size and (more := self._some(size - len(taken))):
            taken += more
        if 0 < len(taken) < size:
            raise _damage("it ends too early")
        return taken

    def content(self) -> Iterator[bytes]:
        """Yield what is left of the content."""
        while self._left:
            piece = self._some(self._left)
            if not piece:
                raise _damage("it ends too early")
            self._left -= len(piece)
            yield piece

    def header(self) -> bytes:
        """Return the content of a header."""
        if self._left > _MOST_HEADER_BYTES:
            raise _damage(f"a header has {self._left} bytes")
        return b"".join(self.content())

    def finish(self) -> None:
        """Go to where the next member begins."""
        for _ in self.content():
            pass
        self.take(self._padding)

    def _some(self, most: int) -> bytes:
        """Return bytes, at least one unless there are no more."""
        if self._at == len(self._chunk):
            self._chunk, self._at = next(self._data, b""), 0
        piece = self._chunk[self._at : self._at + most]
        self._at += len(piece)
        return piece


def _damage(reason: str) -> JobError:
    return JobError(f"the tar archive is damaged: {reason}", Outcome.CORRUPT)
