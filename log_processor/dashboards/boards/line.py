"""One far line: where else it was far."""

from __future__ import annotations

from log_processor.dashboards.boards.parts import (
    ARE_SHOWN,
    BUILD_COUNT,
    JOB_COUNT,
    LINE_COUNT,
    PROJECT_COUNT,
    SCORE,
    TIME,
    number,
)
from log_processor.dashboards.boards.searches import FAR_LINES
from log_processor.dashboards.model import Control, Dashboard, Found, Panel, Question, Shape, Source, Terms

LINE = Dashboard(
    "log-classify-line",
    "Line",
    "Pick the fingerprint of a far line: where else was this line far, since when, and how often?",
    90,
    (
        Control("Fingerprint", "anomaly.fingerprint", Source.LINES),
        Control("Job", "build_name", Source.LINES),
        Control("Project", "project", Source.LINES),
    ),
    (
        number("line-builds", "In how many builds.", BUILD_COUNT, Source.LINES, ARE_SHOWN),
        number("line-jobs", "In how many jobs: one means only here.", JOB_COUNT, Source.LINES, ARE_SHOWN),
        number(
            "line-projects",
            "In how many projects: many mean everywhere.",
            PROJECT_COUNT,
            Source.LINES,
            ARE_SHOWN,
        ),
        number("line-lines", "How often.", LINE_COUNT, Source.LINES, ARE_SHOWN),
        Panel(
            "line-over-time",
            "Builds over time, by job",
            "When it was seen first and last, and whether it spreads.",
            Shape.BARS,
            Question(Source.LINES, (BUILD_COUNT,), (Terms("Job", "build_name"), TIME), ARE_SHOWN),
            24,
            13,
        ),
        Panel(
            "line-in-builds",
            "In which builds",
            "The builds that printed it; a click opens one.",
            Shape.TABLE,
            Question(
                Source.LINES,
                (LINE_COUNT, SCORE),
                (
                    Terms("Build", "build_uuid", 20),
                    Terms("Job", "build_name", 1),
                    Terms("Project", "project", 1),
                ),
                ARE_SHOWN,
            ),
            24,
            13,
        ),
        Found("line-far-lines", FAR_LINES, 48, 15),
    ),
)
