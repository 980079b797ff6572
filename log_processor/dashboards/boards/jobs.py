"""All jobs and builds: what is new in them."""

from __future__ import annotations

from log_processor.dashboards.boards.parts import (
    ARE_SHOWN,
    BUILD_COUNT,
    FAR_LINE_COUNT,
    FARTHEST,
    JOB_COUNT,
    LINE_COUNT,
    PROJECT_COUNT,
    READ_LINE_COUNT,
    SHOWN_LINE_COUNT,
    TIME,
)
from log_processor.dashboards.boards.searches import FAR_LINES
from log_processor.dashboards.model import (
    Control,
    Dashboard,
    Found,
    Metric,
    Operation,
    Panel,
    Question,
    Shape,
    Source,
    Terms,
)

JOBS = Dashboard(
    "log-classify-jobs",
    "Jobs",
    "Which jobs and builds print more that is new than others, and which lines are in many of them?",
    30,
    (
        Control("Project", "project", Source.FILES),
        Control("Job", "build_name", Source.FILES),
        Control("Branch", "build_branch", Source.FILES),
        Control("Result", "build_status", Source.FILES),
    ),
    (
        Panel(
            "jobs-shown",
            "Shown lines over time, by job",
            "Which job began to print what it never printed.",
            Shape.LINES,
            Question(Source.FILES, (SHOWN_LINE_COUNT,), (Terms("Job", "build_name"), TIME)),
            24,
            13,
        ),
        Panel(
            "jobs-builds",
            "Builds over time, by result",
            "How many builds there were: what the lines are to be compared with.",
            Shape.BARS,
            Question(Source.FILES, (BUILD_COUNT,), (Terms("Result", "build_status", 5), TIME)),
            24,
            13,
        ),
        Panel(
            "jobs-drift",
            "Median of the farthest distance, by job",
            "Whose logs drift away from what the baseline knows.",
            Shape.LINES,
            Question(
                Source.FILES,
                (Metric("Median", Operation.PERCENTILE, "anomaly.max_distance", 50),),
                (Terms("Job", "build_name"), TIME),
            ),
            24,
            13,
        ),
        Panel(
            "jobs-table",
            "Jobs",
            "Shown lines of each job beside the number of its builds.",
            Shape.TABLE,
            Question(
                Source.FILES,
                (SHOWN_LINE_COUNT, BUILD_COUNT, FARTHEST, READ_LINE_COUNT),
                (Terms("Project", "project"), Terms("Job", "build_name")),
            ),
            24,
            13,
        ),
        Panel(
            "jobs-worst",
            "Worst builds",
            "The builds with the most lines to look at; a click opens one.",
            Shape.TABLE,
            Question(
                Source.FILES,
                (SHOWN_LINE_COUNT, FAR_LINE_COUNT, FARTHEST),
                (
                    Terms("Build", "build_uuid", 20),
                    Terms("Job", "build_name", 1),
                    Terms("Result", "build_status", 1),
                ),
            ),
            24,
            15,
        ),
        Panel(
            "jobs-fingerprints",
            "Only here, or everywhere",
            "The lines in the most builds: in how many jobs and projects each is; a click shows where.",
            Shape.TABLE,
            Question(
                Source.LINES,
                (BUILD_COUNT, JOB_COUNT, PROJECT_COUNT, LINE_COUNT),
                (Terms("Fingerprint", "anomaly.fingerprint", 20),),
                ARE_SHOWN,
            ),
            24,
            15,
        ),
        Found("jobs-far-lines", FAR_LINES, 48, 15),
    ),
)
