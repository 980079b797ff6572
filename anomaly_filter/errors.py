"""What the library raises on purpose."""

from __future__ import annotations


class AnomalyFilterError(Exception):
    """The root of the library's own errors."""


class SegmentError(AnomalyFilterError):
    """A segment file cannot be used; the message says what is wrong with it. The rest of its model can."""
