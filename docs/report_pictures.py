"""Takes the pictures of README.md and docs/report.md: the demo's builds in a terminal and on a page, by Chromium.

make demo && python docs/report_pictures.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the tests are no installed package

from tests.services import chromium  # noqa: E402 - after the line above

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOGS = ROOT / "demo-run/logs"
BUILDS = [f"build-{number}" for number in range(1, 7)]  # the last one failed

WIDE: dict[str, Any] = {"viewport": {"width": 1200, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 800}}
PICTURES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("report.png", "", WIDE, []),
    ("report-line.png", "#at=job-output.txt:273", {**WIDE, "color_scheme": "dark"}, ["o"]),
    ("report-phone.png", "#at=job-output.txt:541", PHONE, ["o"]),
]
"""Name, fragment of the address, window, keys that are pressed."""

TERMINAL = ("dir", *BUILDS, "--context", "0")
COLOURS = {
    "1": "font-weight: bold",
    "2": "color: #777",
    "31": "color: #b3261e",
    "1;32": "color: #1b6e34; font-weight: bold",
}
"""What the escape sequences of `log-classify` stand for."""
SCREEN = """<!doctype html><meta charset="utf-8">
<style>pre {{ font: 13px/1.45 "DejaVu Sans Mono", monospace; width: 130ch; padding: 1em 1.5em; margin: 0;
white-space: pre-wrap; overflow-wrap: anywhere; display: inline-block }}</style>
<pre>{text}</pre>"""


def main() -> int:
    """Take all of them."""
    if reason := chromium.missing():
        print(reason, file=sys.stderr)
        return 1
    if not LOGS.is_dir():
        print(f"{LOGS} is not there; mend: make demo", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as browser:
        page = Path(folder) / "report.html"
        for number, build in enumerate(BUILDS, 1):
            _copy(LOGS / str(number), page.with_name(build))
        said = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "log_classify", *TERMINAL, "--html", page, "--color", "always"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        screen = Path(folder) / "screen.html"
        screen.write_text(SCREEN.format(text=_screen(said)))
        _take_terminal(browser, screen.as_uri(), ROOT / "docs/pictures/terminal.png")
        for name, fragment, window, keys in PICTURES:
            _take(browser, page.as_uri() + fragment, window, keys, ROOT / "docs/pictures" / name)
    return 0


def _copy(logs: Path, folder: Path) -> None:
    """Copy logs; where this checkout lies is nobody's business."""
    for path in logs.rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(logs)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes().replace(str(ROOT).encode(), b"/home/ci/inventory"))


def _screen(said: str) -> str:
    """Return what a terminal shows of a command and its output, as HTML."""
    text = f"\x1b[1m$ log-classify dir build-[1-5] build-6 --context 0\x1b[0m\n{said}"
    parts = re.split(r"\x1b\[([0-9;]*)m", text)
    html = escape(parts[0])
    for code, part in zip(parts[1::2], parts[2::2], strict=True):
        html += f'<span style="{COLOURS[code]}">{escape(part)}</span>' if code != "0" else escape(part)
    return html


def _take_terminal(browser: Browser, address: str, path: Path) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(address)
    page.locator("pre").screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


def _take(browser: Browser, address: str, window: dict[str, Any], keys: list[str], path: Path) -> None:
    page = browser.new_page(**window)
    page.goto(address)
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(300)  # milliseconds, until what is near is drawn
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
