"""Case folders: `good*`, one `fail*`, `expected.yaml`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from log_classify.evaluate.expected import Expected, InvalidCase, read_expected

_EXPECTED = "expected.yaml"


@dataclass(frozen=True)
class Case:
    """A log to judge, and what has to be found in it.

    Attributes:
        name: the folder, below the one that was asked for.
        set_name: figures are given for each set of cases.
        folder: where it is.
        baselines: logs of passing builds, by name.
        target: the log to judge.
        expected: what has to be found.
    """

    name: str
    set_name: str
    folder: Path
    baselines: tuple[Path, ...]
    target: Path
    expected: Expected


def read_cases(roots: Sequence[Path]) -> list[Case]:
    """Return the cases in and below some folders, by set and name; each folder once.

    Raises:
        InvalidCase: there is none, or some are wrong; it names every wrong one.
    """
    problems: list[str] = []
    cases: dict[Path, Case] = {}
    for root in roots:
        if not root.is_dir():
            problems.append(f"{root}: there is no such folder")
            continue
        for folder in sorted(_folders(root, problems)):
            if folder.resolve() not in cases:
                try:
                    cases[folder.resolve()] = _case(root, folder)
                except InvalidCase as error:
                    problems.append(str(error))
    if not (cases or problems):
        named = ", ".join(map(str, roots))
        problems.append(f"there is no case in {named}: a case is a folder with good*, fail* and {_EXPECTED}")
    if problems:
        raise InvalidCase("\n".join(problems))
    return sorted(cases.values(), key=lambda case: (case.set_name, case.name))


def _folders(root: Path, problems: list[str]) -> Iterator[Path]:
    """Give every folder that is a case or was meant to be one."""

    def unreadable(error: OSError) -> None:
        problems.append(f"{error.filename}: cannot be read: {error.strerror}")

    for path, _, names in os.walk(root, onerror=unreadable):
        logs = {start for start in ("good", "fail") if any(name.startswith(start) for name in names)}
        if _EXPECTED in names or len(logs) == 2:
            yield Path(path)


def _case(root: Path, folder: Path) -> Case:
    """Read a case.

    Raises:
        InvalidCase: it is wrong.
    """
    good, fail = (
        sorted(path for path in folder.glob(f"{start}*") if path.is_file()) for start in ("good", "fail")
    )
    if not good:
        raise InvalidCase(f"{folder}: there is no good*; add the log of a passing build")
    if len(fail) != 1:
        found = ", ".join(path.name for path in fail) or "none"
        raise InvalidCase(f"{folder}: expected one file fail*, the log to judge, found {found}")
    if not (folder / _EXPECTED).is_file():
        raise InvalidCase(
            f"{folder}: there is no {_EXPECTED}; say in it what has to be found in {fail[0].name}"
        )
    expected = read_expected(folder / _EXPECTED)
    relative = folder.relative_to(root).as_posix()
    return Case(
        name=folder.resolve().name if relative == "." else relative,
        set_name=expected.set_name or folder.resolve().parent.name,
        folder=folder,
        baselines=tuple(good),
        target=fail[0],
        expected=expected,
    )
