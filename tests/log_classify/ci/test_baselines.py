from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from log_classify.ci.baselines import Search, considered
from log_classify.ci.build import Build, Wanted
from log_classify.trees.tree import Tree, TreeError, TreeFile
from log_processor.errors import FetchUnavailable, JobError, Outcome

MOMENT = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
TARGET = Build(
    id="target",
    url="https://zuul/target",
    job="tempest",
    project="nova",
    branch="master",
    pipeline="check",
    change="4711",
    result="FAILURE",
    ended=MOMENT,
    logs="https://logs/target/",
)
GOOD = Build(
    id="good",
    url="https://zuul/good",
    job="tempest",
    project="nova",
    branch="master",
    pipeline="gate",
    change="4000",
    merged=True,
    result="SUCCESS",
    ended=MOMENT - timedelta(days=2),
    logs="https://logs/good/",
)
WANTED = Wanted("tempest", "nova", "master", count=2)
TREE = Tree("logs", None, (TreeFile("job-output", Path("job-output"), "job-output"),))


def judged(target: Build | None = TARGET, wanted: Wanted = WANTED, **more: Any) -> tuple[int | None, str]:
    found = considered(replace(GOOD, **more), wanted, target, MOMENT)
    return found.score, found.reason


def test_the_best_is_of_the_same_project_and_branch_merged_and_new() -> None:
    assert (158, "same project, same branch, merged code, 2 days apart") == judged()


@pytest.mark.parametrize(
    ("score", "reason", "more"),
    [
        (108, "another project, same branch, merged code, 2 days apart", {"project": "neutron"}),
        (108, "same project, another branch, merged code, 2 days apart", {"branch": "stable/2026.1"}),
        (108, "same project, same branch, a change that is not merged, 2 days apart", {"merged": False}),
        (148, "same project, same branch, merged code, not voting, 2 days apart", {"voting": False}),
        (159, "same project, same branch, merged code, 1 day apart", {"ended": MOMENT + timedelta(days=1)}),
        (130, "same project, same branch, merged code, age unknown", {"ended": None}),
        (
            -140,
            "same project, same branch, merged code, 300 days apart",
            {"ended": MOMENT - timedelta(days=300)},
        ),
    ],
)
def test_what_speaks_for_a_build_is_added_up(score: int, reason: str, more: dict[str, Any]) -> None:
    assert (score, reason) == judged(**more)


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("the build itself", {"id": "target"}),
        ("ran another job, grenade", {"job": "grenade"}),
        ("is no build", {"job": ""}),
        ("has no id", {"id": ""}),
        ("did not pass: FAILURE", {"result": "FAILURE"}),
        ("did not pass: its result is unknown", {"result": ""}),
        ("tested the same change, 4711", {"change": "4711"}),
        ("has no logs", {"logs": ""}),
    ],
)
def test_some_builds_can_be_no_baseline(reason: str, more: dict[str, Any]) -> None:
    assert (None, reason) == judged(**more)


def test_a_change_of_the_same_number_in_another_project_is_another() -> None:
    assert 108 == judged(change="4711", project="neutron")[0]


def test_builds_that_tested_no_change_did_not_test_the_same() -> None:
    assert 158 == judged(replace(TARGET, change=""), change="")[0]


def test_without_a_target_age_counts_from_now_and_what_is_not_asked_for_is_as_good() -> None:
    assert (158, "any project, any branch, merged code, 2 days apart") == judged(None, Wanted("tempest"))


def test_age_counts_from_now_while_the_target_runs() -> None:
    assert 158 == judged(replace(TARGET, ended=None))[0]


def searched(*builds: Build, count: int = 2) -> Search:
    return Search(builds, replace(WANTED, count=count), TARGET, MOMENT)


def reading(**answers: Tree | Exception) -> Callable[[Build], Tree]:
    def read(build: Build) -> Tree:
        answer = answers.get(build.id, TREE)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return read


def said(search: Search) -> list[tuple[str, bool, str]]:
    return [(each.considered.build.id, each.taken, each.reason) for each in search.verdicts]


FAR = "same project, same branch, merged code, 2 days apart"
A, B, C, D = (replace(GOOD, id=name) for name in "abcd")


def test_the_best_are_taken_and_among_equals_the_first() -> None:
    other = replace(GOOD, id="other", project="neutron")
    search = searched(other, A, B, C)
    assert ["a", "b"] == [build.id for build, _ in search.taken(reading())]
    assert [
        ("a", True, FAR),
        ("b", True, FAR),
        ("c", False, f"{FAR}; the 2 taken are better"),
        ("other", False, "another project, same branch, merged code, 2 days apart; the 2 taken are better"),
    ] == said(search)


def test_a_build_that_is_listed_twice_is_considered_once() -> None:
    search = searched(A, B, A)
    assert ["a", "b"] == [build.id for build, _ in search.taken(reading())]
    assert 2 == len(search.verdicts)


def test_where_logs_do_not_answer_the_next_build_has_its_turn() -> None:
    search = searched(A, B, C, D)
    gone = JobError("the server answered 404", Outcome.NOT_FOUND)
    away = FetchUnavailable("no answer")
    empty = Tree("logs", None, ())
    assert ["d"] == [build.id for build, _ in search.taken(reading(a=gone, b=away, c=empty))]
    assert [
        ("a", False, f"{FAR}; its logs do not answer: the server answered 404"),
        ("b", False, f"{FAR}; its logs do not answer: no answer"),
        ("c", False, f"{FAR}; its logs hold no file to read"),
        ("d", True, FAR),
    ] == said(search)


def test_where_logs_are_too_many_the_next_build_has_its_turn() -> None:
    search = searched(A, B, count=1)
    many = TreeError("has more than 200,000 files", Outcome.TOO_LARGE)
    assert ["b"] == [build.id for build, _ in search.taken(reading(a=many))]


def test_no_more_are_tried_when_none_of_many_answers() -> None:
    asked: list[str] = []

    def read(build: Build) -> Tree:
        asked.append(build.id)
        raise FetchUnavailable("no answer")

    search = searched(*(replace(GOOD, id=str(number)) for number in range(30)))
    assert [] == list(search.taken(read))
    assert 10 == len(asked)
    assert 30 == len(search.verdicts)
    assert f"{FAR}; too many logs did not answer" == search.verdicts[-1].reason


def test_builds_that_can_be_none_are_told_last() -> None:
    search = searched(replace(A, result="FAILURE"), replace(B, logs=""), C)
    assert ["c"] == [build.id for build, _ in search.taken(reading())]
    assert [("c", True, FAR), ("a", False, "did not pass: FAILURE"), ("b", False, "has no logs")] == said(
        search
    )


def test_any_other_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        list(searched(A).taken(reading(a=ZeroDivisionError())))
