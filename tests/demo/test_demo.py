"""The demo is real: its CI job works, its passing logs are alike, and its failure is one that grep does not find."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 60


def command(folder: Path, *arguments: str) -> list[str]:
    script = str(CHECKOUT / "demo" / "ci_job.py")
    return [sys.executable, script, str(folder / "work"), str(folder / "logs"), *arguments]


def run_job(folder: Path, *arguments: str) -> int:
    return subprocess.run(command(folder, *arguments), check=False, timeout=DEADLINE_SECONDS).returncode


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("builds")
    assert 0 == run_job(folder / "first", "--seed", "1")
    assert 0 == run_job(folder / "second", "--seed", "2")
    assert 0 == run_job(folder / "harmless", "--seed", "3", "--change", "harmless")
    assert 1 == run_job(folder / "broken", "--seed", "4", "--change", "broken")
    return folder


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(CHECKOUT)
    return importlib.import_module("demo.run")


def masked(build: Path) -> set[str]:
    """The lines of all files, without what names this run."""
    text = ((path.name, path.read_text("utf-8").replace(str(build), "BUILD")) for path in logs(build))
    ids = re.compile(r"req-[0-9a-f-]{36}|\d+(\.\d+)?")
    return {f"{name}:{ids.sub('N', line)}" for name, lines in text for line in lines.splitlines()}


def logs(build: Path) -> list[Path]:
    return [path for path in (build / "logs").rglob("*") if path.is_file()]


def test_a_build_writes_thousands_of_lines_into_several_files(builds: Path) -> None:
    for name in ("first", "second", "harmless", "broken"):
        files = logs(builds / name)
        assert 6 == len(files)
        assert 5000 < sum(len(path.read_text("utf-8").splitlines()) for path in files)


@pytest.mark.parametrize("other", ["second", "harmless"])
def test_passing_builds_differ_in_numbers_and_order_alone(builds: Path, other: str) -> None:
    assert masked(builds / "first") == masked(builds / other)


def test_passing_builds_are_full_of_lines_that_hold_the_word_error(builds: Path, story: ModuleType) -> None:
    for name in ("first", "second", "harmless"):
        assert 20 <= len(story.error_lines(builds / name / "logs"))


def test_the_cause_is_logged_and_no_hit_of_grep(builds: Path, story: ModuleType) -> None:
    console = (builds / "broken" / "logs" / "job-output.txt").read_text("utf-8")
    assert 1 == console.count(story.CAUSE)
    hits = story.error_lines(builds / "broken" / "logs")
    assert 20 <= len(hits)
    assert [] == [hit for hit in hits if "reorder_level" in hit]


def test_the_failure_is_far_from_its_cause(builds: Path, story: ModuleType) -> None:
    console = (builds / "broken" / "logs" / "job-output.txt").read_text("utf-8").splitlines()
    cause = next(number for number, line in enumerate(console) if story.CAUSE in line)
    failure = next(number for number, line in enumerate(console) if line.endswith("... FAIL"))
    assert 200 < failure - cause


def test_a_terminated_job_ends_its_service(tmp_path: Path) -> None:
    job = subprocess.Popen(command(tmp_path), stderr=subprocess.DEVNULL)
    console = tmp_path / "logs" / "job-output.txt"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (address := re.findall(r"\| (http://\S+)\n", console.read_text() if console.exists() else "")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    job.send_signal(signal.SIGTERM)
    assert 0 != job.wait(DEADLINE_SECONDS)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address[0]}/health", timeout=5)


@pytest.fixture
def asked(story: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the demo judge an answer that is given in place of anomaly-query's."""

    def ask(*texts: str, completeness: str = "complete") -> None:
        rows = [
            {"type": "build", "completeness": completeness},
            *({"type": "line", "text": t} for t in texts),
        ]
        answer = "".join(f"{json.dumps(row)}\n" for row in rows)
        query = tmp_path / "anomaly-query"
        query.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}END\n")
        query.chmod(0o755)
        monkeypatch.setattr(story, "BIN", tmp_path)
        failed = story.Build(6, "0" * 32, passed=False, logs=tmp_path)
        story.Demo(tmp_path, story.Narrator())._ask(failed)

    return ask


def test_the_demo_accepts_an_answer_with_the_cause_on_top(
    asked: Callable[..., None], story: ModuleType
) -> None:
    asked(f"0006: {story.CAUSE}", "FAILED")


def test_the_demo_refuses_an_answer_without_the_cause_on_top(
    asked: Callable[..., None], story: ModuleType
) -> None:
    with pytest.raises(story.DemoFailed, match="not on top"):
        asked("FAILED", f"0006: {story.CAUSE}")
    with pytest.raises(story.DemoFailed, match="not on top"):
        asked()


def test_the_demo_refuses_an_answer_about_a_part_of_the_build(
    asked: Callable[..., None], story: ModuleType
) -> None:
    with pytest.raises(story.DemoFailed, match="incomplete"):
        asked(story.CAUSE, completeness="incomplete")


def test_the_demo_leaves_a_folder_that_is_not_its_own_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "demo.run", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode
    assert "not empty" in done.stderr
    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_the_demo_finds_the_cause_whatever_the_environment_says(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:1"
    done = subprocess.run(
        [sys.executable, "-m", "demo.run", str(tmp_path)],
        cwd=CHECKOUT,
        env={**os.environ, "http_proxy": nobody, "ES_URL": nobody, "LOG_PROCESSOR_SCORE_THRESHOLD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * DEADLINE_SECONDS,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "\033" not in done.stdout
