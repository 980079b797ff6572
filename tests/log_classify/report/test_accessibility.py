"""What axe-core finds on the pages; it comes with `axe-playwright-python` and is used in tests alone (MPL 2.0)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from log_classify.report import similar_page
from log_classify.report.sharing import anomalies
from tests.log_classify.report.reports import hostile, small

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.log_classify.report.conftest import Opened

pytestmark = pytest.mark.services("chromium")


def problems(page: Page) -> list[str]:
    """Return what axe finds: every rule it has that is broken, whatever its weight."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert found["passes"]
    return [
        f"{problem['impact']}: {problem['id']}: {node['html'][:200]}"
        for problem in found["violations"]
        for node in problem["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Opened, scheme: str) -> None:
    page = opened(small(), "#at=api/server.log:40", color_scheme=scheme)
    assert [] == problems(page)
    page.keyboard.press("o")
    assert [] == problems(page)
    page.keyboard.press("?")
    assert [] == problems(page)


def test_axe_finds_nothing_on_a_phone(opened: Opened) -> None:
    assert [] == problems(opened(small(), viewport={"width": 360, "height": 640}))


def test_axe_finds_nothing_with_hostile_text(opened: Opened) -> None:
    assert [] == problems(opened(hostile()))


def test_axe_finds_a_mistake(opened: Opened) -> None:
    page = opened(small())
    page.evaluate("document.getElementById('query').closest('label').firstChild.remove()")
    page.evaluate("document.getElementById('query').removeAttribute('placeholder')")
    assert any("label" in problem for problem in problems(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_of_similar_builds(opened: Opened, tmp_path: Path, scheme: str) -> None:
    reports = [small(), small(), hostile()]
    similar_page.write_html(reports, anomalies(reports, 0.25), tmp_path / "similar.html")
    assert [] == problems(opened(tmp_path / "similar.html", color_scheme=scheme))
