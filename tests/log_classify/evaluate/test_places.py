from __future__ import annotations

import pytest

from log_classify.evaluate.expected import Expected, InvalidCase, Part
from log_classify.evaluate.places import mark

LOG = ("start", "error", "  at a", "retry", "error", "  at b", "error", "  at a", "end ")


def test_a_run_stands_wherever_all_of_its_lines_follow_one_another() -> None:
    marks = mark(Expected(runs=(("error", "  at a"), ("end",))), LOG, ())
    assert (frozenset({2, 3, 7, 8}), frozenset({9})) == marks.runs
    assert frozenset({2, 3, 7, 8, 9}) == marks.true


def test_a_part_stands_in_every_line_that_holds_it() -> None:
    marks = mark(Expected(parts=(Part("at", optional=False), Part("end", optional=True))), LOG, ())
    assert (frozenset({3, 6, 8}), frozenset({9})) == marks.parts
    assert frozenset({3, 6, 8}) == marks.true
    assert frozenset({9}) == marks.neutral


def test_what_has_to_be_found_is_not_neutral() -> None:
    marks = mark(Expected(runs=(("error", "  at b"),), neutral=(("error",), ("start",))), LOG, ())
    assert frozenset({1, 2, 7}) == marks.neutral


def test_a_control_stands_where_its_whole_line_does() -> None:
    assert frozenset({4}) == mark(Expected(control=(("retry",), ("ret",))), LOG, ()).control


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            Expected(runs=(("error", "retry"), ("end",))),
            r"has no line for text 'error\\nretry'; copy the texts from it",
        ),
        (Expected(parts=(Part("nowhere", optional=True),)), "has no line for contains 'nowhere'"),
        (Expected(neutral=(("at a",),)), "has no line for neutral 'at a'"),
        (
            Expected(control=(("gone for good",), ("end",))),
            "neither it nor a baseline has control 'gone for good';",
        ),
        (Expected(neutral=(("x" * 200,),)), "neutral '" + "x" * 100 + "…'"),
        (Expected(neutral=tuple((str(n),) for n in range(8))), "neutral '4'; and 3 more; copy"),
    ],
)
def test_a_text_that_stands_nowhere_is_an_error(wrong: Expected, said: str) -> None:
    with pytest.raises(InvalidCase, match=said):
        mark(wrong, LOG, ("gone", "for good"))


def test_a_control_may_be_part_of_a_line_that_only_a_baseline_has() -> None:
    assert frozenset() == mark(Expected(control=(("is gone",),)), LOG, ("12:00 this is gone now",)).control
