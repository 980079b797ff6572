"""A segment: what one file of one passing build taught. Immutable, and safe to read from a disk one does not trust.

| section | holds |
|---|---|
| info | JSON: build, file, token_rules, lines, left_out |
| texts | UTF-8, a row a line: the first text that had this token set, secrets masked |
| words | UTF-8, a token a line |
| sizes | u32 a row: how many tokens it has |
| tokens | u32s: for each row the places of its tokens in `words` |
| counts | u32 a row: how many sub-lines had it |
| waits | u32 a row: the longest silence before it, in seconds |
| amounts | JSON: for a row's number, as text, and each key of amounts.py the lowest and the highest number |
| hosts | JSON: for each place of hosts.py and each host how many lines name it there |

The last four may be missing: then nothing is known of counts, times, numbers and hosts.

Sections that are not in this table are skipped, so that a later version can add some.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from anomaly_filter.amounts import ZERO
from anomaly_filter.container import pack, unpack
from anomaly_filter.errors import SegmentError
from anomaly_filter.hosts import Hosts
from anomaly_filter.tokens import TOKENS_HASH, Tokenizer

ROWS_LIMIT = 1 << 17
"""Rows that one file may teach; a log whose every line is new teaches nothing of use beyond."""
_COUNT_LIMIT = (1 << 32) - 1  # what a u32 holds

Row = tuple[str, ...]
"""The distinct tokens of a sub-line, sorted."""

Span = tuple[float, float]
"""The lowest and the highest of some numbers."""

ALWAYS_ZERO: Span = (0.0, 0.0)
"""The span of a place where a row has a zero in each of its sub-lines."""
SOMETIMES_ZERO: Span = (0.0, 1.0)
"""The span of a place where a row has a zero in some of its sub-lines."""


@dataclass(frozen=True)
class Segment:
    """What one file of one passing build taught.

    Attributes:
        build: the build's unique id.
        file: the file's path within the build's logs.
        rows: distinct token sets, in the order in which the file first had them; none is empty.
        texts: for each row the first text that had it, secrets masked, at most ROW_TEXT_LIMIT characters.
        lines: how many lines the file had.
        left_out: how many sub-lines were not learnt because of ROWS_LIMIT or BYTES_LIMIT.
        retokenised: whether it was made under other token rules, so that the rows come from the texts.
        counts: for each row how many sub-lines had it; empty when that is not known.
        waits: for each row the longest silence before it, in seconds; empty when that is not known.
        amounts: for some rows (by number) the spans of the numbers that mean something, by the keys of amounts.py.
        hosts: see hosts.py.
    """

    build: str
    file: str
    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    lines: int = 0
    left_out: int = 0
    retokenised: bool = False
    counts: tuple[int, ...] = ()
    waits: tuple[int, ...] = ()
    amounts: Mapping[int, Mapping[str, Span]] = field(default_factory=dict)
    hosts: Hosts = field(default_factory=dict)

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
                "counts": _to_bytes(array("I", self.counts)),
                "waits": _to_bytes(array("I", self.waits)),
                "amounts": json.dumps(self.amounts, sort_keys=True).encode(),
                "hosts": json.dumps(self.hosts, sort_keys=True).encode(),
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
        counts, waits = (_counts(sections, name, len(texts)) for name in ("counts", "waits"))
        amounts = _amounts(sections, len(texts))
        segment = cls(
            info.build,
            info.file,
            (),
            tuple(texts),
            info.lines,
            info.left_out,
            counts=counts,
            waits=waits,
            amounts=amounts,
            hosts=_hosts(sections),
        )
        if info.token_rules != TOKENS_HASH:
            return segment._retokenise(tokenizer)
        return replace(segment, rows=tuple(_rows(sections, len(texts))))

    def _retokenise(self, tokenizer: Tokenizer) -> Segment:
        """Return the segment with the rows that its texts have now; several may have become one."""
        first: dict[Row, int] = {}
        became = [first.setdefault(tuple(sorted(tokenizer.tokens(t))), at) for at, t in enumerate(self.texts)]
        first.pop((), None)
        met = Counter(became)
        number = {at: row for row, at in enumerate(first.values())}
        counts, waits = [0] * len(first), [0] * len(first)
        for old, count, wait in zip(became, self.counts, self.waits, strict=False):
            if old in number:
                counts[number[old]] = min(counts[number[old]] + count, _COUNT_LIMIT)
                waits[number[old]] = max(waits[number[old]], wait)
        known = bool(self.counts and self.waits)
        return replace(
            self,
            rows=tuple(first),
            texts=tuple(self.texts[at] for at in number),
            retokenised=True,
            counts=tuple(counts) if known else (),
            waits=tuple(waits) if known else (),
            amounts={
                number[at]: spans if met[at] == 1 else _unsure(spans)
                for at, spans in self.amounts.items()
                if at in number
            },
        )


def _unsure(spans: Mapping[str, Span]) -> dict[str, Span]:
    """Return spans of which it is no longer known whether all sub-lines of their row have the zeros."""
    return {key: SOMETIMES_ZERO if key.startswith(ZERO) else span for key, span in spans.items()}


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


def _counts(sections: Mapping[str, bytes], name: str, count: int) -> tuple[int, ...]:
    """Return a number for each row; none at all where the file has no such section."""
    numbers = _from_bytes(sections, name) if name in sections else array("I")
    if len(numbers) not in (0, count):
        raise SegmentError(f"damaged segment: {count} texts, but {len(numbers)} {name}")
    return tuple(numbers)


def _amounts(sections: Mapping[str, bytes], count: int) -> dict[int, dict[str, Span]]:
    try:
        content = json.loads(sections.get("amounts", b"{}"))
        amounts = {
            int(row): {str(key): (float(low), float(high)) for key, (low, high) in spans.items()}
            for row, spans in content.items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise SegmentError(f"damaged segment: its amounts cannot be read: {error}") from None
    if any(not low <= high for spans in amounts.values() for low, high in spans.values()):
        raise SegmentError("damaged segment: a span of its amounts ends before it begins")
    if any(not 0 <= row < count for row in amounts):
        raise SegmentError(f"damaged segment: it has amounts of a row beyond its {count} texts")
    return amounts


def _hosts(sections: Mapping[str, bytes]) -> Hosts:
    try:
        content = json.loads(sections.get("hosts", b"{}"))
        return {
            str(place): {str(name): int(count) for name, count in hosts.items()}
            for place, hosts in content.items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise SegmentError(f"damaged segment: its hosts cannot be read: {error}") from None


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
