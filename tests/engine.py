"""A plugin of pytest: with `-p tests.engine` the tests use the library at $ENGINE, as `make engine-check` wants."""

from __future__ import annotations

import os
from pathlib import Path

from anomaly_filter import native


def pytest_configure() -> None:
    """Have the engine loaded from there; a run that would quietly do without is no check."""
    native._FILE = Path(os.environ["ENGINE"])
    if native.library() is None:
        raise RuntimeError(native.why_not())
