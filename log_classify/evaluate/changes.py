"""What changed since figures that were kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from log_classify.evaluate.figures import FEWER_IS_BETTER, MORE_IS_BETTER
from log_processor.errors import ConfigError

SCHEMA = 1
"""Version of the JSON form; it rises when a figure changes its meaning or is taken away."""

ALL = "all sets"
"""What the figures of all cases go by."""

Number = float | None
Table = Mapping[str, Mapping[str, Number]]
"""Figures by name, by set; ALL for those of all cases."""


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was.

    Attributes:
        set_name: of the set, or ALL.
        figure: its name.
        old: what it was; None where it was not there.
        new: what it is; None where it is gone.
        verdict: `better`, `worse`, or `differs` for a figure that is no merit or was not there.
    """

    set_name: str
    figure: str
    old: Number
    new: Number
    verdict: str


def changes(old: Table, new: Table) -> Iterator[Change]:
    """Give every figure that differs, set by set, in order; a set that one side lacks has no figure there."""
    for set_name in dict.fromkeys([*new, *old]):
        was, is_ = old.get(set_name, {}), new.get(set_name, {})
        for figure in dict.fromkeys([*is_, *was]):
            before, after = was.get(figure), is_.get(figure)
            if before != after:
                yield Change(set_name, figure, before, after, _verdict(figure, before, after))


def _verdict(figure: str, old: Number, new: Number) -> str:
    if figure not in MORE_IS_BETTER | FEWER_IS_BETTER or old is None or new is None:
        return "differs"
    return "better" if (new > old) is (figure in MORE_IS_BETTER) else "worse"


def kept(path: Path) -> Table:
    """Read the figures that `--format json` gave.

    Raises:
        ConfigError: the file cannot be read, or holds something else.
    """
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not JSON; name a file that `evaluate --format json` wrote") from error
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema != SCHEMA:
        raise ConfigError(
            f"{path}: expected figures of schema {SCHEMA}, got {schema}; write them anew with `evaluate --format json`"
        )
    table = {**_mapping(record.get("sets")), ALL: record.get("overall")}
    return {name: dict(_numbers(path, name, row)) for name, row in table.items()}


def _numbers(path: Path, name: str, row: object) -> Iterator[tuple[str, Number]]:
    for figure, number in _mapping(row).items():
        if not (number is None or isinstance(number, int | float)):
            raise ConfigError(f"{path}: {name}: {figure}: expected a number, got {number!r}")
        yield figure, number


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
