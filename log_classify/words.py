"""Which words of a line differ from those of another one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from itertools import chain, groupby, pairwise, takewhile
from typing import NamedTuple, Protocol

from anomaly_filter import Line, Tokenizer
from anomaly_filter.lines import parts
from anomaly_filter.verdict import fingerprint

# Bound the time that a line of thousands of words takes.
_WORDS = 1000  # of a line
_COMPARED_WORDS = 300  # from the first that differs on


class Change(Enum):
    """What became of words on the way from the one line to the other."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """A run of words with one fate."""

    change: Change
    text: str


Run = tuple[range, range]
"""Places of words of the old line, and of those that the new line has instead; one of both may be empty."""


class Far(Protocol):
    """A line that is far, as a scan or a report has it."""

    @property
    def text(self) -> str:
        """Its text."""

    @property
    def fingerprint(self) -> str | None:
        """What stands for the tokens of its farthest part."""


def far_part(line: Far, tokenizer: Tokenizer) -> str:
    r"""Return the part that a line's verdict is about: one of those between CRs and literal `\n`s, as a rule all."""
    whole = Line(1, line.text)
    if whole.single:
        return line.text
    found = (part for part in parts(whole) if fingerprint(tokenizer.tokens(part)) == line.fingerprint)
    return next(found, line.text)


def changes(old: str, new: str, tokenizer: Tokenizer) -> list[Piece]:
    """Compare two lines word by word; of what is the same the old line's words are given.

    Words are the same when they have the same tokens, so that times, ids and durations are not marked. Where that
    leaves nothing to mark, they are compared as they are.
    """
    old_words, new_words, runs, end = _compared(old, new, tokenizer)
    words: list[tuple[Change, str]] = []
    at = 0
    for gone, come in runs:
        words += [(Change.SAME, word) for word in old_words[at : gone.start]]
        words += [(Change.GONE, word) for word in old_words[gone.start : gone.stop]]
        words += [(Change.NEW, word) for word in new_words[come.start : come.stop]]
        at = gone.stop
    words += [(Change.SAME, word) for word in old_words[at:end]]
    if end is not None:
        words.append((Change.SAME, "…"))
    return [
        Piece(change, " ".join(word for _, word in run))
        for change, run in groupby(words, lambda pair: pair[0])
    ]


def differing(old: str, new: str, tokenizer: Tokenizer) -> tuple[list[range], list[range]]:
    """Compare two lines as `changes` does; return the places of the old one's words that differ, and the new one's."""
    _, _, runs, _ = _compared(old, new, tokenizer)
    return [gone for gone, _ in runs if gone], [come for _, come in runs if come]


def _compared(old: str, new: str, tokenizer: Tokenizer) -> tuple[list[str], list[str], list[Run], int | None]:
    """Return the words of both lines, where they differ, and where the comparison ends before the old line does."""
    old_words, new_words = old.split()[:_WORDS], new.split()[:_WORDS]
    runs, end = _runs(_keys(old_words, tokenizer), _keys(new_words, tokenizer))
    if not runs:
        runs, end = _runs(old_words, new_words)
    return old_words, new_words, [_with_number(run, old_words, new_words) for run in runs], end


def _with_number(run: Run, old_words: Sequence[str], new_words: Sequence[str]) -> Run:
    """Have a run begin with the number that made the words differ, where they are the same: `0 rows`, `412 rows`."""
    gone, come = run
    before = gone.start - 1, come.start - 1
    if min(before) < 0 or [old_words[at] for at in gone] != [new_words[at] for at in come]:
        return run
    return range(before[0], gone.stop), range(before[1], come.stop)


def _keys(words: Sequence[str], tokenizer: Tokenizer) -> list[frozenset[str]]:
    """Return what each word says in its line, also by standing after the one before it, as a number does."""
    tokens = tokenizer.tokens(" ".join(words))
    alone = [tokenizer.tokens(word) for word in words]
    pairs = (tokenizer.tokens(f"{before} {word}") for before, word in pairwise(words))
    joined = (pair - before for pair, before in zip(pairs, alone, strict=False))
    return [tokens & (word | more) for word, more in zip(alone, chain([frozenset()], joined), strict=False)]


def _runs(old_keys: Sequence[object], new_keys: Sequence[object]) -> tuple[list[Run], int | None]:
    # Words that say nothing go with those around them, and are left out where a line has them and the other not.
    olds, news = ([at for at, key in enumerate(keys) if key] for keys in (old_keys, new_keys))
    pairs = zip(olds, news, strict=False)
    head = sum(1 for _ in takewhile(lambda pair: old_keys[pair[0]] == new_keys[pair[1]], pairs))
    last = head + _COMPARED_WORDS
    end = olds[last] if len(olds) > last else len(old_keys)
    cut = max(len(olds), len(news)) > last
    olds, news = olds[head:last], news[head:last]
    matcher = SequenceMatcher(
        None, [old_keys[at] for at in olds], [new_keys[at] for at in news], autojunk=False
    )
    runs = [
        (_span([*olds, end], old_from, old_to), _span([*news, len(new_keys)], new_from, new_to))
        for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if kind != "equal"
    ]
    return runs, end if cut else None


def _span(places: Sequence[int], start: int, stop: int) -> range:
    """Return the words from one place to before another, without those behind the last that say nothing."""
    return range(places[start], places[stop - 1] + 1 if stop > start else places[start])
