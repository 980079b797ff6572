"""What was found of what a case expects, and what was shown beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly_filter import Finding
from log_classify.comparison import Compared
from log_classify.evaluate.cases import Case
from log_classify.evaluate.expected import Run, comparable
from log_classify.evaluate.matching import matched
from log_classify.evaluate.measures import average_precision, first_rank, roc_auc
from log_classify.evaluate.places import Marks, Places, mark, quoted

Judge = Callable[[Sequence[Path], Path], Compared]
"""Compares the log of a build (second) with those of passing builds; gives all of its lines, numbered from 1."""

# Numbers and hexadecimal ids: what a line that is gone had in one build, it had otherwise in another.
_VARYING = re.compile(r"[0-9a-fA-F]*[0-9][0-9a-fA-F]*")


@dataclass(frozen=True)
class Judged:
    """A case and what was made of it.

    Attributes:
        case: the case.
        lines: lines of the log.
        anomalies: how many had to be found.
        missed: the ones that were not, for a person.
        runs_shown: of how many of the expected runs a line is shown.
        shown: lines shown.
        wrong: those of them that belong to nothing expected and are not neutral: number and text.
        unmarked: lines that belong to nothing expected and are not neutral, shown or not.
        findings: about the log as a whole.
        alarmed: whether the control was shown or named; None where the case has no control.
        auc: area under the ROC curve of the lines by score, in 0..1; None where it has none.
        average_precision: of the same, in 0..1.
        first_rank: place of the first true line by score, from 1.
    """

    case: Case
    lines: int
    anomalies: int
    missed: tuple[str, ...]
    runs_shown: int
    shown: int
    wrong: tuple[tuple[int, str], ...]
    unmarked: int
    findings: tuple[Finding, ...]
    alarmed: bool | None
    auc: float | None
    average_precision: float | None
    first_rank: int | None


def judged(case: Case, compared: Compared, baselines: Iterable[str]) -> Judged:
    """Hold what was made of a case's log against what is expected.

    Args:
        case: the case.
        compared: every line of its log, in order, and the findings.
        baselines: the lines of its baselines; read only where a control is not in the log.

    Raises:
        InvalidCase: the case names lines that are not there.
    """
    lines, findings = compared.lines, compared.findings
    marks = mark(case.expected, (line.text for line in lines), baselines)
    shown = frozenset(line.number for line in lines if line.shown)
    # A reader sees the lines that another one stands for, too: it carries their numbers.
    seen = frozenset(line.number for line in lines if line.group in shown)
    marked = marks.true | marks.neutral
    wrong = shown - marked
    ranked = [
        (line.score or 0.0, line.number in marks.true) for line in lines if line.number not in marks.neutral
    ]
    return Judged(
        case=case,
        lines=len(lines),
        anomalies=case.expected.anomalies,
        missed=tuple(_missed(case, marks, seen, findings)),
        runs_shown=sum(not seen.isdisjoint(places) for places in marks.runs),
        shown=len(shown),
        wrong=tuple((line.number, line.text) for line in lines if line.number in wrong),
        unmarked=len(lines) - len(marked),
        findings=findings,
        alarmed=_alarmed(case, marks, seen, findings) if case.expected.control else None,
        auc=roc_auc(ranked),
        average_precision=average_precision(ranked),
        first_rank=first_rank(ranked),
    )


def _missed(case: Case, marks: Marks, seen: Places, findings: Sequence[Finding]) -> Iterable[str]:
    """Name what is expected and was not found."""
    expected = case.expected
    for run, places in zip(expected.runs, marks.runs, strict=True):
        if seen.isdisjoint(places) and not any(_points_at(finding, run, places) for finding in findings):
            yield f"text {quoted(run)}"
    required = [
        (part.text, places)
        for part, places in zip(expected.parts, marks.parts, strict=True)
        if not part.optional
    ]
    found = matched([places for _, places in required], seen)
    for (text, _), is_found in zip(required, found, strict=True):
        if not is_found:
            yield f"contains {quoted((text,))}"
    for text in expected.missing:
        if not any(_names(finding, text) for finding in findings):
            yield f"missing {quoted((text,))}"
    kinds = {finding.kind for finding in findings}
    for kind in expected.findings:
        if kind not in kinds:
            yield f"finding {kind}"


def _alarmed(case: Case, marks: Marks, seen: Places, findings: Sequence[Finding]) -> bool:
    texts = [text for run in case.expected.control for text in run if text]
    return not seen.isdisjoint(marks.control) or any(
        finding.line in marks.control or any(_names(finding, text) for text in texts) for finding in findings
    )


def _points_at(finding: Finding, run: Run, places: Places) -> bool:
    """Say whether a finding is about a line of the log: by its number, or by all of its text."""
    return finding.line in places or any(
        comparable(text) in run for text in finding.text.split("\n") if text.strip()
    )


def _names(finding: Finding, text: str) -> bool:
    """Say whether a finding's text holds a line that need not be in the log, whatever numbers and ids it had."""
    return _VARYING.sub("0", text) in _VARYING.sub("0", finding.text)
