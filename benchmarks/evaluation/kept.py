"""The figures that are kept: a file of their own for programs, and tables in the documentation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluation.gate import BOUNDS, OTHERS
from log_classify.evaluate.changes import ALL, SCHEMA, Number, Table

FILE = Path(__file__).with_name("kept.json")
_DOCS = Path(__file__).parents[2] / "docs"
PAGES = (_DOCS / "evaluation.md", _DOCS / "detection.md")
OURS = "log-classify"


@dataclass(frozen=True)
class Kept:
    """Figures, and what they were measured on.

    Attributes:
        date: of the measurement, such as 2026-05-06.
        commit: of the code.
        ours: our figures.
        peers: those of other programs, by name.
    """

    date: str
    commit: str
    ours: Table
    peers: Mapping[str, Table]

    @property
    def programs(self) -> Mapping[str, Table]:
        """Return the figures of all, ours first."""
        return {OURS: self.ours, **self.peers}

    def json(self) -> str:
        """Return the form that is kept; `log-classify evaluate --compare` reads it, too."""
        sets = {name: row for name, row in self.ours.items() if name not in (ALL, OTHERS)}
        record = {
            "schema": SCHEMA,
            "date": self.date,
            "commit": self.commit,
            "overall": self.ours[ALL],
            "sets": sets,
            "others": self.ours[OTHERS],
            "peers": self.peers,
        }
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> Kept:
    """Read what `Kept.json` gave."""
    record = json.loads(text)
    ours = {**record["sets"], ALL: record["overall"], OTHERS: record["others"]}
    return Kept(record["date"], record["commit"], ours, record["peers"])


def page_with(page: str, kept: Kept) -> str:
    """Return a page of the documentation with those tables of these figures that it has a place for.

    Raises:
        ValueError: it has a place for none, or one that does not end.
    """
    measured = f"Measured on {kept.date}, commit {kept.commit}.\n\n"
    tables = {
        "figures": measured + figures_table(kept.programs),
        "ours": measured + figures_table({OURS: kept.ours}),
        "targets": targets_table(kept.ours),
    }
    places = {name: f"<!-- {name}: written by `keep` -->" for name in tables}
    wanted = [name for name, place in places.items() if place in page]
    if not wanted:
        raise ValueError(f"the page has none of {', '.join(places.values())}")
    for name in wanted:
        page = _replaced(page, places[name], tables[name], f"<!-- end of {name} -->")
    return page


def _replaced(page: str, begin: str, text: str, end: str) -> str:
    head, found, rest = page.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not (found and found_end):
        raise ValueError(f"the page has no {begin} with an {end} after it")
    return f"{head}{begin}\n{text}\n{end}{tail}"


# ---- tables -----------------------------------------------------------------------------------------


def figures_table(programs: Mapping[str, Table]) -> str:
    """Return the figures of programs side by side, a row for each set and program."""
    sets = dict.fromkeys(name for table in programs.values() for name in table if name not in (ALL, OTHERS))
    rows = [
        [name, program, *(cell(table[name]) for cell in _COLUMNS.values())]
        for name in sets
        for program, table in programs.items()
        if name in table
    ]
    return _markdown(["set", "program", *_COLUMNS], rows)


def targets_table(table: Table) -> str:
    """Return what has to be reached, and what is."""
    rows = [
        [
            bound.set_name,
            bound.name.replace("_", " "),
            f"{'at least' if bound.more_is_better else 'at most'} {bound.limit:g}",
            _number(bound.value(table)),
            "yes" if bound.reached(table) else "**no**",
        ]
        for bound in BOUNDS
    ]
    return _markdown(["set", "figure", "target", "measured", "reached"], rows)


Row = Mapping[str, Number]


def _number(value: Number) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _plain(name: str) -> Callable[[Row], str]:
    return lambda row: _number(row[name])


def _of(part: str, whole: str) -> Callable[[Row], str]:
    return lambda row: f"{_number(row[part])} of {_number(row[whole])}" if row[whole] else "-"


def _percent(name: str) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        share = row[name]
        return "-" if share is None else f"{100 * share:.2f}"

    return cell


_COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "cases": _plain("cases"),
    "found": _of("found", "anomalies"),
    "recall": _plain("chunk_recall"),
    "wrong": _plain("wrong"),
    "false %": _percent("false_share"),
    "AUC": _plain("auc"),
    "AP": _plain("average_precision"),
    "top 5": _of("top_5", "ranked"),
    "failed": _plain("failed_rows_median"),
    "p90": _plain("failed_rows_p90"),
    "passing": _plain("passing_rows"),
    "passing %": _percent("passing_share"),
    "alarmed": _of("alarmed", "controls"),
}


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that can be read as it is, too."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in (head, rule, *rows)
    )
