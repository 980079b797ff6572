r"""Finds the lines of a log that no passing build ever printed.

>>> from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, lines
>>> builder = SegmentBuilder(build="1", file="job.log")
>>> builder.learn(lines([b"12:00:01 unpacking sources\n12:00:02 compiling 31 files\n"]))
>>> scan = AnomalyFilter(Model([builder.segment()])).scored(lines([b"12:07:42 compiling 35 files\nno space left\n"]))
>>> for line in scan:
...     print(line.number, line.distance, line.shown, line.reasons, line.text)
1 0.0 False () 12:07:42 compiling 35 files
2 1.0 True ('novel', 'error') no space left
>>> for finding in scan.findings:
...     print(finding.kind, finding.text)
missing 12:00:01 unpacking sources
"""

from importlib import import_module
from typing import TYPE_CHECKING

# Now, or whoever loads the module of this name first would have the package's name mean the module.
from anomaly_filter.lines import Block, Line, Lines, line_blocks, lines

if TYPE_CHECKING:
    from anomaly_filter.errors import AnomalyFilterError, SegmentError
    from anomaly_filter.filter import AnomalyFilter, Explanation
    from anomaly_filter.findings import FINDINGS, Finding
    from anomaly_filter.learning import SegmentBuilder
    from anomaly_filter.model import Model, Neighbour
    from anomaly_filter.names import FALLBACKS, Fallback, ModelName, model_name
    from anomaly_filter.reasons import REASONS
    from anomaly_filter.scan import Scan
    from anomaly_filter.scored import ScoredLine
    from anomaly_filter.segment import Segment
    from anomaly_filter.segment_file import SegmentFile
    from anomaly_filter.store import Found, ModelStore
    from anomaly_filter.threshold import DEFAULT_THRESHOLD
    from anomaly_filter.tokens import Tokenizer

__all__ = [
    "DEFAULT_THRESHOLD",
    "FALLBACKS",
    "FINDINGS",
    "REASONS",
    "AnomalyFilter",
    "AnomalyFilterError",
    "Block",
    "Explanation",
    "Fallback",
    "Finding",
    "Found",
    "Line",
    "Lines",
    "Model",
    "ModelName",
    "ModelStore",
    "Neighbour",
    "Scan",
    "ScoredLine",
    "Segment",
    "SegmentBuilder",
    "SegmentError",
    "SegmentFile",
    "Tokenizer",
    "line_blocks",
    "lines",
    "model_name",
]

_HOMES = {
    "errors": ("AnomalyFilterError", "SegmentError"),
    "filter": ("AnomalyFilter", "Explanation"),
    "findings": ("FINDINGS", "Finding"),
    "learning": ("SegmentBuilder",),
    "model": ("Model", "Neighbour"),
    "names": ("FALLBACKS", "Fallback", "ModelName", "model_name"),
    "reasons": ("REASONS",),
    "scan": ("Scan",),
    "scored": ("ScoredLine",),
    "segment": ("Segment",),
    "segment_file": ("SegmentFile",),
    "store": ("Found", "ModelStore"),
    "threshold": ("DEFAULT_THRESHOLD",),
    "tokens": ("Tokenizer",),
}

if not TYPE_CHECKING:  # to a type checker the names are those above, and no others

    def __getattr__(name: str) -> object:
        """Load what is asked for: a program that needs a few names does not wait for all of the package."""
        for module, names in _HOMES.items():
            if name in names:
                found = getattr(import_module(f"{__name__}.{module}"), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
