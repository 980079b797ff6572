"""The forms of a report: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from log_classify.evaluate.changes import ALL, SCHEMA, Change, Number, Table
from log_classify.evaluate.figures import Figures, Report, figures
from log_classify.evaluate.judging import Judged
from log_processor.visible import visible

Row = dict[str, object]

_WRONG_NAMED = 20  # wrong lines of a case that the table names; JSON has all of them
_DIGITS = 6  # of a number in JSON: what is beyond differs with the order of a sum

# ---- JSON -------------------------------------------------------------------------------------------


def numbers(report: Report) -> Table:
    """Return the figures of each set, then those of all cases, rounded."""
    return {**{name: _rounded(row) for name, row in report.sets.items()}, ALL: _rounded(report.overall)}


def report_row(report: Report, *, cases: bool = False, verbose: bool = False) -> Row:
    """Return a report for JSON; the same for the same cases.

    Args:
        report: the report.
        cases: with a row a case.
        verbose: with what was missed and the wrong lines of each case.
    """
    row: Row = {
        "schema": SCHEMA,
        "overall": _rounded(report.overall),
        "sets": {name: _rounded(row) for name, row in report.sets.items()},
        "classes": {
            name: {class_name: _rounded(row) for class_name, row in rows.items()}
            for name, rows in report.classes.items()
        },
    }
    if cases or verbose:
        row["cases"] = [_case_row(judged, verbose=verbose) for judged in report.cases]
    return row


def change_row(change: Change) -> Row:
    """Return a change for JSON."""
    return {
        "set": change.set_name,
        "figure": change.figure,
        "old": change.old,
        "new": change.new,
        "verdict": change.verdict,
    }


def _case_row(judged: Judged, *, verbose: bool) -> Row:
    case = judged.case
    row: Row = {"set": case.set_name, "case": case.name, "class": case.expected.class_name}
    row |= _rounded(figures([judged]))
    if verbose:
        row["missed"] = list(judged.missed)
        row["wrong_lines"] = [{"line": number, "text": text} for number, text in judged.wrong]
        row["finding_list"] = [asdict(finding) for finding in judged.findings]
    return row


def _rounded(row: Figures) -> dict[str, Number]:
    return {
        name: round(number, _DIGITS) if isinstance(number, float) else number
        for name, number in asdict(row).items()
    }


# ---- tables -----------------------------------------------------------------------------------------


def report_lines(report: Report, *, cases: bool = False, verbose: bool = False) -> Iterator[str]:
    """Give a report as lines of text: a row a set, then a row a class; with `cases` a row a case."""
    yield from _figures_table("set", [*report.sets.items(), (ALL, report.overall)])
    classes = [
        (f"{name}: {class_name}", row)
        for name, rows in report.classes.items()
        for class_name, row in rows.items()
    ]
    if classes:
        yield ""
        yield from _figures_table("class", classes)
    if cases or verbose:
        yield ""
        yield from _figures_table("case", [(_name(judged), figures([judged])) for judged in report.cases])
    if verbose:
        for judged in report.cases:
            yield from _named(judged)


def change_lines(changes: Sequence[Change], since: str) -> Iterator[str]:
    """Give what changed as lines of text."""
    yield ""
    if not changes:
        yield visible(f"nothing changed since {since}")
        return
    yield visible(f"changed since {since}:")
    rows = [(c.set_name, c.figure, _number(c.old), _number(c.new), c.verdict) for c in changes]
    yield from _aligned([("set", "figure", "old", "new", ""), *rows], numbers=(2, 3))


def _named(judged: Judged) -> Iterator[str]:
    """Name what a developer looks into."""
    found = [f"  missed: {text}" for text in judged.missed]
    if judged.alarmed:
        found.append("  the control is alarmed")
    found += [f"  finding: {finding.kind}: {finding.text}" for finding in judged.findings]
    found += [f"  wrong: {number}: {text}" for number, text in judged.wrong[:_WRONG_NAMED]]
    if len(judged.wrong) > _WRONG_NAMED:
        found.append(f"  and {len(judged.wrong) - _WRONG_NAMED} wrong lines more; JSON has all")
    if found:
        yield ""
        yield visible(_name(judged))
        yield from map(visible, found)


def _name(judged: Judged) -> str:
    return f"{judged.case.set_name}: {judged.case.name}"


def _figures_table(head: str, rows: Iterable[tuple[str, Figures]]) -> Iterator[str]:
    cells = [(name, *(cell(row) for cell in _COLUMNS.values())) for name, row in rows]
    return _aligned([(head, *_COLUMNS), *cells], numbers=range(1, len(_COLUMNS) + 1))


def _aligned(rows: Iterable[tuple[str, ...]], numbers: Iterable[int]) -> Iterator[str]:
    right = set(numbers)
    shown = [tuple(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _number(number: Number) -> str:
    if number is None:
        return "-"
    return f"{number:,}" if isinstance(number, int) else f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "-"


def _share(number: Number) -> str:
    return "-" if number is None else f"{number:.3f}"


def _percent(number: Number) -> str:
    return "-" if number is None else f"{100 * number:.2f}"


def _rows(number: Number) -> str:
    return "-" if number is None else f"{number:.1f}"


_COLUMNS: Mapping[str, Callable[[Figures], str]] = {
    "cases": lambda row: str(row.cases),
    "lines": lambda row: str(row.lines),
    "found": lambda row: _of(row.found, row.anomalies),
    "recall": lambda row: _share(row.chunk_recall),
    "shown": lambda row: str(row.shown),
    "wrong": lambda row: str(row.wrong),
    "findings": lambda row: str(row.findings),
    "false%": lambda row: _percent(row.false_share),
    "AUC": lambda row: _share(row.auc),
    "AP": lambda row: _share(row.average_precision),
    "rank": lambda row: _rows(row.first_rank),
    "top 5": lambda row: _of(row.top_5, row.ranked),
    "failed": lambda row: _rows(row.failed_rows_median),
    "p90": lambda row: _rows(row.failed_rows_p90),
    "passing": lambda row: _rows(row.passing_rows),
    "passing%": lambda row: _percent(row.passing_share),
    "alarmed": lambda row: _of(row.alarmed, row.controls),
}
