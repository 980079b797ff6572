"""Blind spots of a whole file: a line that is gone, came too often, came late, or came too early."""

from __future__ import annotations

import re
from random import Random

from benchmarks.evaluation.builds import varies
from benchmarks.evaluation.editing import Change, Edit, Edited
from benchmarks.evaluation.wording import inserted, untouched

_TIMES = 9  # cases of each kind: they differ in background, place and stamps

_OPTIONAL = "optional step: cache warmed"
_WARNING = "WARNING: connection to broker lost, retrying"
_LAYERS = ("apple", "berry", "cherry", "damson", "elder", "fig", "grape", "hazel")


def _step(lines: list[str], at: int) -> int:
    """Return the place nearest to `at` of a line that one can tell from all others, the same in every build."""
    steps = (place for place, line in enumerate(lines) if _telling(line) and lines.count(line) == 1)
    return min(steps, key=lambda place: abs(place - at), default=at)


def _telling(line: str) -> bool:
    return len(re.findall("[A-Za-z]{3,}", line)) >= 3 and line.isprintable() and not varies(line)


def _gone(lines: list[str], at: int, _rng: Random) -> Edited:
    place = _step(lines, at)
    return Edited(lines[:place] + lines[place + 1 :], (lines[place],))


def _complete(lines: list[str], _at: int, _rng: Random) -> Edited:
    return Edited(lines, tuple(line for line in lines if _telling(line)))


def _without_option(lines: list[str], _at: int, _rng: Random) -> Edited:
    return Edited(lines, (_OPTIONAL,))


def _warned(least: int, most: int) -> Change:
    def change(lines: list[str], at: int, rng: Random) -> Edited:
        return inserted(*[_WARNING] * rng.randint(least, most))(lines, at, rng)

    return change


def _waited(least: float, most: float) -> Change:
    """Return the change that lets seconds pass before a step; it and the line before are in question."""

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        place = _step(lines, at)
        return Edited(lines, tuple(lines[max(0, place - 1) : place + 1]), {place: rng.uniform(least, most)})

    return change


def _early(lines: list[str], at: int, rng: Random) -> Edited:
    """Move a step 15 to 40 lines up; it and the line that it overtook last are in question."""
    place = _step(lines, at)
    to = max(0, place - rng.randint(15, 40))
    moved = [*lines[:to], lines[place], *lines[to:place], *lines[place + 1 :]]
    return Edited(moved, tuple(moved[to : to + 2]))


def _parallel(lines: list[str], at: int, rng: Random) -> Edited:
    names = rng.sample(_LAYERS, k=len(_LAYERS))
    return inserted(*(f"download of layer {name} complete" for name in names))(lines, at, rng)


def _edits(number: int) -> tuple[Edit, ...]:
    return (
        Edit("missing", f"line gone {number}", untouched, _gone, (_complete,)),
        Edit(
            "missing",
            f"line of some builds {number}",
            inserted(_OPTIONAL),
            None,
            (_without_option,),
            alternate=untouched,
            baselines=2,
        ),
        Edit("burst", f"150 for 1 to 3 {number}", _warned(1, 3), _warned(150, 150), (_warned(5, 5),)),
        Edit("burst", f"110 for 40 to 80 {number}", _warned(40, 80), None, (_warned(110, 110),)),
        Edit("gap", f"600 s for none {number}", untouched, _waited(600, 600), (_waited(9, 9),)),
        Edit("gap", f"85 s for 30 to 60 {number}", _waited(30, 60), None, (_waited(85, 85),)),
        Edit("order", f"step early {number}", untouched, _early, ()),
        Edit("order", f"parallel steps {number}", _parallel, None, (_parallel,)),
    )


EDITS: tuple[Edit, ...] = tuple(edit for number in range(1, _TIMES + 1) for edit in _edits(number))
