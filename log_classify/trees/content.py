"""The bytes of a local file, and whether they are an archive."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from enum import Enum
from itertools import chain
from pathlib import Path

from log_classify.trees.tar import BLOCK, is_header
from log_processor.errors import JobError
from log_processor.fetch.decompress import decompressed

MAX_RATIO = 1000
"""Unpacked bytes for each byte of an archive: gzip comes to 1032 at most, and to 300 on a line printed over and over."""

RATIO_JUDGED_FROM = 64 * 1024**2
"""Unpacked bytes before their ratio is judged."""

_CHUNK = 256 * 1024
_FIRST = 4096
"""What is read at first: mostly enough to see what a file is."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with members, without


class Archive(Enum):
    """The formats of archives; each may be compressed as a whole."""

    TAR = "tar"
    ZIP = "zip"
    PACKED_ZIP = "zip, compressed"


def plain(file: Path) -> Iterator[bytes]:
    """Yield the bytes of a file once its compression is taken off.

    Raises:
        JobError: they are damaged, or too many for what they are made of.
        OSError: it cannot be read.
    """
    return decompressed(_stored(file), max_bytes=sys.maxsize, max_ratio=MAX_RATIO)


def archive(file: Path) -> Archive | None:
    """Return which kind of archive a file is, judged by its bytes; None for one that is none.

    Raises:
        OSError: it cannot be read.
    """
    head = b""
    with closing(_stored(file)) as stored:
        first = next(stored, b"")
        if first.startswith(_ZIP):
            return Archive.ZIP
        try:
            for chunk in decompressed(chain([first], stored), max_bytes=sys.maxsize, max_ratio=MAX_RATIO):
                head += chunk
                if len(head) >= BLOCK:
                    break
        except JobError:
            pass  # whoever reads all of it says so
    if head.startswith(_ZIP):
        return Archive.PACKED_ZIP
    return Archive.TAR if is_header(head[:BLOCK]) else None


def _stored(file: Path) -> Generator[bytes]:
    # A pipe that has come to lie where a file was must not hold us up.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    size = _FIRST
    with os.fdopen(descriptor, "rb", buffering=0) as opened:
        while chunk := opened.read(size):
            yield chunk
            size = _CHUNK
