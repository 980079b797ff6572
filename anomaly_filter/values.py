"""What names are set to: `backend=cuda`, `"phase": "Running"`. A name with few values, each often, has usual ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.tokens import masked

MOST_VALUES = 5
"""Values that a name, or a place in a line, may take and still have usual ones."""
VALUE_LINES = 3
"""Lines in which each of them has to stand."""
PLACE_LINES = 8
"""Lines that have the name or the place."""

_DIGITS = lazy_pattern(r"[0-9]+")
_PAIR = lazy_pattern(
    r"(?<![\w.])(?P<name>[A-Za-z_][\w.-]{1,40})(?:=[\"']?|[\"'] ?[:=] ?[\"'])"
    r"(?P<value>[A-Za-z][\w.-]{0,40})(?![\w\x01=(/:\\-])"
)


def values(text: str) -> Iterator[tuple[str, str]]:
    """Give the names of a text and what they are set to, in lower case and with all digits masked.

    >>> [*values('step 3: backend=cuda12, {"phase": "Running"}, id=7f3e9b00c')]
    [('backend', 'cuda9'), ('phase', 'running')]
    """
    if "=" in text or '"' in text or "'" in text:
        for found in _PAIR.finditer(masked(text)):
            yield _digits_alike(found["name"]), _digits_alike(found["value"])


def _digits_alike(word: str) -> str:
    return _DIGITS.sub("9", word.lower())


def usual_values(lines: Iterable[tuple[str, int]]) -> Mapping[str, frozenset[str]]:
    """Return the names that have usual values, and these.

    Args:
        lines: a text, and how many lines are like it.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, often in lines:
        for name, value in set(values(text)):
            counts[name][value] += often
    return {name: frozenset(found) for name, found in counts.items() if few_and_often(found.values())}


def few_and_often(counts: Collection[int]) -> bool:
    """Tell whether what a place takes is usual there: few values, each often.

    Args:
        counts: lines that have each of the values.
    """
    return 0 < len(counts) <= MOST_VALUES and min(counts) >= VALUE_LINES and sum(counts) >= PLACE_LINES
