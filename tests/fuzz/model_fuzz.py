"""Reads models, from segments and from images, whose bytes were flipped, cut and spliced: `make fuzz SECONDS=60`.

    ENGINE=LIBRARY python -m tests.fuzz.model_fuzz SECONDS [NUMBER]

Checked under the sanitizers: bytes that cannot be used are refused by name, or, of an image, made anew; whatever else is
read judges lines, and no read or write of the engine goes astray. Case NUMBER, which is the first one, is the same in
every run.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from random import Random

from anomaly_filter import (
    AnomalyFilter,
    ModelName,
    ModelStore,
    SegmentBuilder,
    container,
    image,
    lines,
    native,
)
from anomaly_filter.images import Images
from tests.engine import pytest_configure as use_engine

NAME = ModelName("acme/shop", "unit", "main", ("job",))

_WHEN = datetime(2024, 6, 1, tzinfo=timezone.utc)
_PASSING = (
    b"12:00:00 ran 100 tests, 0 errors\n12:00:40 3/3 pods ready, python 3.11.4\n"
    + b"12:00:41 from http://one.example.com/x\n" * 6
    + b"12:00:42 copied 7%\n"
    + b"".join(b"12:00:42 step %s of the build\n" % bytes([letter]) * 3 for letter in b"abcdefgh"),
    b"12:00:00 ran 101 tests, 0 errors\n12:00:40 3/3 pods ready, python 3.11.4\nlinking all objects\n",
)
_TARGET = (
    b"12:00:00 ran 3 tests, 2 errors\n12:30:00 1/3 pods ready, python 4.0.0\n"
    + b"12:30:01 from http://two.example.com/x\n" * 40
    + b"12:30:02 copied 700%\nstep b of a build\nlinking failed: no space left\n"
)
_NUMBERS = (0, 1, 6, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_CHANGES = (1, 1, 1, 4)
_IMAGE = ".image"


def models() -> dict[str, bytes]:
    """Return the files of a model of two builds, by their paths: its segments, and the image made of them."""
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        root = Path(folder)
        for build, log in enumerate(_PASSING):
            builder = SegmentBuilder(str(build), "job.log")
            builder.learn(lines([log]))
            ModelStore(root).learn(NAME, builder.segment(), built_at=_WHEN, now=_WHEN)
        for path in root.rglob("*.segment"):
            _write(path, path.read_bytes())
        ModelStore(root).find(NAME)
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def _write(path: Path, data: bytes) -> None:
    """Write a file by a rename, always of the same age, by which an image knows its segments."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("part")
    part.write_bytes(data)
    os.utime(part, ns=(0, 0))
    part.replace(path)


def hostile(data: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """Return a file with some bytes changed: anywhere, with or without the right checksum, or in one section."""
    how = rng.randrange(4)
    if how < 2:
        changed = _changed(data, others, rng)
        return _sealed(changed) if how else changed
    sections, pack = _unpacked(data)
    name = rng.choice(sorted(sections))
    return pack({**sections, name: _changed(sections[name], [*filter(None, sections.values())], rng)})


def _unpacked(data: bytes) -> tuple[Mapping[str, bytes], Callable[[Mapping[str, bytes]], bytes]]:
    """Return the sections of a segment or an image, and what makes a file of them."""
    if data.startswith(container._MAGIC):
        return container.unpack(data), container.pack
    size, count = image._HEADER.size, image._HEADER.unpack_from(data)[4]
    table = image._ENTRY.iter_unpack(data[size : size + count * image._ENTRY.size])
    sections = {name.rstrip(b"\0").decode(): data[start : start + length] for name, start, length in table}
    return sections, lambda changed: image.pack(changed, _engine())


def _engine() -> ctypes.CDLL:
    library = native.library()
    assert library is not None
    return library


def _changed(data: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """Return some bytes flipped, cut, or spliced with others."""
    found = bytearray(data)
    for _ in range(rng.choice(_CHANGES)):
        at = rng.randrange(len(found)) if found else 0
        change = rng.randrange(5)
        if change == 0 and found:
            found[at] ^= 1 << rng.randrange(8)
        elif change == 1:
            found[at & ~3 : (at & ~3) + 4] = struct.pack("<I", rng.choice(_NUMBERS))
        elif change == 2:
            del found[at : at + rng.choice((1, 4, 64, len(found)))]
        else:
            piece = rng.choice(others)
            start = rng.randrange(len(piece))
            piece = piece[start : start + rng.choice((1, 4, 64, len(piece)))]
            found[at : at + (len(piece) if change == 3 else 0)] = piece
    return bytes(found)


def _sealed(data: bytes) -> bytes:
    """Return a file with the size and the checksum that its bytes have; what is too short for that as it is."""
    if data.startswith(container._MAGIC) and len(data) >= (size := container._HEADER.size):
        magic, version, sections, _, _ = container._HEADER.unpack_from(data)
        rest = data[size:]
        return (
            container._HEADER.pack(magic, version, sections, len(data), hashlib.sha256(rest).digest()) + rest
        )
    if data.startswith(image._MAGIC) and len(data) >= (size := image._HEADER.size):
        data = data.ljust(image._aligned(len(data)), b"\0")
        magic, _, _, *rules = image._HEADER.unpack_from(data)
        told = image._HEADER.pack(magic, 0, len(data), *rules) + data[size:]
        words = ctypes.create_string_buffer(told, len(told))
        checksum = image._checksum(ctypes.addressof(words), len(told), _engine())
        return image._HEADER.pack(magic, checksum, len(data), *rules) + data[size:]
    return data


def case(number: int, files: dict[str, bytes], root: Path) -> str:
    """Change a file of a model and judge a log by what is left of it; return what was changed and what came of it."""
    rng = Random(number)
    name = rng.choice(sorted(files))
    changed = hostile(files[name], [*files.values()], rng)
    Images(root).clear()  # an image of an earlier case would stand for its segments
    for each, data in files.items():
        if each == name or not each.endswith(_IMAGE):
            _write(root / each, changed if each == name else data)
    found = ModelStore(root).find(NAME)
    filter_ = AnomalyFilter(found.model if found else None)
    scan = filter_.scored(lines([_TARGET]))
    judged = {line.text: line for line in scan}
    for text, line in judged.items():
        assert (found is None) == (line.distance is None)
        assert 0 <= (line.distance or 0.0) <= (line.score or 0.0) <= 1
        alone = filter_.explain(text).line.distance, filter_.distance(text)
        # An image that lies under the right checksum may say otherwise of rows than of their words, never more.
        assert alone == (line.distance, line.distance) or name.endswith(_IMAGE)
        assert all((found is None) == (each is None) and 0 <= (each or 0.0) <= 1 for each in alone)
    assert isinstance(scan.findings, tuple)
    if name.endswith(_IMAGE):
        # One that is refused is written anew, and then has the bytes that it had before.
        return "images read" if (root / name).read_bytes() == changed else "images refused"
    return "segments read" if found is not None and not found.unreadable else "segments refused"


def main(seconds: float, first: int = 0) -> None:
    """Try one case after another for some seconds; a case that fails is named."""
    use_engine()
    files = models()
    end, cases = time.monotonic() + seconds, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in count(first):
            if time.monotonic() >= end:
                break
            try:
                cases[case(number, files, Path(folder))] += 1
            except BaseException:
                sys.stderr.write(f"model_fuzz: case {number}; again: tests.fuzz.model_fuzz 1 {number}\n")
                raise
    told = ", ".join(f"{what}: {many}" for what, many in sorted(cases.items()))
    sys.stdout.write(f"models: {cases.total()}; {told}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), *map(int, sys.argv[2:]))
