"""A model: the union of segments, and the exact nearest neighbour among their rows."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from anomaly_filter.evidence import Evidence
from anomaly_filter.segment import Row, Segment
from anomaly_filter.values import usual_values


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest baseline line.

    Attributes:
        distance: 1 - cosine between the token sets, in 0..1; 0 = the sets are equal, 1 = no token in common.
        text: the baseline line; None when no row shares a token.
        seen_in: how many of the model's builds hold it.
        row: its number in the model; -1 when no row shares a token.
    """

    distance: float
    text: str | None
    seen_in: int
    row: int = -1


_NOTHING_LIKE_IT = Neighbour(1.0, None, 0)
_NO_TOKENS = Neighbour(0.0, None, 0)


class Model:
    """What passing builds printed. Immutable; the same for any order of its segments.

    The search is the exact one of the set-similarity-join literature (prefix and length filters as in
    AllPairs, Bayardo et al. 2007, and PPJoin, Xiao et al. 2008), for the cosine of binary vectors.
    """

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
        seen: defaultdict[Row, set[str]] = defaultdict(set)
        for segment in ordered:
            for row, text in zip(segment.rows, segment.texts, strict=True):
                texts.setdefault(row, text)
                seen[row].add(segment.build)
        # By length, so that the rows of one length are a range; then by tokens, so that the lowest number,
        # which wins a tie, is the same for any order of segments.
        self._rows: Sequence[Row] = sorted(texts, key=lambda row: (len(row), row))
        self._texts = [texts[row] for row in self._rows]
        self._seen_in = [len(seen[row]) for row in self._rows]
        self._lengths = [len(row) for row in self._rows]
        self._numbers = {row: number for number, row in enumerate(self._rows)}
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self._rows):
            for token in row:
                self._postings[token].append(number)
        self._postings.default_factory = None
        self._loneliness: dict[int, float] = {}
        self.evidence = Evidence(ordered, self._numbers)

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
        squared_cosine, number = self._search(tokens)
        if number < 0:
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
        postings = sorted((self._postings.get(token, []) for token in tokens), key=len)
        first, end = bisect_left(self._lengths, size), bisect_right(self._lengths, size)
        for number in postings[0][bisect_left(postings[0], first) : bisect_left(postings[0], end)]:
            if tokens.issubset(self._rows[number]):
                yield number

    def loneliness(self, number: int) -> float:
        """Return how far a row is from the nearest other row, in 0..1."""
        known = self._loneliness.get(number)
        if known is None:
            squared_cosine, _ = self._search(frozenset(self._rows[number]), without=number)
            known = self._loneliness[number] = 1.0 - sqrt(squared_cosine)
        return known

    def _search(self, tokens: frozenset[str], without: int = -1) -> tuple[float, int]:
        size = len(tokens)
        rows, lengths = self._rows, self._lengths
        # Rare tokens first: their lists are short, and what they find bounds the rest.
        postings = sorted((self._postings[token] for token in tokens if token in self._postings), key=len)
        best, found = 0.0, -1
        looked_at = {without}
        for left, posting in zip(range(len(postings), 0, -1), postings, strict=True):
            # A row not looked at yet shares at most `left` tokens, so its squared cosine is at most left / size,
            # and left² / (size * length) for its length. Equal ones are searched too: a lower number wins.
            if left < best * size - 1e-9:
                break
            first, end = 0, len(posting)
            if best:
                first = bisect_left(posting, bisect_left(lengths, best * size - 1e-9))
                end = bisect_left(posting, bisect_right(lengths, left * left / (best * size) + 1e-9))
            for number in posting[first:end]:
                if number in looked_at:
                    continue
                looked_at.add(number)
                row = rows[number]
                common = len(tokens.intersection(row))
                squared_cosine = common * common / (size * len(row))
                if squared_cosine > best or (squared_cosine == best and number < found):
                    best, found = squared_cosine, number
        return best, found
