from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from log_classify.ci.build import Build
from log_classify.ci.system import System
from log_classify.ci.web import Connect, Web
from log_classify.trees.reader import open_trees
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from tests.httpserver import Server, serving
from tests.log_classify.ci.recorded import Read


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the CI system that runs the tests."""
    for name in ("GITHUB_TOKEN", "GITHUB_SERVER_URL", "GITHUB_API_URL", "GITLAB_TOKEN", "CI_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """For how long was waited between tries; nobody really waits."""
    return []


@pytest.fixture
def connect(pauses: list[float]) -> Iterator[Connect]:
    """Connects without real waiting."""
    with ExitStack() as stack:

        def connecting(home: str, authorization: Mapping[str, str]) -> Web:
            web = Web(home, authorization, sleep=pauses.append)
            stack.callback(web.close)
            return web

        yield connecting


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    with open_trees() as reader:

        def reading(system: System, build: Build, selection: Selection | None = None) -> Tree:
            return system.read(build, reader, selection or Selection(), tmp_path)

        yield reading
