"""How fast the whole daemon is, in lines per second, and where the time goes.

From gearman job to stored documents; the file is served by a real HTTP server in a process of its own and scored
against a model of five builds. `make bench` gives it a cluster that keeps nothing; by itself this program has it write
into SQLite. A look at each line of the same bytes is timed beside it, so that a figure means something on another
machine.

    python -m benchmarks.daemon --size-mb 2
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

from benchmarks.bench import Bench
from benchmarks.corpora import MB, varied
from benchmarks.figures import Figure, at_least, check, require
from log_processor.job import Job, encode
from log_processor.metrics import STAGES
from log_processor.queue_status import queue_status
from log_processor.source import GearmanSubmitter
from log_processor.timestamps import now

HOST = "127.0.0.1"
_BUILDS = 5
_DAY = re.compile(rb"\b\d{4}-\d\d-\d\d(?=[ T]\d\d:\d\d:\d\d)")
WORDS = [
    "volume",
    "instance",
    "network",
    "port",
    "server",
    "image",
    "request",
    "token",
    "quota",
    "flavor",
    "backend",
    "mirror",
    "cache",
    "worker",
]
VERBS = [
    "created",
    "deleted",
    "attached",
    "started",
    "stopped",
    "resized",
    "migrated",
    "checked",
    "rejected",
    "scheduled",
]


def log(size: int, seed: int, *, novel: float) -> bytes:
    """Make a log of about `size` bytes as a service writes it; a share of lines has words that no other has."""
    rnd = random.Random(seed)
    lines, written, number = [], 0, 0
    while written < size:
        number += 1
        moment = f"2024-05-06 {number // 36000 % 24:02d}:{number // 600 % 60:02d}:{number // 10 % 60:02d}.{rnd.randrange(10**6):06d}"
        line = (
            f"{moment} {rnd.randrange(1000, 9999)} INFO acme.{rnd.choice(WORDS)} [req-{rnd.getrandbits(128):032x}] "
            f"{rnd.choice(WORDS)} {rnd.getrandbits(32):08x} {rnd.choice(VERBS)} on node-{rnd.randrange(50)} "
            f"in {rnd.random():.3f} seconds"
        )
        if rnd.random() < novel:
            words = ("".join(rnd.choice("bcdfgaeiou") for _ in range(9)) for _ in range(6))
            line = f"{moment} {rnd.randrange(1000, 9999)} ERROR acme.{rnd.choice(WORDS)} {' '.join(words)}"
        lines.append(line)
        written += len(line) + 1
    return "\n".join([*lines, ""]).encode()


def daemon(bench: Bench) -> Iterator[Figure]:
    """Run the daemon on logs like a test run's, into a cluster that keeps nothing."""
    logs = bench.tests
    size = int(bench.form.lines_mb * MB)
    passing = [_dated(b"".join(varied(logs.passed, size // 10, build))) for build in range(_BUILDS)]
    failing = _dated(b"".join(varied(logs.failed, size, _BUILDS)))
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        figures = measure(passing, failing, Path(folder), discard=True)
    shares = ", ".join(f"{stage} {figures[f'share_{stage}']:.0%}" for stage in STAGES)
    note = f"{bench.form.lines_mb:g} MB of {logs.origin}; {figures['times_a_line_scan']:,.0f} x a look at each line; {shares}"
    yield Figure(
        "daemon, all but the store", "lines/s", at_least(150_000), figures["lines_per_second"], note=note
    )


def _dated(log: bytes) -> bytes:
    """Return a log with the same day in all of its times; varied, each has one of its own, mostly none of any calendar."""
    return _DAY.sub(f"{now():%Y-%m-%d}".encode(), log)


def measure(
    passing: Sequence[bytes], failing: bytes, folder: Path, *, discard: bool = False
) -> dict[str, float]:
    """Have a daemon learn the logs of passing builds, and return the figures of the failing one's.

    Args:
        passing: one log a build.
        failing: the log that is timed.
        folder: takes logs, models and the store.
        discard: whether documents go to a cluster that keeps nothing, in a process of its own, in place of SQLite.
    """
    with contextlib.ExitStack() as stack:
        logs = folder / "logs"
        logs.mkdir()
        for build, log in enumerate(passing):
            (logs / f"pass-{build}.log").write_bytes(log)
        (logs / "fail.log").write_bytes(failing)

        web, gearman, health, cluster = (_free_port() for _ in range(4))
        url = f"http://{HOST}:{web}/"
        settings = {
            "gearman.port": gearman,
            "metrics.listen": f"{HOST}:{health}",
            "store.url": f"http://{HOST}:{cluster}" if discard else f"sqlite:///{folder}/store.sqlite",
            "models.path": f"{folder}/models",
            "dead_letters.path": f"{folder}/dead-letters",
            "fetch.allow": f"[{url}]",
        }
        _start(stack, "http.server", str(web), "--bind", HOST, "--directory", str(logs))
        if discard:
            _start(stack, "benchmarks.discarding_cluster", str(cluster))
            _wait_until_open(cluster)
        overrides = (word for key, value in settings.items() for word in ("--set", f"{key}={value}"))
        _start(stack, "log_processor", "run", "--embedded", "--foreground", *overrides)
        _wait_until_ready(f"http://{HOST}:{health}/readyz")
        _wait_until_ready(url)
        with contextlib.closing(GearmanSubmitter(HOST, gearman)) as submitter:
            for build in range(len(passing)):
                _submit(submitter, url, f"pass-{build}", "SUCCESS", build)
            _wait(gearman)
            before = _metrics(health)
            begun = time.perf_counter()
            _submit(submitter, url, "fail", "FAILURE", len(passing))
            _wait(gearman)
            seconds = time.perf_counter() - begun
        after = _metrics(health)
        spent = {name: after[name] - before.get(name, 0.0) for name in after}
        lines = spent['log_processor_lines_total{outcome="indexed"}']
        check(len(failing.splitlines()), lines, "lines that the daemon stored")
        check(len(passing), before["log_processor_learned_total"], "passing builds that it learnt")
        check(1, spent['log_processor_models_total{status="scored"}'], "files that their own model scored")
        stages = {stage: spent[f'log_processor_stage_seconds_total{{stage="{stage}"}}'] for stage in STAGES}
        scan = _scan_seconds(failing)
        return {
            "size_mb": len(failing) / MB,
            "lines": lines,
            "far_lines": spent['log_processor_lines_total{outcome="far"}'],
            "seconds": seconds,
            "lines_per_second": lines / seconds,
            "mb_per_second": len(failing) / MB / seconds,
            "times_a_line_scan": seconds / scan,
            **{f"share_{stage}": value / sum(stages.values()) for stage, value in stages.items()},
        }


def _scan_seconds(text: bytes) -> float:
    """Look at each line once."""
    begun = time.perf_counter()
    for line in text.splitlines():
        require(line, "no line is empty")
    return time.perf_counter() - begun


def _wait_until_open(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=5):
            return
        time.sleep(0.1)
    raise SystemExit(f"port {port} does not open")


def _start(stack: contextlib.ExitStack, module: str, *arguments: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)


def _wait_until_ready(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _submit(submitter: GearmanSubmitter, url: str, name: str, status: str, minute: int) -> None:
    fields = {
        "build_uuid": name,
        "build_name": "bench",
        "project": "acme/shop",
        "build_branch": "main",
        "build_status": status,
        "filename": "service.log",
        "log_url": f"{url}{name}.log",
        "build_start": (now() + timedelta(minutes=minute)).isoformat(),
    }
    submitter.submit(encode(Job(f"{url}{name}.log", fields, ("service.log",))), name)


def _wait(port: int) -> None:
    while any(status.total for status in queue_status(HOST, port)):
        time.sleep(0.02)


def _metrics(port: int) -> dict[str, float]:
    with urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[0] != "#")
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.daemon", description=__doc__)
    parser.add_argument("--size-mb", type=float, default=30.0, help="size of the failing log; default: 30")
    parser.add_argument(
        "--novel", type=float, default=0.01, help="share of lines that no passing build has; default: 0.01"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args()
    size = int(args.size_mb * MB)
    passing = [log(size // 20, build, novel=0.001) for build in range(_BUILDS)]
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(passing, log(size, 99, novel=args.novel), Path(folder))
    if args.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    for name, value in figures.items():
        print(f"{name:20} {value:12,.3f}")


if __name__ == "__main__":
    main()
