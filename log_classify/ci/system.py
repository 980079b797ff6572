"""What every CI system can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from log_classify.ci.build import Build, Wanted
from log_classify.trees.reader import TreeReader
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree


class System(Protocol):
    """A CI system, from the URL of one of its builds on, or from that of its API."""

    def build(self) -> Build:
        """Return the build that the URL names.

        Raises:
            ConfigError: it names none.
            JobError: there is no such build, or it is no build that can be read.
            FetchUnavailable: the server is away.
        """

    def builds(self, wanted: Wanted) -> Iterator[Build]:
        """Give builds of a job, as a rule those that passed, the newest first, and not without end.

        Where `build` was asked before, the job is that build's.

        Raises:
            JobError: the server refuses.
            FetchUnavailable: it is away.
        """

    def read(self, build: Build, reader: TreeReader, selection: Selection, scratch: Path) -> Tree:
        """Fetch the logs of a build.

        Args:
            build: one that this system gave.
            reader: makes a tree of them.
            selection: says which files are wanted.
            scratch: a folder for downloads, which is there as long as the reader is.

        Raises:
            JobError: they are not there, or it is refused.
            FetchUnavailable: their server is away.
        """
