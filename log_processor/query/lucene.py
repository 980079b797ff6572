"""Lucene query strings: what may be sent to a cluster, old names of fields, and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_QUERY = 4000
"""Characters; the longest of elastic-recheck's has 300, and each word may cost a cluster a look-up."""
DEEPEST_QUERY = 30
"""Brackets within brackets; a cluster's parser calls itself for each, and its stack is shared with everybody."""

_PHRASE = r'"(?:\\.|[^"\\])*"'
_PIECE = re.compile(
    rf"""{_PHRASE} | \\.  # neither holds a field's name
    | (?<![\w.@])(?P<field>@?[A-Za-z_][\w.]*) : \s* (?P<value>{_PHRASE}|[^\s()"\[{{]+)?
    """,
    re.DOTALL | re.VERBOSE,
)
_SIGN = re.compile(rf"{_PHRASE}|\\.|(?P<sign>[()/])", re.DOTALL)

_IN_THE_MESSAGE = frozenset({"loglevel", "module", "pid", "syslog_host", "syslog_program"})
"""Fields that Logstash's filters cut out of a line; our message is the whole line."""
_OLD_PREFIX = "@fields."
_OLD_NAMES = {"@message": "message", "@tags": "tags"}
_CONSOLE = '"console.html"'
"""The log of a build by Jenkins; of one by Zuul it is job-output.txt."""
_OLD_PATH = re.compile(r'"logs/([^"\\/]+)"')
"""Where all logs of a build by Jenkins lay; a build by Zuul has a folder of them for each machine."""


def objection(query: str) -> str:
    """Say why a query string is not to be sent to a cluster; empty where it may be."""
    if len(query) > LONGEST_QUERY:
        return f"the query has {len(query):,} characters, of at most {LONGEST_QUERY:,}"
    depth = deepest = 0
    for piece in _SIGN.finditer(query):
        if piece["sign"] == "/":
            # A cluster builds the whole automaton of one before it looks at the time: some take it minutes.
            return "the query has a regular expression: put what holds a / between quotes"
        if piece["sign"]:
            depth += 1 if piece["sign"] == "(" else -1
            deepest = max(deepest, depth)
    if deepest > DEEPEST_QUERY:
        return f"the query has {deepest} brackets within brackets, of at most {DEEPEST_QUERY}"
    return ""


def translated(query: str) -> str:
    r"""Return the query in the names of our fields; what elastic-recheck called otherwise is put in its place.

    >>> translated('@message:"x" AND module:"nova.api"')
    'message:"x" AND message:"nova.api"'
    >>> translated('filename:"console.html"')
    '(filename:"console.html" OR filename:"job-output.txt")'
    >>> translated('filename:"logs/screen-n-cpu.txt"')
    '(filename:"logs/screen-n-cpu.txt" OR tags:"screen-n-cpu.txt")'
    """
    return _PIECE.sub(_in_our_names, query)


def _in_our_names(piece: re.Match[str]) -> str:
    field = piece["field"]
    if field is None:
        return piece[0]
    value = piece["value"] or ""
    name = _OLD_NAMES.get(field, field.removeprefix(_OLD_PREFIX))
    if name in _IN_THE_MESSAGE:
        name = "message"
    clauses = [f"{name}:{value}"]
    if name in ("filename", "tags") and value == _CONSOLE:
        clauses.append(f'{name}:"job-output.txt"')
    elif name == "filename" and (path := _OLD_PATH.fullmatch(value)):
        clauses.append(f'tags:"{path[1]}"')
    return clauses[0] if len(clauses) == 1 else f"({' OR '.join(clauses)})"


def fields(query: str) -> Iterator[str]:
    """Give the names of the fields that a query asks for."""
    for piece in _PIECE.finditer(query):
        if piece["field"]:
            yield piece["field"]


def phrase(field: str, text: str) -> str:
    r"""Return the clause that finds a text, word by word, in a field.

    >>> phrase("message", 'volume "a" at C:\\tmp')
    'message:"volume \\"a\\" at C:\\\\tmp"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field}:"{escaped}"'
