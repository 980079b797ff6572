"""Scored lines, and the scores that they get from their neighbours."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain, count, repeat
from operator import add
from typing import NamedTuple

SHARE = 0.45
"""Of a neighbour's score, that a line gets for standing beside it."""
LEAST = 0.02
"""A share below it counts as none."""
NEAR = 4
"""Lines whose score may still rise because of a later one: beyond, shares are below LEAST."""

_MANY = 32  # quiet lines from which on it pays not to make them before they are asked for
_WHOLE = False  # whether a line is truncated
_make = tuple.__new__


class ScoredLine(NamedTuple):
    """A line with its verdict.

    Attributes:
        number: 1-based, the one `sed -n Np` uses.
        text: what is stored and shown: at most TEXT_LIMIT bytes, secrets masked.
        truncated: whether the line is longer than its text. The whole line was scored.
        distance: to the nearest baseline line, in 0..1, exact; of a line of several parts, that of its farthest.
            None without a model; 0 for a line without tokens.
        nearest: the text of that baseline line; None without a model, or where no line shares a token.
        seen_in: how many baseline builds hold that baseline line; None without a model.
        reasons: why the line is far, some of REASONS; empty for a line that is not.
        fingerprint: sixteen hex digits that stand for the tokens of the farthest part; None unless the line is far.
        score: orders lines, in 0..1: the larger of the own distance and a share of the neighbours'; None without a
            model.
        group: the number of the line that stands for this one, because this one repeats it or belongs to its
            block; the own number for a line that stands for itself; None for a line that is not far.
    """

    number: int
    text: str
    truncated: bool
    distance: float | None
    nearest: str | None
    seen_in: int | None
    reasons: tuple[str, ...]
    fingerprint: str | None
    score: float | None = None
    group: int | None = None

    @property
    def far(self) -> bool:
        """Whether anything speaks for the line."""
        return bool(self.reasons)

    @property
    def shown(self) -> bool:
        """Whether the line is worth a person's time: far, and no other line stands for it."""
        return self.group == self.number


Quiet = tuple[float | None, str | None, int | None, tuple[()], None, float | None, None]
"""What the ScoredLine of a quiet line has after `truncated`, where no far line is near."""


class QuietLines:
    """Lines that follow each other, of which nothing has to be said by itself; each is made when it is asked for."""

    def __init__(
        self, first: int, texts: Sequence[str], truncated: Container[int], said: Sequence[Quiet]
    ) -> None:
        """Make none yet.

        Args:
            first: the number of the first one.
            texts: of the lines.
            truncated: the places of those that are.
            said: of each of them.
        """
        self._first = first
        self._texts = texts
        self._truncated = truncated
        self._said = said

    def lines(self, start: int, end: int) -> Iterator[ScoredLine]:
        """Give those from place `start` on and below `end`."""
        # What ScoredLine(...) does, for all of them without running Python.
        truncated = (
            map(self._truncated.__contains__, range(start, end)) if self._truncated else repeat(_WHOLE)
        )
        heads = zip(count(self._first + start), self._texts[start:end], truncated, strict=False)
        return map(_make, repeat(ScoredLine), map(add, heads, self._said[start:end]))


class Window:
    """The last lines of a log, whose score may still rise because of a later one.

    Attributes:
        lines: they, and of those before them the ones that are to be taken.
        heat: what the next line gets of theirs, at the most.
    """

    def __init__(self) -> None:
        """Know of no line yet."""
        self.lines: list[ScoredLine] = []
        self.heat = 0.0
        self._settled: list[Iterable[ScoredLine]] = []

    def begin(self, number: int) -> None:
        """Go on with the line of this number: if some before it were left out, it stands beside none of the others."""
        if self.lines and self.lines[-1].number + 1 != number:
            self._settle()
            self.heat = 0.0

    def _settle(self) -> None:
        self._settled.append(self.lines)
        self.lines = []

    def pass_by(self, quiet: QuietLines, start: int, end: int) -> None:
        """Add quiet lines, from place `start` on and below `end`."""
        if self.heat:
            near = min(start + NEAR, end)  # beyond, there is no heat left
            for line in quiet.lines(start, near):
                self.add(line)
            start = near
        if end - start > _MANY:
            self._settle()
            self._settled.append(quiet.lines(start, end - NEAR))
            start = end - NEAR
        self.lines += quiet.lines(start, end)

    def add(self, line: ScoredLine) -> None:
        """Add a line that is at a distance or stands beside one that is, and give each its score."""
        distance = line.distance or 0.0
        score = max(distance, self.heat)
        self.heat = score * SHARE if score * SHARE >= LEAST else 0.0
        lines = self.lines
        share = distance * SHARE
        for back in range(1, len(lines) + 1):
            earlier = lines[-back].score
            if earlier is None or share <= max(earlier, LEAST):
                break
            lines[-back] = _with_score(lines[-back], share)
            share *= SHARE
        lines.append(line if line.distance is None else _with_score(line, score))

    def settled(self) -> Iterable[ScoredLine]:
        """Take the lines whose score no later one can change."""
        settled = self._settled
        settled.append(self.lines[:-NEAR])
        del self.lines[:-NEAR]
        self._settled = []
        return chain.from_iterable(settled)

    def rest(self) -> list[ScoredLine]:
        """Take those that are left when all others have been taken, after the last line."""
        rest, self.lines = self.lines, []
        return rest


def _with_score(line: ScoredLine, score: float) -> ScoredLine:
    # What line._replace(score=score) does, without the call of a Python function.
    return _make(ScoredLine, (*line[:8], score, line[9]))
