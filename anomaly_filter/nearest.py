"""The exact nearest neighbour among rows, for the cosine of binary vectors; and the rows that hold given tokens.

Two implementations give the same results to the last bit: one in Python, and engine/nearest.c. Both are the exact
search of the set-similarity-join literature: prefix and length filters as in AllPairs (Bayardo et al. 2007) and
PPJoin (Xiao et al. 2008).
"""

from __future__ import annotations

import ctypes
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from ctypes import CFUNCTYPE, byref, c_double, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from itertools import chain, pairwise
from typing import Protocol

from anomaly_filter import native
from anomaly_filter.segment import Row

NO_ROW = -1
"""In the place of a row's number."""

ENTRIES_LIMIT = (1 << 32) - 1
"""Tokens of all rows together: the compiled index has 32 bits for the place of each."""
TOKENS_LIMIT = 1 << 26
"""Tokens of a row or a query: the compiled index multiplies two such counts in a double."""


class Index(Protocol):
    """Finds rows by their tokens. Immutable; any number of threads may search it."""

    def nearest(self, tokens: frozenset[str], without: int = NO_ROW) -> tuple[float, int]:
        """Return the largest squared cosine, common² / (size · length), and the row that has it.

        Of equally near rows that with the lowest number; 0 and NO_ROW where no row shares a token.

        Args:
            tokens: at most TOKENS_LIMIT.
            without: the number of a row that is passed over.
        """

    def rows_with(self, tokens: frozenset[str], size: int) -> Iterator[int]:
        """Give the rows of exactly `size` tokens that have all of `tokens`, of which there is at least one."""


def index(rows: Sequence[Row]) -> Index:
    """Return an index of rows: the compiled one where there is one.

    Args:
        rows: distinct tokens each, by rising length; their places are their numbers.

    Raises:
        ValueError: the rows are out of order, or they exceed ENTRIES_LIMIT or TOKENS_LIMIT.
    """
    library = native.library()
    return PureIndex(rows) if library is None else compiled(rows, library)


class PureIndex:
    """The index in Python."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Index rows, which are kept; see `index`."""
        self._rows = rows
        self._lengths = _lengths(rows)
        if any(len(set(row)) < len(row) for row in rows):
            raise _twice()
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            for token in row:
                postings[token].append(number)
        self._postings: Mapping[str, Sequence[int]] = dict(postings)

    def nearest(self, tokens: frozenset[str], without: int = NO_ROW) -> tuple[float, int]:
        """See Index."""
        size = len(tokens)
        if size > TOKENS_LIMIT:
            raise _too_many(size)
        rows, lengths = self._rows, self._lengths
        # Rare tokens first: their lists are short, and what they find bounds the rest.
        postings = sorted((self._postings[token] for token in tokens if token in self._postings), key=len)
        best, found = 0.0, NO_ROW
        looked_at = {without}
        for left, posting in zip(range(len(postings), 0, -1), postings, strict=True):
            # A row not looked at yet shares at most `left` tokens, so its squared cosine is at most left / size,
            # and left² / (size * length) for its length. Equal ones are searched too: a lower number wins.
            if left / size < best:
                break
            first, end = 0, len(posting)
            if best:
                first = bisect_left(posting, bisect_left(lengths, int(best * size)))
                end = bisect_left(posting, bisect_right(lengths, left * left / (best * size) + 1))
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

    def rows_with(self, tokens: frozenset[str], size: int) -> Iterator[int]:
        """See Index."""
        postings = sorted((self._postings.get(token, ()) for token in tokens), key=len)
        first, end = bisect_left(self._lengths, size), bisect_right(self._lengths, size)
        for number in postings[0][bisect_left(postings[0], first) : bisect_left(postings[0], end)]:
            if tokens.issubset(self._rows[number]):
                yield number


class Vocabulary(Protocol):
    """The numbers of tokens, from 0 on, by rising frequency."""

    def __len__(self) -> int:
        """Return how many there are."""

    def known(self, tokens: frozenset[str]) -> list[int]:
        """Return the numbers of tokens, in any order; those that no row has are left out."""


class Words:
    """The vocabulary of rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Number the tokens of rows."""
        frequencies = Counter(chain.from_iterable(rows))
        by_frequency = sorted(frequencies, key=frequencies.__getitem__)
        self.numbers = {token: number for number, token in enumerate(by_frequency)}

    def __len__(self) -> int:
        """See Vocabulary."""
        return len(self.numbers)

    def known(self, tokens: frozenset[str]) -> list[int]:
        """See Vocabulary."""
        number = self.numbers.get
        return [known for token in tokens if (known := number(token)) is not None]


Block = ctypes.Array[c_uint64]
"""Memory without pointers that the searches of engine/nearest.c read."""


class CompiledIndex:
    """The index of engine/nearest.c: one block of memory."""

    def __init__(self, block: Block, vocabulary: Vocabulary, library: ctypes.CDLL) -> None:
        """Search a block.

        Args:
            block: of `compiled`, or of an image that passes `is_sound`.
            vocabulary: has as many tokens as the block.
            library: the engine.
        """
        self.block = block
        self.vocabulary = vocabulary
        self.library = library
        self._find, self._find_with = _FIND(("nearest_find", library)), _WITH(("nearest_rows_with", library))
        self._spare: list[_Scratch] = []

    def nearest(self, tokens: frozenset[str], without: int = NO_ROW) -> tuple[float, int]:
        """See Index."""
        known, size = self._known(tokens), len(tokens)
        scratch = self._scratch()
        found = scratch.found
        passed_over = _NONE if without == NO_ROW else without
        status = self._find(
            self.block, scratch.marks, _address(known), len(known), size, passed_over, byref(found)
        )
        squared_cosine, row = found.squared_cosine, found.row
        self._spare.append(scratch)
        if status:
            raise _too_many(size)
        return squared_cosine, NO_ROW if row == _NONE else row

    def rows_with(self, tokens: frozenset[str], size: int) -> Iterator[int]:
        """See Index."""
        wanted = self._known(tokens)
        more, start = len(wanted) == len(tokens) <= size, 0
        while more:
            scratch = self._scratch()
            rows, marks = scratch.rows, scratch.marks
            count = self._find_with(
                self.block, marks, _address(wanted), len(wanted), size, start, rows, _ROWS_AT_ONCE
            )
            found = rows[:count]
            self._spare.append(scratch)
            yield from found
            more, start = count == _ROWS_AT_ONCE, found[-1] + 1 if found else 0

    def _known(self, tokens: frozenset[str]) -> array[int]:
        """Return the numbers of tokens, the rarest first; those that no row has are left out."""
        return array("I", sorted(self.vocabulary.known(tokens)))

    def _scratch(self) -> _Scratch:
        """Return memory that no other thread uses; to be put back into `_spare`."""
        try:
            return self._spare.pop()
        except IndexError:
            return _Scratch(len(self.vocabulary))


_NONE = (1 << 32) - 1  # NEAREST_NONE
_ROWS_AT_ONCE = 256  # that rows_with gets by one call


class _Found(ctypes.Structure):
    """As struct nearest_found."""

    _fields_ = (("squared_cosine", c_double), ("row", c_uint32))


class _Scratch:
    """What one search at a time may write to."""

    def __init__(self, tokens: int) -> None:
        self.marks = (c_uint8 * tokens)()
        self.found = _Found()
        self.rows = (c_uint32 * _ROWS_AT_ONCE)()


_SIZE = CFUNCTYPE(c_uint64, c_void_p, c_uint64, c_uint64, c_uint64)
_BUILD = CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint64, c_void_p, c_uint64, c_uint64)
_CHECK = CFUNCTYPE(c_int, c_void_p, c_uint64)
_FIND = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_uint32, c_uint32, c_uint32, c_void_p)
_WITH = CFUNCTYPE(
    c_size_t, c_void_p, c_void_p, c_void_p, c_uint32, c_uint32, c_uint32, c_void_p, c_size_t
)  # the functions of engine/nearest.h
_HEAD = struct.Struct("<11Q")  # NearestImage: its size, rows, tokens, and what else has no name here


def compiled(rows: Sequence[Row], library: ctypes.CDLL) -> CompiledIndex:
    """Return the compiled index of rows, which are not kept; see `index`."""
    lengths = _lengths(rows)
    words = Words(rows)
    columns = array("I", map(words.numbers.__getitem__, chain.from_iterable(rows)))
    size = _SIZE(("nearest_image_size", library))(_address(lengths), len(lengths), len(columns), len(words))
    block: Block = (c_uint64 * (size // ctypes.sizeof(c_uint64)))()
    build = _BUILD(("nearest_build", library))
    if not size or build(block, _address(lengths), len(lengths), _address(columns), len(columns), len(words)):
        raise _twice()
    return CompiledIndex(block, words, library)


def is_sound(block: Block, rows: int, tokens: int, library: ctypes.CDLL) -> bool:
    """Tell whether a block of unknown origin may be searched, and is one of so many rows and tokens."""
    size = ctypes.sizeof(block)
    return (
        size >= _HEAD.size
        and not _CHECK(("nearest_check", library))(block, size)
        and (rows, tokens) == _HEAD.unpack_from(block)[1:3]
    )


def _address(numbers: array[int]) -> int:
    return numbers.buffer_info()[0]


def _lengths(rows: Sequence[Row]) -> array[int]:
    """Return the lengths of rows, checked."""
    lengths = array("I", map(len, rows))
    if any(left > right for left, right in pairwise(lengths)):
        raise ValueError("rows are indexed by rising length: sort them first")
    if lengths and lengths[-1] > TOKENS_LIMIT:
        raise _too_many(lengths[-1])
    if sum(lengths) > ENTRIES_LIMIT:
        raise ValueError(
            f"{sum(lengths)} tokens in {len(rows)} rows: one index holds {ENTRIES_LIMIT}; keep fewer builds"
        )
    return lengths


def _too_many(tokens: int) -> ValueError:
    return ValueError(f"{tokens} tokens in one line: at most {TOKENS_LIMIT} can be compared")


def _twice() -> ValueError:
    return ValueError("a row has a token twice: make it a sorted tuple of a set")
