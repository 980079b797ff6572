"""Which words of a line differ from those of another one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby, takewhile
from typing import NamedTuple

from anomaly_filter import Line, ScoredLine, Tokenizer
from anomaly_filter.lines import parts
from anomaly_filter.verdicts import fingerprint

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


def far_part(line: ScoredLine, tokenizer: Tokenizer) -> str:
    r"""Return the part that a line's verdict is about: one of those between CRs and literal `\n`s, as a rule all."""
    whole = Line(line.number, line.text)
    if whole.single:
        return line.text
    found = (part for part in parts(whole) if fingerprint(tokenizer.tokens(part)) == line.fingerprint)
    return next(found, line.text)


def changes(old: str, new: str, tokenizer: Tokenizer) -> list[Piece]:
    """Compare two lines word by word; of what is the same the old line's words are given.

    Words are the same when they have the same tokens, so that times, ids and durations are not marked. Where that
    leaves nothing to mark, they are compared as they are.
    """
    old_words, new_words = old.split()[:_WORDS], new.split()[:_WORDS]
    old_keys, new_keys = (_keys(words, tokenizer) for words in (old_words, new_words))
    pieces = _pieces(old_words, new_words, old_keys, new_keys)
    if all(piece.change is Change.SAME for piece in pieces):
        return _pieces(old_words, new_words, old_words, new_words)
    return pieces


def _keys(words: Sequence[str], tokenizer: Tokenizer) -> list[frozenset[str]]:
    """Return what each word says in its line, also by standing after the one before it, as a number does."""
    tokens = tokenizer.tokens(" ".join(words))
    return [
        tokens & (tokenizer.tokens(word) | (tokenizer.tokens(f"{before} {word}") - tokenizer.tokens(before)))
        for before, word in zip(("", *words), words, strict=False)
    ]


def _pieces(
    old: Sequence[str], new: Sequence[str], old_keys: Sequence[object], new_keys: Sequence[object]
) -> list[Piece]:
    # Words that say nothing go with those around them, and are left out where a line has them and the other not.
    olds, news = ([at for at, key in enumerate(keys) if key] for keys in (old_keys, new_keys))
    pairs = zip(olds, news, strict=False)
    head = sum(1 for _ in takewhile(lambda pair: old_keys[pair[0]] == new_keys[pair[1]], pairs))
    end = head + _COMPARED_WORDS
    cut = max(len(olds), len(news)) > end
    if len(olds) > end:
        old = old[: olds[end]]
    olds, news = olds[head:end], news[head:end]
    matcher = SequenceMatcher(
        None, [old_keys[at] for at in olds], [new_keys[at] for at in news], autojunk=False
    )
    gone: set[int] = set()
    come: dict[int, Sequence[str]] = {}  # by the place of the old word that they stand before
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind != "equal":
            after = [*olds, len(old)][old_to]
            if old_to > old_from:
                after = olds[old_to - 1] + 1
                gone.update(range(olds[old_from], after))
            if new_to > new_from:
                come[after] = new[news[new_from] : news[new_to - 1] + 1]
    words: list[tuple[Change, str]] = []
    for at, word in enumerate((*old, None)):
        words += [(Change.NEW, each) for each in come.get(at, ())]
        if word is not None:
            words.append((Change.GONE if at in gone else Change.SAME, word))
    if cut:
        words.append((Change.SAME, "…"))
    return [
        Piece(change, " ".join(word for _, word in run))
        for change, run in groupby(words, lambda pair: pair[0])
    ]
