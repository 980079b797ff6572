"""A stretch of time, and the one before it."""

from __future__ import annotations

from typing import NamedTuple

from log_classify.journal.entry import SECOND, Entry, iso

_SECONDS = {"day": 24 * 3600, "week": 7 * 24 * 3600, "month": 30 * 24 * 3600}


class Period(NamedTuple):
    """A stretch of time; its end belongs to it, its start does not.

    Attributes:
        start: microseconds since 1970.
        end: microseconds since 1970.
    """

    start: int
    end: int

    @classmethod
    def until(cls, end: int, name: str) -> Period:
        """Return the day, week or month (of 30 days) before a moment."""
        return cls(max(end - _SECONDS[name] * SECOND, 0), end)

    def before(self) -> Period:
        """Return what came before it, as long as it is."""
        return Period(max(2 * self.start - self.end, 0), self.start)

    def has(self, entry: Entry) -> bool:
        """Whether an entry is of that time."""
        return self.start < entry.at <= self.end

    def __str__(self) -> str:
        """As a person reads it."""
        return f"{iso(self.start // SECOND)}Z to {iso(self.end // SECOND)}Z"
