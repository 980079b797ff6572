"""What a measurement gives: a figure with its target. A wrong answer is no figure, it ends the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


class WrongAnswer(Exception):
    """What was timed did not do what it is for; the text says what came, and what was expected."""


def check(expected: object, found: object, what: str) -> None:
    """Compare an answer with the right one.

    Raises:
        WrongAnswer: they differ.
    """
    if expected != found:
        raise WrongAnswer(f"{what}: expected {expected}, got {found}")


def require(holds: object, what: str) -> None:
    """See that something is so.

    Raises:
        WrongAnswer: it is not.
    """
    if not holds:
        raise WrongAnswer(f"not so: {what}")


@dataclass(frozen=True)
class Target:
    """A bound that a figure has to keep."""

    bound: float
    at_least: bool

    def reached(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:,g}"


def at_most(bound: float) -> Target:
    return Target(bound, at_least=False)


def at_least(bound: float) -> Target:
    return Target(bound, at_least=True)


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        name: what was measured.
        unit: of value, spread and target, such as `x grep`.
        target: what it should be.
        value: what it is; None when it was not measured, and the note says why.
        spread: the lowest and the highest value of the pairs that the value is the median of.
        note: sizes, and the absolute figures behind a ratio.
    """

    name: str
    unit: str
    target: Target
    value: float | None
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target is; None when there is no value."""
        return None if self.value is None else self.target.reached(self.value)

    def record(self) -> dict[str, object]:
        """Return the form for programs."""
        return {**asdict(self), "target": str(self.target), "reached": self.reached}


def of_pairs(name: str, unit: str, target: Target, values: Sequence[float], note: str = "") -> Figure:
    """Return the figure of interleaved pairs: the median of their ratios."""
    return Figure(name, unit, target, median(values), (min(values), max(values)), note)


def not_measured(name: str, unit: str, target: Target, why: str) -> Figure:
    return Figure(name, unit, target, None, note=why)
