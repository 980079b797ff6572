from __future__ import annotations

from pathlib import Path

import pytest

from log_classify.evaluate.cases import read_cases
from log_classify.evaluate.expected import InvalidCase
from tests.log_classify.evaluate.made import write_case


def test_cases_are_found_at_any_depth_by_set_and_name(tmp_path: Path) -> None:
    for name in ("b/two", "b/one", "a/deeper/three"):
        write_case(tmp_path, name, "x", passing=True)
    write_case(tmp_path, "b/four", "x", passing=True, set="0")
    found = [(case.set_name, case.name) for case in read_cases([tmp_path])]
    assert [("0", "b/four"), ("b", "b/one"), ("b", "b/two"), ("deeper", "a/deeper/three")] == found


def test_a_case_has_its_logs_by_name(tmp_path: Path) -> None:
    folder = write_case(tmp_path, "set/case", "x", good=["a", "b"], passing=True)
    (case,) = read_cases([tmp_path])
    assert (folder / "good1.log", folder / "good2.log") == case.baselines
    assert folder / "fail.log" == case.target


def test_a_folder_that_is_itself_a_case_keeps_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_case(tmp_path, "set/case", "x", passing=True)
    monkeypatch.chdir(folder)
    (case,) = read_cases([Path()])
    assert ("set", "case") == (case.set_name, case.name)


def test_a_folder_named_twice_counts_once(tmp_path: Path) -> None:
    write_case(tmp_path, "set/case", "x", passing=True)
    assert 1 == len(read_cases([tmp_path, tmp_path / "set"]))


@pytest.mark.parametrize(
    ("removed", "added", "said"),
    [
        ("good1.log", None, "there is no good*; add the log of a passing build"),
        ("fail.log", None, "expected one file fail*, the log to judge, found none"),
        (None, "fail.txt", "expected one file fail*, the log to judge, found fail.log, fail.txt"),
        ("expected.yaml", None, "there is no expected.yaml; say in it what has to be found in fail.log"),
    ],
)
def test_an_incomplete_case_is_named(
    tmp_path: Path, removed: str | None, added: str | None, said: str
) -> None:
    folder = write_case(tmp_path, "set/case", "x", passing=True)
    if removed:
        (folder / removed).unlink()
    if added:
        (folder / added).touch()
    with pytest.raises(InvalidCase) as raised:
        read_cases([tmp_path])
    assert f"{folder}: {said}" == str(raised.value)


def test_every_wrong_case_is_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (write_case(tmp_path, name, "x", passing=True) / "good1.log").unlink()
    with pytest.raises(InvalidCase) as raised:
        read_cases([tmp_path, tmp_path / "absent"])
    assert 3 == len(str(raised.value).splitlines())
    assert f"{tmp_path / 'absent'}: there is no such folder" in str(raised.value)


def test_no_case_is_an_error_that_says_what_a_case_is(tmp_path: Path) -> None:
    (tmp_path / "good.log").touch()
    with pytest.raises(
        InvalidCase, match=r"there is no case in .*: a case is a folder with good\*, fail\* and"
    ):
        read_cases([tmp_path])
