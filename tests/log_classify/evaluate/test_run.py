from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from log_classify.comparison import Compared
from log_classify.evaluate.expected import InvalidCase
from log_classify.evaluate.run import evaluate
from log_processor.errors import ConfigError
from tests.log_classify.evaluate.made import PASSED, compared, write_case


def shows(shown: str, baselines: Sequence[Path], target: Path) -> Compared:
    """Show the lines of one text; judges have to be functions of a module to reach other processes."""
    return compared(*("!" + text if text == shown else text for text in target.read_text().splitlines()))


def dies(baselines: Sequence[Path], target: Path) -> Compared:
    os._exit(1)


def refuses(baselines: Sequence[Path], target: Path) -> Compared:
    raise ConfigError(f"{target.name}: is odd")


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    for number in range(5):
        write_case(
            tmp_path,
            f"set/case{number}",
            PASSED + f"error {number}\n",
            anomalies=[{"text": f"error {number}"}],
        )
    return tmp_path


def test_the_judge_is_what_is_measured(cases: Path) -> None:
    report = evaluate([cases], jobs=1, judge=partial(shows, "error 3"))
    assert [("set/case0", 1), ("set/case1", 1), ("set/case2", 1), ("set/case3", 0), ("set/case4", 1)] == [
        (judged.case.name, len(judged.missed)) for judged in report.cases
    ]


def test_log_classify_itself_is_measured_where_no_judge_is_named(cases: Path) -> None:
    assert 20 == evaluate([cases], jobs=1).overall.lines


def test_any_number_of_processes_gives_the_same(cases: Path) -> None:
    judge = partial(shows, "error 3")
    assert evaluate([cases], jobs=1, judge=judge) == evaluate([cases], jobs=2, judge=judge)


def test_progress_is_told_after_each_case(cases: Path) -> None:
    told: list[tuple[int, int]] = []
    evaluate([cases], jobs=1, judge=partial(shows, "x"), progress=lambda *done: told.append(done))
    assert [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)] == told


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_case_that_is_wrong_is_named(cases: Path, jobs: int) -> None:
    wrong = [write_case(cases, f"set/{name}", PASSED, anomalies=[{"text": "nowhere"}]) for name in "xy"]
    with pytest.raises(InvalidCase) as raised:
        evaluate([cases], jobs=jobs, judge=partial(shows, "x"))
    said = "fail.log: has no line for text 'nowhere'; copy the texts from it"
    assert [f"{folder}/{said}" for folder in wrong] == str(raised.value).splitlines()


def test_a_log_that_cannot_be_judged_is_named_with_its_case(cases: Path) -> None:
    with pytest.raises(InvalidCase, match=r"set/case0: fail\.log: is odd"):
        evaluate([cases], jobs=1, judge=refuses)


def test_a_damaged_log_is_named_with_its_case(cases: Path) -> None:
    (cases / "set/case1/good1.log").write_bytes(b"\x1f\x8b\x08damaged")
    with pytest.raises(InvalidCase, match=r"set/case1: .*good1.log: "):
        evaluate([cases], jobs=1)


def test_a_process_that_dies_is_told(cases: Path) -> None:
    with pytest.raises(InvalidCase, match="--jobs 2: one of the processes was killed"):
        evaluate([cases], jobs=2, judge=dies)


def test_a_control_may_stand_in_a_baseline_only(tmp_path: Path) -> None:
    write_case(
        tmp_path, "set/case", "x\n", good=["x\n", "x\npassword=hunter2\n"], control=["password=hunter2"]
    )
    report = evaluate([tmp_path], jobs=1, judge=partial(shows, "y"))
    assert (1, 0) == (report.overall.controls, report.overall.alarmed)
