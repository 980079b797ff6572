"""The whole way of a failed build, for real: six builds run, their logs are scored, the far lines are asked for.

    python -m demo.run [FOLDER]

Everything is written below FOLDER, `demo-run` in the checkout by default. The exit status is 0 when the first of
the lines that `anomaly-query` names is the cause of the failure, and 1 otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.narrator import CHECKOUT, Narrator, short
from demo.processes import DemoFailed, Program, answers, free_port, log_server, printed_by, running

BIN = Path(sys.executable).parent
CHANGES = {2: "harmless", 4: "harmless", 6: "broken"}
CAUSE = "item.reorder_level held 412 values before and holds 0 now"
MIGRATION = "inventory/migrations/0006_item_supplier.sql"
CONFIGURATION = """\
gearman:
  host: 127.0.0.1
  port: {gearman_port}
store:
  url: {store}
models:
  path: {folder}/models
dead_letters:
  path: {folder}/dead-letters
fetch:
  allow: [{log_url}]
metrics:
  listen: 127.0.0.1:{metrics_port}
"""


@dataclass(frozen=True)
class Build:
    """One run of the CI job."""

    number: int
    uuid: str
    passed: bool
    logs: Path


class Demo:
    """The steps, in the order in which they are told."""

    def __init__(self, folder: Path, narrator: Narrator) -> None:
        self._folder = folder
        self._narrator = narrator
        self._configuration = folder / "log-processor.yaml"
        self._store = f"sqlite:///{short(folder / 'log-processor.sqlite')}"

    def run(self) -> None:
        """Tell all of it.

        Raises:
            DemoFailed: a step did not end as it should.
        """
        self._narrator.step(
            "Six builds of a small CI job, which builds a service and tests it; the last one fails"
        )
        builds = [self._build(number) for number in range(1, 7)]
        failed = builds[-1]
        self._score(builds)
        self._grep(builds)
        self._ask(failed)
        self._next(failed)

    def _build(self, number: int) -> Build:
        work, logs = self._folder / "work" / str(number), self._folder / "logs" / str(number)
        change = ("--change", CHANGES[number]) if number in CHANGES else ()
        words = (sys.executable, "demo/ci_job.py", work, logs, "--seed", str(number), *change)
        self._narrator.command(*words)
        with running(*words, output=self._folder / "ci-job.log") as job:
            passed = job.ended() == 0
        build = Build(number, uuid.uuid4().hex, passed, logs)
        if build.passed != (number < 6):
            raise DemoFailed(f"build {number} did not end as it should; see {short(logs / 'job-output.txt')}")
        files = _files(logs)
        lines = sum(len(_lines(file)) for file in files)
        self._narrator.say(f"{'passed' if build.passed else 'FAILED'}: {lines} lines in {len(files)} files")
        return build

    def _score(self, builds: list[Build]) -> None:
        """Have every build's logs scored and stored; the failed build's after those that it is compared with."""
        *passed, failed = builds
        with log_server(self._folder / "logs") as log_url, self._daemon(log_url) as (daemon, gearman):
            self._narrator.step("The logs of the builds that passed: their lines are scored, then learned")
            for build in passed:
                self._submit(build, log_url, gearman)
            self._finish(daemon)
            self._narrator.step("The failed build's: each line gets its distance to the nearest known one")
            self._submit(failed, log_url, gearman)
            self._finish(daemon)

    @contextlib.contextmanager
    def _daemon(self, log_url: str) -> Iterator[tuple[Program, str]]:
        """Run the daemon, and give the address of the gearman server in it."""
        gearman_port, metrics_port = free_port(), free_port()
        text = CONFIGURATION.format(
            gearman_port=gearman_port,
            store=self._store,
            folder=short(self._folder),
            log_url=log_url,
            metrics_port=metrics_port,
        )
        self._configuration.write_text(text, encoding="utf-8")
        self._narrator.step(f"The daemon, with gearman server and store inside; the logs are at {log_url}")
        words = (BIN / "log-processor", "run", "--embedded", "--foreground", "-c", self._configuration)
        self._narrator.command(*words)
        with running(*words, output=self._folder / "log-processor.log") as daemon:
            ready = f"http://127.0.0.1:{metrics_port}/readyz"
            daemon.wait_until("the daemon is ready", lambda: answers(ready))
            yield daemon, f"127.0.0.1:{gearman_port}"

    def _finish(self, daemon: Program) -> None:
        words = (BIN / "log-processor", "status", "-c", self._configuration)
        self._narrator.command(*words)

        def finished() -> bool:
            status = json.loads(printed_by(*words, "--format", "json"))
            if status["dead_letters"]:
                raise DemoFailed(f"a log file could not be read; see {short(daemon.output)}")
            return not status["waiting"] and not status["running"]

        daemon.wait_until("the queue is empty", finished)
        self._narrator.say("no job waits or runs: every line is stored")

    def _submit(self, build: Build, log_url: str, gearman: str) -> None:
        words = (
            *(BIN / "log-processor", "submit", build.logs, "--log-url", f"{log_url}{build.number}/"),
            *("--build-uuid", build.uuid, "--build-name", "demo-job"),
            *("--build-status", "SUCCESS" if build.passed else "FAILURE"),
            *("--project", "demo/inventory", "--branch", "main", "--gearman", gearman),
        )
        self._narrator.command(*words)
        self._narrator.say(f"{len(printed_by(*words).splitlines())} jobs, one for each file")

    def _grep(self, builds: list[Build]) -> None:
        *passed, failed = builds
        self._narrator.step("For contrast: looking for errors")
        self._narrator.command("grep", "-rni", "error", failed.logs)
        hits = error_lines(failed.logs)
        for hit in hits[:10]:
            self._narrator.say(hit)
        elsewhere = ", ".join(str(len(error_lines(build.logs))) for build in passed)
        self._narrator.say(f"... {len(hits)} lines; the builds that passed have {elsewhere}")

    def _ask(self, failed: Build) -> None:
        words = (BIN / "anomaly-query", "--build-uuid", failed.uuid, "--store", self._store, "--top", "10")
        self._narrator.step(
            "The question: what did the failed build print that no passing build ever printed?"
        )
        self._narrator.command(*words)
        subprocess.run(words, cwd=CHECKOUT, check=False)
        build, *rows = map(json.loads, printed_by(*words, "--format", "jsonl").splitlines())
        if build["completeness"] != "complete":
            raise DemoFailed(f"the build is {build['completeness']}, not complete")
        lines = [row["text"] for row in rows if row["type"] == "line"]
        if not lines or CAUSE not in lines[0]:
            raise DemoFailed(f"the cause is not on top of the answer: {CAUSE}")

    def _next(self, failed: Build) -> None:
        self._narrator.step(
            "Where to look next: the change's migration empties a column that a report reads later"
        )
        self._narrator.command("diff", f"demo/package/{MIGRATION}", f"demo/changes/broken/{MIGRATION}")
        self._narrator.command(
            *(BIN / "anomaly-query", "--build-uuid", failed.uuid, "--store", self._store, "--context", "5")
        )
        self._narrator.command(BIN / "anomaly-query", "--store", self._store)
        builds = sorted((self._folder / "logs").iterdir())
        self._narrator.command(BIN / "log-classify", "dir", *builds, "--html", self._folder / "report.html")


def error_lines(logs: Path) -> list[str]:
    """What `grep -rni error` finds, in the order in which one would read the files."""
    return [
        f"{path.relative_to(logs)}:{number}:{line}"
        for path in _files(logs)
        for number, line in enumerate(_lines(path), 1)
        if re.search("error", line, re.IGNORECASE)
    ]


def _files(logs: Path) -> list[Path]:
    """The log files, the console first."""
    return sorted(
        (path for path in logs.rglob("*") if path.is_file()), key=lambda path: (path.parent != logs, path)
    )


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").splitlines()


def _prepared(folder: Path | None) -> Path:
    """The folder to work in; only our own one is emptied."""
    if folder is None:
        folder = CHECKOUT / "demo-run"
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise DemoFailed(f"{folder} is not empty; name a new folder")
    return folder.resolve()


def _keep_to_ourselves() -> None:
    """Forget the settings for log-processor and for proxies that this person's environment holds.

    They would win over the demo's own, and lead its documents into a real store.
    """
    for name in list(os.environ):
        if name.startswith(("LOG_PROCESSOR_", "ELASTICSEARCH_", "ES_")):
            del os.environ[name]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1"  # no proxy leads there


def main() -> int:
    """Run the demo."""
    parser = argparse.ArgumentParser(
        prog="demo.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", help="a new or empty folder (default: demo-run, emptied)"
    )
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what we started ends with us
    began = time.monotonic()
    _keep_to_ourselves()
    try:
        Demo(_prepared(args.folder), Narrator()).run()
    except DemoFailed as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"\nDone in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
