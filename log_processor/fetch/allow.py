"""Which URLs may be fetched: a job names any URL, the configuration says which prefixes are log servers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

from log_processor.errors import ConfigError, JobError, Outcome

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CLIMBS = re.compile(r"(?:^|[/\\;])\.\.(?:$|[/\\;])")
"""A way up that only some servers see: they take an escaped slash, a backslash or a semicolon for a separator."""


@dataclass(frozen=True)
class Address:
    """A URL taken apart, once, so that what was checked is what is requested.

    Attributes:
        scheme: `http`, `https` or `file`.
        host: in lower case; empty for `file`.
        port: never left out for `http` and `https`; 0 for `file`.
        path: as it is requested: escaped, beginning with a slash, without dot segments.
        query: as it came; it may hold a signature or a token, and belongs in no message.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        """The URL to request."""
        return f"{self}?{self.query}" if self.query else str(self)

    @property
    def origin(self) -> str:
        """Scheme, host and port, the last one only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS.get(self.scheme, 0) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, unescaped."""
        return tuple(_unescaped(segment) for segment in self.path.split("/")[1:])

    @property
    def file(self) -> str:
        """The path of the local file that a `file` address names."""
        return "/" + "/".join(self.segments)

    def __str__(self) -> str:
        """The URL as messages show it: without the query."""
        return self.origin + self.path


def parse(url: str) -> Address:
    """Take a URL apart.

    Raises:
        ValueError: it is none that can be fetched; the message says why and repeats no secret.
    """
    if _CONTROL.search(url):
        raise ValueError("the URL holds control characters")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError("the URL is malformed") from None
    if parts.scheme not in {"http", "https", "file"}:
        raise ValueError("the URL has to begin with http://, https:// or file://")
    if "@" in parts.netloc:
        raise ValueError("the URL holds a user name or password; none is ever sent")
    if not parts.netloc.isascii():
        raise ValueError("the URL's host has to be written in ASCII (xn--...)")
    if parts.scheme == "file":
        return _file_address(parts)
    if not host:
        raise ValueError("the URL names no host")
    return Address(
        parts.scheme,
        host,
        _PORTS[parts.scheme] if port is None else port,
        _without_dots(parts.path),
        parts.query,
    )


class Admission(Protocol):
    """What says which URLs may be read; asked again for each redirect."""

    def admitted(self, url: str) -> Address:
        """Return the URL taken apart, if it may be read.

        Raises:
            JobError: `REFUSED`.
        """


class AllowList:
    """The URL prefixes of `fetch.allow`, and the question whether they cover a URL."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        """Read the prefixes.

        Raises:
            ConfigError: a prefix is no URL, or has a query.
        """
        self._prefixes = tuple(_prefix(number, text) for number, text in enumerate(prefixes))

    def admitted(self, url: str) -> Address:
        """Return the URL taken apart, if a prefix covers it.

        A prefix covers a URL when scheme, host and port are equal and its path is the beginning of the URL's path,
        segment by segment: `/logs` and `/logs/` do not cover `/logs-secret`. For `file`, symbolic links are
        resolved first, and the address returned is the real one.

        Raises:
            JobError: `REFUSED`; the message says which prefix would have to be added.
        """
        try:
            address = parse(url)
        except ValueError as error:
            raise JobError(str(error), Outcome.REFUSED) from None
        if address.scheme == "file":
            real = os.path.realpath(address.file)
            address = replace(address, path=quote(real, errors="surrogateescape"))
        if not any(_covers(prefix, address) for prefix in self._prefixes):
            folder = str(PurePosixPath(address.file).parent) if address.scheme == "file" else ""
            raise JobError(
                "not covered by fetch.allow; if it may be read, "
                f"add {address.origin}{folder.rstrip('/')}/ there",
                Outcome.REFUSED,
            )
        return address


def _prefix(number: int, text: str) -> Address:
    try:
        prefix = parse(text)
    except ValueError as error:
        raise ConfigError(f"fetch.allow[{number}]: {error}") from None
    if prefix.query:
        raise ConfigError(f"fetch.allow[{number}]: {prefix} has a query; give the URL up to its path")
    return prefix


def _covers(prefix: Address, address: Address) -> bool:
    if (prefix.scheme, prefix.host, prefix.port) != (address.scheme, address.host, address.port):
        return False
    if address.scheme == "file":
        return PurePosixPath(address.file).is_relative_to(os.path.realpath(prefix.file))
    *folders, last = prefix.segments
    wanted = (*folders, last) if last else tuple(folders)
    # "/logs/" asks for something below it, "/logs" is content with itself.
    return address.segments[: len(wanted)] == wanted and (bool(last) or len(address.segments) > len(wanted))


def _file_address(parts: SplitResult) -> Address:
    if parts.netloc not in {"", "localhost"}:
        raise ValueError("a file URL is written file:///path, without a host")
    address = Address("file", "", 0, _without_dots(parts.path))
    if "\0" in "".join(address.segments):
        raise ValueError("the URL holds control characters")
    return address


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` as every client does before it sends, so that both sides mean one path."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        plain = _unescaped(segment)
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            if _CLIMBS.search(plain):
                raise ValueError("the URL's path hides a '..' behind an escaped separator")
            kept.append(segment)
    if not kept or _unescaped(path.rpartition("/")[2]) in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _unescaped(segment: str) -> str:
    # Without loss, whatever the bytes are, and as the file system spells names.
    return unquote(segment, errors="surrogateescape")
