"""Case folders, as `log-classify evaluate` reads them: passing logs, the log to judge, and what is expected."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from anomaly_filter import lines

Expected = dict[str, object]
"""The content of an expected.yaml."""


@dataclass(frozen=True)
class Case:
    """A log to judge.

    Attributes:
        name: of its folder, unique within the set.
        good: logs of passing builds.
        fail: the log to judge.
        expected: what has to be found in it.
    """

    name: str
    good: tuple[Path, ...]
    fail: Path
    expected: Expected


def write(cases: Iterable[Case], folder: Path) -> int:
    """Write the cases of a set, a folder each; return how many they are."""
    count = 0
    for case in cases:
        place = folder / case.name
        place.mkdir(parents=True)
        for number, path in enumerate(case.good, 1):
            shutil.copyfile(path, place / f"good-{number}{_suffix(path)}")
        shutil.copyfile(case.fail, place / f"fail{_suffix(case.fail)}")
        text = yaml.safe_dump(case.expected, allow_unicode=True, sort_keys=False, width=2**31)
        (place / "expected.yaml").write_text(text, encoding="utf-8")
        count += 1
    return count


def content(log: Path) -> bytes:
    """Return the bytes of a log, unpacked."""
    data = log.read_bytes()
    return gzip.decompress(data) if log.suffix == ".gz" else data


@cache
def texts(log: Path) -> tuple[str, ...]:
    """Return the lines of a log as the product reads them: without colours, control characters and line ends."""
    return tuple(line.text for line in lines([content(log)]))


def runs(numbers: Iterable[int]) -> Iterator[range]:
    """Join numbers that follow one another."""
    start = stop = 0
    for number in sorted(set(numbers)):
        if number != stop:
            if stop > start:
                yield range(start, stop)
            start = number
        stop = number + 1
    if stop > start:
        yield range(start, stop)


def run_text(log: Path, run: range) -> str:
    """Return consecutive lines as an expected.yaml names them; numbers count from 1."""
    return "\n".join(texts(log)[run.start - 1 : run.stop - 1])


def _suffix(log: Path) -> str:
    return ".log.gz" if log.suffix == ".gz" else ".log"
