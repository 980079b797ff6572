"""What the README shows works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from log_classify import cli as classify_cli
from log_processor import cli
from log_processor.query import cli as query_cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    command.strip()
    for language, block in BLOCKS
    if language in ("", "sh")
    for line in block.replace("\\\n", " ").splitlines()
    for command in line.partition("  #")[0].split(" | ")
    if re.match(r"(\$ )?(log-processor|anomaly-query|log-classify) ", command)
]
PROGRAMS = {"log-processor": cli, "anomaly-query": query_cli, "log-classify": classify_cli}


def test_the_library_example_runs_and_finds_the_new_line_and_the_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = (block for language, block in BLOCKS if language == "python")
    monkeypatch.chdir(tmp_path)
    Path("passed.log").write_text("12:00:00 unpacked 31 files\n12:00:07 all tests passed\n")
    Path("failed.log").write_text("12:30:00 unpacked 33 files\n12:30:04 no space left on device\n")
    exec(compile(example, "README.md", "exec"), {})
    shown, found = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"2 1\.00 12:30:04 no space left on device \| novel.* \| nearest: None", shown)
    assert "missing 12:00:07 all tests passed" == found


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_line_is_one_that_the_program_takes(command: str) -> None:
    program, *arguments = shlex.split(command.removeprefix("$ "))
    PROGRAMS[program].build_parser().parse_args(arguments)


@pytest.mark.parametrize("program", PROGRAMS)
def test_there_are_command_lines_of_each_program_to_check(program: str) -> None:
    assert 2 < sum(f"{program} " in command for command in COMMANDS)


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
