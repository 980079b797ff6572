from __future__ import annotations

import pytest

from benchmarks.figures import Figure, WrongAnswer, at_least, at_most, check, not_measured, of_pairs, require


@pytest.mark.parametrize(
    ("target", "value", "reached"),
    [
        (at_most(4), 3.9, True),
        (at_most(4), 4.0, True),
        (at_most(4), 4.1, False),
        (at_least(100), 99.0, False),
        (at_least(100), 100.0, True),
    ],
)
def test_a_target_is_a_bound_that_may_be_touched(target: object, value: float, reached: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert reached is Figure("name", "x", target, value).reached  # type: ignore[arg-type]


def test_what_was_not_measured_neither_reaches_its_target_nor_misses_it() -> None:
    figure = not_measured("cores", "x", at_least(1.7), "not built")
    assert (None, None, "not built") == (figure.value, figure.reached, figure.note)


def test_the_median_of_the_pairs_counts_and_their_ends_are_kept() -> None:
    figure = of_pairs("name", "x", at_most(4), [9.0, 1.0, 2.0])
    assert (2.0, (1.0, 9.0)) == (figure.value, figure.spread)


def test_a_record_says_target_and_verdict_in_words_of_json() -> None:
    record = of_pairs("name", "x", at_least(1000), [9.0]).record()
    assert (">= 1,000", False) == (record["target"], record["reached"])


def test_a_wrong_answer_names_what_came_and_what_was_expected() -> None:
    check(3, 3, "lines")
    with pytest.raises(WrongAnswer, match="lines: expected 3, got 2"):
        check(3, 2, "lines")


def test_what_does_not_hold_is_a_wrong_answer() -> None:
    require([1], "there is one")
    with pytest.raises(WrongAnswer, match="not so: there is one"):
        require([], "there is one")
