"""Cases made from passing logs: several copies of one log, and in the last of them one thing edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Edited:
    """A build's log after an edit.

    Attributes:
        lines: the log, without time stamps.
        texts: the lines in question, as they stand in `lines`: of a fault what has to be shown (one of them is
            enough), of a control what must not be shown; of a missing line its text.
        delays: seconds that pass before a line, beside the usual pace; keys are places in `lines`.
    """

    lines: list[str]
    texts: tuple[str, ...] = ()
    delays: Mapping[int, float] = field(default_factory=dict)


Change = Callable[[list[str], int, Random], Edited]
"""What is done to a build: its lines, a place in them (the same in all builds of a case), and chance."""


@dataclass(frozen=True)
class Edit:
    """One thing that can go wrong in a log, and what looks like it and is harmless.

    Attributes:
        kind: the class, such as `exit code`.
        name: of the case, unique within the set.
        passing: what every passing build gets (called anew for each, so that ids and times differ).
        fault: what the failing build gets instead; None for an edit that is only a control.
        controls: what a harmless build gets instead, a case each.
        alternate: what the second, fourth, ... passing build gets instead of `passing`; None for the same.
        baselines: the least number of passing builds with which the cases mean something.
    """

    kind: str
    name: str
    passing: Change
    fault: Change | None
    controls: tuple[Change, ...]
    alternate: Change | None = None
    baselines: int = 1
