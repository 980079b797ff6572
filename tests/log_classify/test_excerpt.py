from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from anomaly_filter import ScoredLine
from log_classify.excerpt import Context, Excerpt
from tests.log_classify.console import scored


def line(number: int, group: int | None = None, reason: str = "novel") -> ScoredLine:
    """A line that is far where a group is given."""
    return scored(number, f"text {number}", reasons=(reason,) if group else (), group=group)


def lines(count: int, *shown: int) -> list[ScoredLine]:
    return [line(number, number if number in shown else None) for number in range(1, count + 1)]


def shown(line: ScoredLine) -> bool:
    return line.shown


def numbers(kept: Iterable[ScoredLine]) -> list[int]:
    return [line.number for line in kept]


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        (Context(0, 0), [5]),
        (Context(2, 0), [3, 4, 5]),
        (Context(0, 2), [5, 6, 7]),
        (Context(9, 9), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ],
)
def test_wanted_lines_come_with_their_context(context: Context, kept: list[int]) -> None:
    assert kept == numbers(Excerpt(shown, context).take(lines(9, 5)).lines(()))


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        (4, [1, 2, 3, 4, 5]),
        (6, [1, 2, 3, 4, 5, 6, 7]),
        (8, [1, 2, 3, 5, 6, 7, 8, 9]),
    ],
)
def test_contexts_that_overlap_are_joined(second: int, kept: list[int]) -> None:
    assert kept == numbers(Excerpt(shown, Context(3, 1)).take(lines(10, 2, second)).lines(()))


def test_lines_are_counted() -> None:
    taken = Excerpt(shown, Context(3, 1)).take([line(1), line(2, 2), line(3, 2), line(4, 4)])
    assert (4, 3, 2) == (taken.read, taken.far, taken.shown)


def test_what_is_taken_again_replaces_what_was_taken() -> None:
    excerpt = Excerpt(shown, Context(0, 0)).take([line(1, 1), line(2, 1)])
    excerpt.take(lines(3, 3))
    assert (3, 1, 1, {}) == (excerpt.read, excerpt.far, excerpt.shown, excerpt.groups)
    assert [3] == numbers(excerpt.lines(()))


@pytest.mark.parametrize(("held_characters", "passes"), [(10**6, 1), (2000, 2), (0, 2)])
def test_more_than_may_be_held_is_gone_through_again_and_is_the_same(
    held_characters: int, passes: int
) -> None:
    class Log(Iterable[ScoredLine]):
        passes = 0

        def __iter__(self) -> Iterator[ScoredLine]:
            self.passes += 1
            return iter(lines(90, 5, 50, 51, 88))

    log = Log()
    excerpt = Excerpt(shown, Context(1, 1), held_characters=held_characters).take(log)
    assert [4, 5, 6, 49, 50, 51, 52, 87, 88, 89] == numbers(excerpt.lines(log))
    assert passes == log.passes


def test_a_line_knows_which_others_it_stands_for() -> None:
    lines = [line(2, 2), line(3, 2, "block"), line(7, 2), line(8, 2), line(9, 9), line(10, 2)]
    groups = Excerpt(shown, Context(3, 1)).take(lines).groups
    assert [2] == list(groups)
    assert (3, "2, 7-8, 10") == (groups[2].repeats.count, groups[2].repeats.text_with(2))
    assert (1, "2-3") == (groups[2].block.count, groups[2].block.text_with(2))


@pytest.mark.parametrize(
    ("merge", "expected"),
    [(0, [3, 4, 9, 10]), (5, [3, 4, 9, 10]), (6, [3, 4, 5, 6, 7, 8, 9, 10]), (99, [3, 4, 5, 6, 7, 8, 9, 10])],
)
def test_lines_between_two_that_are_near_one_another_are_given(merge: int, expected: list[int]) -> None:
    lines = [scored(number, "") for number in range(1, 13)]
    excerpt = Excerpt(lambda line: line.number in (4, 10), Context(1, 0, merge)).take(lines)
    assert expected == [line.number for line in excerpt.lines(lines)]
