"""What docs/log-classify.md says is there."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from log_classify.cli import build_parser
from log_classify.run.config import read_config

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/log-classify.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    for row in re.findall(r"^\| .*", PAGE, re.MULTILINE)
]
COMMANDS = [
    line.removeprefix("$ ").partition("  #")[0]
    for _, block in BLOCKS
    for line in block.splitlines()
    if line.removeprefix("$ ").startswith("log-classify ")
]


def _parsers() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(commands.choices)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_line_is_one_that_the_program_takes(command: str) -> None:
    build_parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize("ours", [row[2] for row in ROWS])
def test_what_the_table_says_is_ours_is_there(ours: str) -> None:
    parsers = _parsers()
    options = {option for parser in parsers.values() for option in parser._option_string_actions}
    spans = [span for span in re.findall(r"`([^`]+)`", ours) if re.match(r"-|[a-z-]+( |$)", span)]
    for span in spans:
        first = span.split()[0]
        if first.startswith("-"):
            assert first in options
        else:
            assert first in parsers


@pytest.mark.parametrize("of_ancestor", [row[0] for row in ROWS[1:]])
def test_options_that_are_the_same_have_the_ancestors_spelling(of_ancestor: str) -> None:
    (ours,) = {row[2] for row in ROWS if row[0] == of_ancestor} if of_ancestor else {""}
    if ours.startswith("the same") and of_ancestor.startswith("`-"):
        options = {option for parser in _parsers().values() for option in parser._option_string_actions}
        assert set(re.findall(r"--?[a-zA-Z][\w-]*", of_ancestor)) <= options


def test_the_configuration_is_one(tmp_path: Path) -> None:
    (text,) = (block for language, block in BLOCKS if language == "yaml")
    path = tmp_path / "config.yaml"
    path.write_text(text)
    args = argparse.Namespace(config=str(path), exclude_file=[], exclude_path=[], include_path=[])
    assert ("^controller/",) == read_config(args, "tempest-full").selection.include_paths
    assert () == read_config(args, "other").selection.include_paths
