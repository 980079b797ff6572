"""What has to be found in the log of a case: its `expected.yaml`, read and checked."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from anomaly_filter import FINDINGS, lines
from anomaly_filter.secrets import mask_secrets
from log_processor.config.values import nearest
from log_processor.errors import ConfigError

Run = tuple[str, ...]
"""Consecutive whole lines, each as `comparable` gives it."""

_KEYS = ("set", "class", "anomalies", "neutral", "passing", "control")
_KINDS = ("text", "contains", "missing", "finding")


class InvalidCase(ConfigError):
    """Cases are wrong; the message has a line for each wrong thing: which folder, what, how to mend it."""


@dataclass(frozen=True)
class Part:
    """A part of a line; the line that holds it has to be found, or may be shown where it is optional."""

    text: str
    optional: bool


@dataclass(frozen=True)
class Expected:
    """The content of an `expected.yaml`.

    Attributes:
        set_name: the set that the case belongs to; None when the file leaves that to the folder.
        class_name: the class that its figures are given for, too; None for none.
        runs: consecutive lines of which at least one has to be shown.
        parts: parts of lines to be shown.
        missing: lines that a finding has to name, or parts of them.
        findings: kinds of findings that have to be there.
        neutral: lines that count neither as right nor as wrong.
        control: lines that must not be shown or named by a finding.
        passing: whether the log is of a passing build, so that all that is shown is wrong.
    """

    set_name: str | None = None
    class_name: str | None = None
    runs: tuple[Run, ...] = ()
    parts: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    neutral: tuple[Run, ...] = ()
    control: tuple[Run, ...] = ()
    passing: bool = False

    @property
    def anomalies(self) -> int:
        """How many anomalies have to be found."""
        required = sum(not part.optional for part in self.parts)
        return len(self.runs) + required + len(self.missing) + len(self.findings)


def comparable(text: str) -> str:
    """Return the form in which a line's text is recognised: YAML loses blanks at its end, so they say nothing."""
    return text.rstrip()


def read_expected(path: Path) -> Expected:
    """Read an `expected.yaml`.

    Raises:
        InvalidCase: it cannot be read or is wrong; the message says where, and how to mend it.
    """
    written = _content(path)
    try:
        return _expected(written)
    except InvalidCase as error:
        raise InvalidCase(f"{path}: {error}") from error


def run_of(text: str) -> Run:
    """Return the lines of a text as a scored line has them: cleaned, secrets masked; an empty text is a blank line."""
    cleaned = lines([text.encode("utf-8", "replace")])
    return tuple(comparable(mask_secrets(line.text)) for line in cleaned) or ("",)


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice, of which YAML would drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        given: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in given:
                raise yaml.MarkedYAMLError(problem=f"{key.value} is given twice", problem_mark=key.start_mark)
            given.add(key.value)
        return super().construct_mapping(node, deep)


def _content(path: Path) -> object:
    try:
        return yaml.load(path.read_bytes().decode("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise InvalidCase(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidCase(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidCase(f"{path}{line}: is not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidCase(f"{path}: is not YAML: {' '.join(str(error).split())}") from error


def _expected(written: object) -> Expected:
    given = _mapping(written, _KEYS, "")
    anomalies = [_anomaly(entry, f"anomalies, entry {n}: ") for n, entry in _entries(given, "anomalies")]
    expected = Expected(
        set_name=_name(given, "set"),
        class_name=_name(given, "class"),
        runs=tuple(run_of(text) for kind, text, _ in anomalies if kind == "text"),
        parts=tuple(
            Part(run_of(text)[0], optional) for kind, text, optional in anomalies if kind == "contains"
        ),
        missing=tuple(run_of(text)[0] for kind, text, _ in anomalies if kind == "missing"),
        findings=tuple(text for kind, text, _ in anomalies if kind == "finding"),
        neutral=tuple(run_of(_text(entry, f"neutral, entry {n}")) for n, entry in _entries(given, "neutral")),
        control=tuple(
            run_of(_meaningful(entry, f"control, entry {n}")) for n, entry in _entries(given, "control")
        ),
        passing=_flag(given, "passing", ""),
    )
    if expected.passing and anomalies:
        raise InvalidCase("passing and anomalies exclude each other: leave one out")
    if not (anomalies or expected.passing or expected.control):
        raise InvalidCase("expects nothing: give anomalies, a control, or `passing: true`")
    return expected


def _anomaly(entry: object, where: str) -> tuple[str, str, bool]:
    """Return the kind of an entry, its text, and whether it is optional."""
    given = _mapping(entry, (*_KINDS, "optional"), where)
    kinds = [kind for kind in _KINDS if kind in given]
    if len(kinds) != 1:
        raise InvalidCase(f"{where}expected one of {', '.join(_KINDS)}, got {' and '.join(kinds) or 'none'}")
    (kind,) = kinds
    if "optional" in given and kind != "contains":
        raise InvalidCase(f"{where}optional goes with contains only; lines that may be shown are `neutral`")
    text = _text(given[kind], f"{where}{kind}")
    if kind == "finding" and text not in FINDINGS:
        raise InvalidCase(
            f"{where}no finding is called {text!r}{nearest(text, FINDINGS)}; known are {', '.join(FINDINGS)}"
        )
    if kind in ("contains", "missing"):
        _meaningful(text, f"{where}{kind}")
        if len(run_of(text)) > 1:
            raise InvalidCase(
                f"{where}{kind} is about one line; whole lines that follow one another are a `text`"
            )
    return kind, text, _flag(given, "optional", where)


def _mapping(written: object, known: Collection[str], where: str) -> dict[str, object]:
    if not isinstance(written, dict):
        raise InvalidCase(f"{where}expected keys out of {', '.join(known)}, got {_kind(written)}")
    for key in map(str, written):
        if key not in known:
            raise InvalidCase(f"{where}unknown key {key}{nearest(key, known)}; known are {', '.join(known)}")
    return written


def _entries(given: dict[str, object], key: str) -> Iterator[tuple[int, object]]:
    listed = given.get(key)
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise InvalidCase(f"{key}: expected a list, got {_kind(listed)}; begin each entry with `- `")
    return enumerate(listed, 1)


def _name(given: dict[str, object], key: str) -> str | None:
    return None if given.get(key) is None else _meaningful(given[key], key)


def _flag(given: dict[str, object], key: str, where: str) -> bool:
    flag = given.get(key, False)
    if not isinstance(flag, bool):
        raise InvalidCase(f"{where}{key}: expected true or false, got {_kind(flag)}")
    return flag


def _text(written: object, where: str) -> str:
    if not isinstance(written, str):
        raise InvalidCase(f"{where}: expected text, got {_kind(written)}; put it in quotes")
    return written


def _meaningful(written: object, where: str) -> str:
    text = _text(written, where)
    if not text.strip():
        raise InvalidCase(f"{where}: is blank, and would stand for every line; name what is meant")
    return text


def _kind(written: object) -> str:
    if written is None:
        return "nothing"
    if isinstance(written, dict | list):
        return "a mapping" if isinstance(written, dict) else "a list"
    return "text" if isinstance(written, str) else repr(written)
