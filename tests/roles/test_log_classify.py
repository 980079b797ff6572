"""What the role `log-classify` does after a build, run by Ansible against a real HTTP server."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.httpserver import Server, serving
from tests.log_classify.ci.recorded import by_query, zuul_build
from tests.roles import ansible
from tests.services.daemons import log_server

pytestmark = pytest.mark.services("ansible")

PASSED = "".join(f"compiled module number {number} of the project\n" for number in range(300))
FAILED = f"{PASSED}no space left on device\n"


class Site:
    """A Zuul, its log server with two builds that passed, and a build that is over on its executor."""

    def __init__(self, folder: Path, zuul: Server, logs: str) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.store = folder / "served/models"
        self.zuul = zuul
        self.logs = logs
        self.pasts = ["a" * 32, "b" * 32]
        for uuid in self.pasts:
            self.write(f"served/logs/{uuid}/job-output.txt", PASSED)
            self.write(f"served/logs/{uuid}/controller/app.log", PASSED)
        self.write("work/logs/job-output.txt", FAILED)
        zuul.put("/api/tenant/main/builds", by_query(lambda _: self._builds()))
        zuul.put("/api/tenant/main/info", by_query(lambda _: {"info": {"tenant": "main"}}))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def _builds(self) -> list[dict[str, Any]]:
        of_the_job = {"project": "org/app", "branch": "master"}
        return [
            zuul_build(uuid, f"{self.logs}logs/{uuid}/", job_name="unit", ref=of_the_job)
            for uuid in self.pasts
        ]

    def run(self, *, hosts: str = "localhost", branch: str = "master", **variables: Any) -> str:
        """Run the role; whatever happens, the play does not fail. Return what Ansible printed."""
        done = ansible.play(
            self.work,
            [{"include_role": {"name": "log-classify"}}],
            {hosts: {"zuul": ansible.zuul(self.work, branch=branch)}},
            **{
                "zuul_success": False,
                "log_classify_zuul_web": self.zuul.url("/t/main"),
                "log_classify_model_store_url": f"{self.logs}models",
                "log_classify_model_store_folder": str(self.store),
                "log_classify_command": str(ansible.program("log-classify")),
                **variables,
            },
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    @property
    def report(self) -> dict[str, Any] | None:
        """The report beside the build's logs."""
        file = self.work / "logs/log-classify.json"
        return json.loads(file.read_text()) if file.exists() else None

    @property
    def returned(self) -> list[str]:
        """The URLs of the artifacts that the job returned."""
        results = self.work / "results.json"
        found = json.loads(results.read_text()) if results.exists() else {"zuul": {"artifacts": []}}
        return [artifact["url"] for artifact in found["zuul"]["artifacts"]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "served").mkdir()
    with serving() as zuul, log_server(tmp_path / "served") as logs:
        yield Site(tmp_path, zuul, f"{logs}/")


def shown(report: dict[str, Any] | None) -> list[str]:
    assert report is not None
    return [entry["text"] for file in report["files"] for entry in file["entries"]]


def models(report: dict[str, Any] | None) -> list[str | None]:
    assert report is not None
    return [file["model"] for file in report["files"]]


def test_a_report_is_made_of_passed_builds_and_returned_and_the_model_kept(site: Site) -> None:
    said = site.run()
    assert ["no space left on device"] == shown(site.report), said
    assert ["org%2Fapp/unit/master/job-output"] == models(site.report)
    assert "<!doctype html" in (site.work / "logs/log-classify.html").read_text()[:100].lower()
    assert ["log-classify.html"] == site.returned
    assert zipfile.is_zipfile(site.store / "org/app/unit/master.zip")
    assert ["logs", "results.json"] == sorted(
        path.name
        for path in site.work.iterdir()
        if path.name not in ("ansible", "inventory.json", "play.json", "log-classify-model.zip")
    )


def test_a_kept_model_is_used_without_asking_zuul(site: Site) -> None:
    site.run()
    asked = len(site.zuul.requests)
    (site.work / "logs/log-classify.json").unlink()
    kept = (site.store / "org/app/unit/master.zip").stat()
    site.run()
    assert asked == len(site.zuul.requests)
    assert ["no space left on device"] == shown(site.report)
    assert kept.st_mtime_ns == (site.store / "org/app/unit/master.zip").stat().st_mtime_ns


def test_a_branch_may_have_characters_that_urls_write_otherwise(site: Site) -> None:
    site.run(branch="fix/a+b#1")
    asked = len(site.zuul.requests)
    (site.work / "logs/log-classify.json").unlink()
    site.run(branch="fix/a+b#1")
    assert asked == len(site.zuul.requests)
    assert site.report is not None


def test_a_model_that_is_damaged_is_made_anew(site: Site) -> None:
    site.write("served/models/org/app/unit/master.zip", "no zip")
    site.run()
    assert ["no space left on device"] == shown(site.report)
    assert zipfile.is_zipfile(site.store / "org/app/unit/master.zip")


def test_nothing_is_done_for_a_build_that_passed_unless_that_is_asked_for(site: Site) -> None:
    assert "The build passed" in site.run(zuul_success=True)
    assert site.report is None
    site.run(zuul_success=True, log_classify_when_passed=True)
    assert ["no space left on device"] == shown(site.report)


def test_without_a_build_that_passed_there_is_no_report_and_no_failure(site: Site) -> None:
    site.pasts = []
    site.run()
    assert site.report is None
    assert [] == site.returned


def test_what_goes_wrong_is_said_and_fails_nothing(site: Site) -> None:
    said = site.run(log_classify_zuul_web="http://127.0.0.1:1/t/main")
    assert "No report: Learn from builds that passed" in said
    assert "127.0.0.1:1" in said
    assert site.report is None


def test_on_a_node_its_logs_are_judged_where_the_log_server_has_them(site: Site) -> None:
    site.write("node/app.log", FAILED)
    site.run(
        hosts="controller",
        log_classify_target=str(site.folder / "node"),
        log_classify_include_path="controller/",
    )
    report = site.report
    assert ["no space left on device"] == shown(report)
    assert ["org%2Fapp/unit/master/controller/app"] == models(report)
