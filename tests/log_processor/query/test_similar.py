from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, lines
from log_processor.errors import ConfigError
from log_processor.query.similar import fingerprints, similar
from log_processor.stores.contract import Wanted
from tests.log_processor.shelf import Shelf, line

KNOWN = b"12:00:01 unpacking sources\n12:00:02 compiling 31 files\n"
FAR = (
    "12:07:44 no space left on device /dev/sda1",
    "\x1b[31mfatal: cannot open /tmp/x7d9\x1b[0m",
    "2026-11-21 17:41:43.066208 | node-1 | AssertionError: 200 != 500",
    "  50%\r 100%\rcannot verify the checksum",
    'changed: {"msg": "first\\nthe second one failed\\nthird"}',
    "login of bob failed: password=hunter2",
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def scored_fingerprint(text: str) -> str:
    builder = SegmentBuilder(build="1", file="job.log")
    builder.learn(lines([KNOWN]))
    (scored,) = AnomalyFilter(Model([builder.segment()])).scored(lines([text.encode()]))
    assert scored.fingerprint is not None
    return scored.fingerprint


@pytest.mark.parametrize("text", FAR)
def test_a_line_has_the_fingerprint_that_it_was_stored_with(text: str) -> None:
    assert scored_fingerprint(text) in fingerprints(text)


def test_a_line_with_a_secret_is_known_with_it_and_without() -> None:
    assert fingerprints("password=hunter2 refused") == fingerprints("password=*** refused")


def test_what_differs_between_builds_does_not_count() -> None:
    assert fingerprints("12:07:44 took 31 s of 0x7f01") == fingerprints("23:59:01 took 45 s of 0x8a02")
    assert fingerprints("no space left") != fingerprints("no space right")


def test_a_fingerprint_is_taken_as_it_is() -> None:
    assert ("0123456789abcdef",) == fingerprints("0123456789abcdef")
    assert ("0123456789abcdef",) != fingerprints("0123456789abcdef is one")


@pytest.mark.parametrize("text", ["", "  ", "---", "12:00:00"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="give a line of a log, or the fingerprint"):
        fingerprints(text)


def test_builds_with_the_line_are_found_by_its_text(shelf: Shelf) -> None:
    (known,) = fingerprints("no space left on device")
    for build in ("b1", "b2", "b3"):
        shelf.put(
            "a.log", [line(1, 0.9)._replace(fingerprint=known)], build=build, build_name=f"job of {build}"
        )
    shelf.put("a.log", [line(1, 0.9)], build="other")
    found = similar(shelf.reader, "NO space left on device", 2, Wanted(besides="b2"))
    assert {"b1", "b3"} == {each.build_uuid for each in found.occurrences}
    assert (2, 2) == (found.sightings[known].builds, found.sightings[known].jobs)
    nothing = similar(shelf.reader, "something else", 2, Wanted())
    assert ({}, []) == (nothing.sightings, nothing.occurrences)
