"""Trains on a log and scores another with so many threads, and prints the seconds; run as a process of its own by
`scoring.py`.

python -m benchmarks.time_threads GOOD FAIL THREADS      both logs for the first time, as `log-classify diff` does it
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, Tokenizer, lines
from benchmarks.time_ours import chunks

_AROUND = 3  # lines on either side of a far one, as `log-classify diff` wants them


def main() -> None:
    good, fail, threads = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    tokenizer = Tokenizer(threads=threads)
    begun = time.perf_counter()
    builder = SegmentBuilder("1", "job.log", tokenizer)
    builder.learn(lines(chunks(good)))
    segment = builder.segment()
    learnt = time.perf_counter()
    scan = AnomalyFilter(Model([segment]), tokenizer=tokenizer).scored(lines(chunks(fail)), around=_AROUND)
    found = list(scan)
    times = {"train": learnt - begun, "score": time.perf_counter() - learnt, "lines": scan.read}
    digest = hashlib.sha256(repr((segment, found, scan.findings, scan.worst)).encode("utf-8", "replace"))
    print(json.dumps({**times, "digest": digest.hexdigest()}))


if __name__ == "__main__":
    main()
