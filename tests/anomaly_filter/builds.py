"""Small builds: what passing ones printed, and how another one is judged by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anomaly_filter import (
    DEFAULT_THRESHOLD,
    AnomalyFilter,
    Finding,
    Line,
    Model,
    ScoredLine,
    Segment,
    SegmentBuilder,
)
from anomaly_filter.amounts import evenly
from anomaly_filter.hosts import host_slot
from anomaly_filter.secrets import mask_secrets

_CONSONANTS, _VOWELS = "klmnpt", "aiou"


def numbered(texts: Iterable[str]) -> Iterable[Line]:
    """Return the lines of a log that has these texts."""
    return (Line(number, text) for number, text in enumerate(texts, 1))


def learnt(*texts: str, build: str = "b1", file: str = "job.log") -> Segment:
    """Return what one passing build taught."""
    builder = SegmentBuilder(build, file)
    builder.learn(numbered(texts))
    return builder.segment()


def model(*builds: Sequence[str]) -> Model:
    """Return the model of passing builds, each given by its lines."""
    return Model(learnt(*texts, build=f"b{number}") for number, texts in enumerate(builds, 1))


class Judged(NamedTuple):
    """What is said of a file."""

    lines: list[ScoredLine]
    findings: tuple[Finding, ...]
    worst: frozenset[int] | None

    @property
    def shown(self) -> list[str]:
        """The texts of the lines that are worth a person's time."""
        return [line.text for line in self.lines if line.shown]

    @property
    def groups(self) -> list[int | None]:
        """Which line stands for each."""
        return [line.group for line in self.lines]

    @property
    def kinds(self) -> list[str]:
        """The kinds of findings."""
        return [finding.kind for finding in self.findings]


def judged(
    target: Sequence[str],
    *builds: Sequence[str],
    threshold: float = DEFAULT_THRESHOLD,
    only: frozenset[int] | None = None,
) -> Judged:
    """Judge a build by passing ones."""
    scan = AnomalyFilter(model(*builds), threshold=threshold).scored(numbered(target), only=only)
    lines = list(scan)
    return Judged(lines, scan.findings, scan.worst)


def reasons(text: str, *builds: Sequence[str], threshold: float = DEFAULT_THRESHOLD) -> tuple[str, ...]:
    """Return why a line is far, when it stands alone."""
    (line,) = judged([text], *builds, threshold=threshold).lines
    return line.reasons


def host(text: str) -> tuple[str, str] | None:
    """Return the place of the first host of a sub-line, and its name."""
    even = evenly(mask_secrets(text))
    found = host_slot(even)
    return None if found is None else (found.place, found.name(even))


def word(number: int) -> str:
    """Return a word that says nothing: no failure, no key of a number; another one for each number."""
    text = "zo"
    while True:
        text += _CONSONANTS[number % 6] + _VOWELS[number // 6 % 4]
        number //= 24
        if not number:
            return text


def step(number: int) -> str:
    """Return a line that has no word in common with another step."""
    return " ".join(map(word, range(4 * number, 4 * number + 4)))


def steps(count: int, first: int = 0) -> list[str]:
    """Return so many lines of which none is like another."""
    return [step(number) for number in range(first, first + count)]
