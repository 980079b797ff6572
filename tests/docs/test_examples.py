"""The programs of docs/library.md run as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "library.md").read_text()
EXAMPLES = sorted((DOCS / "examples").glob("*.py"))
PASSED = "".join(f"compiled module number {number} of the project\n" for number in range(300))


@pytest.fixture
def passed(tmp_path: Path) -> Path:
    log = tmp_path / "passed.log"
    log.write_text(PASSED + "all tests passed\n")
    return log


def run(name: str, *arguments: Path, text: str = "") -> str:
    return subprocess.run(
        [sys.executable, DOCS / "examples" / name, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


@contextmanager
def killed_after(seconds: float, running: subprocess.Popen[str]) -> Iterator[None]:
    """Have a program that says nothing end, so that reading from it does."""
    timer = Timer(seconds, running.kill)
    timer.start()
    yield
    timer.cancel()


def test_the_page_names_every_example() -> None:
    assert EXAMPLES
    assert all(f"(examples/{example.name})" in PAGE for example in EXAMPLES)


def test_a_stream_gives_a_far_line_before_its_end_and_what_is_missing_at_it(passed: Path) -> None:
    program = [sys.executable, str(DOCS / "examples/stream.py"), str(passed)]
    after = "compiled module number 7 of the project\n" * 4
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, bufsize=1) as running,
        killed_after(60, running),
    ):
        assert running.stdin
        assert running.stdout
        running.stdin.write("compiled module number 7 of the project\nno space left on device\n" + after)
        assert "1.00      2 no space left on device\n" == running.stdout.readline()
        running.stdin.close()
        assert "missing: all tests passed\n" == running.stdout.read()
    assert 0 == running.returncode


def test_each_event_gets_a_distance_and_what_is_none_passes_through(passed: Path) -> None:
    odd = ["no JSON", "[1]", '{"message": 3}', '{"host": "a"}', "[" * 100_000]
    events = [json.dumps({"message": message}) for message in ("all tests passed", "no space left")]
    known, new, *rest = run("json_filter.py", passed, text="\n".join([*events, *odd])).split("\n")
    assert {"message": "all tests passed", "anomaly": {"distance": 0.0, "novel": False}} == json.loads(known)
    assert {"message": "no space left", "anomaly": {"distance": 1.0, "novel": True}} == json.loads(new)
    assert odd == rest


def test_a_pipeline_ranks_the_lines_of_a_failed_build(passed: Path, tmp_path: Path) -> None:
    failed = tmp_path / "failed.log"
    failed.write_text(PASSED + "12:00 | no space left on device\n")
    said = run("sklearn_pipeline.py", passed, passed, failed).splitlines()
    assert ["threshold 0.05: 1 of 301 lines", "1.00    301 12:00 | no space left on device"] == said
