from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_filter import Finding
from log_processor.document import LineDocument, LogFile, Scoring
from log_processor.errors import Outcome
from log_processor.query import question as query
from log_processor.query.builds import Build, Completeness
from log_processor.query.groups import Group
from log_processor.query.question import Block, Question, answer
from log_processor.stores.sqlite_reader import SqliteReader
from tests.log_processor.shelf import Shelf, line, lines


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def asked(shelf: Shelf, question: Question | None = None) -> dict[str, list[Block]]:
    found = answer(shelf.reader, shelf.build(), question or Question())
    return {part.document.file.filename: list(part.blocks) for part in found}


def spans(blocks: Iterable[Block]) -> list[tuple[list[int], list[int]]]:
    """The numbers of each block's lines, and of those that are far."""
    return [([each.number for each in block.lines], sorted(block.far)) for block in blocks]


# ---- a build ----------------------------------------------------------------------------------------


def test_files_come_worst_first_and_job_output_first_among_equals(shelf: Shelf) -> None:
    shelf.put("near.log", lines(3))
    shelf.put("far.log", lines(3, _1=0.5))
    shelf.put("farther.log", lines(3, _1=0.9))
    shelf.put("twice.log", lines(3, _1=0.5, _2=0.5))
    shelf.put("logs/job-output.txt", lines(3, _1=0.5))
    order = ["farther.log", "logs/job-output.txt", "twice.log", "far.log", "near.log"]
    assert order == [document.file.filename for document in shelf.build().files]
    assert order[:-1] == list(asked(shelf))


def test_a_distance_that_is_not_far_makes_a_file_no_worse(shelf: Shelf) -> None:
    shelf.put("b.log", lines(3, _1=0.2))
    shelf.put("a.log", lines(3))
    assert ["a.log", "b.log"] == [document.file.filename for document in shelf.build().files]


def test_a_build_sums_its_files(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.5, _2=0.9), build_files=3)
    shelf.put("b.log", lines(4), scoring=Scoring(), build_name="")
    shelf.put("c.log", outcome=Outcome.NOT_FOUND, reason="gone")
    build = shelf.build()
    assert ("b1", 7, 2, 0.9) == (build.uuid, build.lines, build.far_lines, build.max_distance)
    assert ["b.log"] == [d.file.filename for d in build.without_baseline]
    assert ["c.log"] == [d.file.filename for d in build.failed]
    assert [("b.log", "no_baseline")] == [(d.file.filename, finding.kind) for d, finding in build.doubts]
    assert ("unit", "") == (build.field("build_name"), build.field("build_queue"))


@pytest.mark.parametrize(
    ("outcomes", "expected", "completeness"),
    [
        ([Outcome.INDEXED] * 2, 2, Completeness.COMPLETE),
        ([Outcome.INDEXED, Outcome.NOT_FOUND], 2, Completeness.INCOMPLETE),
        ([Outcome.INDEXED] * 2, 3, Completeness.INCOMPLETE),
        ([Outcome.INDEXED] * 2, None, Completeness.UNKNOWN),
        ([Outcome.INDEXED, Outcome.RUNNING], 2, Completeness.INCOMPLETE),
        ([Outcome.INDEXED, Outcome.RUNNING], None, Completeness.INCOMPLETE),
        ([Outcome.INDEXED] * 2, 1, Completeness.COMPLETE),
    ],
)
def test_a_build_is_complete_when_each_of_its_files_is_stored_whole(
    shelf: Shelf, outcomes: list[Outcome], expected: int | None, completeness: Completeness
) -> None:
    for number, outcome in enumerate(outcomes):
        shelf.put(f"{number}.log", lines(1), outcome=outcome, build_files=expected)
    assert completeness is shelf.build().completeness


def test_a_build_without_a_model_has_no_farthest_line(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, None)], scoring=Scoring())
    assert None is shelf.build().max_distance


# ---- blocks -----------------------------------------------------------------------------------------


def test_neighbouring_far_lines_are_joined(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _2=0.5, _3=0.9, _5=0.5))
    assert [([2, 3], [2, 3]), ([5], [5])] == spans(asked(shelf)["a.log"])


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (0, [([4], [4]), ([7], [7])]),
        (1, [([3, 4, 5, 6, 7, 8], [4, 7])]),
        (2, [([2, 3, 4, 5, 6, 7, 8, 9], [4, 7])]),
    ],
)
def test_lines_whose_context_touches_are_joined(
    shelf: Shelf, context: int, expected: list[tuple[list[int], list[int]]]
) -> None:
    shelf.put("a.log", lines(9, _4=0.5, _7=0.5))
    assert expected == spans(asked(shelf, Question(context=context))["a.log"])


def test_context_ends_with_the_file(shelf: Shelf) -> None:
    shelf.put("a.log", lines(20, _1=0.5, _20=0.5))
    blocks = asked(shelf, Question(context=3))["a.log"]
    assert [([1, 2, 3, 4], [1]), ([17, 18, 19, 20], [20])] == spans(blocks)


def test_a_far_line_that_is_deleted_meanwhile_stays_in_its_block(shelf: Shelf) -> None:
    document = shelf.put("a.log", lines(9, _7=0.5))

    class Overtaken(SqliteReader):
        def far_lines(self, file: LogFile, threshold: float | None) -> Iterator[LineDocument]:
            found = list(super().far_lines(file, threshold))
            shelf.store.forget_after(file, 5)
            return iter(found)

    with closing(Overtaken(shelf.path, 5)) as reader:
        (part,) = answer(reader, Build.of([document]), Question(context=2))
        assert [([5, 7], [7])] == spans(part.blocks)


@pytest.mark.parametrize("context", [0, 3])
def test_no_line_is_in_two_blocks_however_many_are_far(
    shelf: Shelf, context: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "_BLOCK_LINES", 4)
    shelf.put("a.log", [line(number, 0.5 if number > 5 else 0.0) for number in range(1, 16)])
    blocks = spans(asked(shelf, Question(context=context))["a.log"])
    assert list(range(6 - context, 16)) == [number for numbers, _ in blocks for number in numbers]
    assert [[6, 7, 8, 9], [10, 11, 12, 13], [14, 15]] == [far for _, far in blocks]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.sets(st.integers(1, 30)), st.integers(0, 8), st.integers(1, 6))
def test_blocks_hold_each_far_line_with_its_context_once(
    shelf: Shelf, far: set[int], context: int, block_lines: int
) -> None:
    shelf.put("a.log", [line(number, 0.5 if number in far else 0.0) for number in range(1, 31)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "_BLOCK_LINES", block_lines)
        blocks = spans(asked(shelf, Question(context=context)).get("a.log", []))
    shown = [number for numbers, _ in blocks for number in numbers]
    around = {n for each in far for n in range(each - context, each + context + 1) if 1 <= n <= 30}
    assert sorted(around) == shown
    assert sorted(far) == [number for _, block_far in blocks for number in block_far]


# ---- questions --------------------------------------------------------------------------------------


def far_numbers(shelf: Shelf, question: Question) -> dict[str, list[int]]:
    return {
        name: sorted(n for block in blocks for n in block.far)
        for name, blocks in asked(shelf, question).items()
    }


def test_the_farthest_lines_are_chosen_over_all_files(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _1=0.3, _2=0.9, _3=0.4))
    shelf.put("b.log", lines(9, _1=0.5, _9=0.35))
    assert {"a.log": [2], "b.log": [1]} == far_numbers(shelf, Question(top=2))
    assert {"a.log": [2, 3], "b.log": [1, 9]} == far_numbers(shelf, Question(top=4))
    assert {"a.log": [1, 2, 3], "b.log": [1, 9]} == far_numbers(shelf, Question(top=99))
    assert {} == far_numbers(shelf, Question(top=0))


def test_of_equally_far_lines_those_of_the_worse_file_and_then_the_earlier_ones_are_chosen(
    shelf: Shelf,
) -> None:
    shelf.put("a.log", lines(9, _5=0.5, _7=0.5))
    shelf.put("job-output.txt", lines(9, _6=0.5, _8=0.5))
    assert {"job-output.txt": [6, 8], "a.log": [5]} == far_numbers(shelf, Question(top=3))


def test_lines_are_chosen_by_their_score_which_neighbours_may_raise(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.3), line(2, 0.3, score=0.45), line(3, 0.4)])
    assert {"a.log": [2]} == far_numbers(shelf, Question(top=1))
    assert {"a.log": [2, 3]} == far_numbers(shelf, Question(top=2))


GROUPED = [
    line(1, 0.3),
    line(2, 0.9),
    line(3, 0.9, group=2),
    line(4, 0.5),
    line(5, 0.9, "novel", "block", group=2),
    line(6),
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question(), [1, 2, 3, 4, 5]),
        (Question(folded=True), [1, 2, 4]),
        (Question(top=1), [2, 3, 5]),
        (Question(top=1, folded=True), [2]),
        (Question(top=2), [2, 3, 4, 5]),
        (Question(top=2, folded=True), [2, 4]),
        (Question(threshold=0.4), [2, 3, 4, 5]),
        (Question(threshold=0.4, folded=True), [2, 4]),
        (Question(threshold=0), [1, 2, 3, 4, 5, 6]),
        (Question(threshold=0, folded=True), [1, 2, 3, 4, 5, 6]),
        (Question(threshold=0, top=2), [2, 3]),
    ],
)
def test_a_line_goes_with_the_one_that_stands_for_it(
    shelf: Shelf, question: Question, expected: list[int]
) -> None:
    shelf.put("a.log", GROUPED)
    assert {"a.log": expected} == far_numbers(shelf, question)


def test_a_folded_answer_says_which_lines_repeat_another_and_which_are_of_its_block(shelf: Shelf) -> None:
    shelf.put("a.log", GROUPED)
    shelf.put("b.log", lines(2, _1=0.5))
    found = {
        part.document.file.filename: part.groups
        for part in answer(shelf.reader, shelf.build(), Question(folded=True))
    }
    assert {"a.log": {2: Group(repeats=(3,), block=(5,))}, "b.log": {}} == found


def test_where_the_line_that_stands_for_others_is_not_far_the_first_of_them_does(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.3), line(2, 0.6, group=1), line(3, 0.7, group=1)])
    (part,) = answer(shelf.reader, shelf.build(), Question(threshold=0.5, folded=True))
    assert [([2], [2])] == spans(part.blocks)
    assert {2: Group(repeats=(3,), block=())} == part.groups


def test_lines_of_a_file_that_is_still_being_read_are_folded_too(shelf: Shelf) -> None:
    document = shelf.put("a.log", GROUPED)
    shelf.store.put_file(replace(document, outcome=Outcome.RUNNING, lines_far=0, lines_shown=0))
    assert {"a.log": [1, 2, 4]} == far_numbers(shelf, Question(folded=True))


def test_a_file_without_far_lines_is_there_for_what_was_found(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), findings=(Finding("missing", "all tests passed"),))
    shelf.put("b.log", lines(3), findings=(Finding("unfit_baseline", "it does not fit"),))
    shelf.put("c.log", lines(3))
    assert {"a.log": []} == asked(shelf)
    assert {} == asked(shelf, Question(files="[bc].log"))


def test_repeats_make_a_file_no_worse(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.5), line(2, 0.5)])
    shelf.put("b.log", [line(1, 0.5), *(line(number, 0.5, group=1) for number in range(2, 9))])
    assert ["a.log", "b.log"] == [document.file.filename for document in shelf.build().files]


def test_a_line_that_is_not_among_the_chosen_is_context(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _4=0.5, _5=0.9))
    assert [([4, 5, 6], [5])] == spans(asked(shelf, Question(top=1, context=1))["a.log"])


def test_a_threshold_replaces_the_novel_reason_only(shelf: Shelf) -> None:
    content = [
        line(1, 0.3),
        line(2, 0.9),
        line(3, 0.1),
        line(4, 0.05, "error"),
        line(5, 0.3, "novel", "error"),
    ]
    shelf.put("a.log", content)
    assert {"a.log": [1, 2, 4, 5]} == far_numbers(shelf, Question())
    assert {"a.log": [2, 4, 5]} == far_numbers(shelf, Question(threshold=0.5))
    assert {"a.log": [1, 2, 3, 4, 5]} == far_numbers(shelf, Question(threshold=0.1))


def test_files_come_worst_first_by_another_threshold_too(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.15))
    shelf.put("b.log", lines(3, _1=0.2))
    shelf.put("c.log", lines(3, _1=0.9))
    shelf.put("job-output.txt", lines(3, _1=0.15))
    expected = ["c.log", "b.log", "job-output.txt", "a.log"]
    assert expected == list(asked(shelf, Question(threshold=0.1)))


def test_a_threshold_of_nothing_asks_for_every_line(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3))
    shelf.put("b.log", [line(1, None)], scoring=Scoring())
    assert {} == far_numbers(shelf, Question())
    assert {"a.log": [1, 2, 3], "b.log": [1]} == far_numbers(shelf, Question(threshold=0))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (None, ["a.log", "sub/a.log", "sub/b.txt"]),
        ("*.log", ["a.log", "sub/a.log"]),
        ("a.log", ["a.log"]),
        ("*/a.log", ["sub/a.log"]),
        ("sub/*", ["sub/a.log", "sub/b.txt"]),
        ("A.log", []),
    ],
)
def test_a_pattern_names_files(shelf: Shelf, pattern: str | None, names: list[str]) -> None:
    for name in ("a.log", "sub/a.log", "sub/b.txt"):
        shelf.put(name, lines(1, _1=0.5))
    assert names == sorted(asked(shelf, Question(files=pattern)))
    assert names == [
        d.file.filename
        for d in Build.of(shelf.reader.files("b1")).files
        if Question(files=pattern).asks_for(d)
    ]


@pytest.mark.parametrize(
    ("question", "known"),
    [
        (Question(), set()),
        (Question(elsewhere=True), {"f3", "f4"}),
        (Question(elsewhere=True, top=1), set()),
        (Question(elsewhere=True, top=2), {"f4"}),
        (Question(elsewhere=True, files="b*"), set()),
        (Question(elsewhere=True, threshold=0.0), {"f3", "f4"}),
        (Question(elsewhere=True, threshold=0.4), {"f4"}),
        (Question(elsewhere=True, context=2), {"f3", "f4"}),
    ],
)
def test_it_is_known_which_of_the_lines_that_are_shown_other_builds_have(
    shelf: Shelf, question: Question, known: set[str]
) -> None:
    far = [line(number, number / 10)._replace(fingerprint=f"f{number}") for number in range(3, 6)]
    shelf.put("a.log", [line(1), *far[:2], line(9, 0.1)])
    shelf.put("b.log", far[2:])
    shelf.put("a.log", far[:2], build="b2")
    shown = [*answer(shelf.reader, shelf.build(), question)]
    assert known == set(shown[0].elsewhere)
    assert all(1 == sighting.builds for sighting in shown[0].elsewhere.values())


def test_blocks_come_lazily(shelf: Shelf) -> None:
    shelf.put("a.log", [line(number, 0.5 if number % 2 else 0.0) for number in range(1, 5001)])
    blocks = next(answer(shelf.reader, shelf.build(), Question())).blocks
    assert 1 == next(blocks).lines[0].number
    assert 3 == next(blocks).lines[0].number
