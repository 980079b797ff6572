"""The logs that are measured on: real ones, repeated with other numbers and ids, and lines that nobody printed.

Everything is a function of the real logs and a seed. The real logs are those of the data sets beside the checkout;
where they are not, the demo's CI job runs twice, once broken.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data"
MB = 1_000_000

# What varies; a time of day stays, so that it still is one.
_VARIES = re.compile(rb"([0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9a-f]{8,}|[0-9]+)")
_HEX = bytes(b"0123456789abcdef"[byte % 16] for byte in range(256))
_DIGITS = bytes(b"123456789"[byte % 9] for byte in range(256))  # a number does not begin to start with 0
_SAME = bytes(range(256))

_WORD = re.compile(r"[A-Za-z]{4,}")
_WORDS_OF_A_LINE = range(4, 31)
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_REPLACED = 3  # words of a real line, to make another row of it


@dataclass(frozen=True)
class Logs:
    """Real logs of one job.

    Attributes:
        origin: where they are from.
        passed: those of passing builds.
        failed: those of failing builds.
    """

    origin: str
    passed: bytes
    failed: bytes

    @cached_property
    def texts(self) -> Sequence[str]:
        """The distinct lines of ASCII that have a few words, in order."""
        found = dict.fromkeys(self.passed.splitlines() + self.failed.splitlines())
        texts = (line.decode() for line in found if line.isascii() and b"\\" not in line)
        return [text for text in texts if text.isprintable() and len(_WORD.findall(text)) in _WORDS_OF_A_LINE]


def failing_builds(folder: Path) -> Logs:
    """Return passing and failing builds of one project."""
    pairs = DATA / "bugswarm-dev" / "pairs"
    older, newer = pairs / "raphw-byte-buddy-95795967", pairs / "raphw-byte-buddy-156672808"
    if not DATA.is_dir():
        return _demo(folder)
    # Two years lie between the builds, so that the model knows much of the failing one, and not nearly all.
    failed = _unpacked(older / "fail.log.gz") + _unpacked(newer / "fail.log.gz")
    return Logs("raphw-byte-buddy (bugswarm-dev)", _unpacked(newer / "pass.log.gz"), failed)


def tests(folder: Path) -> Logs:
    """Return a passing and a failing log of a test run, with a time on each line."""
    log = DATA / "logjuicer-tests" / "testr-nodepool-01"
    if not DATA.is_dir():
        return _demo(folder)
    passed, failed = ((log / f"output.{end}").read_bytes() for end in ("good", "fail"))
    return Logs("testr-nodepool-01 (logjuicer-tests)", passed, failed)


def varied(log: bytes, size: int, seed: int) -> Iterator[bytes]:
    """Repeat a log up to a size in bytes, with other digits in its numbers and other hex in its ids each time."""
    rng = Random(seed)
    pieces = _VARIES.split(log)
    tables = [_table(piece) for piece in pieces[1::2]]
    ends = [0]
    for piece in pieces[1::2]:
        ends.append(ends[-1] + len(piece))
    left = size
    while left > 0 and log:
        noise = rng.randbytes(ends[-1])
        kept = b"".join(pieces[1::2])
        texts = {
            table: (kept if table is _SAME else noise.translate(table)) for table in (_HEX, _DIGITS, _SAME)
        }
        copies = list(pieces)
        copies[1::2] = [
            texts[table][start:end] for table, start, end in zip(tables, ends[:-1], ends[1:], strict=True)
        ]
        copy = b"".join(copies)[:left]
        left -= len(copy)
        yield copy


def new_lines(texts: Sequence[str], seed: int) -> Iterator[bytes]:
    """Give lines like these without end, of which two words in three are ones that no other line has."""
    rng = Random(seed)
    while True:
        text = rng.choice(texts)
        places = [match.span() for match in _WORD.finditer(text)]
        for start, end in reversed([place for number, place in enumerate(places) if number % 3 < 2]):
            text = text[:start] + "".join(rng.choices(_SYLLABLES, k=5)) + text[end:]
        yield with_other_digits(text, rng).encode() + b"\n"


def other_lines(texts: Sequence[str], seed: int) -> Iterator[bytes]:
    """Give lines like these without end, in each of which a few words are those of others: rows of a large model."""
    rng = Random(seed)
    words = sorted({word for text in texts for word in _WORD.findall(text)})
    while True:
        text = rng.choice(texts)
        places = [match.span() for match in _WORD.finditer(text)]
        for start, end in sorted(rng.sample(places, _REPLACED), reverse=True):
            text = text[:start] + rng.choice(words) + text[end:]
        yield text.encode() + b"\n"


def with_other_digits(text: str, rng: Random) -> str:
    """Return the text with other digits in its numbers."""
    return re.sub("[0-9]", lambda _: rng.choice("123456789"), text)


def mixed(known: Sequence[bytes], new: Iterator[bytes], share: float, seed: int) -> Iterator[bytes]:
    """Give known lines without end, with a share of new ones among them."""
    rng = Random(seed)
    while True:
        yield next(new) if rng.random() < share else rng.choice(known)


def up_to(lines: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Give lines until they have a size in bytes."""
    left = size
    while left > 0:
        line = next(lines)
        left -= len(line)
        yield line


def written(path: Path, pieces: Iterator[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path


def lines_in(log: Path) -> int:
    """Count the lines of a log, the one without a line end too."""
    count, last = 0, b"\n"
    with log.open("rb") as file:
        while chunk := file.read(1 << 20):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")


def _table(piece: bytes) -> bytes:
    if b":" in piece or len(piece) == 1:
        return _SAME
    return _DIGITS if piece.isdigit() else _HEX


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _demo(folder: Path) -> Logs:
    """Run the demo's CI job: it passes, and then it fails."""
    logs = []
    for name, options, status in (("passed", (), 0), ("failed", ("--change", "broken"), 1)):
        work, kept = folder / f"{name}-work", folder / f"{name}-logs"
        if not kept.is_dir():
            command = [sys.executable, ROOT / "demo" / "ci_job.py", work, kept, *options]
            ended = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode
            if ended != status:
                raise RuntimeError(f"the demo's job ended with {ended}, not {status}: see {kept}")
        logs.append((kept / "job-output.txt").read_bytes())
    return Logs("the demo's CI job", *logs)
