"""What the numbers of a line have to be, by what the baselines have in lines with the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from anomaly_filter.amounts import BARE_SHARE, FAULTS, PERCENT, SHARE, STATUS, VERSION, ZERO
from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.reasons import NUMBER
from anomaly_filter.reasons import VERSION as VERSION_REASON
from anomaly_filter.segment import Span

Note = tuple[str, str]
"""A reason, and one sentence that says what was seen and what the baselines have."""

# Totals that say how much was tried: even one baseline tells that they have collapsed.
_TRIED = lazy_pattern(
    r"tests?|passed|specs?|examples?|items?|executed|run|ran|coverage|%|collected|success\w*"
)

# What is measured in 0..1, and good when it is high.
_RATE = lazy_pattern(r"(?:^|_)(?:accuracy|precision|recall|f1|auc|score|coverage|bleu|reward)$")

_NAMES = {
    BARE_SHARE: "the share",
    PERCENT: "the percentage",
    SHARE: "the share that is well",
    STATUS: "the class of the HTTP status",
}
_GOOD_STATUS = 3  # the highest class of an HTTP status that is no error
_WHOLE = 100  # per cent
_FEWEST = 4  # below it a total that shrinks says nothing
_NEXT_TO_NOTHING = 0.01  # of the baselines' lowest number
_FEWEST_OF_ANY = 20  # the same, of what is no total of what was tried
_SHRUNK = 0.5  # of the baselines' lowest number; and by how much they may differ themselves


@dataclass(frozen=True)
class Expected:
    """What one number has to be.

    Attributes:
        low: below it a number is odd; minus infinity for none.
        high: above it a number is odd.
        span: what the baselines have.
    """

    low: float = -inf
    high: float = inf
    span: Span = (0.0, 0.0)

    def note(self, key: str, number: float) -> Note | None:
        """Say why a number is odd; None if it is not."""
        if self.low <= number <= self.high:
            return None
        low, high = self.span
        have = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        if key.startswith(VERSION):
            return VERSION_REASON, f"major version {number:g}; the baselines have {have}"
        what = _NAMES.get(key, f"the number of {key.removeprefix(FAULTS)}")
        return NUMBER, f"{what} is {number:g}; the baselines have {have}"


def expected(known: Mapping[str, Sequence[Span]], builds: int) -> dict[str, Expected]:
    """Return what can be expected of numbers.

    Args:
        known: by key, the span of each baseline that has one.
        builds: how many baselines there are.
    """
    found = {}
    for key, spans in known.items():
        if key.startswith(ZERO):
            continue  # they are no numbers of which anything could be expected
        span = min(low for low, _ in spans), max(high for _, high in spans)
        bounds = _bounds(key, *span, everywhere=len(spans) == builds, several=builds > 1)
        if bounds is not None:
            found[key] = Expected(*bounds, span)
    return found


def _bounds(key: str, low: float, high: float, *, everywhere: bool, several: bool) -> Span | None:
    """Return between what a number may be, by the lowest and the highest of the baselines; None: anything."""
    if key.startswith(VERSION):
        return low, high
    if key.startswith(FAULTS):
        return (-inf, 0) if high == 0 else None
    if key == STATUS:
        return -inf, max(high, _GOOD_STATUS)
    if key in (SHARE, BARE_SHARE):
        least = low if low == 1 else low * _SHRUNK
        return (least, inf) if low == 1 or key == SHARE else None
    upper = _WHOLE if key == PERCENT and high <= _WHOLE else inf
    lower = _least(key, low, high, several=several)
    return (lower, upper) if everywhere and (lower > -inf or upper < inf) else None


def _least(key: str, low: float, high: float, *, several: bool) -> float:
    """Return below what a count, a percentage or a rate is odd; minus infinity: nowhere."""
    tried = _TRIED.fullmatch(key) is not None
    steady = low > high * _SHRUNK and low >= (_FEWEST if tried else _FEWEST_OF_ANY)
    if (steady and (tried or several)) or (_RATE.search(key) and high <= 1):
        return low * _SHRUNK
    return low * _NEXT_TO_NOTHING if low > 0 and key != PERCENT else -inf
