from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import lines
from log_classify.run.reading import TreeLog, blanked, ignoring
from log_classify.trees.tree import TreeFile
from log_processor.errors import ConfigError


def _log(path: Path, content: bytes, *ignored: str) -> TreeLog:
    path.write_bytes(content)
    return TreeLog(TreeFile("a/job.log", path, "here"), ignored)


def test_unpacked_bytes_are_counted_anew_each_time(tmp_path: Path) -> None:
    log = _log(tmp_path / "job.log.gz", gzip.compress(b"one\ntwo\n"))
    for _ in range(2):
        assert ["one", "two"] == [line.text for line in log.lines()]
        assert 8 == log.bytes


def test_a_log_is_called_by_its_place_in_the_build(tmp_path: Path) -> None:
    assert "a/job.log" == _log(tmp_path / "x", b"").name


def test_an_ignored_line_is_empty_and_keeps_its_number(tmp_path: Path) -> None:
    log = _log(tmp_path / "job.log", b"one\nDEBUG two\nthree\ndebug four", "DEBUG", "(?i)^debug")
    assert [(1, "one"), (2, ""), (3, "three"), (4, "")] == [(line.number, line.text) for line in log.lines()]


def test_nothing_is_ignored_unless_somebody_wants_it() -> None:
    assert ignoring(()) is None


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'\(' is no regular expression"):
        ignoring(("(",))


@given(st.lists(st.sampled_from([b"a", b"b\n", b"\n", b"ab", b"\xff\n"])))
def test_lines_are_ignored_however_the_bytes_are_cut(pieces: list[bytes]) -> None:
    ignore = ignoring(("a",))
    assert ignore
    expected = [("" if "a" in line.text else line.text) for line in lines(pieces)]
    assert expected == [line.text for line in lines(blanked(pieces, ignore))]
