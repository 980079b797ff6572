"""What lines say of errors by themselves, where there is nothing to compare them with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anomaly_filter import ScoredLine, Tokenizer
from anomaly_filter.reasons import BLOCK, ERROR
from anomaly_filter.verdict import fingerprint
from log_classify.run.strength import FAILURE, strength
from log_classify.run.tracebacks import Found, tracebacks

AROUND = 200
"""Lines on either side of one that speaks of an error that are looked at: most tracebacks are shorter."""

_TOLD_APART = 1 << 16
"""Different errors of a log; beyond, those that say the same are not folded."""


def errors(lines: Iterable[ScoredLine], tokenizer: Tokenizer) -> Iterator[ScoredLine]:
    """Give lines with new groups and scores: what says the same as an earlier line, and all of a traceback, has one shown.

    The score of a line is how strongly it speaks of a failure; one that does not is far no longer.

    Args:
        lines: of a log, scored without a model, in order; those around lines that are far at least.
        tokenizer: says what says the same.
    """
    first: dict[str, int] = {}
    for found in tracebacks(lines):
        score = FAILURE if len(found.lines) > 1 else strength(found.line, tokenizer)
        if not score:
            yield found.line._replace(reasons=(), fingerprint=None, group=None)
            continue
        key = _key(found, tokenizer)
        group = first.get(key, found.line.number)
        if len(first) < _TOLD_APART:
            first.setdefault(key, group)
        for line in found.lines:
            told = line is found.line
            yield line._replace(
                reasons=(line.reasons or (ERROR,)) if told else (ERROR, BLOCK),
                fingerprint=line.fingerprint or fingerprint(tokenizer.tokens(line.text)),
                score=score,
                group=group,
            )


def _key(found: Found, tokenizer: Tokenizer) -> str:
    if len(found.lines) == 1 and found.line.fingerprint:
        return found.line.fingerprint
    return fingerprint(frozenset().union(*(tokenizer.tokens(line.text) for line in found.lines)))
