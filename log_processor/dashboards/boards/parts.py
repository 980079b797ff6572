"""What several dashboards have in common: conditions, metrics, axes."""

from __future__ import annotations

from log_processor.dashboards.model import Condition, Dates, Metric, Operation, Panel, Question, Shape, Source

ARE_SHOWN = (Condition("anomaly.shown", ("true",)),)
HAVE_NO_BASELINE = (Condition("findings.kind", ("no_baseline",)),)
WERE_READ = (Condition("outcome", ("indexed",)),)
NOT_INDEXED = (Condition("outcome", ("indexed", "skipped", "running"), negated=True),)

FILE_COUNT = Metric("Files")
BUILD_COUNT = Metric("Builds", Operation.UNIQUE, "build_uuid")
JOB_COUNT = Metric("Jobs", Operation.UNIQUE, "build_name")
PROJECT_COUNT = Metric("Projects", Operation.UNIQUE, "project")
LINE_COUNT = Metric("Lines")
SHOWN_LINE_COUNT = Metric("Shown lines", Operation.SUM, "lines_shown")
FAR_LINE_COUNT = Metric("Far lines", Operation.SUM, "lines_far")
READ_LINE_COUNT = Metric("Lines read", Operation.SUM, "lines_read")
FARTHEST = Metric("Farthest", Operation.MAX, "anomaly.max_distance")
ANNOUNCED = Metric("Files announced", Operation.MAX, "build_files")
SCORE = Metric("Highest score", Operation.MAX, "anomaly.score")

TIME = Dates("Time", "@timestamp")
WORKED = Dates("Time", "started_at")


def number(id_: str, about: str, metric: Metric, source: Source, where: tuple[Condition, ...] = ()) -> Panel:
    """Return a small panel with one number; six of them fill a row."""
    return Panel(id_, metric.label, about, Shape.NUMBER, Question(source, (metric,), (), where), 8, 5)
