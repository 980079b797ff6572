from __future__ import annotations

from pathlib import Path

import pytest

from tests.log_classify.console import FAILED, PASSED, Ran, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `passed.log` and `failed.log`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    write(tmp_path / "passed.log", PASSED)
    write(tmp_path / "failed.log", FAILED)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Ran:
    return Ran(capsys)
