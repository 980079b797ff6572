"""What a server answered, read without trust: what is not of the form that was expected counts as not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from log_processor.timestamps import instant

_LONGEST = 4096
"""Characters of a text. No name, and no URL that servers take, is longer."""
_MOST_DIGITS = 20
"""Digits of a number that names something; the ids of all systems have fewer."""


class Answer:
    """An object of JSON."""

    def __init__(self, value: object) -> None:
        """Take a value; one that is no object has nothing in it."""
        self._values = value if isinstance(value, dict) else {}

    def text(self, *names: str) -> str:
        """Return the first of these that is a text, or a whole number, and not empty; else an empty text."""
        for name in names:
            value = self._values.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MOST_DIGITS:
                return str(value)
            if isinstance(value, str) and value and len(value) <= _LONGEST:
                return value.encode("utf-8", "replace").decode()  # no half of a surrogate pair
        return ""

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else default

    def time(self, *names: str) -> datetime | None:
        """Return the first of these that is an ISO 8601 text, or seconds since 1970; aware."""
        moments = (instant(self._values.get(name)) for name in names)
        return next((moment for moment in moments if moment), None)

    def object(self, name: str) -> Answer:
        """Return an object within."""
        return Answer(self._values.get(name))

    def list(self, name: str) -> Iterator[Answer]:
        """Give the objects of a list within."""
        return objects(self._values.get(name))

    def texts(self, name: str) -> Iterator[str]:
        """Give the texts of a list within."""
        value = self._values.get(name)
        for each in value if isinstance(value, list) else ():
            if isinstance(each, str) and 0 < len(each) <= _LONGEST:
                yield each

    def names(self) -> Iterator[str]:
        """Give the names of all that is within."""
        return (name for name in self._values if 0 < len(name) <= _LONGEST)


def objects(value: object) -> Iterator[Answer]:
    """Give the objects of a list."""
    return map(Answer, value if isinstance(value, list) else ())
