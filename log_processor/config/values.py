"""From what a person wrote to a typed value, by the type of the field that takes it.

A new field of one of these types needs no code here: `str`, `int`, `float`, `bool`, `Path`, an enumeration, a
`Literal`, a `tuple` of these, or one of these `| None`.
"""

from __future__ import annotations

import difflib
import math
import re
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

Written = str | tuple[str, ...] | None
"""A value as it was written: a text, a list of texts, or null. The field's type says what the text means."""

_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_PASSWORD_IN_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*:[^/?#]*@")
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Range:
    """The numbers that a field takes.

    Attributes:
        low: the smallest.
        high: the largest.
        above: whether `low` itself is left out.
    """

    low: float = 0
    high: float = math.inf
    above: bool = False

    def __contains__(self, number: float) -> bool:
        return (
            self.low <= number <= self.high and number < math.inf and not (self.above and number == self.low)
        )

    def __str__(self) -> str:
        if self.high < math.inf:
            return f"from {self.low} to {self.high}"
        return f"above {self.low}" if self.above else f"not below {self.low}"


@dataclass(frozen=True)
class Form:
    """The texts that a field takes.

    Attributes:
        accepts: returns something true for a text that fits; may raise `ValueError` with the reason where none does.
        description: what fits, for a person.
    """

    accepts: Callable[[str], object]
    description: str


Limit = Range | Form
_POSITIVE = Range(above=True)


def convert(written: Written, hint: object, limit: Limit | None = None) -> object:
    """Return the value that `written` means for a field of type `hint`.

    Args:
        written: what a person wrote.
        hint: the field's type, resolved (`typing.get_type_hints`).
        limit: what else the value has to keep; without one a number has to be positive.

    Raises:
        ValueError: it means none; the message says what was expected and what came.
    """
    options = _options(hint)
    if written is None and types.NoneType in options:
        return None
    inner = next(option for option in options if option is not types.NoneType)
    if typing.get_origin(inner) is tuple:
        item_hint = typing.get_args(inner)[0]
        items = (written,) if isinstance(written, str) else written
        if items is None:
            raise ValueError(f"expected a list, {_came(written)}")
        return tuple(_scalar(item, item_hint, limit) for item in items)
    if not isinstance(written, str):
        raise ValueError(f"expected {describe(hint, limit)}, {_came(written)}")  # noqa: TRY004 - a person's error
    return _scalar(written, inner, limit)


def describe(hint: object, limit: Limit | None = None) -> str:
    """Return what a field takes, in words."""
    options = _options(hint)
    inner = next(option for option in options if option is not types.NoneType)
    if typing.get_origin(inner) is tuple:
        words = f"a list, each entry {describe(typing.get_args(inner)[0], limit)}"
    elif inner in (int, float):
        words = f"a {'whole ' if inner is int else ''}number {limit or _POSITIVE}"
    elif isinstance(limit, Form):
        words = limit.description
    elif inner is bool:
        words = "true or false"
    elif names := _names(inner):
        words = "one of " + ", ".join(names)
    else:
        words = "a path" if inner is Path else "text"
    return words + (" or null" if types.NoneType in options else "")


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean …?" with the nearest of the right names, or nothing where none is near."""
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _options(hint: object) -> tuple[object, ...]:
    union = typing.get_origin(hint) in (types.UnionType, typing.Union)
    return typing.get_args(hint) if union else (hint,)


def _names(hint: object) -> tuple[str, ...]:
    """Return the words of a closed set, or nothing for another type."""
    if typing.get_origin(hint) is typing.Literal:
        return typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(member.value for member in hint)
    return ()


def _scalar(text: str, hint: object, limit: Limit | None) -> object:
    if _PASSWORD_IN_URL.match(text):  # before any message that would show the text
        raise ValueError(
            "a URL must not hold a password; give the user name and the password in their own keys"
        )
    value = _parsed(text, hint)
    if isinstance(value, float | int) and not isinstance(value, bool):
        fits = value in (limit if isinstance(limit, Range) else _POSITIVE)
    elif isinstance(limit, Form):
        fits = bool(limit.accepts(text))
    else:
        fits = value is not None and text != ""
    if not fits:
        raise ValueError(f"expected {describe(hint, limit)}, {_came(text)}{nearest(text, _names(hint))}")
    return value


def _parsed(text: str, hint: object) -> object:
    """Return the text as a value of the type; None where it is none."""
    if hint is bool:
        return _TRUTH.get(text.lower())
    if hint is int or hint is float:
        try:
            return int(text) if hint is int else float(text)
        except ValueError:
            return None
    if names := _names(hint):
        return (hint(text) if isinstance(hint, type) else text) if text in names else None
    return Path(text) if hint is Path else text


def _came(written: Written) -> str:
    if written is None:
        return "got nothing"
    if isinstance(written, tuple):
        return "got a list"
    return f"got {written[:_SHOWN_CHARACTERS]!r}"
