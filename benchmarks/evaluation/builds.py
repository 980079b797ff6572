"""What differs between two builds of one job, although both pass: ids, durations, and when a line was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from random import Random

_ID = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b")
_DURATION = re.compile(r"\d+\.\d+(?=\s*(?:s|sec|seconds|ms)\b)")

Style = Callable[[datetime, Random], str]
"""What a CI system writes before a line."""


def _zuul(now: datetime, _rng: Random) -> str:
    return now.strftime("%Y-%m-%d %H:%M:%S.%f | ")


def _github(now: datetime, _rng: Random) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%S.%f0Z ")


def _syslog(now: datetime, rng: Random) -> str:
    return f"{now:%b %d %H:%M:%S} node-{rng.randint(0, 9999):04d} runner[{rng.randint(100, 9999)}]: "


STYLES: tuple[Style, ...] = (_zuul, _github, _syslog)

# Seconds that usually pass before a line: now and then a step takes its time.
_STEP = (0.01, 0.01, 0.05, 0.2, 1.0, 3.0, 12.0)
_STEP_LINES = 9
_WITHIN = (0.005, 0.02)


def varies(line: str) -> bool:
    """Return whether `rerun` changes something in a line."""
    return bool(_ID.search(line) or _DURATION.search(line))


def rerun(lines: Iterable[str], rng: Random) -> list[str]:
    """Return the lines of another build: hexadecimal ids are new, durations are 0.7 to 1.4 times as long."""

    def new_id(match: re.Match[str]) -> str:
        return "".join(rng.choices("0123456789abcdef", k=len(match[0])))

    def new_duration(match: re.Match[str]) -> str:
        return f"{float(match[0]) * rng.uniform(0.7, 1.4):.3f}"

    return [_DURATION.sub(new_duration, _ID.sub(new_id, line)) for line in lines]


def stamped(lines: Sequence[str], delays: Mapping[int, float], style: Style, rng: Random) -> list[str]:
    """Put a time stamp before each line.

    Args:
        lines: of one build.
        delays: seconds that pass before a line, beside the usual pace; keys are places in `lines`.
        style: of the stamps.
        rng: moves the start of the build, and each pause by a factor of 0.6 to 1.6.
    """
    now = datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(28 * 86400))
    usual = Random(7)  # the same steps take long in every build
    found = []
    for place, line in enumerate(lines):
        pause = usual.choice(_WITHIN if place % _STEP_LINES else _STEP)
        now += timedelta(seconds=pause * rng.uniform(0.6, 1.6) + delays.get(place, 0))
        found.append(style(now, rng) + line)
    return found
