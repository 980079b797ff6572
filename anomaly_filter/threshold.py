"""From which distance on a line is novel."""

from __future__ import annotations

DEFAULT_THRESHOLD = 0.25
"""A line at least so far from every baseline line is novel."""
