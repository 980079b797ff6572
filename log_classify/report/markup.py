"""Markup in which nothing of a log, a path or a report can be anything but text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from log_processor.visible import visible

_WEB = re.compile(r"https?://", re.IGNORECASE)


def text(written: str) -> str:
    """Return a text as markup, with whatever does not print as itself made visible."""
    return escape(visible(written))


def linked(written: str, url: str | None) -> str:
    """Return a text that is a link where there is a URL of the web."""
    if url is None or not _WEB.match(url):
        return text(written)
    return f'<a href="{text(url)}" rel="noreferrer noopener">{text(written)}</a>'


def marked(pieces: Iterable[str]) -> str:
    """Return the pieces of a text, of which those with odd places are marked."""
    return "".join(
        f"<mark>{text(piece)}</mark>" if at % 2 else text(piece) for at, piece in enumerate(pieces)
    )


def distance_bar(distance: float | None) -> str:
    """Return a distance, as a number and as the length of a bar."""
    if distance is None:
        return '<span class="distance">-</span>'
    bar = f'<svg class="bar" aria-hidden="true"><rect width="{100 * distance:.0f}%" height="100%"/></svg>'
    return f'<span class="distance">{distance:.2f}{bar}</span>'


def line_id(path: str, line: int) -> str:
    """Return what the fragment of a link to a line says; address.js reads it."""
    return f"at={visible(path)}:{line}"


def fragment(identity: str) -> str:
    """Return the fragment that names an element, with the `#`."""
    return "#" + quote(identity, safe="/:=!*'()~")


def folded(title: str, items: Iterable[str]) -> str:
    """Return a list that is opened by its title; nothing where it is empty.

    Args:
        title: a text.
        items: markup.
    """
    rows = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<details><summary>{text(title)}</summary><ul>\n{rows}\n</ul></details>\n" if rows else ""
