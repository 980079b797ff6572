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

from anomaly_filter.errors import AnomalyFilterError, SegmentError
from anomaly_filter.filter import DEFAULT_THRESHOLD, AnomalyFilter, Explanation
from anomaly_filter.findings import FINDINGS, Finding
from anomaly_filter.lines import Line, lines
from anomaly_filter.model import Model, Neighbour
from anomaly_filter.names import ModelName, model_name
from anomaly_filter.reasons import REASONS
from anomaly_filter.scan import Scan, ScoredLine
from anomaly_filter.segment import Segment, SegmentBuilder
from anomaly_filter.store import FALLBACKS, Fallback, Found, ModelStore, SegmentFile
from anomaly_filter.tokens import Tokenizer

__all__ = [
    "DEFAULT_THRESHOLD",
    "FALLBACKS",
    "FINDINGS",
    "REASONS",
    "AnomalyFilter",
    "AnomalyFilterError",
    "Explanation",
    "Fallback",
    "Finding",
    "Found",
    "Line",
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
    "lines",
    "model_name",
]
