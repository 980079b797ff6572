"""Megabytes a second that training and scoring take in, beside logreduce 0.6.1 and grep, in one run on one machine.

A real log is repeated to a size with its ids and numbers varied, so that no two copies are the same. Each program
trains on the passing log and scores the failing one; they take turns, and the median of the rounds counts. logreduce
comes from PyPI into an environment of its own, made on the first run.

    python -m benchmarks.throughput
    python -m benchmarks.throughput --size-mb 2 --rounds 1 --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.environments import python_with

ROOT = Path(__file__).parents[1]
LOG = ROOT / ".." / "shared" / "data" / "logjuicer-tests" / "testr-nodepool-01"
LOGREDUCE = "logreduce==0.6.1"
LIMIT_SECONDS = 900  # for one round of one program
MB = 1_000_000

Times = tuple[float, float]
"""Seconds of training and of scoring."""

# Both print the two times; neither counts the start of Python or its imports.
OURS = """
import sys, time
from pathlib import Path
from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, lines
def chunks(path):
    with open(path, "rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk
start = time.perf_counter()
builder = SegmentBuilder("1", "job.log")
builder.learn(lines(chunks(sys.argv[1])))
model = Model([builder.segment()])
trained = time.perf_counter()
for line in AnomalyFilter(model).scored(lines(chunks(sys.argv[2]))):
    pass
print(trained - start, time.perf_counter() - trained)
"""
THEIRS = """
import sys, time, warnings
warnings.simplefilter("ignore")
from logreduce.process import Classifier
classifier = Classifier()
start = time.perf_counter()
classifier.train([sys.argv[1]])
trained = time.perf_counter()
for result in classifier.test([sys.argv[2]]):
    pass
print(trained - start, time.perf_counter() - trained)
"""


def varied(log: bytes, size: int, seed: int) -> Iterator[bytes]:
    """Repeat a log up to a size in bytes, with other digits in its numbers and other hex in its ids each time."""
    rng = random.Random(seed)

    def other(match: re.Match[bytes]) -> bytes:
        run = match[0]
        if not run.isdigit():
            return bytes(rng.choices(b"0123456789abcdef", k=len(run)))
        return run if len(run) == 1 else b"%d" % rng.randrange(10 ** (len(run) - 1), 10 ** len(run))

    left = size
    while left > 0:
        copy = re.sub(rb"[0-9a-f]{8,}|[0-9]+", other, log)[:left]
        left -= len(copy)
        yield copy


def timed(python: Path | str, program: str, good: Path, fail: Path) -> Times:
    """Run a program once on two logs."""
    done = subprocess.run(
        [python, "-c", program, good, fail],
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        cwd=ROOT,
        # One core each, as the daemon's processes have.
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    train, score = done.stdout.split()[-2:]
    return float(train), float(score)


def grepped(good: Path, fail: Path) -> Times:
    """Count the lines of two logs with something like a UUID in them: what reading a log costs at the least."""

    def one(path: Path) -> float:
        start = time.perf_counter()
        subprocess.run(
            ["grep", "-cE", "[0-9a-f]{8}-", path], capture_output=True, env={"LC_ALL": "C"}, check=False
        )
        return time.perf_counter() - start

    return one(good), one(fail)


def measured(size_mb: float, rounds: int, seed: int) -> dict[str, dict[str, float]]:
    """Return megabytes a second by program and stage: the median of the rounds."""
    python = python_with(LOGREDUCE)
    with tempfile.TemporaryDirectory() as folder:
        good, fail = Path(folder, "good.txt"), Path(folder, "fail.txt")
        for path, name in ((good, "output.good"), (fail, "output.fail")):
            with path.open("wb") as file:
                file.writelines(varied((LOG / name).read_bytes(), int(size_mb * MB), seed))
        programs: dict[str, Callable[[], Times]] = {
            "anomaly_filter": lambda: timed(sys.executable, OURS, good, fail),
            "logreduce 0.6.1": lambda: timed(python, THEIRS, good, fail),
            "grep -cE": lambda: grepped(good, fail),
        }
        times: dict[str, list[Times]] = {name: [] for name in programs}
        for _ in range(rounds):
            for name, program in programs.items():
                times[name].append(program())
    return {
        name: {
            stage: size_mb / statistics.median(seconds)
            for stage, seconds in zip(("train", "score"), zip(*found, strict=True), strict=True)
        }
        for name, found in times.items()
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--size-mb", type=float, default=20, help="size of each of the two logs (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="of which the median counts (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of the variation of ids and numbers (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    if not LOG.is_dir():
        print(
            f"throughput: the log {LOG.name} is not there; put its data set into {LOG.parent.resolve()}",
            file=sys.stderr,
        )
        return 2
    speeds = measured(args.size_mb, args.rounds, args.seed)
    if args.json:
        print(
            json.dumps(
                {"size_mb": args.size_mb, "rounds": args.rounds, "seed": args.seed, "mb_per_second": speeds}
            )
        )
        return 0
    print(
        f"{LOG.name} repeated to {args.size_mb:g} MB with ids and numbers varied; median of {args.rounds} rounds"
    )
    print(f"{'MB/s':16} {'train':>8} {'score':>8}   {'train':>8} {'score':>8}")
    theirs = speeds["logreduce 0.6.1"]
    for name, speed in speeds.items():
        ratios = "".join(f"{speed[stage] / theirs[stage]:8.1f}x" for stage in ("train", "score"))
        print(f"{name:16} {speed['train']:8.1f} {speed['score']:8.1f}  {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
