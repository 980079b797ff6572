from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from log_classify.run.config import RunConfig, read_config
from log_classify.trees.noise import NOISE
from log_processor.errors import ConfigError


def _read(content: str, folder: Path, job: str = "", **options: list[str]) -> RunConfig:
    path = folder / "config.yaml"
    path.write_text(content)
    args = argparse.Namespace(
        config=str(path), **{"exclude_file": [], "exclude_path": [], "include_path": [], **options}
    )
    return read_config(args, job)


def test_without_a_file_the_options_count(tmp_path: Path) -> None:
    args = argparse.Namespace(config=None, exclude_file=["a"], exclude_path=["b"], include_path=["c"])
    config = read_config(args)
    selection = config.selection
    assert (("a",), ("b",), ("c",), NOISE) == (
        selection.exclude_names,
        selection.exclude_paths,
        selection.include_paths,
        selection.noise,
    )
    assert ((), ()) == (config.ignored, config.baselines)


def test_a_file_adds_to_the_options(tmp_path: Path) -> None:
    config = _read(
        """
        includes: [in]
        excludes: [out]
        exclude_files: [name]
        ignore_patterns: [line]
        extra_baselines: [https://logs.example.com/1/]
        """,
        tmp_path,
        exclude_path=["more"],
    )
    selection = config.selection
    assert (("name",), ("more", "out"), ("in",)) == (
        selection.exclude_names,
        selection.exclude_paths,
        selection.include_paths,
    )
    assert (("line",), ("https://logs.example.com/1/",)) == (config.ignored, config.baselines)


@pytest.mark.parametrize(("content", "noise"), [("true", NOISE), ("false", ())])
def test_the_default_list_can_be_switched_off(tmp_path: Path, content: str, noise: object) -> None:
    assert noise == _read(f"default_excludes: {content}", tmp_path).selection.noise


def test_the_first_entry_that_fits_a_job_counts(tmp_path: Path) -> None:
    content = """
    - {match_job: ^tempest, config: {excludes: [a]}}
    - {match_job: full$, config: {excludes: [b]}}
    """
    found = [
        _read(content, tmp_path, job).selection.exclude_paths for job in ("tempest-full", "shop-full", "x")
    ]
    assert [("a",), ("b",), ()] == found


def test_the_file_of_logreduce_is_read(tmp_path: Path) -> None:
    content = "filters: {exclude_files: [a], exclude_paths: [b], exclude_lines: [c]}"
    config = _read(content, tmp_path)
    assert (("a",), ("b",), ("c",)) == (
        config.selection.exclude_names,
        config.selection.exclude_paths,
        config.ignored,
    )


@pytest.mark.parametrize("content", ["", "{}", "[]"])
def test_an_empty_file_says_nothing(tmp_path: Path, content: str) -> None:
    assert () == _read(content, tmp_path).selection.exclude_paths


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("nonsense", "expected keys with values, got 'nonsense'"),
        ("exclude: [a]", "'exclude' is no key; there are includes, excludes,"),
        ("excludes: a", "excludes: expected a list of texts, got 'a'"),
        ("excludes: [1]", "excludes: expected a list of texts, got [1]"),
        ("default_excludes: 1", "default_excludes: expected true or false, got 1"),
        ("filters: [a]", "filters: expected the keys exclude_files,"),
        ("filters: {files: [a]}", "filters: expected the keys exclude_files,"),
        ("- {match_job: a}", "entry 1: expected the keys match_job and config"),
        ("- {match_job: '(', config: {}}", "entry 1: match_job is no regular expression"),
        ("- {match_job: a, config: {x: 1}}", "entry 1: 'x' is no key"),
        ("a: b: c", "is no YAML"),
        ("excludes: ['(']", "'('"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(content, tmp_path)
    assert problem in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    args = argparse.Namespace(config=str(tmp_path / "no.yaml"))
    with pytest.raises(ConfigError, match=r"no\.yaml: cannot be read"):
        read_config(args)
