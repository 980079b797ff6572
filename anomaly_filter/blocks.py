"""Which far line stands for which: repeats, blocks of new output, stacks, and many that are nearly alike."""

from __future__ import annotations

from collections import OrderedDict, deque

from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.verdict import Verdict

_QUIET = 6
"""Lines that are not far and may stand within a block; with one more it has ended."""
_FRAMES = 3
"""Frames of a stack that stand for themselves."""
_ALIKE = 5
"""Lines that are nearly alike and stand for themselves; later ones are counted."""
_SIMILARITY = 0.7
"""Squared cosine from which on two lines are nearly alike."""
_FEW_WORDS = 2
"""Tokens of a line that says nothing without the lines around it."""
_HEAT = 12
"""Far lines after one that tells of a failure, that are told line by line."""
_REMEMBERED = 1 << 16  # far lines whose repeats are known
_WIDE = 256  # tokens of a line that is compared with no kind
_KINDS = 64  # kinds of lines, the last ones met, with which a new one is compared

# Of languages that print the innermost frame first; the outer ones say less and less.
_FRAME = lazy_pattern(r"^\s*(?:at [\w$.<>/@\[\]-]+ ?\(|\.\.\. \d+ (?:more|common frames))")


class _Kind:
    """Lines that are nearly alike."""

    def __init__(self, tokens: frozenset[str], number: int) -> None:
        self.tokens = tokens
        self.number = number
        self.lines = 1


class Blocks:
    """Assigns each far line of a file, in order, to the line that stands for it."""

    def __init__(self) -> None:
        """Know of no line yet."""
        self._repeats: OrderedDict[tuple[str, tuple[str, ...]], int] = OrderedDict()
        self._kinds: deque[_Kind] = deque(maxlen=_KINDS)
        # What any of the kinds has, and of late had: to gather it anew for each kind would take most of the time.
        self._words: set[str] = set()
        self._words_of = 0  # kinds
        self._head: int | None = None  # of the block that goes on
        self._heat = 0  # lines that a failure is told line by line
        self._last = 0  # number of the last far line
        self._frames = 0

    def group(self, number: int, text: str, verdict: Verdict) -> tuple[int, bool]:
        """Return the number of the line that stands for a far line, and whether that is because of a block."""
        if self._head is None or number - self._last > _QUIET + 1:
            self._head, self._heat, self._frames = None, 0, 0
        self._last = number
        self._frames = self._frames + 1 if _FRAME.match(text) else 0
        mark = (verdict.fingerprint, verdict.reasons)
        head = self._repeats.get(mark)
        in_block = False
        if head is None:
            weak = not verdict.stands and (self._heat == 0 or verdict.size <= _FEW_WORDS)
            if self._head is not None and (weak or self._frames > _FRAMES):
                head, in_block = self._head, True
            else:
                head = self._alike(verdict.tokens, number)
                if len(self._repeats) >= _REMEMBERED:
                    self._repeats.popitem(last=False)
                self._repeats[mark] = head
        self._heat = _HEAT if verdict.heats else max(0, self._heat - 1)
        self._head = self._head or head
        return head, in_block

    def _alike(self, tokens: frozenset[str], number: int) -> int:
        size = len(tokens)
        if size > _WIDE:
            return number
        # A line that is nearly alike a kind has this share of its own tokens in common with it, at the least.
        if len(self._words.intersection(tokens)) >= _SIMILARITY * size:
            for kind in self._kinds:
                common = len(kind.tokens & tokens)
                if common * common >= _SIMILARITY * size * len(kind.tokens):
                    kind.lines += 1
                    return kind.number if kind.lines > _ALIKE else number
        self._add_kind(_Kind(tokens, number))
        return number

    def _add_kind(self, kind: _Kind) -> None:
        self._kinds.append(kind)
        self._words_of += 1
        if self._words_of > 2 * _KINDS:
            self._words = set().union(*(known.tokens for known in self._kinds))
            self._words_of = len(self._kinds)
        else:
            self._words |= kind.tokens
