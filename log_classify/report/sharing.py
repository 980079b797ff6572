"""Which anomalies builds share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt

from anomaly_filter import Tokenizer
from anomaly_filter.nearest import NO_ROW, index
from log_classify.report.model import Entry, Report
from log_classify.words import far_part

Tokens = frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where a build has an anomaly.

    Attributes:
        path: of the file, within the build's logs.
        line: its number, 1-based.
        text: of the line; it may differ a little from build to build.
        count: how many lines it stands for.
    """

    path: str
    line: int
    text: str
    count: int


@dataclass
class Anomaly:
    """A line that no passing build has, and those of other builds that are the same or nearly so.

    Attributes:
        text: of the first build that has it.
        fingerprint: of that line.
        score: the largest one, in 0..1; None: no entry has any.
        places: by the number of a build, where it has the line.
    """

    text: str
    fingerprint: str
    score: float | None = None
    places: dict[int, list[Place]] = field(default_factory=dict)

    def add(self, build: int, path: str, entry: Entry) -> None:
        """Add a place."""
        self.places.setdefault(build, []).append(Place(path, entry.line, entry.text, entry.count))
        if entry.score is not None:
            self.score = max(self.score or 0.0, entry.score)


def anomalies(reports: Sequence[Report], threshold: float) -> list[Anomaly]:
    """Return the anomalies of builds, those first that most builds share, the worst of them first.

    Lines with the same fingerprint are one anomaly. A line that no build before its own has joins the anomaly whose
    first line is nearest, if it is nearer than the threshold: had that build passed, the line would not be novel.

    Args:
        reports: a build each; their order says which build has an anomaly first.
        threshold: distance in 0..1.
    """
    tokenizer = Tokenizer()
    known: dict[str, Anomaly] = {}  # by fingerprint
    first_lines: dict[Tokens, Anomaly] = {}
    for build, report in enumerate(reports):
        new: dict[str, tuple[Tokens, Anomaly]] = {}
        for _, entry in _entries(report):
            if entry.fingerprint not in known and entry.fingerprint not in new:
                tokens = tokenizer.tokens(far_part(entry, tokenizer))
                new[entry.fingerprint] = tokens, Anomaly(entry.text, entry.fingerprint)
        nearest = _Nearest(first_lines)
        for fingerprint, (tokens, anomaly) in new.items():
            known[fingerprint] = nearest.within(tokens, threshold) or anomaly
            if known[fingerprint] is anomaly and tokens:
                first_lines.setdefault(tokens, anomaly)
        for path, entry in _entries(report):
            known[entry.fingerprint].add(build, path, entry)
    found = list({id(anomaly): anomaly for anomaly in known.values()}.values())
    return sorted(found, key=lambda anomaly: (-len(anomaly.places), -(anomaly.score or 0.0)))


class _Nearest:
    """Finds the anomaly whose first line is nearest."""

    def __init__(self, first_lines: dict[Tokens, Anomaly]) -> None:
        rows = sorted(first_lines, key=len)
        self._anomalies = [first_lines[row] for row in rows]
        self._index = index([tuple(sorted(row)) for row in rows])

    def within(self, tokens: Tokens, threshold: float) -> Anomaly | None:
        squared_cosine, row = self._index.nearest(tokens)
        return self._anomalies[row] if row != NO_ROW and 1 - sqrt(squared_cosine) < threshold else None


def _entries(report: Report) -> Iterator[tuple[str, Entry]]:
    return ((file.path, entry) for file in report.files for entry in file.entries if entry.fingerprint)
