"""How the time of a query and the memory grow with the rows of a model.

    python -m benchmarks.growth ROWS QUERIES    a model of the lines of one file, asked for those of another

As a program it prints how many rows there are, then for each line of its standard input the mean seconds of a query.
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from math import log, sqrt
from pathlib import Path
from statistics import median

from anomaly_filter import Line, Model, SegmentBuilder, Tokenizer
from benchmarks import corpora
from benchmarks.bench import FULL, Bench
from benchmarks.figures import Figure, WrongAnswer, at_most, check, not_measured, require
from benchmarks.runs import ROOT

GIGABYTE = 1e9
_QUERIES = 200
_LEAST_MODELS = 2
_BUILD_SECONDS = 5
_COMPARED = 20  # queries whose answer is compared with a look at every row
_COMPARED_ROWS = 10_000
_SEGMENT_LINES = 20_000  # a segment takes no more than some megabytes
_KIB = 1024


def growth(bench: Bench) -> Iterator[Figure]:
    """Ask models of 10^4, 10^5, 10^6 rows in turn."""
    texts = (*bench.builds.texts, *bench.tests.texts)
    queries = corpora.written(
        bench.folder / "queries.log", islice(corpora.other_lines(texts, bench.seed + 6), _QUERIES)
    )
    with contextlib.ExitStack() as stack:
        models: list[_Asked] = []
        for rows in bench.form.rows:
            if _is_too_slow(models, rows, bench):
                break
            models.append(_Asked(stack, bench, texts, rows, queries))
        for _ in range(bench.form.pairs):
            for model in models:
                model.ask()
    points = [(model.rows, median(model.means)) for model in models]
    means = ", ".join(f"{mean * 1e6:,.1f} us of {rows:,} rows" for rows, mean in points)
    exponents = [log(later[1] / earlier[1], later[0] / earlier[0]) for earlier, later in pairwise(points)]
    (first, last) = points[0], points[-1]
    value = log(last[1] / first[1], last[0] / first[0])
    spread = (min(exponents), max(exponents))
    yield Figure(
        "growth of a query's time", "exponent of the rows", at_most(0.75), value, spread, f"mean {means}"
    )
    memory = "memory of 10^6 rows", "GB", at_most(1)
    largest = models[-1]
    note = f"{largest.peak_bytes / 1e6:,.0f} MB of {largest.rows:,} rows; built in {largest.seconds:.1f} s"
    if bench.form is not FULL:
        yield not_measured(*memory, why=f"only with --full; {note}")
    else:
        yield Figure(*memory, largest.peak_bytes / GIGABYTE, note=note)


def _is_too_slow(models: list[_Asked], rows: int, bench: Bench) -> bool:
    """Whether a model would take too long to build; growth takes two at the least."""
    if bench.form is FULL or len(models) < _LEAST_MODELS:
        return False
    return models[-1].seconds * rows / models[-1].rows > _BUILD_SECONDS


class _Asked:
    """A process with a model."""

    def __init__(
        self, stack: contextlib.ExitStack, bench: Bench, texts: tuple[str, ...], rows: int, queries: Path
    ) -> None:
        lines = islice(corpora.other_lines(texts, bench.seed + 5), rows)
        path = corpora.written(bench.folder / f"rows-{rows}.log", lines)
        self._process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.growth", path, queries],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        )
        self._asking, self._answers = self._process.stdin, self._process.stdout
        built = json.loads(self._read())
        self.rows = int(built["rows"])
        self.seconds = float(built["seconds"])
        self.peak_bytes = int(built["peak_bytes"])
        self.means: list[float] = []
        require(rows * 0.9 < self.rows <= rows, f"{rows} lines are about as many rows")

    def ask(self) -> None:
        assert self._asking is not None
        self._asking.write("\n")
        self._asking.flush()
        self.means.append(float(self._read()))

    def _read(self) -> str:
        assert self._answers is not None
        line = self._answers.readline()
        if not line:
            raise WrongAnswer(f"the process with the model ended with {self._process.wait()}")
        return line


def main() -> None:
    tokenizer = Tokenizer()
    rows, queries = (Path(name).read_text().splitlines() for name in sys.argv[1:])
    begun = time.perf_counter()
    model = _model(rows, tokenizer)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
    asked = [tokenizer.tokens(query) for query in queries]
    if len(rows) <= _COMPARED_ROWS:
        _compare(model, {tokenizer.tokens(text) for text in rows}, asked[:_COMPARED])
    print(json.dumps({"rows": len(model), "seconds": seconds, "peak_bytes": peak}), flush=True)
    for _ in sys.stdin:
        begun = time.perf_counter()
        for tokens in asked:
            model.nearest(tokens)
        print((time.perf_counter() - begun) / len(asked), flush=True)


def _model(rows: list[str], tokenizer: Tokenizer) -> Model:
    segments = []
    for number, start in enumerate(range(0, len(rows), _SEGMENT_LINES)):
        builder = SegmentBuilder(str(number), "job.log", tokenizer)
        builder.learn(Line(place, text) for place, text in enumerate(rows[start : start + _SEGMENT_LINES], 1))
        segment = builder.segment()
        check(0, segment.left_out, "rows that were not learnt")
        segments.append(segment)
    return Model(segments)


def _compare(model: Model, rows: set[frozenset[str]], asked: list[frozenset[str]]) -> None:
    """See that the nearest row is the nearest of all."""
    for tokens in asked:
        nearest = max(len(tokens & row) ** 2 / (len(tokens) * len(row)) for row in rows if row)
        check(1 - sqrt(nearest), model.nearest(tokens).distance, "distance to the nearest row")


if __name__ == "__main__":
    main()
