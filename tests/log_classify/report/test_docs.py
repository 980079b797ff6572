"""What docs/report.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from log_classify.report.files import write_json
from log_classify.report.model import VERSION
from tests.log_classify.report.reports import small

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/report.md").read_text("utf-8")
FILES = ROOT / "log_classify/report/page_files"


def test_its_pictures_and_links_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists()


def test_its_keys_are_those_of_the_help() -> None:
    [keys] = re.findall(r"### Keys\n\n(.+?)\n\n", PAGE, re.DOTALL)
    help_keys = re.findall(r"<kbd>(.+?)</kbd>", (FILES / "report.html").read_text("utf-8"))
    assert sorted(help_keys) == sorted(re.findall(r"`(\S+)`", keys))


def test_its_fields_are_those_of_an_address() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    read = re.findall(r'found\.get\("(\w+)"\)', (FILES / "address.js").read_text("utf-8"))
    assert sorted(documented) == sorted(read)


def test_its_version_is_that_of_the_shape() -> None:
    assert f"`version` is {VERSION}." in PAGE


def test_its_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(small(), tmp_path / "report.json")
    monkeypatch.chdir(tmp_path)
    [example] = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    exec(compile(example, "report.md", "exec"), {})
    first, *_ = capsys.readouterr().out.splitlines()
    assert "api/server.log 70 ERROR connection to the database was refused" == first
