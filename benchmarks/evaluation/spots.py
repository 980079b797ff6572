"""Blind spots: faults that word counting does not see, each set into a passing log, and harmless twins."""

from __future__ import annotations

from benchmarks.evaluation import file_spots, number_spots, shape_spots, value_spots, word_spots
from benchmarks.evaluation.editing import Edit

EDITS: tuple[Edit, ...] = (
    *number_spots.EDITS,
    *word_spots.EDITS,
    *shape_spots.EDITS,
    *file_spots.EDITS,
)
"""Numbers, words, shapes; missing lines, bursts, gaps, order. Figures are kept for these: none is added."""

VALUE_EDITS: tuple[Edit, ...] = value_spots.EDITS
"""Values that a place of a line never took."""
