from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from anomaly_filter import AnomalyFilter, Finding, Line, Model, Scan, Tokenizer
from log_classify.comparison import Judgement, compare, learn
from log_classify.logs import Log
from log_processor.errors import ConfigError, LogProcessorError
from tests.log_classify.console import FAILED, PASSED, FixedScan, scored, write


class Unfit(AnomalyFilter):
    """Finds that the baseline does not fit, and that line 2 is the worst."""

    def scored(
        self, lines: Iterable[Line], *, only: frozenset[int] | None = None, around: int | None = None
    ) -> Scan:
        judged = [scored(line.number, line.text, reasons=("novel",), group=line.number) for line in lines]
        again = [line for line in judged if line.number == 2]
        finding = Finding("unfit_baseline", "it does not fit")
        return FixedScan(judged, (finding,), frozenset((2,)), again)


def test_every_line_is_judged(folder: Path) -> None:
    compared = compare([folder / "passed.log"], folder / "failed.log")
    assert [*range(1, 14)] == [line.number for line in compared.lines]
    assert [4, 12] == [line.number for line in compared.lines if line.shown]


@pytest.mark.parametrize(("threshold", "far"), [(0.0, 13), (0.25, 2), (0.5, 1), (1.0, 1)])
def test_the_threshold_says_from_where_on_a_line_is_novel(folder: Path, threshold: float, far: int) -> None:
    compared = compare([folder / "passed.log"], folder / "failed.log", threshold=threshold)
    assert far == sum("novel" in line.reasons for line in compared.lines)


def test_files_of_one_name_are_builds_of_their_own(tmp_path: Path) -> None:
    for name, content in (("1", PASSED), ("2", PASSED), ("3", FAILED)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "log", content)
    paths = [tmp_path / name / "log" for name in "123"]
    compared = compare(paths, paths[2])
    assert [3, 3, 3, 1, 3, 3, 3, 3, 3, 3, 3, 1, 3] == [line.seen_in for line in compared.lines]


def test_the_order_of_baselines_does_not_matter(folder: Path) -> None:
    paths = [folder / "passed.log", folder / "failed.log"]
    target = write(folder / "target.log", FAILED.replace("another", "the"))
    assert compare(paths, target) == compare(paths[::-1], target)


@pytest.mark.parametrize("at", [0, 1])
def test_a_damaged_file_is_named(folder: Path, at: int) -> None:
    paths = [folder / "passed.log", folder / "failed.log"]
    paths[at] = write(folder / "cut.gz", gzip.compress(PASSED.encode())[:-9])
    with pytest.raises(LogProcessorError, match=r"cut\.gz: the gzip data ends too early"):
        compare([paths[0]], paths[1])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.log: cannot be read: No such file"):
        compare([tmp_path / "nowhere.log"], tmp_path / "nowhere.log")


def test_a_baseline_without_a_line_counts_for_nothing(folder: Path) -> None:
    empty = Log(write(folder / "empty.log", "\n\n"), "empty.log")
    baseline = learn([Log(folder / "passed.log"), empty], Tokenizer())
    assert baseline.model
    assert 1 == len(baseline.model.builds)
    assert ("empty.log: has no line to compare with; it does not count as a baseline",) == baseline.remarks
    assert learn([empty], Tokenizer()).model is None


def test_lines_that_are_too_many_to_be_learnt_are_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anomaly_filter.learning.ROWS_LIMIT", 4)
    (remark,) = learn([Log(folder / "passed.log", "passed.log")], Tokenizer()).remarks
    assert remark.startswith("passed.log: 7 lines were not learnt")


def test_a_baseline_that_does_not_fit_leaves_the_worst_lines(folder: Path) -> None:
    judgement = Judgement(Unfit(Model([])), Log(folder / "failed.log"))
    assert [2] == [line.number for line in judgement.pass_to(tuple)]
    assert ["unfit_baseline"] == [finding.kind for finding in judgement.findings]
    assert [2] == [line.number for line in judgement]


def test_a_judgement_can_be_gone_through_again(folder: Path) -> None:
    model = learn([Log(folder / "passed.log")], Tokenizer()).model
    judgement = Judgement(AnomalyFilter(model), Log(folder / "failed.log"))
    assert judgement.pass_to(tuple) == tuple(judgement)
