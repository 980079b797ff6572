"""A query file for a far line, in the form of elastic-recheck's own."""

from __future__ import annotations

import re

from anomaly_filter.tokens import Table
from log_processor.document import FileDocument, LineDocument
from log_processor.errors import LogProcessorError
from log_processor.query.lucene import phrase

_MOST_PHRASES = 4
"""More make no query any surer, and each can fail to hold in another release."""
_MOST_WORDS = 25
"""Words of a phrase."""
_LONGEST_WORD = 200
"""Characters; a cluster's analyser cuts words at 255."""

_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_EDGE = re.compile(r"^(?:[^\w ]+ )+|(?: [^\w ]+)+$")
"""Signs before the first word and after the last."""


def suggestion(document: FileDocument, line: LineDocument) -> str:
    """Return a query file that finds the line, and the same line of other builds.

    It asks for the runs of words that the token rules take for the line's own, which no id, number, date or host name
    interrupts. As elastic-recheck wants it, the file is named by a tag where it has one, and the build's result is
    not asked for: that a query finds lines of passing builds tells that it is too general.

    Raises:
        LogProcessorError: the line has no such words.
    """
    file = document.file
    phrases = stable_phrases(line.message)
    if not phrases:
        raise LogProcessorError(
            f"line {line.number} of {file.filename} has no words that another build would print alike: take another "
            "line of its block, or write the query by hand"
        )
    clauses = [phrase("message", text) for text in phrases]
    if "console" in file.tags:
        clauses.append(phrase("tags", "console"))
    else:
        clauses.append(phrase("tags", file.tags[0]) if file.tags else phrase("filename", file.filename))
    lines = ["query: >-", *(f"  {clause} AND" for clause in clauses[:-1]), f"  {clauses[-1]}"]
    if file.fields.get("voting") == 0:
        lines.append("allow-nonvoting: true")
    return "\n".join(lines) + "\n"


def stable_phrases(text: str) -> list[str]:
    """Return the longest runs of words that other builds print alike, in their order.

    >>> stable_phrases("2026-03-09 12:00:01 ERROR volume 7f3a0c1d failed to reach available status (400 s)")
    ['ERROR volume', 'failed to reach available status']
    """
    table = Table()
    own = table.tokens(text)
    runs: list[list[str]] = [[]]
    for word in text.split():
        if not _is_stable(word, table, own):
            runs.append([])
        elif len(runs[-1]) < _MOST_WORDS:
            runs[-1].append(word)
        else:
            runs.append([word])
    # A run of signs alone would be no word to the cluster, and match nothing.
    texts = [_EDGE.sub("", " ".join(run)) for run in runs if any(map(_LETTERS.search, run))]
    phrases = list(dict.fromkeys(texts))
    best = sorted(range(len(phrases)), key=lambda at: (-_weight(phrases[at]), at))[:_MOST_PHRASES]
    several = [at for at in best if " " in phrases[at]]
    return [phrases[at] for at in sorted(several or best)]


def _is_stable(word: str, table: Table, own: frozenset[str]) -> bool:
    """Tell whether other builds print the word as it is.

    Digits are what differs, also those in names; the rules know other words that do, and leave them out of the tokens.
    """
    if _DIGIT.search(word) or len(word) > _LONGEST_WORD or not word.isprintable():
        return False
    return table.mask(word) == word and own.issuperset(table.own_tokens(word))


def _weight(phrase_: str) -> int:
    return len(_LETTERS.findall(phrase_))
