"""The page of the dashboards, and its pictures, against the dashboards."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from log_processor.dashboards.boards import DASHBOARDS
from log_processor.dashboards.model import Dashboard, Found

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "kibana.md").read_text("utf-8")


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.id)
def test_the_page_says_what_each_panel_answers(board: Dashboard) -> None:
    assert f"## {board.title}\n\n{board.about}\n" in PAGE
    for panel in board.panels:
        part = panel.search if isinstance(panel, Found) else panel
        assert f"| {part.title} | {part.about} |\n" in PAGE


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.id)
def test_each_dashboard_has_a_picture_with_all_its_panels(board: Dashboard) -> None:
    assert f"](pictures/{board.id}.svg)" in PAGE
    drawn = (DOCS / "pictures" / f"{board.id}.svg").read_text("utf-8")
    ET.fromstring(drawn)
    for panel in board.panels:
        title = panel.search.title if isinstance(panel, Found) else panel.title
        assert f'class="t">{html.escape(title)}</text>' in drawn, "mend: python docs/pictures.py"


def test_a_picture_is_not_called_a_screenshot() -> None:
    assert len(DASHBOARDS) == PAGE.count("Drawn from the answers to the panels' queries; not a screenshot.")
