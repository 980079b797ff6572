"""How things are said in the answers for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from log_processor.document import LineDocument
from log_processor.errors import Outcome
from log_processor.query.builds import Build, Completeness
from log_processor.query.groups import Group
from log_processor.stores.contract import Sighting
from log_processor.visible import counted, visible

_SHOWN_CHARACTERS = 500  # of a line; the other forms have all of it
_SHOWN_RANGES = 100  # of the numbers of folded lines; the same


def also_in(sighting: Sighting) -> str:
    """Say which other builds have a line."""
    jobs = f" of {counted(sighting.jobs, 'job')}" if sighting.jobs else ""
    return f"also in {counted(sighting.builds, 'build')}{jobs} since {sighting.first.date().isoformat()}"


def why(line: LineDocument, group: Group | None) -> Iterator[str]:
    """Give why a line is far, and which lines it stands for."""
    if line.reasons:
        yield ", ".join(line.reasons)
    if group and group.repeats:
        yield f"x {len(group.repeats) + 1}: lines {_ranges(sorted((line.number, *group.repeats)))}"
    if group and group.block:
        yield f"block of lines {_ranges(sorted((line.number, *group.block)))}"


def _ranges(numbers: Sequence[int]) -> str:
    """Return increasing numbers with runs joined: `3, 7-9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    text = ", ".join("-".join(map(str, run)) for run in runs[:_SHOWN_RANGES])
    return f"{text}, …" if len(runs) > _SHOWN_RANGES else text


def cut(text: str) -> str:
    """Return what is shown of a line of text."""
    text = visible(text)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… (+{len(text) - _SHOWN_CHARACTERS} characters)"


def what_is_missing(build: Build) -> str:
    """Say whether the build is complete, and what it lacks."""
    if build.completeness is Completeness.COMPLETE:
        return "complete"
    if build.completeness is Completeness.UNKNOWN:
        return "the submitter did not say how many files the build has"
    running = sum(d.outcome is Outcome.RUNNING for d in build.files)
    missing = (build.expected_files or 0) - len(build.files)
    parts = [f"{len(build.failed)} not read whole"] if build.failed else []
    parts += [f"{running} still being read"] if running else []
    parts += [f"{missing} waiting in the queue or never submitted"] if missing > 0 else []
    return f"INCOMPLETE: {', '.join(parts)}"
