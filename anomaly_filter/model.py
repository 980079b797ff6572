"""A model: the union of segments, and the exact nearest neighbour among their rows."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import sqrt

from anomaly_filter.evidence import Evidence, gathered
from anomaly_filter.nearest import NO_ROW, Index, index
from anomaly_filter.segment import Row, Segment
from anomaly_filter.values import usual_values


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest baseline line.

    Attributes:
        distance: 1 - cosine between the token sets, in 0..1; 0 = the sets are equal, 1 = no token in common.
        text: the baseline line; None when no row shares a token.
        seen_in: how many of the model's builds hold it.
        row: its number in the model; NO_ROW when no row shares a token.
    """

    distance: float
    text: str | None
    seen_in: int
    row: int = NO_ROW


_NOTHING_LIKE_IT = Neighbour(1.0, None, 0)
_NO_TOKENS = Neighbour(0.0, None, 0)


@dataclass
class Content:
    """What a model answers from: in memory, or in a mapped image.

    Attributes:
        builds: the ids of its builds, in order.
        version: stands for the set of segments.
        retokenised: segments that were made under other token rules.
        rows: by length, then by tokens, so that the lowest number, which wins a tie, is the same for any order of
            segments.
        numbers: the number of each row.
        texts: for each row the first text that had it.
        seen_in: in how many builds each row is.
        index: of the rows.
        evidence: what else is known.
    """

    builds: tuple[str, ...]
    version: str
    retokenised: int
    rows: Sequence[Row]
    numbers: Mapping[Row, int]
    texts: Sequence[str]
    seen_in: Sequence[int]
    index: Index
    evidence: Evidence

    @cached_property
    def usual_values(self) -> Mapping[str, frozenset[str]]:
        """The names that are set to few values, each often, and these values."""
        return usual_values(zip(self.texts, self.evidence.totals, strict=True))

    def __getstate__(self) -> dict[str, object]:
        """Pickle neither a mapped file nor an index of the engine: another process may have none."""
        state = {name: value for name, value in self.__dict__.items() if name not in ("numbers", "index")}
        own = {"rows": list(self.rows), "texts": list(self.texts), "seen_in": array("I", self.seen_in)}
        return {**state, **own, "usual_values": dict(self.usual_values)}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Index the rows again."""
        self.__dict__.update(state)
        self.numbers = {row: number for number, row in enumerate(self.rows)}
        self.index = index(self.rows)


def united(segments: Iterable[Segment]) -> Content:
    """Unite segments, in any order; two of the same build and file are taken as two files of that build."""
    ordered = sorted(segments, key=lambda segment: (segment.build, segment.file, segment.digest))
    texts: dict[Row, str] = {}
    seen_in: dict[Row, int] = {}
    for _, files in groupby(ordered, key=lambda segment: segment.build):
        found: set[Row] = set()
        for segment in files:
            for row, text in zip(segment.rows, segment.texts, strict=True):
                texts.setdefault(row, text)
            found.update(segment.rows)
        for row in found:
            seen_in[row] = seen_in.get(row, 0) + 1
    rows = sorted(texts, key=lambda row: (len(row), row))
    numbers = {row: number for number, row in enumerate(rows)}
    return Content(
        builds=tuple(dict.fromkeys(segment.build for segment in ordered)),
        version=hashlib.sha256(" ".join(segment.digest for segment in ordered).encode()).hexdigest()[:12],
        retokenised=sum(segment.retokenised for segment in ordered),
        rows=rows,
        numbers=numbers,
        texts=[texts[row] for row in rows],
        seen_in=array("I", (seen_in[row] for row in rows)),
        index=index(rows),
        evidence=gathered(ordered, numbers),
    )


class Model:
    """What passing builds printed. Immutable; the same for any order of its segments."""

    def __init__(self, segments: Iterable[Segment] | Content, name: str = "") -> None:
        """Answer from segments.

        Args:
            segments: in any order, or what has been made of them.
            name: says which model it is.
        """
        self.name = name
        self.content = content = segments if isinstance(segments, Content) else united(segments)
        self.builds = content.builds
        self.version = content.version
        self.retokenised = content.retokenised
        self.evidence = content.evidence
        self._loneliness: dict[int, float] = {}

    @property
    def usual_values(self) -> Mapping[str, frozenset[str]]:
        """The names that are set to few values, each often, and these values."""
        return self.content.usual_values

    def __len__(self) -> int:
        """Return the number of distinct rows."""
        return len(self.content.rows)

    def nearest(self, tokens: frozenset[str]) -> Neighbour:
        """Return the exact nearest row; of equally near ones the shortest, then the first by its tokens.

        A set without tokens is near everything: its distance is 0.
        """
        if not tokens:
            return _NO_TOKENS
        content = self.content
        known = content.numbers.get(tuple(sorted(tokens)))
        if known is not None:
            return Neighbour(0.0, content.texts[known], content.seen_in[known], known)
        return self.neighbour(*content.index.nearest(tokens))

    def neighbour(self, squared_cosine: float, number: int) -> Neighbour:
        """Return a row, or NO_ROW, as the nearest one."""
        if number == NO_ROW:
            return _NOTHING_LIKE_IT
        content = self.content
        return Neighbour(1.0 - sqrt(squared_cosine), content.texts[number], content.seen_in[number], number)

    def row(self, number: int) -> Row:
        """Return the tokens of a row."""
        return self.content.rows[number]

    def text(self, number: int) -> str:
        """Return the text of a row."""
        return self.content.texts[number]

    def rows_with(self, tokens: frozenset[str], size: int) -> Iterator[int]:
        """Give the rows of `size` tokens that have all of `tokens`, of which there is at least one."""
        return self.content.index.rows_with(tokens, size)

    def loneliness(self, number: int) -> float:
        """Return how far a row is from the nearest other row, in 0..1."""
        known = self._loneliness.get(number)
        if known is None:
            squared_cosine, _ = self.content.index.nearest(
                frozenset(self.content.rows[number]), without=number
            )
            known = self._loneliness[number] = 1.0 - sqrt(squared_cosine)
        return known
