"""What is printed of a log: the lines that matter, those around them, and how many others each stands for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from anomaly_filter import Scan, ScoredLine
from log_classify.groups import Group

_HELD_CHARACTERS = 1 << 23
_LINE_CHARACTERS = 500  # that an object of a line counts beside its texts


class Context(NamedTuple):
    """How many lines are shown around one that matters.

    Attributes:
        before: it.
        after: it.
        merge: how far apart two may be at the most for all lines between them to be shown.
    """

    before: int
    after: int
    merge: int = 0


class Excerpt:
    """The wanted lines of a log with their context, each once and in order.

    They are held as long as they are few; otherwise iterating goes through the log again, so that memory is bounded
    whatever is wanted.

    Attributes:
        read: lines of the log.
        far: of these, the far ones.
        shown: of the far ones, those that no other line stands for.
    """

    def __init__(
        self,
        wanted: Callable[[ScoredLine], bool],
        context: Context,
        *,
        held_characters: int = _HELD_CHARACTERS,
    ) -> None:
        """Take nothing yet.

        Args:
            wanted: whether a line is one of those that matter.
            context: how many lines around each of them come with it.
            held_characters: bounds what is held.
        """
        self._wanted = wanted
        self._context = context
        self._held_characters = held_characters
        self._lines: Iterable[ScoredLine] = ()
        self._reset()

    def _reset(self) -> None:
        self.read = self.far = self.shown = 0
        self._groups: defaultdict[int, Group] = defaultdict(Group)
        self._held: list[ScoredLine] | None = []

    @property
    def groups(self) -> Mapping[int, Group]:
        """By the number of a shown line, the lines that it stands for."""
        return self._groups

    def take(self, lines: Iterable[ScoredLine]) -> Excerpt:
        """Go through all lines of a log; what was taken before is dropped."""
        self._reset()
        characters = 0
        for line in self._around(self._counted(lines)):
            if self._held is None:
                continue
            self._held.append(line)
            characters += len(line.text) + len(line.nearest or "") + _LINE_CHARACTERS
            if characters > self._held_characters:
                self._held = None
        return self

    def lines(self, again: Iterable[ScoredLine]) -> Iterator[ScoredLine]:
        """Give the wanted lines and their context.

        Args:
            again: the lines that were taken; they are gone through only where they were too many to be held.
        """
        return self._around(again) if self._held is None else iter(self._held)

    def _counted(self, lines: Iterable[ScoredLine]) -> Iterator[ScoredLine]:
        for line in lines:
            self.read += 1
            if line.far:
                self.far += 1
                if line.shown:
                    self.shown += 1
                elif line.group is not None:
                    self._groups[line.group].add(line)
            yield line
        if isinstance(lines, Scan):
            self.read = lines.read  # those that are of no interest were left out

    def _around(self, lines: Iterable[ScoredLine]) -> Iterator[ScoredLine]:
        before, after, merge = self._context
        held: deque[ScoredLine] = deque(maxlen=max(before, merge))
        last = -merge  # number of the last wanted line
        until = 0  # number of the last line that is context of it
        for line in lines:
            if self._wanted(line):
                first = line.number - before if line.number - last > merge else 0
                yield from (each for each in held if each.number >= first)
                held.clear()
                yield line
                last = line.number
                until = last + after
            elif line.number <= until:
                yield line
            else:
                held.append(line)
