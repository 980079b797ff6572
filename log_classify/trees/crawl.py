"""Finds the files below a list on a web server, by the lists that it leads to."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote

from log_classify.trees.harvest import Harvest
from log_classify.trees.listing import Entry, Listing
from log_classify.trees.lists import MANIFEST
from log_classify.trees.member import safe_path
from log_classify.trees.parallel import in_parallel
from log_classify.trees.web import CONNECTIONS, Web
from log_processor.errors import JobError, Outcome, Unavailable

_DEEPEST = 32
"""Folders in one another."""

_MOST_LISTS = 5000
"""Requested for one tree; the logs of a build have some hundred folders. What goes on for ever ends here."""

_PATIENCE = 900.0
"""Seconds for all of them."""


class _Folder(NamedTuple):
    """A list to be fetched.

    Attributes:
        path: of the folder, from the root on; empty, or with a slash at its end.
        url: where its list is, or goes on.
        above: what its folders list, the root's first.
    """

    path: str
    url: str
    above: tuple[frozenset[str], ...]


class Found(NamedTuple):
    """What a URL leads to.

    Attributes:
        files: those that are wanted, in the order of their paths.
        single: whether the URL is the one file itself, and no list.
    """

    files: list[Entry]
    single: bool


def files_at(url: str, web: Web, harvest: Harvest) -> Found:
    """Find the files below a list, or the file that is there.

    Args:
        url: of the list, or file.
        web: fetches lists.
        harvest: says which files are wanted, and notes those that are not.

    Raises:
        JobError: there is nothing, or it is refused.
        FetchUnavailable: the server is away.
    """
    root = _root(url, web)
    if root is None:
        plain = url.partition("?")[0]
        path = safe_path(unquote(plain.rpartition("/")[2]))
        if not path:
            raise JobError(f"{plain}: is a page that lists no files", Outcome.FETCH_FAILED)
        return Found([Entry(path, url)], single=True)
    crawl = _Crawl(web, harvest)
    crawl.take(_Folder("", "", ()), root)
    while crawl.waiting:
        crawl.next_level()
    return Found(sorted(crawl.files.values()), single=False)


def _root(url: str, web: Web) -> Listing | None:
    try:
        found = web.list(url)
    except JobError:  # a server that lists nothing may have the list that Zuul uploads
        manifest = _manifest(f"{url.partition('?')[0].rstrip('/')}/{MANIFEST}", web)
        if manifest is None:
            raise
        return manifest
    told = [entry.url for entry in found.entries if entry.path == MANIFEST] if found else []
    return (_manifest(told[0], web) if told else None) or found


def _manifest(url: str, web: Web) -> Listing | None:
    with suppress(JobError, Unavailable):
        return web.list(url)
    return None


class _Crawl:
    """Goes from list to list, a level of folders after the other.

    Attributes:
        files: that are wanted, by path.
        waiting: lists that are to be fetched.
    """

    def __init__(self, web: Web, harvest: Harvest) -> None:
        self.files: dict[str, Entry] = {}
        self.waiting: list[_Folder] = []
        self._web = web
        self._harvest = harvest
        self._seen: set[str] = set()
        self._until = time.monotonic() + _PATIENCE

    def next_level(self) -> None:
        """Fetch the lists that wait."""
        level, self.waiting = self.waiting, []
        for folder, found in zip(level, in_parallel(self._fetched, level, CONNECTIONS), strict=True):
            if isinstance(found, str):
                self._leave(folder, found)
            else:
                self.take(folder, found)

    def take(self, folder: _Folder, listing: Listing) -> None:
        """Take the files of a list, and have its folders wait."""
        names = frozenset(entry.path for entry in listing.entries)
        if names and names in folder.above and not all(name.endswith("/") for name in names):
            self._leave(folder, "it lists what a folder above it lists: a loop")
            return
        above = (*folder.above, names)
        if listing.more is not None:
            self._wait(_Folder(folder.path, listing.more, folder.above))
        for entry in listing.entries:
            path = folder.path + entry.path
            if not self._harvest.wants(path):
                continue
            if path.endswith("/"):
                self._wait(_Folder(path, entry.url, above))
            else:
                self.files.setdefault(path, Entry(path, entry.url))
        self._harvest.check_room(len(self.files))

    def _wait(self, folder: _Folder) -> None:
        if folder.url in self._seen:
            return
        if len(folder.above) > _DEEPEST:
            self._leave(folder, f"more than {_DEEPEST} folders are in one another")
        elif len(self._seen) == _MOST_LISTS:
            self._leave(folder, f"more than {_MOST_LISTS:,} lists of files lead to one another")
        else:
            self._seen.add(folder.url)
            self.waiting.append(folder)

    def _leave(self, folder: _Folder, reason: str) -> None:
        self._harvest.leave(folder.path or "./", reason)

    def _fetched(self, folder: _Folder) -> Listing | str:
        if time.monotonic() > self._until:
            return f"not looked into: the lists of files took longer than {_PATIENCE:g} s"
        try:
            return self._web.list(folder.url) or "is no list of files"
        except (JobError, Unavailable) as error:
            return str(error)
