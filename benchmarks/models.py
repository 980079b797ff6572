"""A model of 10,000 rows: its file, loading it, and the call that scores one line."""

from __future__ import annotations

import ctypes
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from anomaly_filter import AnomalyFilter, Line, Model, ModelStore, SegmentBuilder, Tokenizer, model_name
from benchmarks.bench import BASELINE_ROWS, Bench
from benchmarks.figures import Figure, at_most, check, of_pairs, require
from benchmarks.time_ours import model_of

_LOADS = 5  # for each pair
_CALLS = 10  # between two looks at the clock
_BATCH_SECONDS = 0.02
_WHEN = datetime(2024, 5, 6, tzinfo=timezone.utc)
_NAME = model_name({"project": "acme/shop", "build_name": "bench", "filename": "job.log"})


def model_file(bench: Bench) -> Iterator[Figure]:
    """Store a model; load it as the daemon does, and ask it for a line that it knows."""
    tokenizer = Tokenizer()
    texts = bench.baseline.read_text().splitlines()
    builder = SegmentBuilder("1", "job.log", tokenizer)
    builder.learn(Line(number, text) for number, text in enumerate(texts, 1))
    segment = builder.segment()
    known = tokenizer.tokens(texts[0])
    root = bench.folder / "models"
    require(ModelStore(root).learn(_NAME, segment, built_at=_WHEN, now=_WHEN), "the model changed")
    [path] = (path for path in root.rglob("*") if path.is_file())
    text_bytes = sum(len(text.encode()) for text in segment.texts)
    size = path.stat().st_size
    note = f"{len(segment.rows):,} rows; {size / 1e6:.2f} MB with the texts"
    yield of_pairs("file of a model, without texts", "MB", at_most(2), [(size - text_bytes) / 1e6], note)
    seconds = [_loaded(root, known, len(segment.rows)) for _ in range(_LOADS * bench.form.pairs)]
    note = f"and the first line looked up; reading its bytes takes {_read_seconds(path) * 1e3:.2f} ms"
    yield of_pairs("load of a model", "ms", at_most(1), [second * 1e3 for second in seconds], note)


def one_line_call(bench: Bench) -> Iterator[Figure]:
    """Score one known line, against a call of a C function that does nothing much."""
    tokenizer = Tokenizer()
    model = model_of(bench.baseline, tokenizer)
    filter_ = AnomalyFilter(model, tokenizer=tokenizer)
    with bench.baseline.open() as file:
        line = Line(1, file.readline().rstrip("\n"))
    [scored] = filter_.scored([line])
    check(0.0, scored.distance, "distance of a line of the baseline")
    getpid = ctypes.CDLL(None).getpid
    pairs = [
        (_mean(lambda: deque(filter_.scored([line]), maxlen=0)), _mean(getpid))
        for _ in range(_LOADS * bench.form.pairs)
    ]
    call, empty = (median(column) for column in zip(*pairs, strict=True))
    note = f"{call * 1e6:.2f} against {empty * 1e6:.2f} us; {_rows(model)}"
    yield of_pairs(
        "one line scored", "x empty ctypes call", at_most(10), [ours / none for ours, none in pairs], note
    )


def _loaded(root: Path, known: frozenset[str], rows: int) -> float:
    store = ModelStore(root)
    begun = time.perf_counter()
    found = store.find(_NAME)
    distance = found.model.nearest(known).distance if found else None
    seconds = time.perf_counter() - begun
    check(0.0, distance, "distance of a line of the loaded model")
    check(rows, len(found.model) if found else None, "rows of the loaded model")
    return seconds


def _read_seconds(path: Path) -> float:
    begun = time.perf_counter()
    path.read_bytes()
    return time.perf_counter() - begun


def _mean(call: Callable[[], object]) -> float:
    """Return the mean seconds of a call."""
    calls, begun = 0, time.perf_counter()
    while (seconds := time.perf_counter() - begun) < _BATCH_SECONDS:
        for _ in range(_CALLS):
            call()
        calls += _CALLS
    return seconds / calls


def _rows(model: Model) -> str:
    return f"model of {len(model):,} rows" + (
        "" if len(model) == BASELINE_ROWS else f" (not {BASELINE_ROWS:,})"
    )
