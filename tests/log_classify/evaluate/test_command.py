from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.log_classify.console import Ran
from tests.log_classify.evaluate.made import PASSED, write_case

STEPS = ("fetching", "unpacking", "checking", "patching", "compiling", "linking", "testing", "packing")


@pytest.fixture
def cases(folder: Path) -> str:
    passed = "".join(f"{step} the sources\n" for step in STEPS)
    failed = f"frobnicating mirrors quietly\n{passed}no space left on device\n"
    anomalies = [{"text": "no space left on device"}]
    write_case(folder, "cases/smoke/disk", failed, good=[passed], anomalies=anomalies)
    write_case(folder, "cases/smoke/quiet", passed, good=[passed], passing=True)
    return "cases"


def test_the_figures_are_printed(cases: str, run: Ran) -> None:
    code, out, err = run("evaluate", cases, "--jobs", "1")
    assert (0, "") == (code, err)
    assert ["set", "cases", "lines", "found"] == out.splitlines()[0].split()[:4]
    assert ["smoke", "2", "18", "1/1"] == out.splitlines()[1].split()[:4]


def test_any_number_of_jobs_prints_the_same(cases: str, run: Ran) -> None:
    assert run("evaluate", cases, "--jobs", "1", "-v") == run("evaluate", cases, "--jobs", "2", "-v")


@pytest.mark.parametrize(
    ("flags", "rows", "named"),
    [([], False, False), (["--cases"], True, False), (["-v"], True, True), (["--verbose"], True, True)],
)
def test_cases_are_printed_where_they_are_asked_for(
    cases: str, run: Ran, flags: list[str], *, rows: bool, named: bool
) -> None:
    _, out, _ = run("evaluate", cases, "--jobs", "1", *flags)
    assert rows is ("smoke: smoke/disk" in out)
    assert named is ("wrong: 1: frobnicating mirrors quietly" in out)


@pytest.mark.parametrize(("flags", "keys"), [([], set()), (["--cases"], {"cases"}), (["-v"], {"cases"})])
def test_json_is_for_programs(cases: str, run: Ran, flags: list[str], keys: set[str]) -> None:
    code, out, _ = run("evaluate", cases, "--jobs", "1", "--format", "json", *flags)
    row = json.loads(out)
    assert 0 == code
    assert {"schema", "overall", "sets", "classes"} | keys == set(row)
    assert (2, 1) == (row["sets"]["smoke"]["shown"], row["sets"]["smoke"]["found"])


def test_compare_tells_what_changed(cases: str, run: Ran, tmp_path: Path) -> None:
    _, out, _ = run("evaluate", cases, "--jobs", "1", "--format", "json")
    (tmp_path / "old.json").write_text(out)
    assert run("evaluate", cases, "--jobs", "1", "--compare", "old.json")[1].endswith(
        "\nnothing changed since old.json\n"
    )
    row = json.loads(out)
    row["sets"]["smoke"]["wrong"] = 0
    (tmp_path / "old.json").write_text(json.dumps(row))
    _, out, _ = run("evaluate", cases, "--jobs", "1", "--compare", "old.json")
    assert ["smoke", "wrong", "0", "1", "worse"] == out.splitlines()[-1].split()
    _, out, _ = run("evaluate", cases, "--jobs", "1", "--compare", "old.json", "--format", "json")
    assert [{"set": "smoke", "figure": "wrong", "old": 0, "new": 1, "verdict": "worse"}] == json.loads(out)[
        "changes"
    ]


def test_old_figures_that_cannot_be_read_are_refused_before_any_work(run: Ran) -> None:
    code, out, err = run("evaluate", "absent", "--compare", "old.json")
    assert (2, "") == (code, out)
    assert "log-classify evaluate: old.json: cannot be read: No such file or directory\n" == err


def test_a_wrong_case_ends_with_2_and_is_named(cases: str, run: Ran, tmp_path: Path) -> None:
    folder = write_case(tmp_path, "cases/smoke/wrong", PASSED, anomaly=[])
    code, out, err = run("evaluate", cases)
    assert (2, "") == (code, out)
    assert err.startswith(
        f"log-classify evaluate: {folder.relative_to(tmp_path)}/expected.yaml: unknown key anomaly"
    )


def test_no_case_ends_with_2(run: Ran, tmp_path: Path) -> None:
    code, _, err = run("evaluate", ".")
    assert 2 == code
    assert "there is no case in .: a case is a folder with good*, fail* and expected.yaml" in err


def test_nothing_to_read_ends_with_5_after_the_figures(run: Ran, tmp_path: Path) -> None:
    write_case(tmp_path, "set/case", "", passing=True)
    code, out, err = run("evaluate", ".", "--jobs", "1")
    assert 5 == code
    assert out
    assert "log-classify evaluate: nothing was read: the log of every case is empty\n" == err


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_jobs_are_a_number_from_1_on(run: Ran, jobs: str) -> None:
    code, _, err = run("evaluate", ".", f"--jobs={jobs}")
    assert 2 == code
    assert f"expected a whole number from 1 on, got '{jobs}'" in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals(cases: str, run: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert 0 == run("evaluate", cases, "--jobs", "1")[0]
    assert "\r1 of 2 cases\r2 of 2 cases\r\x1b[K" == terminal.getvalue()


def test_help_has_examples(run: Ran) -> None:
    code, out, _ = run("evaluate", "--help")
    assert 0 == code
    assert "log-classify evaluate cases/ --compare figures.json" in out
