"""The log-processor itself."""

from __future__ import annotations

from log_processor.dashboards.boards.parts import (
    ANNOUNCED,
    BUILD_COUNT,
    FILE_COUNT,
    NOT_INDEXED,
    READ_LINE_COUNT,
    WERE_READ,
    WORKED,
)
from log_processor.dashboards.boards.searches import FAILURES
from log_processor.dashboards.model import (
    Control,
    Dashboard,
    Dates,
    Found,
    Metric,
    Operation,
    Panel,
    Question,
    Ranges,
    Shape,
    Source,
    Terms,
)

PIPELINE = Dashboard(
    "log-classify-pipeline",
    "Pipeline",
    "Does the log-processor keep up, and is anything lost?",
    7,
    (
        Control("Worker", "worker", Source.WORK),
        Control("Tenant", "tenant", Source.WORK),
        Control("Project", "project", Source.WORK),
    ),
    (
        Panel(
            "pipeline-builds",
            "Builds and files per hour",
            "How much there is to do.",
            Shape.LINES,
            Question(Source.WORK, (BUILD_COUNT, FILE_COUNT), (Dates("Hour", "started_at", hourly=True),)),
            24,
            12,
        ),
        Panel(
            "pipeline-lines",
            "Lines per hour, by worker",
            "What each worker gets done.",
            Shape.BARS,
            Question(
                Source.WORK,
                (READ_LINE_COUNT,),
                (Terms("Worker", "worker", 20), Dates("Hour", "started_at", hourly=True)),
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-lag",
            "Seconds from a log's last change to its being stored",
            "Whether people wait for answers: half of the files, and all but one in twenty, take no longer.",
            Shape.LINES,
            Question(
                Source.WORK,
                (
                    Metric("Half", Operation.PERCENTILE, "lag_seconds", 50),
                    Metric("19 of 20", Operation.PERCENTILE, "lag_seconds", 95),
                ),
                (WORKED,),
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-outcomes",
            "Files that were not indexed, by outcome",
            "What went to the dead letters as a whole.",
            Shape.BARS,
            Question(
                Source.WORK,
                (FILE_COUNT,),
                (Terms("Outcome", "outcome"), WORKED),
                NOT_INDEXED,
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-rejected",
            "Lines rejected and cut",
            "Lines that the store refused, which are in the dead letters, and lines stored in part.",
            Shape.LINES,
            Question(
                Source.WORK,
                (
                    Metric("Rejected", Operation.SUM, "lines_rejected"),
                    Metric("Cut", Operation.SUM, "lines_truncated"),
                ),
                (WORKED,),
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-missing",
            "Files announced and stored, of the latest builds",
            "Which builds lack files: fewer stored than the submitter announced.",
            Shape.TABLE,
            Question(
                Source.WORK,
                (
                    Metric("Began", Operation.MAX, "started_at"),
                    ANNOUNCED,
                    Metric("Files stored"),
                ),
                (Terms("Build", "build_uuid", 20), Terms("Job", "build_name", 1)),
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-baseline",
            "Files with and without a baseline",
            "How much is scored by its own model, by a neighbour's, or not at all.",
            Shape.SHARES,
            Question(Source.WORK, (FILE_COUNT,), (Terms("Status", "anomaly.status", 3), WORKED), WERE_READ),
            24,
            12,
        ),
        Panel(
            "pipeline-model-age",
            "Models by age in days",
            "How old the newest build of the models was: whether jobs still learn.",
            Shape.TABLE,
            Question(
                Source.WORK,
                (Metric("Models", Operation.UNIQUE, "anomaly.model"), FILE_COUNT),
                (Ranges("Age in days", "anomaly.model_age_days", (1.0, 7.0, 30.0)),),
            ),
            24,
            12,
        ),
        Panel(
            "pipeline-workers",
            "Workers",
            "Who does how much, and how long files take.",
            Shape.TABLE,
            Question(
                Source.WORK,
                (
                    READ_LINE_COUNT,
                    FILE_COUNT,
                    Metric("Bytes read", Operation.SUM, "bytes_read"),
                    Metric("Seconds of work", Operation.SUM, "seconds"),
                    Metric("19 of 20 files take", Operation.PERCENTILE, "seconds", 95),
                ),
                (Terms("Worker", "worker", 20),),
            ),
            48,
            12,
        ),
        Found("pipeline-failures", FAILURES, 48, 12),
    ),
)
