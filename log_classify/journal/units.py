"""Entries of a journal as logs: one for each unit, lines in the order of the journal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from log_classify.journal.entry import Entry
from log_classify.report.model import LeftOut
from log_classify.trees.scratch import room
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree, TreeFile

_MOST_UNITS = 5000
"""Logs; programs may name themselves as they like, and each name is a file. What comes later shares one."""
_OTHERS = "others"
_HELD = 8 * 1024**2
"""Bytes of lines held before they are written: few files are opened often, and none is kept open."""


class Units:
    """Sorts entries by units, and writes a file of each."""

    def __init__(self, selection: Selection, folder: Path) -> None:
        """Write nothing yet.

        Args:
            selection: says which units are wanted; its rows of noise are about other files.
            folder: an empty one.
        """
        self._folder = folder
        self._selection = replace(selection, noise=())
        self._files: dict[str, Path] = {}
        self._left_out: dict[str, str] = {}
        self._lines: dict[str, list[bytes]] = {}
        self._held = 0

    def add(self, entry: Entry) -> None:
        """Take an entry; they come in their order.

        Raises:
            ConfigError: there is no room.
        """
        unit = entry.unit
        if unit in self._left_out or not (unit in self._files or self._begun(unit)):
            return
        if unit not in self._files:
            unit = _OTHERS
        self._lines.setdefault(unit, []).append(entry.text)
        self._held += len(entry.text)
        if self._held > _HELD:
            self._write()

    def tree(self, name: str) -> Tree:
        """Return all that was taken.

        Args:
            name: of the tree.

        Raises:
            ConfigError: there is no room.
        """
        self._write()
        files = (TreeFile(unit, file, unit) for unit, file in sorted(self._files.items()))
        left_out = (LeftOut(unit, reason) for unit, reason in sorted(self._left_out.items()))
        return Tree(name, None, tuple(files), tuple(left_out))

    def _begun(self, unit: str) -> bool:
        """Begin a log; return whether its lines are wanted."""
        reason = self._selection.reason(unit)
        if reason is not None:
            if len(self._left_out) < _MOST_UNITS:
                self._left_out[unit] = reason
            return False
        name = unit if len(self._files) < _MOST_UNITS else _OTHERS
        self._files.setdefault(name, self._folder / f"{len(self._files) + 1:05d}")
        return True

    def _write(self) -> None:
        with room(self._folder):
            for unit, lines in self._lines.items():
                with self._files[unit].open("ab") as file:
                    file.write(b"\n".join((*lines, b"")))
        self._lines.clear()
        self._held = 0
