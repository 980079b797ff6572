"""Lines of several parts: their verdicts, by those of the parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from anomaly_filter.nearby import Place
from anomaly_filter.verdict import Verdict, ordered
from anomaly_filter.verdicts import Kinds

_REMEMBERED_BYTES = 1 << 22
"""Of the kinds of the parts of lines whose verdicts are remembered; what else one takes is as much again at the most."""


class OfParts(NamedTuple):
    """What is known of a line.

    Attributes:
        verdict: of the line.
        unknown: those of parts that the baselines do not have, and how many parts have each.
    """

    verdict: Verdict
    unknown: Sequence[tuple[Verdict, int]]


class PartedLines:
    """Judges lines of several parts; progress bars have dozens, and many have the same ones."""

    def __init__(self) -> None:
        """Know of no line yet."""
        self._memo: dict[bytes, OfParts] = {}
        self._bytes = 0

    def of(self, place: Place, kinds: Kinds) -> OfParts:
        """Judge a line that is PARTED; where none of its parts has to be read, it need not be cut."""
        parts = place.seen.parts(place.at)
        mark = parts.tobytes()
        known = self._memo.get(mark)
        if known is None:
            verdicts = [verdict for kind in parts if (verdict := kinds.steady(kind))]
            if len(verdicts) < len(parts):
                return _of([kinds.of(kind, text) for kind, text in place.parts(place.line())])
            if self._bytes >= _REMEMBERED_BYTES:
                self._memo.clear()
                self._bytes = 0
            known = self._memo[mark] = _of(verdicts)
            self._bytes += len(mark)
        return known


def _of(verdicts: Sequence[Verdict]) -> OfParts:
    times = Counter(map(id, verdicts))
    unknown = {id(verdict): verdict for verdict in verdicts if verdict.row < 0}
    return OfParts(united(verdicts), [(verdict, times[mark]) for mark, verdict in unknown.items()])


def united(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a line by those of its parts."""
    farthest = max(verdicts, key=_farness)
    return farthest._replace(
        reasons=ordered(reason for v in verdicts for reason in v.reasons),
        stands=any(v.stands for v in verdicts if v.reasons),
        heats=any(v.heats for v in verdicts if v.reasons),
        secret=True,  # one may lie across two parts
        quiet=None,
    )


def _farness(verdict: Verdict) -> tuple[float, int]:
    return verdict.distance or 0.0, len(verdict.reasons)
