#!/usr/bin/env python3
"""The demo's CI job: checks `demo/package` out, builds it, and tests the built service, as a CI system would.

    python demo/ci_job.py WORKDIR LOGDIR [--change NAME] [--seed N]

WORKDIR is emptied first. LOGDIR gets `job-output.txt`, the console with a time on each line, and what the tools
write into `logs/`. The exit status is 0 when every stage passed and 1 when one failed. Nothing but Python's
standard library is needed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).resolve().parent
BEFORE_CHANGE = 5  # the schema version that is in production, to which the data is imported


class StageFailed(Exception):
    """A command of a stage ended with another status than 0."""


class Console:
    """The job's console log."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def print(self, text: str) -> None:
        """Write a line with its time."""
        self._file.write(f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S.%f} | {text}\n")

    def copy(self, lines: Iterable[str]) -> None:
        """Write what a process prints, as it comes."""
        for line in lines:
            self.print(line.rstrip("\n"))


class Job:
    """One build: a checkout, its logs and the stages in the order in which they run."""

    def __init__(self, checkout: Path, logs: Path, console: Console, seed: int) -> None:
        self._checkout = checkout
        self._logs = logs
        self._console = console
        self._seed = str(seed)
        self._archive = Path("dist/inventory.pyz")
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{self._archive}{os.pathsep}.",
            "PYTHONUNBUFFERED": "1",
        }

    def checkout(self, change: Path | None) -> None:
        """Copy the package and put the files of the change under test over it."""
        self._console.print("stage checkout")
        shutil.copytree(HERE / "package", self._checkout, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        if change:
            shutil.copytree(change, self._checkout, dirs_exist_ok=True)
        for path in sorted(path for path in self._checkout.rglob("*") if path.is_file()):
            size = path.stat().st_size
            self._console.print(f"checked out {path.relative_to(self._checkout)} ({size} bytes)")

    def stages(self) -> None:
        """Build and test.

        Raises:
            StageFailed: the rest was not run.
        """
        inventory = [str(self._archive), "--log"]
        database = ["--database", "stock.db"]
        (self._checkout / "dist").mkdir()
        self._stage("build", "-m", "compileall", "-b", "-f", "inventory")
        self._stage("build", "-m", "zipapp", "inventory", "-o", str(self._archive))
        self._stage(
            "unit-tests", "-m", "tests", "unit", "--seed", self._seed, "--table", self._log("tests.txt")
        )
        migrate = [*inventory, self._log("migrations.log"), "migrate", *database]
        self._stage("database", *migrate, "--to", str(BEFORE_CHANGE))
        self._stage("database", "-m", "tests.items", "items.csv")
        self._stage("database", *inventory, self._log("import.log"), "import", *database, "items.csv")
        self._stage("database", *migrate)
        with self._service(*inventory, self._log("service.log"), "serve", *database) as url:
            load = [*inventory, self._log("load.log"), "load", url, "--seed", self._seed]
            self._stage("load-test", *load)
            self._environment["INVENTORY_URL"] = url
            self._stage(
                "api-tests", "-m", "tests", "api", "--seed", self._seed, "--table", self._log("tests.txt")
            )

    def _log(self, name: str) -> str:
        return str(self._logs / name)

    @contextlib.contextmanager
    def _python(self, stage: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run Python in the checkout; what is left of it in the end is terminated."""
        self._console.print(f"stage {stage}: python {' '.join(arguments)}")
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self._checkout,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()

    def _stage(self, stage: str, *arguments: str) -> None:
        with self._python(stage, *arguments) as process:
            self._console.copy(process.stdout or ())
            process.wait()
        if process.returncode:
            raise StageFailed(f"stage {stage} ended with exit status {process.returncode}")

    @contextlib.contextmanager
    def _service(self, *arguments: str) -> Iterator[str]:
        """Run the service and give its address, which is the first line it prints."""
        with self._python("service", *arguments) as process:
            url = process.stdout.readline().strip() if process.stdout else ""
            self._console.print(url)
            if not url.startswith("http://"):
                self._console.copy(process.stdout or ())
                raise StageFailed("stage service did not start")
            yield url


def main() -> int:
    """Run the job once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workdir", type=Path)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--change", choices=sorted(path.name for path in (HERE / "changes").iterdir()))
    parser.add_argument(
        "--seed", type=int, default=0, help="the order of the tests and of the load test's requests"
    )
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that the service ends with the job
    for folder in (args.workdir, args.logdir):
        shutil.rmtree(folder, ignore_errors=True)
    (args.logdir / "logs").mkdir(parents=True)
    with (args.logdir / "job-output.txt").open("w", buffering=1, encoding="utf-8") as file:
        console = Console(file)
        job = Job(args.workdir.resolve(), (args.logdir / "logs").resolve(), console, args.seed)
        try:
            job.checkout(HERE / "changes" / args.change if args.change else None)
            job.stages()
        except StageFailed as failure:
            console.print(str(failure))
            console.print("result FAILURE")
            return 1
        console.print("result SUCCESS")
    return 0


if __name__ == "__main__":
    sys.exit(main())
