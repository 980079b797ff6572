"""Why a line is far: the closed set of reasons."""

from __future__ import annotations

NOVEL = "novel"
"""Its distance reaches the threshold."""
ERROR = "error"
"""It has a word of failure that the nearest baseline line lacks."""
NUMBER = "number"
"""A number that means something has turned to the bad: an exit code, a count of failures, a total."""
VERSION = "version"
"""It names a major version that no baseline has at this place."""
VALUE = "value"
"""It has a word at a place that took few others, each often, in the baselines."""
FIXED = "fixed"
"""It has a word at a place that never varied in the baselines."""
BLOCK = "block"
"""It stands inside a block of far lines."""

REASONS = (NOVEL, ERROR, NUMBER, VERSION, VALUE, FIXED, BLOCK)
