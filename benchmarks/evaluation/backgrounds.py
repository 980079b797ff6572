"""Passing logs of real jobs, and the cases that are made of them by one edit each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml

from anomaly_filter import lines as read_lines
from benchmarks.evaluation.builds import STYLES, Style, rerun, stamped
from benchmarks.evaluation.cases import Expected, content
from benchmarks.evaluation.editing import Change, Edit, Edited

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
"""Real logs beside the checkout."""

LINES = 160
"""How much is taken of each log: what an edit makes of a file shows in a short one, and quickly."""

Background = Sequence[str]
"""The lines of a passing log, without time stamps."""


class _Log(NamedTuple):
    path: str
    first: int  # place of the first line that is taken; from the end where it is negative
    stamp: str  # what stands before each line; cases have stamps of their own


_LOGS = (
    _Log("logjuicer-tests/zuul-console-01/console.good", 0, r"^.*? \| "),
    _Log("bugswarm-dev/groups/zeroturnaround__zt-zip__job2/21.pass.7f4928fd.log.gz", 0, ""),
    _Log("bugswarm-dev/groups/qos-ch__slf4j__job1/10.pass.c0f5835d.log.gz", -350, ""),
    _Log("cidiff-dev/jenkins-and-gha/cidiff_11/pass.log.gz", 0, r"^.*?\d{4}-\d\d-\d\dT[\d:.]+Z "),
)


def backgrounds(data: Path = DATA) -> tuple[Background, ...]:
    """Return parts of four passing logs: one of Zuul, two of Travis, one of GitHub Actions.

    Bytes that are not UTF-8 are replaced.

    Raises:
        FileNotFoundError: a log is not there; says which, and where it is looked for.
    """
    return tuple(_background(data, log) for log in _LOGS)


def _background(data: Path, log: _Log) -> Background:
    path = data / log.path
    if not path.is_file():
        raise FileNotFoundError(
            f"the passing log {log.path} is not there; put the data sets into ../shared/data beside the checkout"
        )
    lines = content(path).decode("utf-8", "replace").removesuffix("\n").split("\n")
    return tuple(re.sub(log.stamp, "", line) for line in lines[log.first :][:LINES])


def write_cases(
    edits: Iterable[Edit],
    folder: Path,
    *,
    baselines: int,
    seed: int,
    grounds: Sequence[Background] | None = None,
) -> list[Path]:
    """Write a case folder for each fault and each control, and return the folders.

    The cases of an edit have the same passing builds. What comes by chance depends on the seed, the number of
    baselines and the name of the edit, never on the other edits.

    Args:
        edits: with names that differ; those that need more baselines are left out.
        folder: where to; its name is the name of the set.
        baselines: passing builds of each case.
        seed: another one gives other backgrounds, places, stamps and ids.
        grounds: what to set the edits into; None for `backgrounds()`.

    Raises:
        FileExistsError: a case of this name is there, from an earlier call or of another edit.
        FileNotFoundError: the logs of `backgrounds()` are not there.
        ValueError: an edit does not say what is in question.
    """
    grounds = backgrounds() if grounds is None else grounds
    return [
        path
        for edit in edits
        if baselines >= edit.baselines
        for path in _write_edit(edit, folder, baselines, f"{seed} {edit.name} {baselines}", grounds)
    ]


class _Site(NamedTuple):
    """Where an edit is made, the same in all builds of its cases."""

    ground: Background
    at: int
    style: Style

    def build(self, change: Change, rng: Random) -> tuple[Edited, list[str]]:
        """Return the log of a build without and with its stamps."""
        edited = change(rerun(self.ground, rng), self.at, rng)
        return edited, stamped(edited.lines, edited.delays, self.style, rng)


def _write_edit(
    edit: Edit, folder: Path, baselines: int, chance: str, grounds: Sequence[Background]
) -> Iterator[Path]:
    rng = Random(chance)
    ground = rng.choice(grounds)
    site = _Site(ground, rng.randint(len(ground) // 4, len(ground) * 3 // 4), rng.choice(STYLES))
    passing = (edit.passing, edit.alternate or edit.passing)
    good = [site.build(passing[number % 2], rng)[1] for number in range(baselines)]
    targets = {f"control-{number}": change for number, change in enumerate(edit.controls, 1)}
    if edit.fault:
        targets["fault"] = edit.fault
    for case, change in targets.items():
        # Each target has its own chance, so that one control more changes no other case.
        edited, fail = site.build(change, Random(f"{chance} {case}"))
        describe = _fault if case == "fault" else _control
        try:
            found = describe(edited, fail, site.at)
        except ValueError as error:
            raise ValueError(f"the {case} of {edit.name!r} {error}") from None
        path = folder / _slug(f"{edit.kind} {edit.name} {case}")
        _write(path, good, fail, {"set": folder.name, "class": edit.kind, **found})
        yield path


def _write(path: Path, good: Iterable[list[str]], fail: list[str], expected: Expected) -> None:
    path.mkdir(parents=True)
    for number, build in enumerate(good, 1):
        (path / f"good{number}.log").write_bytes(_encoded(build))
    (path / "fail.log").write_bytes(_encoded(fail))
    text = yaml.safe_dump(expected, allow_unicode=True, sort_keys=False, width=2**31)
    (path / "expected.yaml").write_text(text, encoding="utf-8")


def _fault(edited: Edited, fail: list[str], at: int) -> Expected:
    """Expect one thing: the run from the first to the last line in question, or else the one that is missing."""
    if places := _places(edited, at):
        return {"anomalies": [{"text": "\n".join(_read(fail)[min(places) : max(places) + 1])}]}
    if len(edited.texts) > 1:
        raise ValueError(
            f"takes out {len(edited.texts)} lines: its texts should be the one that has to be named"
        )
    return {"anomalies": [{"missing": text} for text in _read(edited.texts)]}


def _control(edited: Edited, fail: list[str], at: int) -> Expected:
    """Name each line as it stands in the log, and without its stamp, for a finding may quote a passing build."""
    shown = _read(fail)
    return {
        "control": [*(shown[place] for place in _places(edited, at)), *dict.fromkeys(_read(edited.texts))]
    }


def _places(edited: Edited, at: int) -> list[int]:
    """Return where the texts stand: side by side if they do so anywhere, and as near to `at` as can be."""
    lines, texts = edited.lines, list(edited.texts)
    if not texts:
        raise ValueError("names no line in question: its texts should be the lines that it is about")

    def nearest(run: list[str]) -> range:
        starts = (place for place in range(len(lines)) if lines[place : place + len(run)] == run)
        start = min(starts, key=lambda place: abs(place - at), default=None)
        return range(0) if start is None else range(start, start + len(run))

    return [*nearest(texts)] or [place for text in texts for place in nearest([text])]


def _read(log: Iterable[str]) -> list[str]:
    """Return lines as the product reads them: without colours and control characters."""
    return [line.text for line in read_lines([_encoded(log)])]


def _encoded(log: Iterable[str]) -> bytes:
    """Return the bytes of a log; what was not UTF-8 when it was read is not again."""
    return (
        "".join(line + "\n" for line in log).encode().replace("\N{REPLACEMENT CHARACTER}".encode(), b"\xff")
    )


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
