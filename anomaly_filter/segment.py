"""A segment: what one file of one passing build taught. Immutable, and safe to read from a disk one does not trust.

| section | holds |
|---|---|
| info | JSON: build, file, token_rules, lines, left_out |
| texts | UTF-8, a row a line: the first text that had this token set, secrets masked |
| words | UTF-8, a token a line |
| sizes | u32 a row: how many tokens it has |
| tokens | u32s: for each row the places of its tokens in `words` |

Sections that are not in this table are skipped, so that a later version can add some.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise

from anomaly_filter.container import pack, unpack
from anomaly_filter.errors import SegmentError
from anomaly_filter.lines import Line, parts
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import TOKENS_HASH, Key, Tokenizer

ROWS_LIMIT = 1 << 17
"""Rows that one file may teach; a log whose every line is new teaches nothing of use beyond."""
BYTES_LIMIT = 8 * 1024 * 1024
"""Bytes of texts and tokens that one file may teach; what is larger could not be read again with its model."""
ROW_TEXT_LIMIT = 4096
"""Characters that are kept of a row's text."""

_PLACE_BYTES = 4  # of a token in the section `tokens`
_SEEN_WORDS = 1 << 21  # of the sub-lines that a builder remembers to have met

Row = tuple[str, ...]
"""The distinct tokens of a sub-line, sorted."""


@dataclass(frozen=True)
class Segment:
    """What one file of one passing build taught.

    Attributes:
        build: the build's unique id.
        file: the file's path within the build's logs.
        rows: distinct token sets, in the order in which the file first had them; none is empty.
        texts: for each row the first text that had it, secrets masked, at most ROW_TEXT_LIMIT characters.
        lines: how many lines the file had.
        left_out: how many distinct rows were not learnt because of ROWS_LIMIT or BYTES_LIMIT.
        retokenised: whether it was made under other token rules, so that the rows come from the texts.
    """

    build: str
    file: str
    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    lines: int = 0
    left_out: int = 0
    retokenised: bool = False

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that stand for build, file and texts, whatever the token rules."""
        content = json.dumps([self.build, self.file, self.texts])
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def encode(self) -> bytes:
        """Return the bytes of the segment's file."""
        places: dict[str, int] = {}
        tokens = array("I", (places.setdefault(token, len(places)) for row in self.rows for token in row))
        info = _Info(self.build, self.file, TOKENS_HASH, self.lines, self.left_out)
        return pack(
            {
                "info": json.dumps(asdict(info), sort_keys=True).encode(),
                "texts": _join(self.texts),
                "words": _join(places),
                "sizes": _to_bytes(array("I", map(len, self.rows))),
                "tokens": _to_bytes(tokens),
            }
        )

    @classmethod
    def decode(cls, data: bytes, tokenizer: Tokenizer) -> Segment:
        """Read a segment's file.

        Args:
            data: the file's bytes; nothing about them is trusted.
            tokenizer: tokenises the texts again where the file was made under other rules.

        Raises:
            SegmentError: the data is no segment, is damaged, or has a format this version does not know.
        """
        sections = unpack(data)
        info = _Info.decode(_section(sections, "info"))
        texts = _split(sections, "texts", ROWS_LIMIT)
        retokenised = info.token_rules != TOKENS_HASH
        if retokenised:
            learnt: dict[Row, str] = {}
            for text in texts:
                learnt.setdefault(tuple(sorted(tokenizer.tokens(text))), text)
            learnt.pop((), None)
            rows, texts = list(learnt), list(learnt.values())
        else:
            rows = _rows(sections, len(texts))
        return cls(info.build, info.file, tuple(rows), tuple(texts), info.lines, info.left_out, retokenised)


class SegmentBuilder:
    """Learns the lines of one file of one passing build."""

    def __init__(self, build: str, file: str, tokenizer: Tokenizer | None = None) -> None:
        """Learn nothing yet.

        Args:
            build: the build's unique id.
            file: the file's path within the build's logs.
            tokenizer: shares its memo of words; the result does not depend on it.
        """
        self._build = build
        self._file = file
        self._tokenizer = tokenizer or Tokenizer()
        self._rows: dict[Row, str] = {}
        self._seen: set[Key] = set()
        self._seen_words = 0
        self._lines = 0
        self._left_out = 0
        self._bytes = 0

    def learn(self, lines: Iterable[Line]) -> None:
        """Learn lines; the result does not depend on how they are split among calls."""
        key = self._tokenizer.key
        seen = self._seen
        for line in lines:
            self._lines += 1
            for text in parts(line):
                if (words := key(text)) not in seen:
                    if len(seen) >= ROWS_LIMIT or self._seen_words >= _SEEN_WORDS:
                        seen.clear()  # only a memo: _rows knows what is learnt
                        self._seen_words = 0
                    seen.add(words)
                    self._seen_words += len(words)
                    self._learn(mask_secrets(text))

    def _learn(self, text: str) -> None:
        row = tuple(sorted(self._tokenizer.tokens(text)))
        if not row or row in self._rows:
            return
        # Line ends would cut a row in two, and lone surrogates have no UTF-8; neither is part of a token.
        encoded = " ".join(text[:ROW_TEXT_LIMIT].splitlines()).encode("utf-8", "replace")
        # At the most what the row takes in the file, where a word that several rows have stands once.
        size = len(encoded) + len("\n".join(row).encode()) + _PLACE_BYTES * len(row)
        if len(self._rows) >= ROWS_LIMIT or self._bytes + size > BYTES_LIMIT:
            self._left_out += 1
            return
        self._bytes += size
        self._rows[row] = encoded.decode()

    def segment(self) -> Segment:
        """Return what has been learnt so far."""
        return Segment(
            self._build,
            self._file,
            tuple(self._rows),
            tuple(self._rows.values()),
            self._lines,
            self._left_out,
        )


@dataclass(frozen=True)
class _Info:
    build: str
    file: str
    token_rules: str
    lines: int
    left_out: int

    @classmethod
    def decode(cls, data: bytes) -> _Info:
        try:
            # RecursionError: JSON nested deeper than the interpreter goes.
            info = cls(**json.loads(data))
        except (ValueError, TypeError, RecursionError) as error:
            raise SegmentError(f"damaged segment: its info cannot be read: {error}") from None
        texts, counts = (info.build, info.file, info.token_rules), (info.lines, info.left_out)
        # `type`, because a bool is an int, too.
        if {*map(type, texts)} != {str} or {*map(type, counts)} != {int} or min(counts) < 0:
            raise SegmentError("damaged segment: its info has a value of the wrong kind")
        return info


def _section(sections: Mapping[str, bytes], name: str) -> bytes:
    try:
        return sections[name]
    except KeyError:
        raise SegmentError(f"damaged segment: it has no section {name!r}") from None


def _rows(sections: Mapping[str, bytes], count: int) -> list[Row]:
    """Return the rows; checks that every place and size is one that the file has."""
    sizes = _from_bytes(sections, "sizes")
    places = _from_bytes(sections, "tokens")
    words = _split(sections, "words", len(places))
    if len(sizes) != count or sum(sizes) != len(places) or 0 in sizes:
        raise SegmentError(
            f"damaged segment: {count} texts, {len(sizes)} rows, {len(places)} tokens do not agree"
        )
    if places and max(places) >= len(words):
        raise SegmentError(f"damaged segment: a row has token {max(places)} of {len(words)}")
    tokens = [words[place] for place in places]
    rows, start = [], 0
    for size in sizes:
        rows.append(tuple(tokens[start : start + size]))
        start += size
    if any(left >= right for row in rows for left, right in pairwise(row)):
        raise SegmentError("damaged segment: a row's tokens are not sorted")
    return rows


def _join(rows: Iterable[str]) -> bytes:
    return "".join(row + "\n" for row in rows).encode()


def _split(sections: Mapping[str, bytes], name: str, limit: int) -> list[str]:
    content = _section(sections, name)
    if content.count(b"\n") > limit:  # a list of empty rows takes a hundred times the memory of its bytes
        raise SegmentError(f"damaged segment: section {name!r} has more than {limit} rows")
    try:
        rows = content.decode().split("\n")
    except UnicodeDecodeError:
        raise SegmentError(f"damaged segment: section {name!r} is not UTF-8") from None
    if rows.pop():
        raise SegmentError(f"damaged segment: section {name!r} does not end a row")
    return rows


def _to_bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _from_bytes(sections: Mapping[str, bytes], name: str) -> array[int]:
    numbers = array("I")
    try:
        numbers.frombytes(_section(sections, name))
    except ValueError:
        raise SegmentError(f"damaged segment: section {name!r} is no list of numbers") from None
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
