"""One build: what it printed that no passing build printed."""

from __future__ import annotations

from log_processor.dashboards.boards.parts import (
    ARE_SHOWN,
    FAR_LINE_COUNT,
    FARTHEST,
    FILE_COUNT,
    HAVE_NO_BASELINE,
    LINE_COUNT,
    READ_LINE_COUNT,
    SCORE,
    SHOWN_LINE_COUNT,
    TIME,
    number,
)
from log_processor.dashboards.boards.searches import FAR_LINES, FINDINGS
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

BUILD = Dashboard(
    "log-classify-build",
    "Build",
    "Pick a build: what did it print that no passing build printed, and where?",
    7,
    (
        Control("Build", "build_uuid", Source.FILES),
        Control("Job", "build_name", Source.FILES),
        Control("Project", "project", Source.FILES),
    ),
    (
        number("build-shown", "How many lines are worth a look.", SHOWN_LINE_COUNT, Source.FILES),
        number(
            "build-far",
            "How many lines are far, repetitions and blocks counted.",
            FAR_LINE_COUNT,
            Source.FILES,
        ),
        number("build-farthest", "The distance of the farthest line.", FARTHEST, Source.FILES),
        number("build-read", "How many lines there are in all.", READ_LINE_COUNT, Source.FILES),
        number("build-files", "How many files.", FILE_COUNT, Source.FILES),
        number(
            "build-no-baseline",
            "How many files could not be scored, since no passing build taught them.",
            Metric("Files without a baseline"),
            Source.FILES,
            HAVE_NO_BASELINE,
        ),
        Found("build-far-lines", FAR_LINES, 48, 18),
        Panel(
            "build-over-time",
            "Shown lines over time, by file",
            "When it went wrong, and where first.",
            Shape.BARS,
            Question(Source.LINES, (LINE_COUNT,), (Terms("File", "filename"), TIME), ARE_SHOWN),
            24,
            13,
        ),
        Panel(
            "build-by-file",
            "Shown lines by file",
            "Which files to open.",
            Shape.TABLE,
            Question(
                Source.FILES,
                (SHOWN_LINE_COUNT, FAR_LINE_COUNT, FARTHEST, READ_LINE_COUNT),
                (Terms("File", "filename", 20),),
            ),
            24,
            13,
        ),
        Panel(
            "build-fingerprints",
            "Seen before?",
            "The lines by fingerprint; a click on one shows in which other builds, jobs and projects it was.",
            Shape.TABLE,
            Question(
                Source.LINES,
                (
                    SCORE,
                    LINE_COUNT,
                    Metric("Baselines with the nearest line", Operation.MAX, "anomaly.seen_in"),
                ),
                (Terms("Fingerprint", "anomaly.fingerprint", 20),),
                ARE_SHOWN,
            ),
            16,
            13,
        ),
        Panel(
            "build-reasons",
            "Why lines are far",
            "Which of the seven reasons speak for the lines.",
            Shape.TABLE,
            Question(Source.LINES, (LINE_COUNT,), (Terms("Reason", "anomaly.reasons"),), ARE_SHOWN),
            16,
            13,
        ),
        Panel(
            "build-unscored",
            "Files without a baseline",
            "Files of which nothing is known; their lines have no distance.",
            Shape.TABLE,
            Question(Source.FILES, (READ_LINE_COUNT,), (Terms("File", "filename", 20),), HAVE_NO_BASELINE),
            16,
            13,
        ),
        Found("build-findings", FINDINGS, 48, 12),
    ),
)
