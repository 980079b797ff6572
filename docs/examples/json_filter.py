"""Add the distance of its message to each event: one JSON object a line from standard input to standard output.

    json_filter.py passed.log < events.jsonl > scored.jsonl

So does a pipe in front of Logstash, or its `pipe` input and output. An event that is no JSON object, or that has no
message, passes through as it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from anomaly_filter import DEFAULT_THRESHOLD, AnomalyFilter, Model, SegmentBuilder, lines


def scored(event: str, filter_: AnomalyFilter) -> str:
    """Return an event with `anomaly.distance` and `anomaly.novel`."""
    try:
        fields = json.loads(event)
        message = fields["message"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return event
    if not isinstance(message, str):
        return event
    distance = filter_.distance(message)
    if distance is None:
        return event
    fields["anomaly"] = {"distance": round(distance, 6), "novel": distance >= DEFAULT_THRESHOLD}
    return json.dumps(fields) + "\n"


def main() -> None:
    """Learn the logs that the command line names, one a build; then answer line by line."""
    segments = []
    for path in sys.argv[1:]:
        builder = SegmentBuilder(build=path, file="job.log")
        builder.learn(lines([Path(path).read_bytes()]))
        segments.append(builder.segment())
    filter_ = AnomalyFilter(Model(segments))
    for event in sys.stdin:
        sys.stdout.write(scored(event, filter_))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
