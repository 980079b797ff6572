"""The lines that a shown line stands for, so that they need not be shown themselves."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from anomaly_filter import ScoredLine
from anomaly_filter.reasons import BLOCK

_RUNS_LIMIT = 100


@dataclass
class Numbers:
    """Increasing line numbers; of any amount the first hundred runs are remembered.

    Attributes:
        count: how many there are.
        runs: first and last number of each run.
        left_out: how many lie beyond the last one.
    """

    count: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    left_out: int = 0

    def add(self, number: int) -> None:
        """Add a number that is larger than all others."""
        self.count += 1
        if not self.left_out and self.runs and self.runs[-1][1] == number - 1:
            self.runs[-1] = self.runs[-1][0], number
        elif len(self.runs) < _RUNS_LIMIT:
            self.runs.append((number, number))
        else:
            self.left_out += 1

    def text_with(self, number: int) -> str:
        """Return them and one more for a person: `12, 40-43`."""
        runs = list(self.runs)
        insort(runs, (number, number))
        joined = runs[:1]
        for first, last in runs[1:]:
            if first == joined[-1][1] + 1:
                joined[-1] = joined[-1][0], last
            else:
                joined.append((first, last))
        return text_of_runs(joined, self.left_out)


def text_of_runs(runs: Iterable[tuple[int, int]], more: int) -> str:
    """Return numbers for a person: `12, 40-43 and 7 more`.

    Args:
        runs: first and last number of each run.
        more: how many numbers there are beyond them.
    """
    text = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"{text} and {more:,} more" if more else text


@dataclass
class Group:
    """The lines that one line stands for, apart from itself.

    Attributes:
        repeats: those that are like it.
        block: those that belong to its block.
    """

    repeats: Numbers = field(default_factory=Numbers)
    block: Numbers = field(default_factory=Numbers)

    def add(self, line: ScoredLine) -> None:
        """Add a line that comes after all others."""
        (self.block if BLOCK in line.reasons else self.repeats).add(line.number)
