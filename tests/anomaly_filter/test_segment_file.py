from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from anomaly_filter.segment_file import SegmentFile, encoded_build, newest_builds, segment_files
from tests.anomaly_filter.test_store import segment

FOLDER = Path("models")
NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("build", ["b1", "../b1", "b.1", ".b", "b" * 200, "b 1%", "\u00fc", "", "~"])
def test_a_name_says_all_there_is_to_say_of_a_segment(build: str) -> None:
    one = segment(build)
    file = SegmentFile.of(one, NOON, FOLDER)
    assert file == SegmentFile.parse(file.path)
    assert (NOON, encoded_build(build), one.digest) == (file.built_at, file.build, file.digest)
    assert FOLDER == file.path.parent


def test_a_time_is_kept_in_whole_seconds_of_utc() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=2))).replace(microsecond=999_999)
    assert SegmentFile.of(segment("b1"), NOON, FOLDER) == SegmentFile.of(segment("b1"), there, FOLDER)


def test_files_of_a_build_have_keys_of_their_own() -> None:
    one, same, other = (
        SegmentFile.of(segment("b1", file=file), NOON, FOLDER) for file in ("a.log", "a.log", "b.log")
    )
    assert one.file_key == same.file_key
    assert one.file_key != other.file_key


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "x.segment",
        "20240601T120000Z.segment",
        "20240601T120000Z.b.key.segment",
        "20240601T120000Z.b.key.digest",
        "20240601T120000Z.b.key.digest.part",
        "20241301T120000Z.b.key.digest.segment",
        "20240601T120000.b.key.digest.segment",
    ],
)
def test_what_is_named_otherwise_is_no_segment(name: str) -> None:
    assert SegmentFile.parse(FOLDER / "20240601T120000Z.b.key.digest.segment")
    assert SegmentFile.parse(FOLDER / name) is None


@pytest.mark.parametrize(("deep", "expected"), [(False, {"b1"}), (True, {"b1", "b2"})])
def test_a_folder_is_listed_with_or_without_those_in_it(
    tmp_path: Path,
    deep: bool,  # noqa: FBT001 - a parameter of the test
    expected: set[str],
) -> None:
    for build, folder in (("b1", tmp_path), ("b2", tmp_path / "below")):
        folder.mkdir(exist_ok=True)
        SegmentFile.of(segment(build), NOON, folder).path.touch()
    (tmp_path / "notes.txt").touch()
    SegmentFile.of(segment("b3"), NOON, tmp_path).path.mkdir()  # named after a log
    assert expected == {file.build for file in segment_files(tmp_path, deep=deep)}


def test_a_build_is_as_new_as_the_newest_of_its_files() -> None:
    files = [
        SegmentFile(NOON + timedelta(hours=hours), build, "key", "digest", FOLDER)
        for build, hours in (("b1", 0), ("b2", 2), ("b3", 1), ("b1", 3))
    ]
    assert {"b1", "b2"} == newest_builds(files, 2)
    assert set() == newest_builds(files, 0)
    assert {"b1", "b2", "b3"} == newest_builds(files, 9)
