from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from operator import attrgetter

import pytest

from anomaly_filter import ScoredLine
from log_classify.excerpt import Context, Excerpt
from log_classify.report.model import ContextLine, Entry
from log_classify.run import entries as module
from log_classify.run.entries import bounded, entries
from tests.log_classify.console import scored

BESIDE = Context(1, 1)
WRITTEN = datetime(2024, 3, 9, tzinfo=timezone.utc)


def _far(number: int, group: int, text: str = "x", **more: object) -> ScoredLine:
    return scored(
        number, text, **{"reasons": ("novel",), **more}, group=group, fingerprint="0" * 16, distance=1.0
    )


def _entries(lines: Iterable[ScoredLine], context: Context = BESIDE, wanted: str = "shown") -> list[Entry]:
    lines = list(lines)
    which = attrgetter(wanted)
    excerpt = Excerpt(which, context).take(lines)
    return list(
        entries(excerpt.lines(lines), which, context=context, groups=excerpt.groups, modified=WRITTEN)
    )


def test_an_entry_has_the_lines_around_it() -> None:
    lines = [_far(n, n) if n in (4, 6) else scored(n, f"line {n}") for n in range(1, 10)]
    first, second = _entries(lines)
    assert ((4, 6), (ContextLine(3, "line 3"),), (ContextLine(5, "line 5"),)) == (
        (first.line, second.line),
        first.before,
        first.after,
    )
    assert ((ContextLine(5, "line 5"),), (ContextLine(7, "line 7"),)) == (second.before, second.after)


@pytest.mark.parametrize(("merge", "expected"), [(0, [8]), (4, [8]), (5, [5, 6, 7, 8])])
def test_lines_between_two_entries_come_along_if_these_are_near(merge: int, expected: list[int]) -> None:
    lines = [_far(n, n) if n in (4, 9) else scored(n, f"line {n}") for n in range(1, 12)]
    second = _entries(lines, Context(1, 0, merge))[1]
    assert expected == [each.line for each in second.before]


def test_an_entry_counts_the_lines_that_it_stands_for() -> None:
    lines = [_far(1, 1), _far(2, 1), scored(3, ""), _far(4, 1, reasons=("novel", "block")), _far(5, 5)]
    first, second = _entries(lines)
    assert (3, ((1, 2), (4, 4))) == (first.count, first.runs)
    assert (1, ((5, 5),)) == (second.count, second.runs)


def test_every_far_line_is_an_entry_if_somebody_wants_it() -> None:
    found = _entries([_far(1, 1), _far(2, 1), scored(3, "")], wanted="far")
    assert [(1, None), (2, 1)] == [(entry.line, entry.group) for entry in found]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2024-03-09 12:00:01 a", "b"], "2024-03-09T12:00:01.000Z"),
        (["a", "2024-03-09T12:00:01.250+01:00 b"], "2024-03-09T11:00:01.250Z"),
        (["Mar  8 12:00:01 host a", "b"], "2024-03-08T12:00:01.000Z"),
        (["a", "b"], None),
    ],
)
def test_an_entry_was_written_when_it_or_a_line_before_says(texts: list[str], expected: str | None) -> None:
    (entry,) = _entries([scored(1, texts[0]), _far(2, 2, texts[1])])
    assert expected == entry.time


def test_a_report_holds_a_bounded_number_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHARACTERS", 2500)
    found = _entries([_far(n, n) for n in range(1, 11)])
    held, left = bounded(found)
    assert (found[:3], 7) == (held, left)
