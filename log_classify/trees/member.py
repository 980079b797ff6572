"""What archives of any format are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_LONGEST = 4096
"""Characters of a path; no file system has longer ones, and patterns are searched in it."""


class Member(NamedTuple):
    """A file in an archive.

    Attributes:
        path: leads nowhere but down from where the archive is.
        unread: why it is not to be read: it is a link, or encrypted; None when it is.
        chunks: its content; may end in a JobError. To be read before the next member is asked for, or not at all.
    """

    path: str
    unread: str | None
    chunks: Iterator[bytes]


def safe_path(name: str) -> str:
    r"""Return a member's name as a path that leads nowhere but down, and that any encoding of Unicode holds.

    Of a name with more than 4096 characters these come first, and the others are dropped.

    >>> safe_path("/var/log//../../messages"), safe_path("./a/b\udcff"), safe_path("..")
    ('var/log/messages', 'a/b\\xff', '')
    """
    text = (
        name[:_LONGEST]
        .encode("utf-8", "surrogateescape")
        .decode("utf-8", "backslashreplace")
        .replace("\0", "\\x00")
    )
    return "/".join(part for part in text.split("/") if part not in {"", ".", ".."})
