"""Print the lines of standard input that no passing build printed, as they come.

    kubectl logs --follow my-job | python stream.py passed-1.log passed-2.log

A line is printed a few lines later, for its score takes these into account. What is odd about the log as a whole is known at its end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from anomaly_filter import AnomalyFilter, Line, Model, SegmentBuilder, lines


def learn(paths: list[str]) -> Model:
    """Learn logs of passing builds, one file a build."""
    segments = []
    for path in paths:
        builder = SegmentBuilder(build=path, file="job.log")
        builder.learn(lines([Path(path).read_bytes()]))
        segments.append(builder.segment())
    return Model(segments)


def as_they_come() -> Iterator[Line]:
    """Give each line of standard input without waiting for the next one."""
    for number, line in enumerate(sys.stdin, 1):
        yield Line(number, line.removesuffix("\n"))


def main() -> None:
    """Read, score, print."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # it is a text stream
    scan = AnomalyFilter(learn(sys.argv[1:])).scored(as_they_come())
    for line in scan:
        if line.shown:
            print(f"{line.distance:.2f} {line.number:6} {line.text}", flush=True)
    for finding in scan.findings:
        print(f"{finding.kind}: {finding.text}")


if __name__ == "__main__":
    main()
