"""What all measurements share: how much is measured, a folder for the logs, and the logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from anomaly_filter import Tokenizer
from benchmarks import corpora
from benchmarks.corpora import MB, Logs
from benchmarks.runs import answer

WHOLE_MB = 30
"""Size of each of the two logs in the targets."""
BASELINE_ROWS = 10_000
"""Of the targets."""

_SIZES_MB = (0.3, 1.0, 3.0, 10.0, float(WHOLE_MB))


@dataclass(frozen=True)
class Form:
    """How much is measured.

    Attributes:
        name: short, usual or full.
        pairs: interleaved rounds of which the median counts.
        seconds: that training and scoring may take once; unless the form is full, the logs are made smaller for that.
        peer_mb: size of the logs that logreduce gets.
        novel_peer_mb: the same where each line is new to it.
        baseline_rows: of the model that new lines are compared with.
        peer_pairs: rounds with logreduce.
        rows: sizes of the models whose growth is measured; the larger ones where they are built fast, or the form is full.
        lines_mb: size of the log that the daemon gets.
    """

    name: str
    pairs: int
    seconds: float
    peer_pairs: int
    peer_mb: float
    novel_peer_mb: float
    baseline_rows: int
    rows: tuple[int, ...]
    lines_mb: float


SHORT = Form("short", 1, 0, 1, 0.3, 0.1, 1_000, (1_000, 10_000), 2)
USUAL = Form("usual", 3, 5, 2, 2, 0.2, BASELINE_ROWS, (10_000, 30_000, 100_000), 5)
FULL = Form("full", 5, 0, 5, 3, 3, BASELINE_ROWS, (10_000, 100_000, 1_000_000), WHOLE_MB)


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark.

    Attributes:
        form: how much is measured.
        folder: takes logs and output, and goes away afterwards.
        seed: of all that is made up.
    """

    form: Form
    folder: Path
    seed: int = 1

    @property
    def output(self) -> Path:
        """A file for what a program prints."""
        return self.folder / "output"

    @cached_property
    def builds(self) -> Logs:
        return corpora.failing_builds(self.folder)

    @cached_property
    def tests(self) -> Logs:
        return corpora.tests(self.folder)

    def log(self, name: str, log: bytes, size_mb: float, seed: int = 0) -> Path:
        """Return a log repeated to a size with its numbers varied, written the first time."""
        path = self.folder / f"{name}-{size_mb:g}.log"
        if not path.exists():
            corpora.written(path, corpora.varied(log, int(size_mb * MB), self.seed + seed))
        return path

    def pair(self, size_mb: float) -> tuple[Path, Path]:
        """Return passing and failing builds, each of a size."""
        return (
            self.log("passed", self.builds.passed, size_mb),
            self.log("failed", self.builds.failed, size_mb, seed=1),
        )

    def novel(self, size_mb: float) -> Path:
        """Return a log of which every line is new."""
        path = self.folder / f"novel-{size_mb:g}.log"
        if not path.exists():
            lines = corpora.new_lines(self.builds.texts, self.seed + 2)
            corpora.written(path, corpora.up_to(lines, int(size_mb * MB)))
        return path

    @cached_property
    def baseline(self) -> Path:
        """A log of which each line is a row of its own."""
        tokenizer = Tokenizer()
        lines = corpora.other_lines(self.builds.texts, self.seed + 3)
        rows: dict[frozenset[str], bytes] = {}
        while len(rows) < self.form.baseline_rows:
            line = next(lines)
            rows.setdefault(tokenizer.tokens(line.decode().rstrip()), line)
        return corpora.written(self.folder / "baseline.log", iter(rows.values()))

    @cached_property
    def size_mb(self) -> float:
        """Size of the two logs: as large as in the targets, or what the time allows."""
        return self._within(self.pair)

    @cached_property
    def novel_mb(self) -> float:
        """The same where every line of the second log is new."""
        return self._within(lambda size: (self.pair(size)[0], self.novel(size)))

    def _within(self, pair: Callable[[float], tuple[Path, Path]]) -> float:
        if self.form is FULL:
            return WHOLE_MB
        before_mb, before = 0.0, 0.0
        for size, larger in pairwise(_SIZES_MB):
            good, fail = pair(size)
            times = answer("time_ours", "cold", good, fail, output=self.output)
            seconds = times["train"] + times["score"]
            # The first megabyte takes longer than those that follow, so these are reckoned by the last ones.
            a_megabyte = (seconds - before) / (size - before_mb)
            if seconds + (larger - size) * a_megabyte > self.form.seconds:
                return size
            before_mb, before = size, seconds
        return WHOLE_MB


def sizes(size_mb: float) -> str:
    """Say how large two logs are, and if that is less than in the targets."""
    return f"{size_mb:g} + {size_mb:g} MB" + ("" if size_mb == WHOLE_MB else f" (not {WHOLE_MB})")
