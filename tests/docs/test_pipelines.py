"""What docs/pipelines.md shows is there, and the GitHub action does what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from log_classify.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/pipelines.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [
    command
    for _, block in BLOCKS
    for command in re.findall(r"(log-classify [a-z-]+ .*?)(?: [|>]|  +#|\n)", block.replace("\\\n", " "))
]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
(COMPARE,) = (step for step in ACTION["runs"]["steps"] if step["name"] == "Compare")
PASSED = "".join(f"compiled module number {number} of the project\n" for number in range(300))


def test_each_command_of_the_page_is_one() -> None:
    assert 6 == len(COMMANDS)
    for command in COMMANDS:
        build_parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize("block", [text for language, text in BLOCKS if language == "yaml"])
def test_each_snippet_is_yaml(block: str) -> None:
    assert isinstance(yaml.safe_load(block), (dict, list))


def test_no_input_is_written_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_each_input_of_the_action_is_used_and_each_used_one_is_there() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", yaml.safe_dump(ACTION["runs"])))
    assert set(ACTION["inputs"]) == used


def act(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's step in a folder, as a runner does."""
    expressions: dict[str, str] = COMPARE["env"]
    given: dict[str, Any] = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    given["token"] = "a-token"  # whose default only GitHub knows
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    environment = {
        variable: given[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", expression)[1]]  # type: ignore[index]
        for variable, expression in expressions.items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", COMPARE["run"]],
        cwd=folder,
        env={
            **os.environ,
            **environment,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_SERVER_URL": "https://127.0.0.1:1",
            "GITHUB_API_URL": "https://127.0.0.1:1/api/v3",
            "GITHUB_REPOSITORY": "org/app",
            "GITHUB_RUN_ID": "7",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("passed/job.log", PASSED), ("failed/job.log", f"{PASSED}no space left on device\n")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    (tmp_path / "summary").write_text("what another step said\n")
    return tmp_path


def test_the_action_writes_summary_annotations_report_and_outputs(folder: Path) -> None:
    done = act(folder, target="failed", baselines="passed\n")
    assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
    summary = (folder / "summary").read_text()
    assert summary.startswith(
        "what another step said\n**1 line that no passing build printed**, of 301 lines"
    )
    assert "::warning title=job.log%3A301::no space left on device\n" in done.stdout
    assert (
        "report=log-classify-report/report.html\njson=log-classify-report/report.json\n"
        == (folder / "output").read_text()
    )
    assert (folder / "log-classify-report/report.html").stat().st_size


def test_the_action_is_red_when_that_is_asked_for(folder: Path) -> None:
    assert 1 == act(folder, target="failed", baselines="passed", fail_on_anomaly="true").returncode
    assert (folder / "log-classify-report/report.json").exists()
    assert 0 == act(folder, target="passed", baselines="passed", fail_on_anomaly="true").returncode


def test_an_option_is_one_argument_whatever_is_in_it(folder: Path) -> None:
    done = act(
        folder,
        target="failed",
        baselines="passed",
        options="--exclude-line=no space left; touch owned\n--color\nnever",
    )
    assert 0 == done.returncode, done.stderr
    assert "no space left on device" in done.stdout
    assert not (folder / "owned").exists()


def test_the_action_judges_its_own_run_where_no_target_is_named(folder: Path) -> None:
    done = act(folder)
    assert done.returncode != 0
    assert "127.0.0.1:1" in done.stderr
    assert not (folder / "log-classify-report/report.json").exists()
