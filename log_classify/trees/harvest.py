"""What has been found of a build's logs so far."""

from __future__ import annotations

from operator import attrgetter

from log_classify.report.model import LeftOut
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree, TreeError, TreeFile
from log_processor.errors import Outcome

_MOST = 200_000
"""Files of one build, read or left out; each takes a kilobyte, and a report's reader has to look at them."""


_MOST_REMARKS = 100
"""In a report; an archive may have as many damaged members as it likes."""


class Harvest:
    """Collects the files of a build, and what is to be said about those that are not read."""

    def __init__(self, name: str, selection: Selection) -> None:
        """Collect nothing yet.

        Args:
            name: of the build's logs, as a person named them.
            selection: says which files are wanted.
        """
        self._name = name
        self._selection = selection
        self._files: dict[str, TreeFile] = {}
        self._left_out: list[LeftOut] = []
        self._remarks: list[str] = []

    def wants(self, path: str) -> bool:
        """Whether a file, or a folder if its path ends in a slash, is to be read; one that is not is noted."""
        reason = self._selection.reason(path)
        if reason is not None:
            self.leave(path, reason)
        return reason is None

    def take(self, file: TreeFile) -> None:
        """Add a file; of several with one path the last one counts, as it would when they are unpacked."""
        if file.path in self._files:
            self.leave(file.path, "a later file has the same path")
        self._files[file.path] = file
        self.check_room()

    def leave(self, path: str, reason: str) -> None:
        """Note a file that is not read."""
        self._left_out.append(LeftOut(path, reason))
        self.check_room()

    def remark(self, text: str) -> None:
        """Note what a person should know."""
        self._remarks.append(text)

    def check_room(self, more: int = 0) -> None:
        """See whether there are too many files.

        Args:
            more: files that are found, and not taken yet.

        Raises:
            TreeError: there are.
        """
        if len(self._files) + len(self._left_out) + more > _MOST:
            raise TreeError(
                f"{self._name}: has more than {_MOST:,} files; name a part of it", Outcome.TOO_LARGE
            )

    def tree(self, url: str | None) -> Tree:
        """Return all that was found, in the order of the paths."""
        more = len(self._remarks) - _MOST_REMARKS
        return Tree(
            self._name,
            url,
            tuple(sorted(self._files.values(), key=attrgetter("path"))),
            tuple(sorted(self._left_out, key=attrgetter("path", "reason"))),
            (
                *self._remarks[:_MOST_REMARKS],
                *([f"there are {more:,} more of these remarks"] if more > 0 else ()),
            ),
        )
