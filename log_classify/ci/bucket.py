"""A bucket of Google Cloud Storage that everybody may read, by its JSON API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from log_classify.ci.tokens import address_of
from log_classify.ci.web import Web
from log_processor.fetch.answers import Answer

STORAGE = "https://storage.googleapis.com"
_EMULATOR = "STORAGE_EMULATOR_HOST"
_PAGES = 10
"""Pages of a thousand names; a busy job has some thousand builds in a month."""


class Listed(NamedTuple):
    """What lies directly below a prefix.

    Attributes:
        names: of objects.
        folders: prefixes of further ones, up to and with their slash.
    """

    names: tuple[str, ...]
    folders: tuple[str, ...]


def storage(environment: Mapping[str, str]) -> str:
    """Return where buckets are: at Google, or at the emulator that Google's own clients would use.

    Raises:
        ConfigError: what the environment says is no URL.
    """
    emulator = environment.get(_EMULATOR)
    if not emulator:
        return STORAGE
    return address_of(emulator if "://" in emulator else f"http://{emulator}", _EMULATOR).origin


class Bucket:
    """A bucket."""

    def __init__(self, web: Web, storage: str, name: str) -> None:
        """Ask nothing yet."""
        self._web = web
        self._files = f"{storage}/{quote(name, safe='')}"
        self._list = f"{storage}/storage/v1/b/{quote(name, safe='')}/o"

    def url(self, name: str) -> str:
        """Return where an object is."""
        return f"{self._files}/{quote(name)}"

    def everything(self, prefix: str) -> str:
        """Return where the list of all objects is whose names begin with a prefix."""
        return f"{self._list}?{urlencode({'prefix': prefix})}"

    def openable(self, source: str) -> str:
        """Return where a person can open what came from the list of all objects."""
        path = source.removeprefix(f"{self._list}/")
        return source if path == source else f"{self._files}/{path.replace('%2F', '/')}"

    def list(self, prefix: str, first: str) -> Listed:
        """List what lies directly below a prefix, in the order of the names.

        Args:
            prefix: ends in a slash.
            first: a name or folder that comes before all that are wanted.

        Raises:
            JobError: there is no such bucket, or it is not for everybody.
            FetchUnavailable: the server is away.
        """
        names: list[str] = []
        folders: list[str] = []
        query = {"prefix": prefix, "delimiter": "/", "startOffset": first, "maxResults": "1000"}
        for page in self._pages(query):
            names += (item.text("name") for item in page.list("items"))
            folders += page.texts("prefixes")
        return Listed(_below(prefix, names), _below(prefix, folders))

    def _pages(self, query: Mapping[str, str]) -> Iterator[Answer]:
        asked = dict(query)
        for _ in range(_PAGES):
            page = Answer(self._web.json(f"{self._list}?{urlencode(asked)}"))
            yield page
            asked["pageToken"] = page.text("nextPageToken")
            if not asked["pageToken"]:
                return


def _below(prefix: str, names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name.startswith(prefix) and name != prefix)
