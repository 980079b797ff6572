"""How strongly a line speaks of a failure, where there is nothing to compare it with."""

from __future__ import annotations

import re

from anomaly_filter import ScoredLine, Tokenizer
from anomaly_filter.failure import failures
from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.reasons import NUMBER

FAILURE = 0.9
"""A traceback, a bad exit code, a count of failures, a time that ran out, a level or a status: `ERROR`, `FAILED`."""
LABEL = 0.7
"""An error with a name or a message: `KeyError: 'a'`, `fatal: not a repository`."""
WORD = 0.5
"""It has a word such as `failed`, or a number that is bad."""
HINT = 0.2
"""It has another word that speaks of trouble, as warnings do."""

_CHARACTERS = 2000
"""Of a line that are looked at: what it says of a failure stands near its beginning. Bounds the time of patterns, too."""
_ENDED_HINTS = ("exit", "timed out", "core dumped")
"""One of these has each line that ended badly without a word that the filter takes for one of failure."""

_ENDED = lazy_pattern(
    r"""
    \bexit(?:ed)?[ _-](?:code|status)(?:\ is|\ was|\ of)?\W{0,3}0*[1-9]
    | \bexited\ (?:(?:with|a|an|the|non-?zero|exit|error|return|code|status|value)[ :=]+){0,6}\W{0,3}0*[1-9]
    | \breturned\ (?:a\ )?non-?zero | \bnon-?zero\ exit
    | \bBUILD\ (?:FAIL|ERROR) | \bCOMPILATION\ (?:ERROR|FAILURE)
    | \bpanick?(?:ed)?\b\s*(?:at|:|-) | \bsegfault | \bsegmentation\ (?:fault|violation) | \bcore\ dumped
    | \bassertion\b.{0,200}\bfail | \bassert(?:ion)?error\b(?!\.) | \btimed\ out\b | \bout\ of\ memory\b
    | (?<![\w/.])0*[1-9][\d,]*\ (?:\w+\ )?(?:failed|failures?|errors?)\b
    | \b(?:failed|failures?|errors?)\s*[:=]\s*0*[1-9]
    | \*\*\*\ .{0,200}\berror\ -?\d
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STATUS = lazy_pattern(
    r"(?<![\w.-])(?:ERROR|FATAL|FAIL(?:ED|URE)?|CRITICAL|SEVERE|PANIC|EMERG)(?![\w-]|\.\w)"
)
_LABEL = lazy_pattern(
    r"(?<![\w.$-])[\w.$]*(?:Error|Exception)(?::|\s*$)|(?i:(?<![\w./-])(?:error|fatal|failed|failure)\s*[:!])"
)
_CALM = lazy_pattern(r"(?<![\w.-])(?:INFO|DEBUG|TRACE)(?![\w-]|\.\w)")
"""A level by which a program says that an error is nothing to worry about."""
_WORD = lazy_pattern(r"(?i)\b(?:errors?|fail(?:ed|ure|ures|s)?|fatal|exceptions?|traceback|cannot|unable)\b")

# What says that nothing failed.
_FAULT = (
    r"(?:errors?|warnings?|fail(?:ed|ures?|s|ing)?|exceptions?|problems?|issues?|conflicts?|crash(?:es|ed)?)"
)
_NEGATED = lazy_pattern(
    rf"\b(?:no|0|zero|not|never|without|without\ any|non)[ -](?:\w+\ )?{_FAULT}\b(?:\s?[/,]\s?{_FAULT}\b)*"
    rf"|\b{_FAULT}(?:\s(?:count|size|code|is|was|are))*\s*[:=]?\s*(?:0+\b(?![.x])|none\b|null\b|false\b)",
    re.IGNORECASE,
)
# Names of files, packages, classes and variables, which may be made of any words; those in capitals may be a status.
_NAME = lazy_pattern(
    r"(?<![\w.+~@%$-])[\w.+~@%$-]*/[\w./+~@%$-]*"
    r"|(?<!\w)(?<!\w[.$-])(?=[\w.$-]*[a-z])\w+(?:[.$-]+\w+)+"
    r"|\b(?=\w*[a-z])\w*_\w+"
    r"|\b[A-Z]?[a-z\d]+(?:[A-Z][a-z\d]*)+\b"
)
_QUIET = frozenset({"no", "not", "non", "never", "red", "nan", "bug", "disabled", "stopped"})
"""Words of failure that say nothing by themselves: `There is NO WARRANTY`, `Red Hat`."""


def strength(line: ScoredLine, tokenizer: Tokenizer) -> float:
    """Return how strongly a line speaks of a failure, in 0..1; 0 where it does not.

    Args:
        line: scored without a model.
        tokenizer: takes its words apart.
    """
    text = line.text[:_CHARACTERS]
    if not line.far:
        low = text.lower()
        return FAILURE if any(hint in low for hint in _ENDED_HINTS) and _ENDED.search(text) else 0.0
    said = _NEGATED.sub(" ", text)
    if _STATUS.search(said) or _ENDED.search(said):
        return FAILURE
    labelled = _LABEL.search(said)
    if labelled and not _CALM.search(said):
        return LABEL
    said = _NAME.sub(" ", said)
    if labelled or _WORD.search(said) or NUMBER in line.reasons:
        return WORD
    return 0.0 if _QUIET.issuperset(failures(tokenizer.tokens(said))) else HINT
