from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import blocks
from anomaly_filter.blocks import Blocks
from anomaly_filter.reasons import ERROR, NOVEL
from anomaly_filter.tokens import Tokenizer
from anomaly_filter.verdict import joined
from anomaly_filter.verdicts import Verdicts
from tests.anomaly_filter.builds import step, word

VERDICT = Verdicts(None, 0.25, Tokenizer()).of("")


class Far(NamedTuple):
    """A far line."""

    number: int
    text: str
    stands: bool = False
    heats: bool = False
    reasons: tuple[str, ...] = (NOVEL,)


def grouped(lines: Iterable[Far]) -> list[tuple[int, bool]]:
    """The line that stands for each, and whether that is because of a block."""
    found = Blocks()
    return [
        found.group(
            line.number,
            line.text,
            VERDICT._replace(
                reasons=line.reasons,
                joined=joined(line.text.split()),
                stands=line.stands,
                heats=line.heats,
            ),
        )
        for line in lines
    ]


def heads(lines: Iterable[Far]) -> list[int]:
    return [head for head, _ in grouped(lines)]


# ---- blocks ----


def test_the_first_far_line_stands_for_itself() -> None:
    assert [(7, False)] == grouped([Far(7, step(0))])


def test_a_line_that_is_only_novel_belongs_to_the_block_of_the_one_before() -> None:
    assert [(1, False), (1, True), (1, True)] == grouped(Far(at, step(at)) for at in (1, 2, 3))


def test_a_line_that_says_something_of_its_own_stands_for_itself_within_a_block() -> None:
    assert [(1, False), (2, False), (1, True)] == grouped(
        [Far(1, step(1)), Far(2, step(2), stands=True), Far(3, step(3))]
    )


@pytest.mark.parametrize(("quiet", "head"), [(0, 1), (blocks._QUIET, 1), (blocks._QUIET + 1, 9)])
def test_a_block_ends_with_quiet_lines(quiet: int, head: int) -> None:
    last = 2 + quiet
    assert (last if head == 9 else head) == heads([Far(1, step(1)), Far(last, step(2))])[-1]


def test_quiet_lines_are_counted_from_the_last_far_line_not_from_the_first() -> None:
    lines = [Far(1 + at * blocks._QUIET, step(at)) for at in range(9)]
    assert {1} == {*heads(lines)}


def test_a_repeat_keeps_a_block_going() -> None:
    quiet = blocks._QUIET
    lines = [Far(1, step(1)), Far(1 + quiet, step(1)), Far(1 + 2 * quiet, step(2))]
    assert [(1, False), (1, False), (1, True)] == grouped(lines)


# ---- repeats ----


def test_a_line_that_repeats_another_is_counted_with_it_however_far_away() -> None:
    assert [1, 1, 1] == heads([Far(1, step(1)), Far(100, step(1)), Far(9000, step(1), stands=True)])


def test_a_line_with_other_reasons_is_no_repeat() -> None:
    assert [1, 100] == heads([Far(1, step(1)), Far(100, step(1), reasons=(NOVEL, ERROR))])


def test_a_line_that_repeats_one_inside_a_block_is_told_where_it_stands_alone() -> None:
    assert [1, 1, 100, 100] == heads([Far(1, step(1)), Far(2, step(2)), Far(100, step(2)), Far(200, step(2))])


def test_how_many_lines_are_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [Far(100 * at, step(at % 3), stands=True) for at in range(1, 7)]
    assert [100, 200, 300, 100, 200, 300] == heads(lines)
    monkeypatch.setattr(blocks, "_REMEMBERED", 2)
    assert [100, 200, 300, 400, 500, 600] == heads(lines)


# ---- lines that are nearly alike ----


def near(at: int) -> str:
    """One of many lines that differ in one word of many."""
    return " ".join([*map(word, range(12)), word(100 + at)])


def test_of_lines_that_are_nearly_alike_the_later_ones_are_counted_with_the_first() -> None:
    few = blocks._ALIKE
    lines = [Far(100 * at, near(at)) for at in range(1, few + 4)]
    assert [*(100 * at for at in range(1, few + 1)), 100, 100, 100] == heads(lines)


def test_lines_that_are_not_nearly_alike_stand_for_themselves() -> None:
    assert [*range(100, 2000, 100)] == heads(Far(at, step(at)) for at in range(100, 2000, 100))


def test_how_many_kinds_are_compared_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    few = blocks._ALIKE
    lines = [Far(100 * at, near(at)) for at in range(1, few + 1)]
    between = [Far(100 * (few + at), step(1000 + at)) for at in range(1, 4)]
    last = Far(100 * (few + 9), near(few + 9))
    assert 100 == heads([*lines, *between, last])[-1]
    monkeypatch.setattr(blocks, "_KINDS", 2)
    assert last.number == heads([*lines, *between, last])[-1]


@given(
    st.lists(
        st.frozensets(st.sampled_from([word(at) for at in range(14)]), min_size=1), max_size=40, unique=True
    )
)
def test_a_line_is_nearly_alike_the_first_of_the_last_kinds_that_is_so_near(
    lines: list[frozenset[str]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_KINDS", 3)
        patch.setattr(blocks, "_ALIKE", 1)
        found = heads(Far(100 * at, " ".join(tokens), stands=True) for at, tokens in enumerate(lines, 1))
    kinds: list[tuple[int, frozenset[str]]] = []
    for number, tokens, head in zip(range(100, 9000, 100), lines, found, strict=False):
        alike = (
            first
            for first, kind in kinds[-3:]
            if len(kind & tokens) ** 2 >= blocks._SIMILARITY * len(tokens) * len(kind)
        )
        expected = next(alike, None)
        if expected is None:
            kinds.append((number, tokens))
        assert (expected or number) == head


# ---- stacks ----


def frame(at: int) -> str:
    return f"\tat org.{word(at)}.{word(at + 1)}.{word(at + 2)}({word(at + 3)}.java) {step(1000 + at)}"


@pytest.mark.parametrize("text", ["    at {0}.x({0}.java)", "at {0} ({0}.js)", "\t... 7 more {0}"])
def test_the_outer_frames_of_a_stack_belong_to_its_block(text: str) -> None:
    few = blocks._FRAMES
    lines = [Far(1, step(0), stands=True)]
    lines += [Far(at, f"{text.format(word(at))} {step(at)}", stands=True) for at in range(2, few + 5)]
    expected = [(at, False) for at in range(1, few + 2)] + [(1, True)] * 3
    assert expected == grouped(lines)


def test_another_stack_has_frames_of_its_own() -> None:
    few = blocks._FRAMES
    lines = [Far(at, frame(10 * at), stands=True) for at in range(1, few + 1)]
    lines += [Far(few + 1, step(0), stands=True)]
    lines += [Far(at, frame(10 * at), stands=True) for at in range(few + 2, 2 * few + 2)]
    assert [line.number for line in lines] == heads(lines)


# ---- heat ----


def failure(at: int) -> Far:
    return Far(at, step(1000 + at), stands=True, heats=True)


def test_lines_after_a_failure_are_told_line_by_line_and_then_no_more() -> None:
    hot = blocks._HEAT
    lines = [failure(1), *(Far(at, step(at)) for at in range(2, hot + 5))]
    assert [*range(1, hot + 2), 1, 1, 1] == heads(lines)


def test_each_failure_heats_anew() -> None:
    hot = blocks._HEAT
    lines = [
        failure(1),
        *(Far(at, step(at)) for at in range(2, hot + 2)),
        failure(hot + 2),
        Far(hot + 3, step(0)),
    ]
    assert [line.number for line in lines] == heads(lines)


def test_the_heat_ends_with_the_block() -> None:
    start = 3 + blocks._QUIET
    lines = [failure(1), *(Far(start + at, step(at)) for at in range(3))]
    assert [1, start, start, start] == heads(lines)


def test_a_line_of_few_words_belongs_to_the_block_whatever_the_heat() -> None:
    words = [word(at) for at in range(blocks._FEW_WORDS + 1)]
    assert [1, 1, 3] == heads([failure(1), Far(2, " ".join(words[:-1])), Far(3, " ".join(words))])
    assert [1, 2] == heads([failure(1), Far(2, " ".join(words[:-1]), stands=True)])


# ---- laws ----

far_lines = st.lists(
    st.tuples(
        st.integers(1, blocks._QUIET + 3),
        st.integers(0, 4).map(step)
        | st.integers(0, 9).map(near)
        | st.integers(0, 9).map(frame)
        | st.just("zap"),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


@given(far_lines)
def test_who_stands_for_others_stands_for_itself_and_comes_before_them(
    lines: list[tuple[int, str, bool, bool]],
) -> None:
    number, told = 0, []
    for after, text, stands, heats in lines:
        number += after
        told.append(Far(number, text, stands or heats, heats))
    found = {line.number: group for line, group in zip(told, grouped(told), strict=True)}
    for at, (head, in_block) in found.items():
        assert head <= at
        assert (head, False) == found[head]
        assert not (in_block and head == at)
