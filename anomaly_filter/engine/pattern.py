"""Regular expressions to trees that the engine's machine can run."""  # noqa: INP001 - the generator is no part of what is installed

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from anomaly_filter.engine.tree import (
    ALL,
    END,
    Byte,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    Nodes,
    Run,
    Star,
    has,
    holds,
    shortest,
    union,
)


class UnsupportedError(ValueError):
    """A pattern has something that the machine does not do."""


def parsed(pattern: str, *, ignore_case: bool = False) -> Nodes:
    """Return the tree of a pattern as Python's `re` understands it.

    Raises:
        UnsupportedError: it has back references, atomic groups, conditions or flags other than IGNORECASE, captures in a
            place where `re` itself is hard to foresee, or repeats what can be empty.
    """
    # The module has no public name, and another one before Python 3.11.
    parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    tree = parser.parse(pattern, re.IGNORECASE if ignore_case else 0)
    if tree.state.flags & ~(re.UNICODE | re.IGNORECASE):
        raise UnsupportedError(f"{pattern!r} has a flag that the engine does not know")
    names = {number: name for name, number in tree.state.groupdict.items()}
    try:
        return _Reader(names, bool(tree.state.flags & re.IGNORECASE)).nodes(tree)
    except UnsupportedError as error:
        raise UnsupportedError(f"{pattern!r}: {error}") from None


class _Reader:
    """Turns the tree of Python's parser into ours; its methods are named after the operations there."""

    def __init__(self, names: dict[int, str], ignore_case: bool) -> None:  # noqa: FBT001 - private
        self._names = names
        self._ignore_case = ignore_case

    def nodes(self, tree: Iterable[tuple[Any, Any]]) -> Nodes:
        found: list[Node] = []
        for operation, argument in tree:
            read: Callable[[Any], Nodes] | None = getattr(self, f"_{str(operation).lower()}", None)
            if read is None:
                raise UnsupportedError(f"the engine has no {operation}")
            found += read(argument)
        return tuple(found)

    def _literal(self, code: int) -> Nodes:
        return (Byte(self._of([("LITERAL", code)])),)

    def _not_literal(self, code: int) -> Nodes:
        return (Byte(self._of([("NEGATE", None), ("LITERAL", code)])),)

    def _any(self, _: None) -> Nodes:
        return self._not_literal(ord("\n"))

    def _in(self, items: list[tuple[Any, Any]]) -> Nodes:
        return (Byte(self._of(items)),)

    def _of(self, items: Sequence[tuple[Any, Any]]) -> int:
        """Return the set of a class; `re` folds the items of one and the character, then negates."""
        found = 0
        negated = False
        for kind, value in items:
            if str(kind) == "NEGATE":
                negated = True
            elif str(kind) == "CATEGORY":
                found |= _CATEGORIES[str(value)]
            else:
                low, high = value if str(kind) == "RANGE" else (value, value)
                if self._ignore_case and high > 127:
                    raise UnsupportedError("the engine folds the case of ASCII only")
                found |= union(1 << code for code in range(low, min(high, 127) + 1))
        if self._ignore_case:
            found |= _set(lambda char: has(found, ord(char.swapcase())))
        return (ALL ^ found if negated else found) & ~END

    def _branch(self, argument: tuple[None, list[Any]]) -> Nodes:
        return (Choice(tuple(map(self.nodes, argument[1]))),)

    def _subpattern(self, argument: tuple[int | None, int, int, Any]) -> Nodes:
        number, added, removed, tree = argument
        if (added | removed) & ~re.IGNORECASE:
            raise UnsupportedError("the engine knows no flag but IGNORECASE")
        ignore_case = (self._ignore_case or bool(added)) and not removed
        body = _Reader(self._names, ignore_case).nodes(tree)
        name = self._names.get(number or 0)
        return body if name is None else (Group(name, body),)

    def _max_repeat(self, argument: tuple[int, Any, Any]) -> Nodes:
        return self._repeat(argument, lazy=False)

    def _min_repeat(self, argument: tuple[int, Any, Any]) -> Nodes:
        return self._repeat(argument, lazy=True)

    def _repeat(self, argument: tuple[int, Any, Any], *, lazy: bool) -> Nodes:
        least, bound, tree = argument
        most = None if str(bound) == "MAXREPEAT" else int(bound)
        body = self.nodes(tree)
        if len(body) == 1 and isinstance(body[0], Byte):
            return (Run(body[0].set, least, most, lazy),)
        if (least, most) != (0, 1) and not shortest(body):
            raise UnsupportedError("what is repeated must not match the empty text")
        if holds(body, Group):
            raise UnsupportedError("what is repeated must not capture")
        if most is None:
            return (*body * least, Star(body, lazy))
        left: Nodes = ()
        for _ in range(most - least):
            branches: tuple[Nodes, Nodes] = ((*body, *left), ())
            left = (Choice(branches[::-1] if lazy else branches),)
        return (*body * least, *left)

    def _assert(self, argument: tuple[int, Any]) -> Nodes:
        return self._look(argument, negative=False)

    def _assert_not(self, argument: tuple[int, Any]) -> Nodes:
        return self._look(argument, negative=True)

    def _look(self, argument: tuple[int, Any], *, negative: bool) -> Nodes:
        direction, tree = argument
        body = self.nodes(tree)
        if holds(body, Group):
            raise UnsupportedError("a look around must not capture")
        if len(body) == 1 and isinstance(body[0], Byte):
            return (Edge(ALL ^ body[0].set if negative else body[0].set, direction < 0),)
        return (Look(body, shortest(body) if direction < 0 else 0, negative),)

    def _at(self, where: object) -> Nodes:
        if str(where) in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            return (Edge(END, behind=True),)
        # A text has no LF, so `$` is `\Z`.
        if str(where) in ("AT_END", "AT_END_STRING"):
            return (Edge(END, behind=False),)
        if str(where) == "AT_BOUNDARY":
            word = _CATEGORIES["CATEGORY_WORD"]
            sides = [(word, ALL ^ word), (ALL ^ word, word)]
            return (
                Choice(tuple((Edge(one, behind=True), Edge(other, behind=False)) for one, other in sides)),
            )
        raise UnsupportedError(f"the engine has no {where}")


def _set(member: Callable[[str], bool]) -> int:
    return sum(1 << code for code in range(1, 128) if member(chr(code)))


_CATEGORIES = {
    "CATEGORY_DIGIT": _set(str.isdecimal),
    "CATEGORY_SPACE": _set(str.isspace),
    "CATEGORY_WORD": _set(lambda char: char.isalnum() or char == "_"),
}
_CATEGORIES |= {name.replace("_", "_NOT_", 1): ALL ^ members ^ END for name, members in _CATEGORIES.items()}
