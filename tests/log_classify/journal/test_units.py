from __future__ import annotations

from pathlib import Path

import pytest

from log_classify.journal import units
from log_classify.journal.entry import Entry
from log_classify.journal.units import Units
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree


def lines(*texts: str) -> list[Entry]:
    """Entries as `unit: text`."""
    return [Entry(number, text.partition(":")[0], text.encode()) for number, text in enumerate(texts)]


def tree_of(entries: list[Entry], selection: Selection, folder: Path) -> Tree:
    found = Units(selection, folder)
    for each in entries:
        found.add(each)
    return found.tree("journal")


def test_each_unit_is_a_file_with_its_lines_in_order(tmp_path: Path) -> None:
    tree = tree_of(lines("b: 1", "a: 2", "b: 3\nand more"), Selection(), tmp_path)
    assert {"a": b"a: 2\n", "b": b"b: 1\nb: 3\nand more\n"} == {
        file.path: file.file.read_bytes() for file in tree.files
    }
    assert ["a", "b"] == [file.path for file in tree.files]
    assert "journal" == tree.name


def test_lines_are_written_before_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_HELD", 3)
    tree = tree_of(lines("a: 1", "b: 2", "a: 3"), Selection(), tmp_path)
    assert [b"a: 1\na: 3\n", b"b: 2\n"] == [file.file.read_bytes() for file in tree.files]


def test_units_are_selected(tmp_path: Path) -> None:
    selection = Selection(exclude_names=("kern",), exclude_paths=("d$",))
    tree = tree_of(lines("kernel: 1", "sshd: 2", "shop: 3", "kernel: 4"), selection, tmp_path)
    assert ["shop"] == [file.path for file in tree.files]
    assert ["kernel", "sshd"] == [each.path for each in tree.left_out]


def test_names_that_files_of_no_interest_have_are_those_of_units(tmp_path: Path) -> None:
    tree = tree_of(lines("index.html: 1", "a.png: 2"), Selection(), tmp_path)
    assert ["a.png", "index.html"] == [file.path for file in tree.files]


def test_units_without_end_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_MOST_UNITS", 2)
    tree = tree_of(lines("a: 1", "b: 2", "c: 3", "d: 4", "a: 5", "c: 6"), Selection(), tmp_path)
    assert {"a": b"a: 1\na: 5\n", "b": b"b: 2\n", "others": b"c: 3\nd: 4\nc: 6\n"} == {
        file.path: file.file.read_bytes() for file in tree.files
    }
