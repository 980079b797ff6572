"""The commands as users run them: from their start to their end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, sizes
from benchmarks.figures import Figure, at_most, check, of_pairs, require
from benchmarks.runs import Run, answer, grep, in_turn, run

_SAMPLE_MB = 1.0
_START_ROUNDS = 4  # for each pair of the other measurements: a start takes little time, and varies much
_ALLOWED_START_SECONDS = 0.1
_GREP_SECONDS = 0.09  # of the target for new lines


def diff(bench: Bench) -> Iterator[Figure]:
    """Run `log-classify diff`, the shown lines into a file, against grep over the same files."""
    _check_the_command_shows_what_the_library_says(bench)
    size = bench.size_mb
    rounds = _against_grep(bench, *bench.pair(size))
    ratios = [ran.seconds / (4 * grepped + _ALLOWED_START_SECONDS) for ran, grepped in rounds]
    note = f"{sizes(size)}; {_seconds(rounds)}; {median(ran.seconds / grepped for ran, grepped in rounds):,.1f} x grep"
    yield of_pairs("log-classify diff", "x (4 grep + 0.1 s)", at_most(1), ratios, note)
    peaks = [ran.peak_bytes / 1e6 for ran, _ in rounds]
    yield of_pairs("log-classify diff: memory", "MB", at_most(100), peaks, sizes(size))
    size = bench.novel_mb
    rounds = _against_grep(bench, bench.pair(size)[0], bench.novel(size))
    scaled = [ran.seconds * _GREP_SECONDS / grepped for ran, grepped in rounds]
    peak = max(ran.peak_bytes for ran, _ in rounds) / 1e6
    note = f"{sizes(size)}; {_seconds(rounds)}; {peak:,.0f} MB resident"
    yield of_pairs(
        "log-classify diff, every line new", "s where grep takes 0.09 s", at_most(1.5), scaled, note
    )


def starts(bench: Bench) -> Iterator[Figure]:
    """Ask for help, which takes what it takes to start, against a Python that does nothing."""
    for name in ("log-classify", "anomaly-query"):
        command = _installed(name)
        programs = {
            "help": partial(run, command, "--help", output=bench.output),
            "python": partial(run, sys.executable, "-c", "pass", output=bench.folder / "nothing"),
        }
        rounds = in_turn(_START_ROUNDS * bench.form.pairs, programs)
        require(bench.output.read_bytes().startswith(b"usage: " + name.encode()), f"{name} --help helps")
        ratios = [found["help"].seconds / found["python"].seconds for found in rounds]
        helped, started = (median(found[key].seconds for found in rounds) for key in programs)
        note = f"{helped * 1e3:.0f} against {started * 1e3:.0f} ms"
        yield of_pairs(f"{name} --help", "x python -c pass", at_most(4), ratios, note)


def _against_grep(bench: Bench, good: Path, fail: Path) -> list[tuple[Run, float]]:
    command = (_installed("log-classify"), "diff", good, fail)
    rounds = []
    for _ in range(bench.form.pairs):
        rounds.append((run(*command, output=bench.output), grep(good, fail, output=bench.folder / "count")))
        require(bench.output.stat().st_size > 0, "something is shown")
    return rounds


def _check_the_command_shows_what_the_library_says(bench: Bench) -> None:
    good, fail = bench.pair(_SAMPLE_MB)
    far = answer("time_ours", "answer", good, fail, output=bench.output)["far"]
    run(_installed("log-classify"), "diff", good, fail, "--format", "jsonl", output=bench.output)
    with bench.output.open("rb") as file:
        rows = sum(json.loads(row)["type"] == "line" for row in file)
    check(far, rows, "far lines of log-classify diff")


def _installed(name: str) -> Path:
    path = Path(sys.executable).with_name(name)
    require(path.exists(), f"{name} is installed beside {path.parent.name}/python")
    return path


def _seconds(rounds: list[tuple[Run, float]]) -> str:
    ran, grepped = (
        median(column) for column in zip(*((run_.seconds, sec) for run_, sec in rounds), strict=True)
    )
    return f"{ran:.2f} s against {grepped:.3f} s"
