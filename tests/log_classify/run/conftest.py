from __future__ import annotations

from pathlib import Path

import pytest

from tests.log_classify.console import FAILED, PASSED, write

SETUP = "setting up {}\nfetching packages of the day\nall is ready\n"


@pytest.fixture
def builds(folder: Path) -> Path:
    """The working directory, with the folders `passed` and `failed`."""
    for name, log in (("passed", PASSED), ("failed", FAILED)):
        (folder / name / "logs").mkdir(parents=True)
        write(folder / name / "job-output.txt", log)
        write(folder / name / "logs" / f"setup-{len(name)}.log", SETUP.format(f"worker-{len(log)}"))
    return folder
