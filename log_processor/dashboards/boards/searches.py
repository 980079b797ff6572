"""The saved searches: documents as they are."""

from __future__ import annotations

from log_processor.dashboards.boards.parts import ARE_SHOWN, NOT_INDEXED
from log_processor.dashboards.model import Condition, Search, Source

FAR_LINES = Search(
    "log-classify-far-lines",
    "Far lines",
    "The lines that no passing build printed, worst first; a click opens the log at the line.",
    Source.LINES,
    (
        "anomaly.score",
        "anomaly.distance",
        "anomaly.reasons",
        "message",
        "anomaly.nearest",
        "anomaly.seen_in",
        "anomaly.model",
        "filename",
        "log.line",
        "log.line_url",
        "anomaly.fingerprint",
        "build_uuid",
    ),
    "anomaly.score",
    ARE_SHOWN,
)
FINDINGS = Search(
    "log-classify-findings",
    "Findings",
    "What is odd about files as a whole: lines that are missing, bursts, gaps.",
    Source.FILES,
    (
        "filename",
        "findings.kind",
        "findings.text",
        "findings.expected",
        "findings.seen",
        "log_url",
        "build_uuid",
    ),
    "lines_shown",
    (Condition("findings.kind"),),
)
FAILURES = Search(
    "log-classify-failures",
    "Files that were not indexed",
    "Why a file could not be read; its job is in the dead letters of its worker.",
    Source.WORK,
    ("outcome", "reason", "filename", "build_uuid", "worker", "log_url"),
    "started_at",
    NOT_INDEXED,
)
SEARCHES = (FAR_LINES, FINDINGS, FAILURES)
