from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import report
from benchmarks.bench import SHORT, Bench
from benchmarks.figures import Figure, WrongAnswer, at_least, at_most, not_measured, of_pairs

PAGE = Path(report.__file__).parents[1] / "docs" / "performance.md"
FIGURES = [
    of_pairs("slow", "x grep", at_most(4), [250.4, 249.0, 300.0], "1 MB"),
    of_pairs("fast", "x logreduce", at_least(5), [7.126]),
    not_measured("cores", "x one core", at_least(1.7), "not built"),
]


def some(_: Bench) -> Iterator[Figure]:
    yield from FIGURES


def wrong(_: Bench) -> Iterator[Figure]:
    yield FIGURES[0]
    raise WrongAnswer("lines scored: expected 3, got 2")


@pytest.fixture(autouse=True)
def measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "MEASURES", {"some": some, "wrong": wrong})


def test_each_figure_is_printed_with_its_target_and_whether_it_is_reached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert 0 == benchmarks.main(["some"])
    slow, size, fast, _, cores, why, _ = (line.strip() for line in capsys.readouterr().out.splitlines())
    assert ["slow", "250", "(249", "to", "300)", "x", "grep", "<=", "4", "no"] == slow.split()
    assert "1 MB" == size
    assert ["fast", "7.13", "(7.13", "to", "7.13)", "x", "logreduce", ">=", "5", "yes"] == fast.split()
    assert ["cores", "not", "measured", "(x", "one", "core)", ">=", "1.7", "-"] == cores.split()
    assert "not built" == why


def test_json_has_the_figures_and_what_they_were_measured_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == benchmarks.main(["--json", "--short", "some"])
    record = json.loads(capsys.readouterr().out)
    assert {"form", "date", "commit", "machine", "engine", "figures"} == record.keys()
    assert "short" == record["form"]
    assert [False, True, None] == [figure["reached"] for figure in record["figures"]]
    assert [250.4, 7.126, None] == [figure["value"] for figure in record["figures"]]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_wrong_answer_fails_and_is_named(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == benchmarks.main([*options, "some", "wrong"])
    assert "benchmarks: wrong: lines scored: expected 3, got 2\n" == capsys.readouterr().err


def test_a_page_gets_the_table_in_its_place_and_keeps_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text())
    for _ in range(2):  # also where a table is there already
        assert 0 == benchmarks.main(["--json", "some", "--write", str(page)])
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    text = page.read_text()
    assert 1 == text.count("| slow | 250 (249 to 300) x grep | <= 4 | no | 1 MB |")
    assert f"commit {record['commit']}" in text
    before, _, after = PAGE.read_text().partition("<!-- figures")
    assert text.startswith(before)
    assert text.endswith(after.partition("<!-- end of figures -->")[2])


def test_a_page_without_a_place_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# no place\n")
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main(["some", "--write", str(page)])
    said = capsys.readouterr()
    assert "" == said.out
    assert "there is no place for the figures" in said.err
    assert "# no place\n" == page.read_text()


def test_an_unknown_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main(["speed"])
    assert "speed" in capsys.readouterr().err


def test_every_measure_is_described_in_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    described = [line.split("`")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert [*benchmarks.MEASURES] == described


def test_logs_of_a_short_run_are_of_one_megabyte(tmp_path: Path) -> None:
    bench = Bench(SHORT, tmp_path)
    good, fail = bench.pair(1)
    assert (1_000_000, 1_000_000) == (good.stat().st_size, fail.stat().st_size)
    assert bench.pair(1) == (good, fail)
