from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.evaluation import __main__ as program
from benchmarks.evaluation import gate, kept
from log_classify.evaluate import changes
from log_classify.evaluate.changes import ALL, Table
from log_classify.evaluate.figures import Report
from log_classify.evaluate.output import numbers

PAGE = """# Title
<!-- figures: written by `keep` -->
old
<!-- end of figures -->
between
<!-- targets: written by `keep` -->
<!-- end of targets -->
the end
"""


def table(**row: float) -> Table:
    nothing = numbers(Report(()))[ALL]
    return {"logjuicer": {**nothing, **row}, ALL: nothing, gate.OTHERS: {gate.UNFIT: 0}}


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def figures_kept(**row: float) -> kept.Kept:
    return kept.Kept("2026-05-06", "0a1b2c3", table(**row), {})


def test_what_is_kept_is_read_again() -> None:
    figures = figures_kept(found=56, auc=0.95)
    assert figures == kept.read(figures.json())


def test_the_command_line_compares_with_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text(figures_kept(found=56).json())
    assert 56 == changes.kept(path)["logjuicer"]["found"]


def test_the_page_gets_the_tables_and_keeps_the_rest() -> None:
    figures = figures_kept(found=55, anomalies=56, false_share=0.0163)
    page = kept.page_with(PAGE, figures)
    assert "Measured on 2026-05-06, commit 0a1b2c3." in page
    assert "old" not in page
    assert page.startswith("# Title\n")
    assert "\nbetween\n" in page
    assert page.endswith("\nthe end\n")
    assert page == kept.page_with(page, figures)


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="the page has none of <!-- figures: written by `keep` -->"):
        kept.page_with("# Title\n", figures_kept())
    with pytest.raises(ValueError, match="with an <!-- end of targets --> after it"):
        kept.page_with("<!-- targets: written by `keep` -->\n", figures_kept())


def test_programs_stand_side_by_side_and_ours_comes_first() -> None:
    figures = replace(
        figures_kept(found=55, anomalies=56, false_share=0.0163),
        peers={"grep 1": table(found=3, anomalies=56)},
    )
    head, _, ours, theirs = kept.figures_table(figures.programs).splitlines()
    assert ["set", "program", "cases", "found", "recall", "wrong", "false %"] == cells(head)[:7]
    assert ["logjuicer", "log-classify", "0", "55 of 56", "-", "0", "1.63"] == cells(ours)[:7]
    assert ["logjuicer", "grep 1", "0", "3 of 56"] == cells(theirs)[:4]


def test_a_target_that_is_missed_stands_out() -> None:
    found, wrong, *_ = kept.targets_table(table(found=56, wrong=25)).splitlines()[2:]
    assert ["logjuicer", "found", "at least 56", "56", "yes"] == cells(found)
    assert ["logjuicer", "wrong", "at most 24", "25", "**no**"] == cells(wrong)


@pytest.mark.parametrize("path", kept.PAGES, ids=lambda path: path.name)
def test_the_tables_in_the_documentation_are_those_of_the_kept_figures(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert page == kept.page_with(page, kept.read(kept.FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("found", "status"), [(56, 0), (55, 1)])
def test_check_fails_and_says_what_is_worse(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    found: int,
    status: int,
) -> None:
    path = tmp_path / "kept.json"
    path.write_text(figures_kept(found=56).json())
    monkeypatch.setattr(kept, "FILE", path)
    monkeypatch.setattr(program, "convert", lambda _data, _folder: {})
    monkeypatch.setattr(program, "ours", lambda _cases: table(found=found))
    monkeypatch.setattr("sys.argv", ["evaluation", "check"])
    assert status == program.main()
    assert status == capsys.readouterr().err.count("logjuicer: found is 55, was 56 (")


def test_keep_writes_the_figures_and_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page, path = tmp_path / "page.md", tmp_path / "kept.json"
    page.write_text(PAGE)
    monkeypatch.setattr(kept, "FILE", path)
    monkeypatch.setattr(kept, "PAGES", (page,))
    monkeypatch.setattr(program, "convert", lambda _data, _folder: {})
    monkeypatch.setattr(program, "ours", lambda _cases: table(found=56))
    monkeypatch.setattr(program, "theirs", lambda cases: {"grep 1": table(found=3)})
    monkeypatch.setattr("sys.argv", ["evaluation", "keep"])
    assert 0 == program.main()
    assert ["grep 1"] == list(json.loads(path.read_text())["peers"])
    assert page.read_text() == kept.page_with(PAGE, kept.read(path.read_text()))


def test_missing_data_is_named_and_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "DATA", tmp_path)
    monkeypatch.setattr("sys.argv", ["evaluation", "convert", str(tmp_path / "cases")])
    assert 2 == program.main()
    assert "evaluation: the data set jenkins-and-gha is not there" in capsys.readouterr().err


def test_each_run_has_cases_of_its_own_and_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "convert", lambda _data, folder: (folder / "case").touch())
    with program.converted() as one, program.converted() as other:
        assert one != other
        assert ["case"] == [path.name for path in one.iterdir()] == [path.name for path in other.iterdir()]
    assert not one.exists()
    assert not other.exists()
