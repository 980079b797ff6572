"""Builds of the demo's job, for real, the last of which a change broke; and a server that knows them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.httpserver import Server, content
from tests.log_classify.ci.recorded import TARGET, by_query, json_answer, zuul_build
from tests.log_classify.console import ROOT

CAUSE = "item.reorder_level held 412 values before and holds 0 now"
API = "/api/tenant/local"
PASSED = ("1" * 32, "2" * 32, "3" * 32)
_ABOUT: dict[str, Any] = {
    "job_name": "demo-job",
    "ref": {"project": "demo/inventory", "branch": "main"},
}


def built(folder: Path) -> dict[str, Path]:
    """Run the job twice, which takes seconds: uuid -> logs; all that passed have the same."""
    logs = {uuid: folder / "logs" / uuid for uuid in (PASSED[0], TARGET)}
    running = []
    for number, (uuid, place) in enumerate(logs.items()):
        change = ["--change", "broken"] if uuid == TARGET else []
        words = ["demo/ci_job.py", str(folder / "work" / uuid), str(place), "--seed", str(number), *change]
        running.append(subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL))
    assert [0, 1] == [job.wait(60) for job in running]
    return {**dict.fromkeys(PASSED, logs[PASSED[0]]), TARGET: logs[TARGET]}


class Builds:
    """A Zuul on a test's server, and its log server, which is the same."""

    def __init__(self, server: Server, logs: dict[str, Path]) -> None:
        self.server = server
        self.url = server.url(f"/t/local/build/{TARGET}")
        self.web = server.url("/t/local")
        self.known: list[dict[str, Any]] = []
        for uuid, folder in logs.items():
            self.serve(uuid, folder)
            if uuid != TARGET:
                self.add(uuid)
        target = self._build(TARGET, result="FAILURE", pipeline="check", ref=_ABOUT["ref"] | {"change": 4711})
        server.put(f"{API}/build/{TARGET}", json_answer(target))
        server.put(f"{API}/builds", by_query(self._builds))

    def add(self, uuid: str, **more: Any) -> None:
        """Know a build that passed."""
        self.known.append(self._build(uuid, **more))

    def serve(self, uuid: str, folder: Path) -> None:
        """Serve logs as a job of Zuul uploads them."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        names = [path.relative_to(folder).as_posix() for path in files]
        tree = [{"name": name, "mimetype": "text/plain", "encoding": None} for name in names]
        self.server.put(f"/logs/{uuid}/zuul-manifest.json", json_answer({"tree": tree}))
        for name, path in zip(names, files, strict=True):
            self.server.put(f"/logs/{uuid}/{name}", content(path.read_bytes()))

    def _build(self, uuid: str, **more: Any) -> dict[str, Any]:
        return zuul_build(uuid, self.server.url(f"/logs/{uuid}/"), **{**_ABOUT, **more})

    def _builds(self, query: dict[str, str]) -> object:
        return [build for build in self.known if query["job_name"] == build["job_name"]]
