from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import yaml

from anomaly_filter import lines
from benchmarks.evaluation import value_spots
from benchmarks.evaluation.backgrounds import DATA, Background, backgrounds, write_cases
from benchmarks.evaluation.builds import rerun, varies
from benchmarks.evaluation.editing import Edit, Edited
from benchmarks.evaluation.spots import EDITS, VALUE_EDITS
from benchmarks.evaluation.wording import untouched

WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet")
SYNTHETIC = (*(f"install package {one} for {two}" for one in WORDS for two in WORDS), "commit 3c6c85fe")


@dataclass(frozen=True)
class Written:
    """The cases of an edit: lines as the product reads them, and what is expected."""

    edit: Edit
    good: list[list[str]]
    fails: list[list[str]]
    expected: list[dict[str, list[str]]]


def read(path: Path) -> list[str]:
    return [line.text for line in lines([path.read_bytes()])]


@pytest.fixture(scope="module", params=["synthetic", "real"])
def grounds(request: pytest.FixtureRequest) -> tuple[Background, ...]:
    if request.param == "synthetic":
        return (SYNTHETIC,)
    if not DATA.is_dir():
        pytest.skip("the real logs are not beside the checkout")
    return backgrounds()


@pytest.fixture(scope="module")
def cases(grounds: tuple[Background, ...], tmp_path_factory: pytest.TempPathFactory) -> list[Written]:
    folder = tmp_path_factory.mktemp("spots")
    found = []
    for edit in (*EDITS, *VALUE_EDITS):
        paths = write_cases([edit], folder, baselines=2, seed=1, grounds=grounds)
        found.append(
            Written(
                edit,
                [read(path) for path in sorted(paths[0].glob("good*"))],
                [read(path / "fail.log") for path in paths],
                [yaml.safe_load((path / "expected.yaml").read_text(encoding="utf-8")) for path in paths],
            )
        )
    return found


def faults(cases: list[Written], key: str) -> Iterator[tuple[Written, list[str], str]]:
    """Give the log and the text of each fault of a kind of entry."""
    for case in cases:
        for fail, expected in zip(case.fails, case.expected, strict=True):
            for entry in expected.get("anomalies", ()):
                assert isinstance(entry, dict)
                if key in entry:
                    yield case, fail, entry[key]


@pytest.mark.parametrize(("baselines", "controls"), [(1, 141), (2, 150), (3, 150)])
def test_there_are_as_many_faults_and_controls_as_figures_were_kept_for(
    baselines: int, controls: int
) -> None:
    edits = [edit for edit in EDITS if edit.baselines <= baselines]
    assert 89 == sum(edit.fault is not None for edit in edits)
    assert controls == sum(len(edit.controls) for edit in edits)


def test_every_class_has_at_least_four_faults_and_four_controls() -> None:
    edits = [edit for edit in (*EDITS, *VALUE_EDITS) if edit.baselines == 1]
    classes = {"number", "word", "missing", "burst", "shape", "gap", "value", "order"}
    faulty = Counter(edit.kind for edit in edits if edit.fault)
    harmless = Counter(edit.kind for edit in edits for _ in edit.controls)
    assert classes == set(faulty) == set(harmless)
    assert 4 <= min(faulty.values())
    assert 4 <= min(harmless.values())


def test_names_differ() -> None:
    names = Counter(edit.name for edit in (*EDITS, *VALUE_EDITS))
    assert {} == {name: count for name, count in names.items() if count > 1}


def test_every_fault_stands_in_its_log_or_is_missing_there(cases: list[Written]) -> None:
    counts = Counter(case.edit.fault is not None for case in cases)
    standing, missing = list(faults(cases, "text")), list(faults(cases, "missing"))
    assert counts[True] == len(standing) + len(missing)
    assert 9 == len(missing)
    for case, fail, text in standing:
        assert "\n" + text + "\n" in "\n".join(["", *fail, ""]), case.edit.name


def test_a_missing_line_is_in_every_passing_build_and_only_there(cases: list[Written]) -> None:
    for case, fail, text in faults(cases, "missing"):
        assert all(any(line.endswith(text) for line in build) for build in case.good), case.edit.name
        assert not any(line.endswith(text) for line in fail), case.edit.name


def test_every_control_names_lines_of_its_log_but_where_a_line_may_be_missing(cases: list[Written]) -> None:
    for case in cases:
        for fail, expected in zip(case.fails, case.expected, strict=True):
            if "control" in expected:
                stands = [text for text in expected["control"] if text in fail]
                assert bool(stands) != case.edit.name.startswith("line of some builds"), case.edit.name
                assert all(any(line.endswith(text) for line in fail) for text in expected["control"]) == bool(
                    stands
                )


def test_a_control_is_no_fault(cases: list[Written]) -> None:
    for case in cases:
        logs = ["\n".join(fail) for fail in case.fails]
        assert len(logs) == len(set(logs)), case.edit.name


@pytest.mark.parametrize(("place", "edit"), [*zip(value_spots._PLACES, VALUE_EDITS, strict=False)])
def test_a_value_that_is_a_fault_is_new_where_each_other_came_often(
    place: value_spots._Place, edit: Edit
) -> None:
    assert place.name == edit.name
    assert edit.fault is not None

    def counts(found: Edited) -> dict[str, int]:
        values = (*place.values, place.unseen)
        return {value: sum(value in line for line in found.lines) for value in values}

    assert {**dict.fromkeys(place.values, 6), place.unseen: 0} == counts(edit.passing([], 0, Random(1)))
    fault = edit.fault([], 0, Random(1))
    assert 1 == counts(fault)[place.unseen]
    assert place.unseen in fault.texts[0]
    for control in edit.controls:
        assert 0 == counts(control([], 0, Random(1)))[place.unseen]


def test_there_are_enough_values() -> None:
    assert 6 <= sum(edit.fault is not None for edit in VALUE_EDITS)
    assert 8 <= sum(len(edit.controls) for edit in VALUE_EDITS)


@pytest.mark.parametrize("kind", ["gap", "order", "missing"])
def test_an_edit_of_a_file_takes_a_line_that_is_like_no_other_in_all_builds(kind: str) -> None:
    chosen = set()
    for seed in range(5):
        edit = next(edit for edit in EDITS if edit.kind == kind and edit.fault and edit.passing is untouched)
        assert edit.fault is not None
        found = edit.fault(rerun(SYNTHETIC, Random(seed)), 50, Random(1))
        chosen.add(found.texts)
        assert not any(varies(text) for text in found.texts)
    assert 1 == len(chosen)


def test_a_burst_is_a_hundred_times_as_often_and_its_control_is_not() -> None:
    edit = next(edit for edit in EDITS if edit.kind == "burst")
    assert edit.fault is not None
    usual = {len(edit.passing([], 0, Random(seed)).texts) for seed in range(20)}
    assert {1, 2, 3} == usual
    assert 150 == len(edit.fault([], 0, Random(1)).texts)
    assert [5] == [len(control([], 0, Random(1)).texts) for control in edit.controls]


def test_a_gap_is_ten_times_longer_than_any_pause_and_its_control_is_not() -> None:
    edit = next(edit for edit in EDITS if edit.kind == "gap")
    assert edit.fault is not None
    assert {50: 600.0} == edit.fault(list(SYNTHETIC), 50, Random(1)).delays
    assert [{50: 9.0}] == [dict(control(list(SYNTHETIC), 50, Random(1)).delays) for control in edit.controls]


def test_a_step_that_comes_early_is_moved_up_and_nothing_is_lost() -> None:
    edit = next(edit for edit in EDITS if edit.kind == "order")
    assert edit.fault is not None
    found = edit.fault(list(SYNTHETIC), 50, Random(1))
    assert sorted(SYNTHETIC) == sorted(found.lines)
    assert SYNTHETIC[50] == found.texts[0]
    assert 15 <= 50 - found.lines.index(SYNTHETIC[50]) <= 40
