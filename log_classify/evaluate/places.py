"""Where in a log the lines stand that a case names; they are recognised by their text, never by a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from log_classify.evaluate.expected import Expected, InvalidCase, Run, comparable

_QUOTED = 100  # characters of a text in a message
_LISTED = 5  # texts in a message

Places = frozenset[int]
"""Numbers of lines, counted from 1."""


@dataclass(frozen=True)
class Marks:
    """The places of what a case expects.

    A text that stands at several places means all of them: nothing tells them apart.

    Attributes:
        runs: of each run of lines.
        parts: of each part of a line.
        true: of every line that has to be found.
        neutral: of the lines that are neither right nor wrong, none of them in `true`.
        control: of the whole lines that must not be shown.
    """

    runs: tuple[Places, ...]
    parts: tuple[Places, ...]
    true: Places
    neutral: Places
    control: Places


def mark(expected: Expected, target: Iterable[str], baselines: Iterable[str]) -> Marks:
    """Find what is expected in the lines of a log.

    Args:
        expected: what to find.
        target: the lines of the log.
        baselines: the lines of all baselines; read only where a control is not a whole line of the target: such a
            one can be named by a finding only, and may leave out what differs from build to build.

    Raises:
        InvalidCase: something does not stand there; the message names it.
    """
    log = _Log(target)
    runs = tuple(map(log.places, expected.runs))
    parts = tuple(log.holding(part.text) for part in expected.parts)
    neutral = tuple(map(log.places, expected.neutral))
    control = tuple(map(log.places, expected.control))
    unplaced = [
        *_unplaced("text", expected.runs, runs),
        *_unplaced("contains", [(part.text,) for part in expected.parts], parts),
        *_unplaced("neutral", expected.neutral, neutral),
    ]
    if unplaced:
        raise InvalidCase(f"has no line for {_listed(unplaced)}; copy the texts from it")
    absent = [run for run, places in zip(expected.control, control, strict=True) if not places]
    if absent:
        texts = log.text + "\n" + "\n".join(map(comparable, baselines))
        nowhere = [f"control {quoted(run)}" for run in absent if not all(line in texts for line in run)]
        if nowhere:
            raise InvalidCase(f"neither it nor a baseline has {_listed(nowhere)}; copy the texts from one")
    required = (places for part, places in zip(expected.parts, parts, strict=True) if not part.optional)
    true = frozenset().union(*runs, *required)
    return Marks(
        runs=runs,
        parts=parts,
        true=true,
        neutral=frozenset().union(*neutral, *parts) - true,
        control=frozenset().union(*control),
    )


class _Log:
    """The lines of a log, to be found by their text."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = list(map(comparable, lines))
        numbers = defaultdict(list)
        for number, text in enumerate(self._lines, 1):
            numbers[text].append(number)
        self._numbers: Mapping[str, Sequence[int]] = numbers

    @property
    def text(self) -> str:
        """All lines, an LF between them."""
        return "\n".join(self._lines)

    def places(self, run: Run) -> Places:
        """Return every line of every place where the whole run stands."""
        starts = (
            number
            for number in self._numbers.get(run[0], ())
            if tuple(self._lines[number - 1 : number - 1 + len(run)]) == run
        )
        return frozenset(number for start in starts for number in range(start, start + len(run)))

    def holding(self, part: str) -> Places:
        """Return every line that holds a text."""
        return frozenset(number for number, text in enumerate(self._lines, 1) if part in text)


def _unplaced(kind: str, runs: Sequence[Run], places: Sequence[Places]) -> list[str]:
    return [f"{kind} {quoted(run)}" for run, where in zip(runs, places, strict=True) if not where]


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - _LISTED
    return "; ".join(texts[:_LISTED]) + (f"; and {more} more" if more > 0 else "")


def quoted(run: Run) -> str:
    r"""Return a run as it stands in a message.

    >>> quoted(("one", "two"))
    "'one\\ntwo'"
    """
    text = "\n".join(run)
    return repr(text if len(text) <= _QUOTED else text[:_QUOTED] + "…")
