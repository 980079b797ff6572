from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.metadata import version

import pytest

from anomaly_filter import AnomalyFilter
from log_classify.cli import build_parser
from log_processor import cli as processor_cli
from log_processor.query import cli as query_cli
from log_processor.query.rows import WRITERS

HEAVY = {
    "anomaly_filter.filter", "asyncio", "backports.zstd", "concurrent.futures", "daemon", "dataclasses", "elasticsearch",
    "email", "gear", "http", "importlib.metadata", "json", "logging", "multiprocessing", "numpy", "prometheus_client",
    "requests", "sklearn", "socket", "sqlite3", "ssl", "urllib3", "yaml",
}  # fmt: skip
_HELP = """
import sys
before = set(sys.modules)  # of the environment
from {program} import main
try:
    main({arguments} + ["--help"])
except SystemExit as exit_:
    assert exit_.code == 0
print("loaded:", *sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("log_classify.cli", []),
        ("log_classify.cli", ["diff"]),
        ("log_classify.cli", ["explain"]),
        ("log_classify.cli", ["evaluate"]),
        ("log_processor.query.cli", []),
        ("log_processor.cli", []),
        ("log_processor.cli", ["run"]),
        ("log_processor.cli", ["submit"]),
        ("log_processor.cli", ["train"]),
        ("log_processor.cli", ["models"]),
        ("log_processor.cli", ["models", "list"]),
        ("log_processor.cli", ["status"]),
        ("log_processor.cli", ["replay"]),
        ("log_processor.cli", ["check-config"]),
    ],
)
def test_help_loads_nothing_that_only_the_work_needs(program: str, arguments: list[str]) -> None:
    code = _HELP.format(program=program, arguments=arguments)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    help_, _, loaded = ran.stdout.rpartition("loaded: ")
    assert help_.startswith("usage: ")
    assert program in loaded.split()
    assert set() == HEAVY & set(loaded.split())


def test_the_default_threshold_of_the_command_line_is_that_of_the_library() -> None:
    assert AnomalyFilter(None).threshold == build_parser().parse_args(["diff", "a", "b"]).threshold


@pytest.mark.parametrize(
    ("parser", "arguments"),
    [
        (build_parser(), ["diff", "a", "b"]),
        (processor_cli.build_parser(), ["status"]),
        (query_cli.build_parser(), []),
    ],
)
def test_the_version_is_shown_and_is_no_part_of_other_arguments(
    parser: argparse.ArgumentParser, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "version" not in vars(parser.parse_args(arguments))
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["--version"])
    assert 0 == left.value.code
    assert f"{parser.prog} {version('log-classify')}\n" == capsys.readouterr().out


@pytest.mark.parametrize("form", ["table", "markdown", "brief", *WRITERS])
def test_a_query_takes_each_form_that_can_be_written(form: str) -> None:
    assert form == query_cli.build_parser().parse_args(["--format", form]).format


def test_a_query_takes_no_other_form(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        query_cli.build_parser().parse_args(["--format", "none"])
    offered = capsys.readouterr().err.partition("choose from ")[2]
    assert {"table", "markdown", "brief", *WRITERS} == set(offered.rstrip(")\n").replace("'", "").split(", "))
