"""One run of a program: its time, its processor time and its memory, as a small parent sees them."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from benchmarks.figures import WrongAnswer

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
LIMIT_SECONDS = 900  # for one run of one program

# The kernel counts what the parent had resident at the start for the child's own peak, so the parent is a Python
# with nothing imported. It also keeps the time of starting it out of the measurement.
_PARENT = """
import os, sys, time
start = time.perf_counter()
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
child = os.posix_spawnp(
    sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, sys.argv[1], flags, 0o600)]
)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
_KIB = 1024
_GREP_STATUSES = (0, 1)  # it found some, or none
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Run:
    """What one run of a program took.

    Attributes:
        seconds: from start to end.
        cpu_seconds: of the program and what it waited for.
        peak_bytes: resident at the most.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def compile_packages() -> None:
    """Write the byte code of ours, as it is written when they are installed.

    A checkout whose files have changed has none, and compiling them takes as long as starting a command.
    """
    for package in ("anomaly_filter", "log_classify", "log_processor"):
        compileall.compile_dir(ROOT / package, quiet=1)


def run(
    *command: str | Path,
    output: Path,
    statuses: Container[int] = (0,),
    environment: Mapping[str, str] = _NO_VARIABLES,
) -> Run:
    """Run a program from start to end, on one core where it asks for threads itself.

    Args:
        command: program and arguments.
        output: file that takes its standard output.
        statuses: the exit statuses of which it has to have one.
        environment: variables that it gets on top of ours.

    Raises:
        WrongAnswer: it ended with another status.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _PARENT, output, *command],
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment},
    )
    seconds, cpu_seconds, peak, ended = done.stdout.split()
    if int(ended) not in statuses:
        said = done.stderr.strip()[-2000:] or "it said nothing"
        raise WrongAnswer(f"{' '.join(map(str, command))[:300]} ended with {ended}: {said}")
    return Run(float(seconds), float(cpu_seconds), int(peak) * _KIB)


def answer(
    module: str,
    *arguments: str | Path,
    output: Path,
    python: str | Path = sys.executable,
    environment: Mapping[str, str] = _NO_VARIABLES,
) -> dict[str, float]:
    """Run a program of this package and return the numbers that it prints as a JSON object."""
    program = ROOT / "benchmarks" / f"{module}.py"
    # Under our own interpreter as a module, so that it finds the packages of this checkout.
    how = ("-m", f"benchmarks.{module}") if python == sys.executable else (program,)
    run(python, *how, *arguments, output=output, environment=environment)
    found: dict[str, float] = json.loads(output.read_bytes())
    return found


def grep(*logs: Path, output: Path) -> float:
    """Count the lines with something like a UUID in them: what reading logs costs at the least; seconds."""
    return run(
        "grep",
        "-cE",
        "[0-9a-f]{8}-",
        *logs,
        output=output,
        statuses=_GREP_STATUSES,
        environment={"LC_ALL": "C"},
    ).seconds


def in_turn(rounds: int, programs: Mapping[str, Callable[[], T]]) -> list[dict[str, T]]:
    """Run the programs in turn, so that each round's results were had under the same load."""
    return [{name: program() for name, program in programs.items()} for _ in range(rounds)]
