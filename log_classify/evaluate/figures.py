"""The figures of many cases: overall, for each set, for each class of a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from log_classify.evaluate.judging import Judged
from log_classify.evaluate.measures import mean, quantile

_TOP = 5  # lines that a person looks at first


@dataclass(frozen=True)
class Figures:
    """What was measured on some cases. A share is in 0..1; None where no case has the figure.

    A failed build is a case with anomalies, a passing build one that says so. What a person has to read of a build
    is counted in rows: its lines shown and its findings.

    Attributes:
        cases: cases.
        lines: lines of all logs judged.
        anomalies: anomalies to be found.
        found: those that were.
        chunk_recall: share of the annotated runs of lines of which at least one line is shown.
        shown: lines shown.
        wrong: lines shown that belong to no anomaly and are not neutral.
        findings: findings.
        false_share: share of the lines neither annotated nor neutral that is shown; mean over cases.
        auc: area under the ROC curve of all lines that are not neutral, by score; mean over cases.
        average_precision: of the same ranking; mean over cases.
        first_rank: place of the first true line by score, from 1; median over cases.
        ranked: cases that have such a place.
        top_5: those of them where it is among the first five.
        failed_builds: failed builds.
        failed_rows_median: rows of a failed build; median.
        failed_rows_p90: the rows that nine of ten failed builds do not exceed.
        passing_builds: passing builds.
        passing_share: rows of a passing build as a share of its lines, without the neutral ones; mean over builds.
        passing_rows: the same rows; mean over builds.
        controls: harmless twins.
        alarmed: those of them that are shown or named all the same.
    """

    cases: int
    lines: int
    anomalies: int
    found: int
    chunk_recall: float | None
    shown: int
    wrong: int
    findings: int
    false_share: float | None
    auc: float | None
    average_precision: float | None
    first_rank: float | None
    ranked: int
    top_5: int
    failed_builds: int
    failed_rows_median: float | None
    failed_rows_p90: float | None
    passing_builds: int
    passing_share: float | None
    passing_rows: float | None
    controls: int
    alarmed: int


MORE_IS_BETTER = frozenset({"found", "chunk_recall", "auc", "average_precision", "top_5"})
FEWER_IS_BETTER = frozenset(
    {
        "wrong",
        "false_share",
        "first_rank",
        "failed_rows_median",
        "failed_rows_p90",
        "passing_share",
        "passing_rows",
        "alarmed",
    }
)
"""The figures that say how good the detection is; the others say what it was measured on, or are no merit."""


def figures(cases: Sequence[Judged]) -> Figures:
    """Return the figures of some cases."""
    runs = sum(len(judged.case.expected.runs) for judged in cases)
    ranks = [judged.first_rank for judged in cases if judged.first_rank is not None]
    failed = [judged.shown + len(judged.findings) for judged in cases if judged.anomalies]
    passing = [
        (len(judged.wrong) + len(judged.findings), judged.lines)
        for judged in cases
        if judged.case.expected.passing
    ]
    return Figures(
        cases=len(cases),
        lines=sum(judged.lines for judged in cases),
        anomalies=sum(judged.anomalies for judged in cases),
        found=sum(judged.anomalies - len(judged.missed) for judged in cases),
        chunk_recall=sum(judged.runs_shown for judged in cases) / runs if runs else None,
        shown=sum(judged.shown for judged in cases),
        wrong=sum(len(judged.wrong) for judged in cases),
        findings=sum(len(judged.findings) for judged in cases),
        false_share=mean(len(judged.wrong) / judged.unmarked for judged in cases if judged.unmarked),
        auc=mean(judged.auc for judged in cases),
        average_precision=mean(judged.average_precision for judged in cases),
        first_rank=median(ranks) if ranks else None,
        ranked=len(ranks),
        top_5=sum(rank <= _TOP for rank in ranks),
        failed_builds=len(failed),
        failed_rows_median=median(failed) if failed else None,
        failed_rows_p90=quantile(failed, 0.9),
        passing_builds=len(passing),
        passing_share=mean(rows / lines for rows, lines in passing if lines),
        passing_rows=mean(rows for rows, _ in passing),
        controls=sum(judged.alarmed is not None for judged in cases),
        alarmed=sum(bool(judged.alarmed) for judged in cases),
    )


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        cases: by set and name.
    """

    cases: tuple[Judged, ...]

    @property
    def overall(self) -> Figures:
        """The figures of all cases."""
        return figures(self.cases)

    @property
    def sets(self) -> dict[str, Figures]:
        """The figures of each set, in order of names."""
        return _by(self.cases, lambda judged: judged.case.set_name)

    @property
    def classes(self) -> dict[str, dict[str, Figures]]:
        """The figures of each class of each set that names classes, in order of names."""
        return {
            name: _by(cases, lambda judged: judged.case.expected.class_name or "")
            for name, cases in _groups(
                (judged for judged in self.cases if judged.case.expected.class_name),
                lambda judged: judged.case.set_name,
            )
        }


def _by(cases: Iterable[Judged], key: Callable[[Judged], str]) -> dict[str, Figures]:
    return {name: figures(group) for name, group in _groups(cases, key)}


def _groups(cases: Iterable[Judged], key: Callable[[Judged], str]) -> list[tuple[str, list[Judged]]]:
    return [(name, list(group)) for name, group in groupby(sorted(cases, key=key), key=key)]
