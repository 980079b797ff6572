"""Which of the expected entries get a line: one to one, as many as can be."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def matched(entries: Sequence[Collection[int]], seen: Collection[int]) -> list[bool]:
    """Give each entry one of the seen lines that fit it, no line to two entries, and say which got one.

    An entry that fits one line only has that line, even where another entry has it as well. Which entries go away
    empty-handed depends on their order alone: those that come first are served first.

    Args:
        entries: the lines that fit each, seen or not.
        seen: the lines to give.
    """
    alone = {line for entry in entries if len(entry) == 1 for line in entry}
    fitting = [sorted(line for line in entry if line in seen and line not in alone) for entry in entries]
    owner: dict[int, int] = {}
    return [
        any(line in seen for line in entry) if len(entry) == 1 else _served(at, fitting, owner)
        for at, entry in enumerate(entries)
    ]


def _served(at: int, fitting: Sequence[Sequence[int]], owner: dict[int, int]) -> bool:
    """Find a line for an entry, moving others to other lines where that helps (an augmenting path, by breadth)."""
    wanted_by: dict[int, int] = {}
    had = {entry: line for line, entry in owner.items()}
    queue = [at]
    for entry in queue:
        for line in fitting[entry]:
            if line in wanted_by:
                continue
            wanted_by[line] = entry
            if line in owner:
                queue.append(owner[line])
                continue
            free: int | None = line
            while free is not None:
                owner[free] = wanted_by[free]
                free = had.get(wanted_by[free])
            return True
    return False
