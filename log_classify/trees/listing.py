"""What a list of files on a web server says, whatever its format."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A file, or a folder to be looked into.

    Attributes:
        path: from the list's own folder on; a folder's ends in a slash.
        url: where it is.
    """

    path: str
    url: str


class Listing(NamedTuple):
    """Files and folders.

    Attributes:
        entries: each path once.
        more: where the list goes on; None: nowhere.
    """

    entries: tuple[Entry, ...]
    more: str | None = None
