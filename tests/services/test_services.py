from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("require", "outcome"),
    [("", "1 passed, 1 skipped"), ("0", "1 passed, 1 skipped"), ("1", "1 passed, 1 error")],
)
def test_a_test_without_its_service_is_skipped_unless_services_are_required(
    tmp_path: Path, require: str, outcome: str
) -> None:
    (tmp_path / "test_two.py").write_text(
        "import pytest\n"
        "def test_that_needs_nothing(): pass\n"
        "@pytest.mark.services('opensearch')\n"
        "def test_that_needs_java(): pass\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", ROOT / "pyproject.toml", tmp_path],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "REQUIRE_SERVICES": require},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert outcome in ended.stdout
    assert "no `java` on the PATH" in ended.stdout
