"""Patterns that are looked for in each new kind of line: by the engine where it is there, else by Python's `re`.

Both find the same. `re` is what is meant; engine/generate.py makes of the same patterns what the engine runs.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from anomaly_filter import native
from anomaly_filter.patterns import lazy_pattern

GROUPS = 3
"""Groups that a pattern may have."""

Spans = Sequence[int]
"""Where the groups of a match begin and end, in their order; -1 and -1 for what had no part in it, or is not there."""

_NO_GROUPS = (-1,) * (2 * GROUPS)
_ROW = 1 + 2 * GROUPS  # numbers of 32 bits: `struct found` of engine/searches.h
_MOST_ROWS = 1 << 10  # SEARCHES_FOUND


class Near(NamedTuple):
    """What each match of a pattern has in it, and what is found faster.

    Attributes:
        text: a regular expression.
        reach: from the beginning of a match to that of the first one of this in it are at the most so many characters.
    """

    text: str
    reach: int


class Search:
    """A pattern that never matches the empty text, and each of whose groups has a name.

    Attributes:
        text: the regular expression.
        flags: of `re`.
        near: tells where to look.
    """

    def __init__(
        self,
        text: str,
        flags: int = 0,
        *,
        near: Near | None = None,
        may_be_in: Callable[[str], bool] | None = None,
    ) -> None:
        """Compile nothing yet.

        Args:
            text: the regular expression.
            flags: of `re`.
            near: tells where to look; the matches are the same.
            may_be_in: false of texts without a match; the engine sees by itself what these lack.
        """
        self.text = text
        self.flags = flags
        self.near = near
        self._pattern = lazy_pattern(text, flags)
        self._hint = lazy_pattern(near.text) if near else None
        self._may_be_in = may_be_in

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Give what `re.finditer` does."""
        if self._may_be_in is not None and not self._may_be_in(text):
            return iter(())
        return self._pattern.finditer(text) if self._hint is None else self._near(self._hint, text)

    def _near(self, hint: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        end = 0
        reach = self.near.reach if self.near else 0
        for hinted in hint.finditer(text):
            if end <= hinted.start():
                found = self._pattern.search(text, max(end, hinted.start() - reach))
                if found is None:
                    return
                yield found
                end = found.end()

    def spans(self, text: str) -> Sequence[Spans]:
        """Return the groups of all matches."""
        return [(*chain(*match.regs[1:]), *_NO_GROUPS)[: 2 * GROUPS] for match in self.matches(text)]


class Searches:
    """Patterns that are looked for together; what the engine has are those of amounts.py."""

    def __init__(self, *searches: Search) -> None:
        """Ask for nothing yet.

        Args:
            searches: the patterns.
        """
        self.searches = searches
        self._thread = _Thread()

    def digest(self) -> str:
        """Return what names the patterns."""
        content = [(search.text, int(search.flags), search.near) for search in self.searches]
        return hashlib.sha256(repr(content).encode()).hexdigest()[:16]

    def spans(self, text: str) -> Sequence[Sequence[Spans]]:
        """Return, for each of the patterns, the groups of all matches in the text."""
        engine = self._engine() if text.isascii() else None
        rows = None if engine is None else engine.find(text)
        if rows is None:
            return self.by_re(text)
        found: list[list[Spans]] = [[] for _ in self.searches]
        for at in range(0, len(rows), _ROW):
            found[rows[at]].append(rows[at + 1 : at + _ROW])
        return found

    def by_re(self, text: str) -> Sequence[Sequence[Spans]]:
        """Return the same without the engine."""
        return [search.spans(text) for search in self.searches]

    def _engine(self) -> _Engine | None:
        """Return the engine for this thread; None where there is none, or one that was built of other patterns."""
        thread = self._thread
        if not thread.asked:
            library = native.library()
            thread.engine = _Engine(library) if library and _digest(library) == self.digest() else None
            thread.asked = True
        return thread.engine


class _Thread(threading.local):
    asked = False
    engine: _Engine | None = None


def _digest(library: ctypes.CDLL) -> str:
    library.searches_digest.restype = ctypes.c_char_p
    digest: bytes = library.searches_digest()
    return digest.decode()


class _Engine:
    """The engine with memory of its own: one for each thread."""

    def __init__(self, library: ctypes.CDLL) -> None:
        library.searches_new.restype = ctypes.c_void_p
        library.searches_free.argtypes = [ctypes.c_void_p]
        library.searches_free.restype = None
        library.searches_found.argtypes = [ctypes.c_void_p]
        library.searches_found.restype = ctypes.c_void_p
        searches = library.searches_new()
        if searches is None:
            raise MemoryError("no room for what the engine finds")
        # It has no argtypes: ctypes passes an address, bytes and an int as they are in half the time.
        self._find = library.searches_find
        self._find.restype = ctypes.c_int32
        self._memory = native.Memory(searches, library.searches_free)
        self._searches = ctypes.c_void_p(searches)
        rows = (ctypes.c_int32 * (_MOST_ROWS * _ROW)).from_address(library.searches_found(searches))
        self._rows = memoryview(rows).cast("B").cast("i")

    def find(self, text: str) -> list[int] | None:
        """Return the matches in an ASCII text; None if `re` has to look for them."""
        raw = text.encode()
        count = self._find(self._searches, raw, len(raw))
        return None if count < 0 else self._rows[: count * _ROW].tolist()
