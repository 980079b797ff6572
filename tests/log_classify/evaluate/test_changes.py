from __future__ import annotations

import json
from pathlib import Path

import pytest

from log_classify.evaluate.changes import ALL, Change, changes, kept
from log_processor.errors import ConfigError


@pytest.mark.parametrize(
    ("figure", "old", "new", "verdict"),
    [
        ("auc", 0.9, 0.95, "better"),
        ("auc", 0.95, 0.9, "worse"),
        ("wrong", 5, 4, "better"),
        ("wrong", 4, 5, "worse"),
        ("lines", 5, 4, "differs"),
        ("auc", None, 0.9, "differs"),
        ("auc", 0.9, None, "differs"),
    ],
)
def test_a_change_has_a_direction(figure: str, old: float | None, new: float | None, verdict: str) -> None:
    assert [Change("s", figure, old, new, verdict)] == list(
        changes({"s": {figure: old}}, {"s": {figure: new}})
    )


def test_what_is_equal_is_no_change() -> None:
    same = {"s": {"auc": 0.5, "wrong": None}}
    assert [] == list(changes(same, same))


def test_sets_that_came_or_went_are_told() -> None:
    found = list(changes({"gone": {"auc": 0.5}}, {"new": {"auc": 0.25}}))
    assert [Change("new", "auc", None, 0.25, "differs"), Change("gone", "auc", 0.5, None, "differs")] == found


def test_kept_figures_are_read_with_those_of_all_sets(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    file.write_text(
        json.dumps({"schema": 1, "overall": {"auc": 1}, "sets": {"s": {"auc": None}}, "classes": {}})
    )
    assert {"s": {"auc": None}, ALL: {"auc": 1}} == kept(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON; name a file that `evaluate --format json` wrote"),
        ("[]", "expected figures of schema 1, got None"),
        ('{"schema": 2}', "expected figures of schema 1, got 2"),
        ('{"schema": 1, "sets": {"s": {"auc": "high"}}}', "s: auc: expected a number, got 'high'"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "old.json"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        kept(file)
    assert str(raised.value).startswith(f"{file}: {said}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"old\.json: cannot be read: No such file"):
        kept(tmp_path / "old.json")
