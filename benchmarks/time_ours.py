"""Trains on a log and scores another, and prints the seconds; run as a process of its own by `scoring.py`.

python -m benchmarks.time_ours GOOD FAIL cold            the first time, nothing remembered
python -m benchmarks.time_ours GOOD FAIL warm            and once more with the same tokenizer
python -m benchmarks.time_ours GOOD FAIL answer          not timed: what it says of each line
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, Tokenizer, lines


def chunks(log: Path) -> Iterator[bytes]:
    with log.open("rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk


def model_of(log: Path, tokenizer: Tokenizer) -> Model:
    builder = SegmentBuilder("1", "job.log", tokenizer)
    builder.learn(lines(chunks(log)))
    return Model([builder.segment()])


def timed(good: Path, fails: Sequence[Path], tokenizer: Tokenizer) -> dict[str, float]:
    """Train and score; a line's number tells that none was left out."""
    begun = time.perf_counter()
    model = model_of(good, tokenizer)
    times = {"train": time.perf_counter() - begun}
    for place, fail in enumerate(fails):
        begun = time.perf_counter()
        [last] = deque(AnomalyFilter(model, tokenizer=tokenizer).scored(lines(chunks(fail))), maxlen=1)
        times |= {f"score{place or ''}": time.perf_counter() - begun, f"lines{place or ''}": last.number}
    return times


def answer(good: Path, fails: Sequence[Path], tokenizer: Tokenizer) -> dict[str, object]:
    """Say what is found, as `log-classify diff` goes about it; equal digests are equal answers, line by line."""
    filter_ = AnomalyFilter(model_of(good, tokenizer), tokenizer=tokenizer)
    found: dict[str, object] = {}
    for place, fail in enumerate(fails):
        scan = filter_.scored(lines(chunks(fail)))
        read = far = at_zero = novel = 0
        digest = hashlib.sha256()
        for line in scan:
            read += 1
            at_zero += line.distance == 0
            novel += "novel" in line.reasons
            far += line.far
            digest.update(repr(line).encode("utf-8", "replace"))
        digest.update(repr(scan.findings).encode("utf-8", "replace"))
        if scan.worst is not None:
            far = sum(line.far for line in filter_.scored(lines(chunks(fail)), only=scan.worst))
        counts = {"lines": read, "at_zero": at_zero, "novel": novel, "far": far, "digest": digest.hexdigest()}
        found |= {f"{name}{place or ''}": value for name, value in counts.items()}
    return found


def main() -> None:
    how, good, *fails = sys.argv[1], *map(Path, sys.argv[2:])
    tokenizer = Tokenizer()
    if how == "answer":
        print(json.dumps(answer(good, fails, tokenizer)))
        return
    times = timed(good, fails, tokenizer)
    if how == "warm":
        times |= {f"warm_{stage}": seconds for stage, seconds in timed(good, fails, tokenizer).items()}
    print(json.dumps(times))


if __name__ == "__main__":
    main()
