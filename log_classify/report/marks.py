"""Which parts of a far line, and of the baseline line nearest to it, the other one has not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from anomaly_filter import Tokenizer
from anomaly_filter.lines import TEXT_LIMIT
from anomaly_filter.patterns import lazy_pattern
from log_classify.report.model import Entry
from log_classify.words import differing, far_part

Pieces = tuple[str, ...]
"""A text, cut: the pieces with odd places are marked. The first one may be empty."""

_WORD = lazy_pattern(r"\S+")


def marked(entry: Entry, tokenizer: Tokenizer) -> tuple[Pieces, Pieces | None]:
    """Return the pieces of a far line and those of the nearest baseline line; None where there is no such line.

    Of a line of which nothing is known anywhere, nothing is marked. Of one longer than any that is stored, its
    beginning is compared.
    """
    if entry.nearest is None:
        return (entry.text,), None
    part, nearest = far_part(entry, tokenizer)[:TEXT_LIMIT], entry.nearest[:TEXT_LIMIT]
    start = entry.text.index(part)
    gone, come = differing(nearest, part, tokenizer)
    pieces = _cut(entry.text, range(start, start + len(part)), come)
    return tuple(pieces), tuple(_cut(entry.nearest, range(len(nearest)), gone))


def _cut(text: str, compared: range, marked_words: Sequence[range]) -> Iterator[str]:
    """Give the pieces of a text, of which a part was compared; places of words are those in that part."""
    words = _WORD.finditer(text, compared.start, compared.stop)
    end = place = 0
    for run in marked_words:
        first = next(islice(words, run.start - place, None))
        last = next(islice(words, len(run) - 2, None)) if len(run) > 1 else first
        place = run.stop
        yield text[end : first.start()]
        end = last.end()
        yield text[first.start() : end]
    yield text[end:]
