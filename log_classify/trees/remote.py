"""Reads trees from web servers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from log_classify.progress import Progress
from log_classify.trees.crawl import files_at
from log_classify.trees.fetching import fetched
from log_classify.trees.harvest import Harvest
from log_classify.trees.listing import Entry
from log_classify.trees.scratch import Kept, Scratch
from log_classify.trees.tree import TreeFile
from log_classify.trees.unpack import Unpacker
from log_classify.trees.web import Web
from log_processor.fetch.fetcher import Sent


class Remote:
    """Fetches files into one harvest."""

    def __init__(self, harvest: Harvest, scratch: Scratch, progress: Progress) -> None:
        """Fetch nothing yet.

        Args:
            harvest: gets the files.
            scratch: holds them.
            progress: is told how far that is.
        """
        self._harvest = harvest
        self._scratch = scratch
        self._progress = progress
        self._unpacker = Unpacker(harvest, scratch, progress)

    def take(self, url: str) -> None:
        """Take the files below a list, or the file or archive that is there.

        Raises:
            JobError: its server does not have it, or refuses.
            FetchUnavailable: its server is away.
        """
        with closing(Web(url)) as web:
            found = files_at(url, web, self._harvest)
            self._fetch(found.files, web, root=found.single)

    def _fetch(self, files: Sequence[Entry], web: Web, *, root: bool) -> None:
        for done, (entry, kept) in enumerate(fetched(files, web, self._kept), 1):
            self._progress.step("downloading", done, len(files), self._scratch.written)
            if isinstance(kept, str):
                self._harvest.leave(entry.path, kept)
            elif kept.damage is not None and not kept.size:
                self._harvest.leave(entry.path, kept.damage)
            else:
                if kept.damage is not None:
                    self._harvest.remark(f"{entry.path}: only {kept.size:,} bytes came: {kept.damage}")
                self._unpacker.take(TreeFile(entry.path, kept.file, entry.url.partition("?")[0]), root=root)

    def _kept(self, _: Entry, sent: Sent) -> Kept:
        return self._scratch.keep(sent)
