from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from log_classify.report.model import Report
from log_classify.report.page import write_html
from tests.services import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Opened = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. A test that uses it is marked `services("chromium")`."""
    with chromium.browser() as running:
        yield running


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens the page of a report; fails the test when the page complains, or asks for anything but itself."""
    contexts = []
    complaints: list[str] = []

    def open_page(written: Report | Path, fragment: str = "", **options: Any) -> Page:
        path = tmp_path / "report.html" if isinstance(written, Report) else written
        if isinstance(written, Report):
            write_html(written, path)
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.partition("#")[0] == path.as_uri()
                else complaints.append(f"a request: {request.url}")
            ),
        )
        page.goto(path.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == complaints
