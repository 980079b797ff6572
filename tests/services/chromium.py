"""Headless Chromium for tests of pages, driven by Playwright; the browser is the machine's own."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
)  # as root; nothing is fetched


def missing() -> str | None:
    """Say why Chromium cannot run here; None when nothing known is in the way."""
    if _executable() is None:
        return f"chromium is not on the PATH: none of {', '.join(_NAMES)}"
    if importlib.util.find_spec("playwright") is None:
        return "chromium cannot be driven: there is no playwright in this Python"
    return None


@contextmanager
def browser() -> Iterator[Browser]:
    """Run it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_executable(), args=_ARGUMENTS)
        yield running
        running.close()


def _executable() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)
