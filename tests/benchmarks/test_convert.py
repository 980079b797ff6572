from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import yaml

from benchmarks.evaluation import convert
from benchmarks.evaluation.cases import Case, write
from log_classify.evaluate.cases import read_cases
from tests.logs import DATA


def job(folder: Path, words: str) -> Path:
    log = folder / f"{words.split(maxsplit=1)[0]}.log"
    log.write_text("".join(f"{words} {n}\n" for n in range(convert.LARGE)))
    return log


def test_a_case_is_written_as_the_evaluation_reads_it(tmp_path: Path) -> None:
    good, packed, fail = tmp_path / "a", tmp_path / "b.gz", tmp_path / "c"
    good.write_text("one\n")
    packed.write_bytes(gzip.compress(b"two\n"))
    fail.write_text("ümlaut: no\r10%\n")
    expected = {
        "anomalies": [{"text": "ümlaut: no\r10%"}, {"contains": "- x"}],
        "neutral": ["", "# no comment"],
    }
    assert 1 == write([Case("first", (good, packed), fail, expected)], tmp_path / "set")

    (case,) = read_cases([tmp_path / "set"])
    assert ("set", "first") == (case.set_name, case.name)
    assert ["good-1.log", "good-2.log.gz"] == [path.name for path in case.baselines]
    assert packed.read_bytes() == case.baselines[1].read_bytes()
    assert fail.read_bytes() == case.target.read_bytes()
    assert expected == yaml.safe_load((case.folder / "expected.yaml").read_text())


def test_a_large_log_is_judged_by_two_other_jobs_that_share_little_with_it(tmp_path: Path) -> None:
    jobs = {name: job(tmp_path, f"{name} says") for name in "abcd"}
    cases = list(convert.misfit(jobs))
    assert ["a-by-b", "a-by-c", "b-by-c", "b-by-d"] == [case.name for case in cases[:4]]
    assert 2 * len(jobs) == len({case.name for case in cases})
    assert {"anomalies": [{"finding": "unfit_baseline"}]} == cases[0].expected
    assert ((jobs["b"],), jobs["a"]) == (cases[0].good, cases[0].fail)


def test_a_job_whose_lines_are_the_same_but_for_digits_is_no_misfit(tmp_path: Path) -> None:
    jobs = {"a": job(tmp_path, "one says"), "b": job(tmp_path, "two says")}
    twin = tmp_path / "twin.log"
    twin.write_text(jobs["a"].read_text().replace("9", "8"))
    names = [case.name for case in convert.misfit({**jobs, "c": twin})]
    assert ["a-by-b", "b-by-c", "b-by-a", "c-by-b"] == names


def test_a_data_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        convert.DataMissing, match=r"the data set jenkins-and-gha is not there; put it into .*cidiff-dev"
    ):
        convert.convert(tmp_path, tmp_path / "cases")


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not DATA.is_dir():
        pytest.skip("the data sets are not beside the checkout")
    folder = tmp_path_factory.mktemp("cases")
    with pytest.raises(convert.DataMissing):
        convert.convert(folder / "nowhere", folder)  # leaves the folder marked as one to convert into
    (folder / "old").mkdir()
    counts = convert.convert(DATA, folder)
    assert counts == {path.name: len(list(path.iterdir())) for path in folder.iterdir() if path.is_dir()}
    return folder


def test_every_set_has_its_cases(converted: Path) -> None:
    expected = {
        "logjuicer": 9,
        "cidiff": 20,
        "terraform": 6,
        "hard": 2,
        "bugswarm-groups": 7,
        "bugswarm-pairs": 5,
        "passing": 6,
        "misfit": 40,
    }
    assert expected == {name: len(read_cases([converted / name])) for name in expected}


def test_the_anomalies_are_those_that_other_programs_were_measured_on(converted: Path) -> None:
    expected = {
        "logjuicer": 56,
        "cidiff": 34,
        "terraform": 7,
        "hard": 6,
        "bugswarm-groups": 29,
        "bugswarm-pairs": 27,
        "passing": 0,
    }
    assert expected == {
        name: sum(case.expected.anomalies for case in read_cases([converted / name])) for name in expected
    }


def test_a_build_that_passed_is_judged_by_the_others_and_one_that_failed_by_all(converted: Path) -> None:
    passing = {case.name: len(case.baselines) for case in read_cases([converted / "passing"])}
    failing = {case.name: len(case.baselines) for case in read_cases([converted / "bugswarm-groups"])}
    assert (1, 1) == (passing["qos-ch__slf4j__job1-10"], passing["qos-ch__slf4j__job1-11"])
    assert 2 == failing["qos-ch__slf4j__job1-12"]


def test_no_log_is_judged_by_itself_or_by_its_own_project(converted: Path) -> None:
    for case in read_cases([converted / "misfit"]):
        assert case.target.read_bytes() != case.baselines[0].read_bytes()
        target, baseline = case.name.split("-by-")
        assert target != baseline


def test_cases_of_an_earlier_time_are_gone(converted: Path) -> None:
    assert not (converted / "old").exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(
        convert.NotOurs, match="holds something else than converted cases; name an empty folder"
    ):
        convert.convert(tmp_path, tmp_path)
    assert "mine" == (tmp_path / "thesis.txt").read_text()
