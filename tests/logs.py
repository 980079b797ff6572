"""Lines for tests: made up by hypothesis, and real logs where they are at hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
"""Real logs beside the checkout; the tests that need them are skipped where they are missing."""

_numbers = st.integers(0, 10**12).map(str) | st.sampled_from(
    ["0", "00", "007", "200", "404", "500", "-1", "3.14"]
)
_hex = st.text("0123456789abcdef", min_size=4, max_size=12)
_times = st.datetimes().map(lambda time: time.isoformat(" ")) | st.times().map(lambda time: f"[{time}]")
_names = st.sampled_from(
    [
        "error",
        "failed",
        "passed",
        "worker",
        "code",
        "status",
        "exit",
        "tests",
        "no",
        'HTTP/1.1"',
        "GET",
        "-",
        "tmp",
    ]
)
_pairs = st.builds(
    "{}{}{}".format, _names, st.sampled_from(["=", ": ", "-", "_", "/"]), _numbers | _hex | _names
)
_secrets = st.sampled_from(
    [
        "password=hunter2",
        "Authorization: Bearer a.b-c",
        "https://bob:pw@example.com/x",
        "ghp_0a1b2c",
        "token=x1",
    ]
)
_breaks = st.sampled_from([r"one\ntwo", r"a\r\nb", "10%\r20%", "\t", "\\"])
_words = st.one_of(
    _names, _numbers, _hex, _times, _pairs, st.uuids().map(str), _secrets, _breaks, st.text(max_size=8)
)

texts = st.lists(_words, max_size=8).map(" ".join)
"""Lines as logs have them, and worse: any character but a lone surrogate."""


def real(case: str) -> tuple[bytes, bytes]:
    """Return a passing and a failing log, or skip the test that asks."""
    folder = DATA / case
    if not folder.is_dir():
        pytest.skip(f"the real logs {case} are not beside the checkout")
    return next(_read(folder, "*.good", "pass.log.gz")), next(_read(folder, "*.fail", "fail.log.gz"))


def _read(folder: Path, *patterns: str) -> Iterator[bytes]:
    for pattern in patterns:
        for path in folder.glob(pattern):
            yield gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
