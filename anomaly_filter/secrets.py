"""Values that must not be stored or shown: what follows a password's name, and tokens known by their shape."""

from __future__ import annotations

import re

from anomaly_filter.patterns import lazy_pattern

MASK = "***"

# Every pattern is decided by letters and punctuation, never by how many digits there are: lines that mask to the
# same words (tokens.py) hold a secret together or not at all, which the filter's memo relies on. None is tried
# from every place of a long word (hence the look behind), which would take minutes on a hostile line.
_SECRET = lazy_pattern(
    r"""
    (?=[:abcegijprstx-])  # what a match begins with: to try no other place halves the work
    (?: (?P<key>
        (?: pass(?:word|wd|phrase) | secret(?:[_-]?key)? | (?:api|access|private|account|encryption)[_-]?key
          | (?:access|auth|api|id|refresh|session|bearer|private|job)[_-]?token | token(?==|["']) | credentials? )
        ["']? \s* [=:]+ \s* ["']? )
      (?P<value> (?!["'{\[(]) [^\s"',;&]+ )
    | (?P<block> -----BEGIN\ [A-Z0-9 ]{0,40}PRIVATE\ KEY-----(?=.) ) .*? (?: (?=-----END\ ) | \Z )
    | (?P<scheme> authorization["']? \s* [=:] \s* ["']? (?:\w+\s+)? ) (?P<bearer> [\w.~+/=*-]+ )
    | (?P<user> ://[^\s/:@]+: ) (?P<password> [^\s/@]+ ) (?=@)
    | (?P<shape> \b(?: gh[pousr]_\w+ | github_pat_\w+ | glpat-[\w-]+ | xox[abprs]-[\w-]+
        | (?-i:AKIA[A-Z0-9]+) | (?<!-)eyJ[\w-]+\.[\w-]+\.[\w-]* ) )
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_KEY_OWNERS = ("secret", "api", "access", "private", "account", "encryption")
TELLING = (
    *("password", "passwd", "passphrase", "secret", "token", "credential", "private key"),
    *(f"{owner}{joint}key" for owner in _KEY_OWNERS for joint in ("", "_", "-")),
    *("authorization", "@", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    *("xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "akia", "eyj"),
)
"""One of these is in each text of ASCII that holds a secret, in lower case."""


def mask_secrets(text: str) -> str:
    """Return the text with `***` in the place of every secret's value.

    >>> mask_secrets("login --password=hunter2 https://bob:pw@host/")
    'login --password=*** https://bob:***@host/'
    """
    return _SECRET.sub(_masked, text) if _may_hold_one(text) else text


def _may_hold_one(text: str) -> bool:
    """Tell whether a text has what every match of the pattern has some of: to look for it takes a tenth of the work."""
    folded = text.casefold()
    return (
        ("k" in folded and ("key" in folded or "token" in folded or "akia" in folded))
        or "pass" in folded
        or "secret" in folded
        or "credential" in folded
        or "authorization" in folded
        or ("@" in folded and "://" in folded)
        or ("_" in folded and "gh" in folded)  # github_pat_ and its like
        or "glpat-" in folded
        or "xox" in folded
        or "eyj" in folded
    )


def _masked(match: re.Match[str]) -> str:
    return (match["key"] or match["block"] or match["scheme"] or match["user"] or "") + MASK
