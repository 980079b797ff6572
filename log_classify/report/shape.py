"""Values read from JSON, made into what the shapes of `model.py` say, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from log_classify.report.model import Pattern, Range

Make = Callable[[Any], Any]
"""Makes a value of what was read, or raises Misfit."""

_SHOWN = 60  # characters of a value in a message


class Misfit(Exception):
    """A value has not the shape that it should have.

    Attributes:
        place: where it is, from the outside in: names of fields, places in lists.
        problem: what was expected, and what came.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.place: list[str | int] = []
        self.problem = problem

    def __str__(self) -> str:
        """Return both: `files[3].entries[0].line: expected a whole number, got 'x'`."""
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.place)
        return f"{place.removeprefix('.')}: {self.problem}" if place else self.problem


def shaped(kind: Any, value: object) -> Any:  # noqa: ANN401 - it returns a `kind`, which may be a union
    """Return a value read from JSON as a type says: a dataclass, a tuple, a union with None, an annotated number.

    Fields that the type does not know are left out; those with a default may be missing.

    Raises:
        Misfit: the value does not fit.
    """
    return _maker(kind)(value)


@cache
def _maker(kind: Any) -> Make:  # noqa: ANN401 - a type may be of any kind
    if is_dataclass(kind):
        return _of_object(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _of_annotated(*arguments)
    if origin in (Union, UnionType):
        [something] = [argument for argument in arguments if argument is not NoneType]
        make = _maker(something)
        return lambda value: None if value is None else make(value)
    if origin is tuple:
        if arguments[1:] == (...,):
            return _of_list(_maker(arguments[0]))
        return _of_tuple([_maker(argument) for argument in arguments])
    return _of_plain(kind)


def _of_plain(kind: type) -> Make:
    name = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}[kind]

    def make(value: object) -> object:
        if type(value) is kind or (kind is float and type(value) is int):
            return value
        raise Misfit(f"expected {name}, got {_short(value)}")

    return make


def _of_annotated(kind: type, limit: Range | Pattern) -> Make:
    plain = _maker(kind)
    if isinstance(limit, Pattern):
        fits = re.compile(limit.expression).fullmatch

        def make_text(value: object) -> object:
            if fits(plain(value)):
                return value
            raise Misfit(f"expected a text of the form {limit.expression}, got {_short(value)}")

        return make_text
    least, most = limit

    def make_number(value: object) -> object:
        if least <= plain(value) <= most:  # which NaN is not
            return value
        raise Misfit(f"expected a number in {least:.16g}..{most:.16g}, got {_short(value)}")

    return make_number


def _of_list(make_item: Make) -> Make:
    def make(value: object) -> tuple[object, ...]:
        items = _listed(value)
        made = []
        try:
            for item in items:
                made.append(make_item(item))  # noqa: PERF401 - its length says which item was wrong
        except Misfit as misfit:
            misfit.place.insert(0, len(made))
            raise
        return tuple(made)

    return make


def _of_tuple(makers: list[Make]) -> Make:
    def make(value: object) -> tuple[object, ...]:
        items = _listed(value)
        if len(items) != len(makers):
            raise Misfit(f"expected a list of {len(makers)}, got {len(items)}")
        return tuple(make_item(item) for make_item, item in zip(makers, items, strict=True))

    return make


def _of_object(kind: Any) -> Make:  # noqa: ANN401 - there is no type of dataclasses
    hints = get_type_hints(kind, include_extras=True)
    makers = [(field.name, field.default is MISSING, _maker(hints[field.name])) for field in fields(kind)]

    def make(value: object) -> object:
        if type(value) is not dict:
            raise Misfit(f"expected an object, got {_short(value)}")
        found = {}
        for name, needed, make_field in makers:
            if name in value:
                try:
                    found[name] = make_field(value[name])
                except Misfit as misfit:
                    misfit.place.insert(0, name)
                    raise
            elif needed:
                raise Misfit(f"has no {name!r}")
        return kind(**found)

    return make


def _listed(value: object) -> list[object]:
    if type(value) is list:
        return value
    raise Misfit(f"expected a list, got {_short(value)}")


def _short(value: object) -> str:
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = "null" if value is None else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
