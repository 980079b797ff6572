"""Values that must not be stored or shown: what follows a password's name, and tokens known by their shape."""

from __future__ import annotations

import re

MASK = "***"

# Every pattern is decided by letters and punctuation, never by how many digits there are: lines that mask to the
# same words (tokens.py) hold a secret together or not at all, which the filter's memo relies on. None is tried
# from every place of a long word (hence the look behind), which would take minutes on a hostile line.
_SECRET = re.compile(
    r"""
      (?P<key>
        (?: pass(?:word|wd|phrase) | secret(?:[_-]?key)? | (?:api|access|private|account|encryption)[_-]?key
          | (?:access|auth|api|id|refresh|session|bearer|private|job)[_-]?token | token(?==|["']) | credentials? )
        ["']? \s* [=:]+ \s* ["']? )
      (?P<value> (?!["'{\[(]) [^\s"',;&]+ )
    | (?P<scheme> authorization["']? \s* [=:] \s* ["']? (?:\w+\s+)? ) (?P<bearer> [\w.~+/=*-]+ )
    | (?P<user> ://[^\s/:@]+: ) (?P<password> [^\s/@]+ ) (?=@)
    | (?P<shape> \b(?: gh[pousr]_\w+ | github_pat_\w+ | glpat-[\w-]+ | xox[abprs]-[\w-]+
        | (?-i:AKIA[A-Z0-9]+) | (?<!-)eyJ[\w-]+\.[\w-]+\.[\w-]* ) )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def mask_secrets(text: str) -> str:
    """Return the text with `***` in the place of every secret's value.

    >>> mask_secrets("login --password=hunter2 https://bob:pw@host/")
    'login --password=*** https://bob:***@host/'
    """
    return _SECRET.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    return (match["key"] or match["scheme"] or match["user"] or "") + MASK
