"""A model: the union of segments, and the exact nearest neighbour among their rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import sqrt

from anomaly_filter.evidence import Evidence
from anomaly_filter.nearest import NO_ROW, index
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


class Model:
    """What passing builds printed. Immutable; the same for any order of its segments."""

    def __init__(self, segments: Iterable[Segment], name: str = "") -> None:
        """Unite segments.

        Args:
            segments: in any order; two of the same build and file are taken as two files of that build.
            name: says which model it is.
        """
        ordered = sorted(segments, key=lambda segment: (segment.build, segment.file, segment.digest))
        self.name = name
        self.builds = tuple(dict.fromkeys(segment.build for segment in ordered))
        self.version = hashlib.sha256(" ".join(segment.digest for segment in ordered).encode()).hexdigest()[
            :12
        ]
        self.retokenised = sum(segment.retokenised for segment in ordered)

        texts: dict[Row, str] = {}
        seen_in: Counter[Row] = Counter()
        for _, files in groupby(ordered, key=lambda segment: segment.build):
            rows: set[Row] = set()
            for segment in files:
                for row, text in zip(segment.rows, segment.texts, strict=True):
                    texts.setdefault(row, text)
                rows.update(segment.rows)
            seen_in.update(rows)
        # By length, so that the rows of one length are a range; then by tokens, so that the lowest number,
        # which wins a tie, is the same for any order of segments.
        self._rows: Sequence[Row] = sorted(texts, key=lambda row: (len(row), row))
        self._texts = [texts[row] for row in self._rows]
        self._seen_in = [seen_in[row] for row in self._rows]
        self._numbers = {row: number for number, row in enumerate(self._rows)}
        self._index = index(self._rows)
        self._loneliness: dict[int, float] = {}
        self.evidence = Evidence(ordered, self._numbers)

    def __getstate__(self) -> dict[str, object]:
        # An index may be one of the engine, which another process may not have.
        return {name: value for name, value in self.__dict__.items() if name != "_index"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._index = index(self._rows)

    @cached_property
    def usual_values(self) -> Mapping[str, frozenset[str]]:
        """The names that are set to few values, each often, and these values."""
        return usual_values((text, self.evidence.total(number)) for number, text in enumerate(self._texts))

    def __len__(self) -> int:
        """Return the number of distinct rows."""
        return len(self._rows)

    def nearest(self, tokens: frozenset[str]) -> Neighbour:
        """Return the exact nearest row; of equally near ones the shortest, then the first by its tokens.

        A set without tokens is near everything: its distance is 0.
        """
        if not tokens:
            return _NO_TOKENS
        known = self._numbers.get(tuple(sorted(tokens)))
        if known is not None:
            return Neighbour(0.0, self._texts[known], self._seen_in[known], known)
        squared_cosine, number = self._index.nearest(tokens)
        if number == NO_ROW:
            return _NOTHING_LIKE_IT
        return Neighbour(1.0 - sqrt(squared_cosine), self._texts[number], self._seen_in[number], number)

    def row(self, number: int) -> Row:
        """Return the tokens of a row."""
        return self._rows[number]

    def text(self, number: int) -> str:
        """Return the text of a row."""
        return self._texts[number]

    def rows_with(self, tokens: frozenset[str], size: int) -> Iterator[int]:
        """Give the rows of `size` tokens that have all of `tokens`, of which there is at least one."""
        return self._index.rows_with(tokens, size)

    def loneliness(self, number: int) -> float:
        """Return how far a row is from the nearest other row, in 0..1."""
        known = self._loneliness.get(number)
        if known is None:
            squared_cosine, _ = self._index.nearest(frozenset(self._rows[number]), without=number)
            known = self._loneliness[number] = 1.0 - sqrt(squared_cosine)
        return known
