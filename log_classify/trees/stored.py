"""A file from a web server as its name says: what servers put around a file, or take off it, is undone."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from log_classify.trees.web import LARGEST
from log_processor.fetch.decompress import limited, outer_layer_off

_GZIP = b"\x1f\x8b"
_LEVEL = 6


def as_named(name: str, encoding: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes that belong into a file of a name.

    A server may send any file with gzip around it, and say so. It may also call the compression of a `.gz` file that,
    or have sent such a file decompressed.

    Args:
        name: of the file.
        encoding: what the server said of it, as `Content-Encoding`; may be empty.
        chunks: what it sent.

    Raises:
        JobError: the data are damaged, or unpack to more than 4 GiB.
    """
    data = limited(outer_layer_off(chunks), LARGEST) if encoding else iter(chunks)
    first = next(data, b"")
    whole = chain([first] if first else [], data)
    if name.endswith((".gz", ".tgz")) and not first.startswith(_GZIP):
        return _gzipped(whole)
    return whole


def _gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, wbits=31)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()
