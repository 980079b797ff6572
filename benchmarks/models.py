"""A model of 10,000 rows: its file, loading it, and the call that gives the distance of one line."""

from __future__ import annotations

import ctypes
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from statistics import median

from anomaly_filter import AnomalyFilter, Line, Model, ModelStore, SegmentBuilder, Tokenizer, model_name
from benchmarks import corpora
from benchmarks.bench import BASELINE_ROWS, Bench
from benchmarks.figures import Figure, at_most, check, of_pairs, require
from benchmarks.time_ours import model_of

_LOADS = 5  # for each pair
_TEXTS = 100  # lines that are asked for one at a time
_VARIANTS = 10  # times that each of them comes with other numbers
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
    # The first one after a learning writes the image that all later ones map; without the engine there is none.
    first = _loaded(root, known, len(segment.rows))
    images = [image.stat().st_size for image in root.rglob("*.image")]
    seconds = [_loaded(root, known, len(segment.rows)) for _ in range(_LOADS * bench.form.pairs)]
    note = "and the first line looked up; " + (
        f"its image of {sum(images) / 1e6:.2f} MB was written by the find before, in {first * 1e3:.0f} ms"
        if images
        else "no engine, so it is made of its segments each time"
    )
    yield of_pairs("load of a model", "ms", at_most(1), [second * 1e3 for second in seconds], note)


def one_line_call(bench: Bench) -> Iterator[Figure]:
    """Ask for the distance of one known line at a time, against a call of a C function that does nothing much."""
    tokenizer = Tokenizer()
    model = model_of(bench.baseline, tokenizer)
    filter_ = AnomalyFilter(model, tokenizer=tokenizer)
    texts = _known_with_other_numbers(bench, filter_)
    [again] = texts[:1]
    getpid = ctypes.CDLL(None).getpid
    rounds = [
        (
            _mean(lambda: [filter_.distance(text) for text in texts]) / len(texts),
            _mean(getpid),
            _mean(lambda: [filter_.distance(again) for _ in texts]) / len(texts),
            _mean(lambda: deque(filter_.scored([Line(1, again)]), maxlen=0)),
        )
        for _ in range(_LOADS * bench.form.pairs)
    ]
    call, empty, same, scored = (median(column) * 1e6 for column in zip(*rounds, strict=True))
    note = (
        f"distance(text) {call:.2f} against {empty:.2f} us; {len(texts):,} lines that differ in their numbers, of {_TEXTS}; "
        f"the same line again {same:.2f} us, scored([Line]) {scored:.1f} us; {_rows(model)}"
    )
    ratios = [ours / none for ours, none, *_ in rounds]
    yield of_pairs("one line scored", "x empty ctypes call", at_most(10), ratios, note)


def _known_with_other_numbers(bench: Bench, filter_: AnomalyFilter) -> list[str]:
    """Return known lines, each several times with other numbers; those whose numbers mean something are left out."""
    rng = Random(bench.seed)
    known = bench.baseline.read_text().splitlines()[:_TEXTS]
    texts = [*dict.fromkeys(corpora.with_other_digits(text, rng) for text in known for _ in range(_VARIANTS))]
    scored = filter_.scored(Line(number, text) for number, text in enumerate(texts, 1))
    check(
        [line.distance for line in scored], [filter_.distance(text) for text in texts], "distances one by one"
    )
    same = [text for text in texts if filter_.distance(text) == 0]
    require(len(same) > len(texts) / 2, "most lines of the baseline are known whatever their numbers")
    return same


def _loaded(root: Path, known: frozenset[str], rows: int) -> float:
    store = ModelStore(root)
    begun = time.perf_counter()
    found = store.find(_NAME)
    distance = found.model.nearest(known).distance if found else None
    seconds = time.perf_counter() - begun
    check(0.0, distance, "distance of a line of the loaded model")
    check(rows, len(found.model) if found else None, "rows of the loaded model")
    return seconds


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
