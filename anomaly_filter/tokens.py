"""Text to stable tokens: what two runs of the same step print the same way, whatever its ids, dates and sizes.

`Table` is what the rules say, word by word; `Tokenizer` gives the same with memos.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from anomaly_filter.compiled_rules import CompiledTable
from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.rules import CLASS, ID, MASK_BEGINS, RULES, Rule, Stage
from anomaly_filter.scanner import Scanner

_T = TypeVar("_T")

_MECHANICS = 2  # to be raised when the code below, or the masking of secrets, changes what tokens come out

_DIGIT = lazy_pattern("[0-9]")
_ANY_DIGIT = lazy_pattern(r"\d")
_PART = lazy_pattern(rf"{CLASS}\w+|[\w{ID}]+")
_HTTP_KEY = lazy_pattern("http|status|code|resp|answer|got|reply|return|^(?:get|head|post|put|patch|->|=>)$")
_DIGITS = lazy_pattern(rf"[\d{ID}]+")
_NO_LETTER = lazy_pattern(r"[\W\d]+")
_LONGEST_WORD = 256  # characters of a word that the word and number rules look at


class Table:
    """Rules, ready for use."""

    def __init__(self, rules: Iterable[Rule] = RULES) -> None:
        """Compile rules.

        Args:
            rules: in the order in which they are tried; of all stages.
        """
        stages: dict[Stage, list[Rule]] = {stage: [] for stage in Stage}
        for rule in rules:
            stages[rule.stage].append(rule)
        self._mask_becomes = {f"mask{at}": rule.becomes for at, rule in enumerate(stages[Stage.MASK])}
        masks = "|".join(
            f"(?P<{group}>{rule.pattern})"
            for group, rule in zip(self._mask_becomes, stages[Stage.MASK], strict=True)
        )
        self._mask = lazy_pattern(f"(?={MASK_BEGINS})(?:{masks})")
        self._line = [(lazy_pattern(rule.pattern), rule.becomes) for rule in stages[Stage.LINE]]
        self._word = [(lazy_pattern(rule.pattern), rule.becomes) for rule in stages[Stage.WORD]]
        self._numbers = [
            (lazy_pattern(rule.pattern, re.IGNORECASE), rule.becomes) for rule in stages[Stage.NUMBER]
        ]
        self._dropped_part = _any(stages[Stage.PART])
        self._dropped_token = _any(stages[Stage.TOKEN])
        content = [_MECHANICS, [(r.stage.value, r.pattern, r.becomes) for s in stages.values() for r in s]]
        self.digest = hashlib.sha256(repr(content).encode()).hexdigest()[:16]

    def mask(self, word: str) -> str:
        """Return the word with its ids and digits replaced by their classes."""
        # Every rule of the stage needs a digit, and most words have none. (A random UUID has its version digit.)
        return self._mask.sub(self._mask_one, word) if _DIGIT.search(word) else word

    def _mask_one(self, match: re.Match[str]) -> str:
        # The last group to close is the outermost one: that of the rule.
        return self._mask_becomes[match.lastgroup or ""]

    def line(self, words: Sequence[str]) -> Sequence[str]:
        """Return the masked words of a sub-line without its envelope and its free text."""
        text = " ".join(filter(None, words))
        left = text
        for pattern, becomes in self._line:
            match = pattern.match(left)
            if match:
                left = becomes.format_map(match.groupdict()) + left[match.end() :]
        return words if left is text else left.split()

    def word_tokens(self, word: str, before: str) -> tuple[str, ...]:
        """Return the tokens of a masked word that stands after another masked word."""
        return self.number_tokens(word, before) + self.own_tokens(word)

    def number_tokens(self, word: str, before: str) -> tuple[str, ...]:
        """Return the tokens of the number that one of two masked words is, joined to its key."""
        pair = f"{before[-_LONGEST_WORD:]} {word[:_LONGEST_WORD]}"
        if not _ANY_DIGIT.search(pair):
            return ()
        found: list[str] = []
        for pattern, becomes in self._numbers:
            match = pattern.fullmatch(pair)
            if match:
                key = match.groupdict().get("key", "http")
                key = key if key in ("->", "=>") else _NO_LETTER.sub("", key).lower()
                number_class = _number_class(match["number"], key)
                found.append(becomes.format_map({"key": key, "class": number_class}))
        return tuple(found)

    def own_tokens(self, word: str) -> tuple[str, ...]:
        """Return the tokens of a masked word by itself."""
        found: list[str] = []
        looked_at = word[:_LONGEST_WORD]
        for pattern, becomes in self._word:
            looked_at = pattern.sub(becomes, looked_at)
        for part in _PART.findall(looked_at + word[_LONGEST_WORD:]):
            if part[0] == CLASS:
                found.append(part)
            elif not self._dropped_part.fullmatch(part):
                token = _DIGITS.sub("", part).lower()
                if token and not self._dropped_token.fullmatch(token):
                    found.append(token)
        return tuple(found)

    def tokens(self, text: str) -> frozenset[str]:
        """Return the set of tokens of a sub-line.

        >>> sorted(Table().tokens("2024-01-02 12:00:00 worker-17 exited with code 137"))
        ['code', 'code=n', 'exited', 'with', 'worker']
        """
        words = self.line([self.mask(word) for word in text.split()])
        return frozenset(
            token
            for word, before in zip(words, ["", *words], strict=False)
            for token in self.word_tokens(word, before)
        )


def _any(rules: Iterable[Rule]) -> re.Pattern[str]:
    # An empty table would match the empty text; "(?!)" matches nothing.
    return lazy_pattern("|".join(f"(?:{rule.pattern})" for rule in rules) or "(?!)")


def _number_class(number: str, key: str) -> str:
    digits = number.strip("-.,")
    if not digits.strip("0.,"):
        return "0"
    if number[0] == "-":
        return "negative"
    if digits in ("200", "300", "400", "500") and _HTTP_KEY.search(key):
        return f"{digits[0]}xx"
    if digits == "100":  # every other number of a hundred and more is masked
        return "full"
    return "n"


_TABLE = Table()


def masked(text: str) -> str:
    """Return the masked words of a text."""
    return " ".join(_TABLE.mask(word) for word in text.split())


TOKENS_HASH = _TABLE.digest
"""Names the rules: a segment that was made under other ones is tokenised again from its texts."""

Key = tuple[int, ...]
"""The masked words of a sub-line, as numbers that one tokenizer gave them."""


class Tokenizer:
    """Token sets of sub-lines, with memos; these are bounded, and results do not depend on them."""

    def __init__(self, memo_size: int = 1 << 17, *, threads: int = 1) -> None:
        """Make empty memos.

        Args:
            memo_size: words, and pairs of words, that are remembered; of lines as many as have four times that
                number of words, and a quarter at the most.
            threads: that may read one log; see `ahead.scans`.
        """
        self._memo_size = memo_size
        # Numbers are never given twice, so a cleared memo misleads nobody. None has the complement _LIKE_ITS_SHAPE.
        self._next = ~_LIKE_ITS_SHAPE + 1
        self._numbers: dict[str, int] = {}
        self._masked: dict[int, str] = {}
        self._words = _Memo(memo_size, self._word_number)
        self._shapes = _Memo(memo_size, self._shape_number)
        self._lines: dict[bytes, tuple[Key, tuple[int, ...]]] = {}
        self._line_words = 0
        self._pairs: dict[tuple[int, int], tuple[str, ...]] = {}
        self._own = _Memo(memo_size, _TABLE.own_tokens)
        self._threads = threads
        self._scanners: list[Scanner] = []
        self.compiled = _compiled_table()

    @contextmanager
    def scanner(self) -> Iterator[Scanner]:
        """Lend a scanner for one log; it remembers the kinds of lines that it met in others."""
        scanner = self._scanners.pop() if self._scanners else Scanner(threads=self._threads)
        scanner.begin()
        yield scanner
        # One whose log was given up half-way is left to the garbage, and may be freed before this is closed.
        self._scanners.append(scanner)

    def key(self, text: str) -> Key:
        """Return a key of the text: texts with equal keys have equal tokens.

        A key is good for a memo, not for storage: it means nothing to another tokenizer.
        """
        # Lines are seldom new once all digits are the same, and most words are masked whatever their digits:
        # of a line whose shape is known only the other words are looked at.
        shape = text.encode("utf-8", "surrogatepass").translate(_NINES)
        known = self._lines.get(shape)
        numbers, depending = self._shaped(shape) if known is None else known
        if not depending:
            return numbers
        words = text.split()
        exact = list(numbers)
        for at in depending:
            number = self._words[words[at]]
            if number != _LIKE_ITS_SHAPE:
                exact[at] = number
        return tuple(exact)

    def tokens(self, text: str) -> frozenset[str]:
        """Return the set of tokens of a sub-line.

        >>> sorted(Tokenizer().tokens("2024-01-02 12:00:00 worker-17 exited with code 137"))
        ['code', 'code=n', 'exited', 'with', 'worker']
        """
        found = None if self.compiled is None else self.compiled.tokens(text)
        return self._tokens(text) if found is None else found

    def _tokens(self, text: str) -> frozenset[str]:
        found: list[str] = []
        before, before_number = "", -1
        pairs = self._pairs
        numbers: Key = tuple(number if number >= 0 else ~number for number in self.key(text))
        words: Sequence[str] = [
            _TABLE.mask(word) if (masked := self._masked.get(number)) is None else masked
            for word, number in zip(text.split(), numbers, strict=True)
        ]
        if (left := _TABLE.line(words)) is not words:
            words, numbers = left, tuple(map(self._number, left))
        for masked, number in zip(words, numbers, strict=True):
            tokens = pairs.get((before_number, number))
            if tokens is None:
                tokens = _TABLE.number_tokens(masked, before) + self._own[masked]
                if len(pairs) >= self._memo_size:
                    pairs.clear()
                pairs[before_number, number] = tokens
            found += tokens
            before, before_number = masked, number
        return frozenset(found)

    def _shaped(self, shape: bytes) -> tuple[Key, tuple[int, ...]]:
        """Return the numbers of the shape's words, and the places of those that depend on the digits."""
        words = shape.decode("utf-8", "surrogatepass").split()
        numbers = tuple(map(self._shapes.__getitem__, words))
        known = numbers, tuple(at for at, number in enumerate(numbers) if number < 0)
        if len(shape) <= _LONGEST_REMEMBERED_LINE:
            if len(self._lines) >= self._memo_size // 4 or self._line_words >= self._memo_size * 4:
                self._lines.clear()
                self._line_words = 0
            self._lines[shape] = known
            self._line_words += len(numbers)
        return known

    def _shape_number(self, shape: str) -> int:
        return self._marked_number(_TABLE.mask(shape))

    def _word_number(self, word: str) -> int:
        # Rules tell only few digits from others; a word without those has the number of its shape.
        return self._marked_number(_TABLE.mask(word)) if _TELLING_DIGITS.search(word) else _LIKE_ITS_SHAPE

    def _marked_number(self, masked: str) -> int:
        """Return the number of a masked word; its complement, below 0, if words of its shape may be masked otherwise."""
        number = self._number(masked)
        return ~number if _DIGIT.search(masked) else number

    def _number(self, masked: str) -> int:
        number = self._numbers.get(masked)
        if number is None:
            number = self._next
            self._next += 1
            if len(self._numbers) >= self._memo_size:
                self._numbers.clear()
                self._masked.clear()
            if len(masked) <= _LONGEST_REMEMBERED_WORD:
                self._numbers[masked] = number
                self._masked[number] = masked
        return number


_NINES = bytes.maketrans(b"012345678", b"999999999")
# Numbers that rules of the stage mask tell from others: zero, 200 to 599, and 100 %.
_TELLING_DIGITS = lazy_pattern(r"(?<![0-9])(?:0+|[2-5][0-9]{2}|100(?=%))(?![0-9])")
_LIKE_ITS_SHAPE = -1  # in the place of the number of a word that has the mask of its shape
_LONGEST_REMEMBERED_WORD = 200  # characters; longer ones hardly come twice
_LONGEST_REMEMBERED_LINE = 1000  # bytes


def _compiled_table() -> CompiledTable | None:
    """Return the table as the engine runs it; None without an engine, or with one that was built of other rules."""
    try:
        return CompiledTable(TOKENS_HASH)
    except RuntimeError:
        return None


class _Memo(dict[str, _T]):
    """What is known of a word, worked out when it is first asked for."""

    def __init__(self, size: int, work_out: Callable[[str], _T]) -> None:
        super().__init__()
        self._size = size
        self._work_out = work_out

    def __missing__(self, word: str) -> _T:
        known = self._work_out(word)
        if len(word) <= _LONGEST_REMEMBERED_WORD:
            if len(self) >= self._size:
                self.clear()
            self[word] = known
        return known
