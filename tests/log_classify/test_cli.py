from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from tests.log_classify.console import Ran, process


def test_the_version_is_that_of_the_package(run: Ran) -> None:
    assert (0, f"log-classify {version('log-classify')}\n", "") == run("--version")


@pytest.mark.parametrize(
    "command", [[], ["diff"], ["dir"], ["dir-train"], ["dir-run"], ["errors"], ["explain"]]
)
def test_help_has_examples_that_the_parser_takes(run: Ran, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert 0 == code
    assert "examples:\n" in out


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["diff"], ["diff", "one.log"]])
def test_a_wrong_command_line_is_refused(run: Ran, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (2, "") == (code, out)
    assert re.search(r"^log-classify[ a-z]*: error: ", err, re.MULTILINE)


def test_the_module_is_the_command() -> None:
    ran = process("--version", capture_output=True)
    assert (0, b"") == (ran.returncode, ran.stderr)
    assert ran.stdout.startswith(b"log-classify ")


@pytest.mark.parametrize("arguments", [["diff", "a", "b", "--nonsense"], ["model-check", "a", "b"]])
def test_what_a_command_does_not_know_comes_with_its_usage(run: Ran, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (2, "") == (code, out)
    assert err.startswith(f"usage: log-classify {arguments[0]} ")
    assert f"log-classify {arguments[0]}: error: unrecognized arguments: {arguments[-1]}\n" in err
