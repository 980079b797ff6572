from __future__ import annotations

import pytest

from anomaly_filter import Finding, Model, ScoredLine, SegmentBuilder, lines
from log_classify.excerpt import Context, Excerpt
from log_classify.rows import Row, finding_row, line_rows
from tests.log_classify.console import scored


def line(number: int, group: int | None = None, distance: float | None = 0.5) -> ScoredLine:
    """A line that is far where a group is given."""
    reasons = ("novel",) if group else ()
    return scored(number, f"text {number}", distance=distance, score=distance, reasons=reasons, group=group)


def rows(*far: tuple[int, int], context: Context = Context(3, 1)) -> list[Row]:  # noqa: B008 - immutable
    """Rows of a log of twelve lines, where some are far: number and group."""
    groups = dict(far)
    log = [line(number, groups.get(number)) for number in range(1, 13)]
    kept = Excerpt(lambda line: line.far, context).take(log).lines(())
    return list(line_rows(kept, lambda line: line.far, file="a.log", model=None, context=context))


def numbers(context: list[Row]) -> list[int]:
    return [each["line"] for each in context]


def test_lines_that_repeat_another_are_rows_of_their_own() -> None:
    assert [(2, 2, True), (5, 2, False), (6, 2, False)] == [
        (row["line"], row["group"], row["shown"]) for row in rows((2, 2), (5, 2), (6, 2))
    ]


@pytest.mark.parametrize(
    ("context", "before", "after"),
    [
        (Context(3, 1), [3, 4, 5], [7]),
        (Context(0, 0), [], []),
        (Context(1, 3), [5], [7, 8, 9]),
        (Context(99, 99), [1, 2, 3, 4, 5], [7, 8, 9, 10, 11, 12]),
    ],
)
def test_a_shown_line_has_its_context(context: Context, before: list[int], after: list[int]) -> None:
    (row,) = rows((6, 6), context=context)
    assert (before, after) == (numbers(row["before"]), numbers(row["after"]))


def test_context_ends_at_the_next_row() -> None:
    first, second, third = rows((3, 3), (6, 6), (7, 7), context=Context(4, 4))
    assert ([1, 2], [4, 5]) == (numbers(first["before"]), numbers(first["after"]))
    assert ([4, 5], []) == (numbers(second["before"]), numbers(second["after"]))
    assert ([], [8, 9, 10, 11]) == (numbers(third["before"]), numbers(third["after"]))


def test_a_line_that_is_not_shown_has_no_context() -> None:
    _, row = rows((1, 1), (8, 1))
    assert ([], []) == (row["before"], row["after"])


@pytest.mark.parametrize(("distance", "written"), [(2 / 3, 0.666667), (1.0, 1.0), (None, None)])
def test_distances_have_six_digits(distance: float | None, written: float | None) -> None:
    log = [line(1, 1, distance)]
    (row,) = line_rows(log, lambda _: True, file="a.log", model=None, context=Context(3, 1))
    assert (written, written) == (row["distance"], row["score"])


def test_a_row_says_what_it_was_compared_with() -> None:
    builders = [SegmentBuilder(build, "log") for build in "12"]
    for builder in builders:
        builder.learn(lines([b"step\n"]))
    model = Model(builder.segment() for builder in builders)
    (row,) = line_rows([line(1, 1)], lambda _: True, file="a.log", model=model, context=Context(3, 1))
    assert (2, model.version) == (row["baselines"], row["model"])


def test_a_finding_is_a_row() -> None:
    assert {
        "type": "finding",
        "kind": "gap",
        "file": "a.log",
        "line": 7,
        "text": "step",
        "expected": "1 s",
        "seen": "90 s",
    } == finding_row(Finding("gap", "step", 7, "1 s", "90 s"), "a.log")
