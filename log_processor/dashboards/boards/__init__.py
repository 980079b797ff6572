"""The dashboards themselves.

Whatever spans weeks asks file documents; lines are asked only where a field of the line is the question.
"""

from __future__ import annotations

from dataclasses import dataclass

from log_processor.dashboards.boards.build import BUILD
from log_processor.dashboards.boards.jobs import JOBS
from log_processor.dashboards.boards.line import LINE
from log_processor.dashboards.boards.pipeline import PIPELINE
from log_processor.dashboards.boards.searches import SEARCHES
from log_processor.dashboards.model import Panel

__all__ = ["DASHBOARDS", "LINKS", "SEARCHES", "Link", "panels"]

DASHBOARDS = (BUILD, LINE, JOBS, PIPELINE)


@dataclass(frozen=True)
class Link:
    """How a field's values are shown: as links.

    Attributes:
        field: the field.
        label: what a reader clicks on; `{{value}}` is the value.
        target: where it leads: a dashboard's id, asked for the value; empty: the value is the address.
    """

    field: str
    label: str = "{{value}}"
    target: str = ""


LINKS = (
    Link("log.line_url", "open the line"),
    Link("log_url", "open the log"),
    Link("change_url", "open the change"),
    Link("build_uuid", target=BUILD.id),
    Link("anomaly.fingerprint", target=LINE.id),
)


def panels() -> dict[str, Panel]:
    """Return all panels that ask a question, by their ids."""
    return {panel.id: panel for board in DASHBOARDS for panel in board.panels if isinstance(panel, Panel)}
