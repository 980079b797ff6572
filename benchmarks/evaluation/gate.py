"""What the figures have to reach, and by how much one may fall behind the kept ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from log_classify.evaluate.changes import ALL, Number, Table
from log_classify.evaluate.figures import MORE_IS_BETTER, Report

OTHERS = "all but misfit"
"""What the figure `unfit` goes by: the cases whose baseline does fit, of all sets."""

UNFIT = "unfit"
"""How many of those cases have the finding `unfit_baseline` all the same."""


@dataclass(frozen=True)
class Bound:
    """What a figure has to reach.

    Attributes:
        set_name: of which set.
        figure: its name.
        limit: the least, or the most where fewer is better.
        of: the figure of which it is a share; None for the figure itself.
    """

    set_name: str
    figure: str
    limit: float
    of: str | None = None

    @property
    def name(self) -> str:
        return f"{self.figure} / {self.of}" if self.of else self.figure

    @property
    def more_is_better(self) -> bool:
        return self.figure in MORE_IS_BETTER

    def value(self, table: Table) -> Number:
        """Return what was measured; None where it was not."""
        row = table.get(self.set_name, {})
        value = row.get(self.figure)
        if value is None or self.of is None:
            return value
        whole = row.get(self.of)
        return value / whole if whole else None

    def reached(self, table: Table) -> bool:
        value = self.value(table)
        if value is None:
            return False
        return value >= self.limit if self.more_is_better else value <= self.limit


BOUNDS = (
    Bound("logjuicer", "found", 56),
    Bound("logjuicer", "wrong", 24),
    Bound("cidiff", "auc", 0.985),
    Bound("cidiff", "chunk_recall", 1.0),
    Bound("cidiff", "false_share", 0.018),
    Bound("cidiff", "top_5", 20),
    Bound("terraform", "auc", 0.97),
    Bound("terraform", "chunk_recall", 1.0),
    Bound("terraform", "false_share", 0.010),
    Bound("bugswarm-groups", "auc", 0.999),
    Bound("bugswarm-groups", "chunk_recall", 1.0),
    Bound("bugswarm-groups", "false_share", 0.0008),
    Bound("bugswarm-pairs", "auc", 0.999),
    Bound("bugswarm-pairs", "chunk_recall", 1.0),
    Bound("bugswarm-pairs", "false_share", 0.0008),
    Bound("passing", "passing_share", 0.0012),
    Bound("passing", "passing_rows", 1.0),
    Bound("spots1", "found", 76),
    Bound("spots1", "alarmed", 0.01, of="controls"),
    Bound("spots3", "found", 86),
    Bound("spots3", "alarmed", 0.01, of="controls"),
    Bound("unseen1", "found", 0.85, of="anomalies"),
    Bound("unseen1", "alarmed", 0.02, of="controls"),
    Bound("unseen3", "found", 0.90, of="anomalies"),
    Bound("unseen3", "alarmed", 0.02, of="controls"),
    Bound("misfit", "found", 1.0, of="anomalies"),
    Bound(OTHERS, UNFIT, 0),
)
"""What the detection has to reach by default settings, without options for a set."""


@dataclass(frozen=True)
class Tolerance:
    """By how much a figure may be worse than the kept one, and why."""

    by: float
    reason: str


_NONE = "the code is deterministic and the data is fixed, so that nothing but a change of ours moves it"
_TIES = "lines of equal score change places with any change of the score, for better and for worse"

TOLERANCES: Mapping[str, Tolerance] = {
    "found": Tolerance(0, _NONE),
    "chunk_recall": Tolerance(0, _NONE),
    "auc": Tolerance(0.001, _TIES),
    "average_precision": Tolerance(0.005, _TIES),
    "top_5": Tolerance(0, _NONE),
    "wrong": Tolerance(1, "one line more may be the price of an anomaly found elsewhere"),
    "false_share": Tolerance(0.0002, "the same, in a log of usual length"),
    "first_rank": Tolerance(0.5, _TIES),
    "failed_rows_median": Tolerance(1, "an anomaly found is a row more"),
    "failed_rows_p90": Tolerance(2, "the same; one build decides it"),
    "passing_share": Tolerance(0, _NONE),
    "passing_rows": Tolerance(0, _NONE),
    "alarmed": Tolerance(0, _NONE),
    UNFIT: Tolerance(0, _NONE),
}
"""For every figure that has a better and a worse."""

_MEASURED_ON = ("cases", "lines", "anomalies", "controls")
_ROUNDING = 1e-9


def measured(table: Table, report: Report) -> Table:
    """Add to the figures of a report how many cases are wrongly said to have a baseline that does not fit."""
    unfit = sum(
        any(finding.kind == "unfit_baseline" for finding in judged.findings)
        for judged in report.cases
        if "unfit_baseline" not in judged.case.expected.findings
    )
    return {**table, OTHERS: {UNFIT: unfit}}


def failures(kept: Table, now: Table) -> Iterator[str]:
    """Name what is worse than it was, one sentence each, with the old figure and the new one."""
    for set_name in dict.fromkeys([*kept, *now]):
        if set_name == ALL:  # says nothing that the sets do not
            continue
        old, new = kept.get(set_name, {}), now.get(set_name, {})
        other = [name for name in _MEASURED_ON if old.get(name) != new.get(name)]
        if other:
            was, is_ = (", ".join(f"{row.get(name)} {name}" for name in other) for row in (old, new))
            yield f"{set_name}: these are other cases than were kept: {is_}, kept {was}"
            continue
        for figure, tolerance in TOLERANCES.items():
            if _worse(figure, old.get(figure), new.get(figure), tolerance.by):
                yield (
                    f"{set_name}: {figure} is {_shown(new.get(figure))}, was {_shown(old.get(figure))} "
                    f"({tolerance.by:g} is tolerated: {tolerance.reason})"
                )
    for bound in BOUNDS:
        if bound.reached(kept) and not bound.reached(now):
            yield (
                f"{bound.set_name}: {bound.name} is {_shown(bound.value(now))}, was {_shown(bound.value(kept))}; "
                f"{'at least' if bound.more_is_better else 'at most'} {bound.limit:g} was reached"
            )


def _worse(figure: str, old: Number, new: Number, tolerance: float) -> bool:
    if old is None:
        return False
    if new is None:
        return True
    gain = new - old if figure in MORE_IS_BETTER else old - new
    return gain < -tolerance - _ROUNDING


def _shown(value: Number) -> str:
    return "not there" if value is None else f"{value:.6g}"
