"""One log against logs of passing builds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from anomaly_filter import (
    DEFAULT_THRESHOLD,
    AnomalyFilter,
    Finding,
    Model,
    Scan,
    ScoredLine,
    SegmentBuilder,
    Tokenizer,
)
from log_classify.logs import Log, baseline_logs, threads
from log_processor.errors import LogProcessorError

T = TypeVar("T")

_FILE = "log"  # every baseline is taken for the same file of another build, whatever it is called
NO_BASELINE = "there is not one line of a passing build to compare with"
"""What the finding `no_baseline` says."""
NO_LINE = "has no line to compare with; it does not count as a baseline"
"""What a remark says of a baseline that is empty."""


@dataclass(frozen=True)
class Baseline:
    """What logs of passing builds taught.

    Attributes:
        model: what they printed; None when not one line could be learnt.
        remarks: what is odd about the files, one sentence each, with the file's name.
    """

    model: Model | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """A whole log, judged.

    Attributes:
        lines: every line, in order.
        findings: what was found about the log as a whole.
    """

    lines: tuple[ScoredLine, ...]
    findings: tuple[Finding, ...]


def compare(baselines: Sequence[Path], target: Path, *, threshold: float = DEFAULT_THRESHOLD) -> Compared:
    """Judge a log that fits into memory.

    Args:
        baselines: logs of passing builds, one file a build; all of them are the model, whatever their names.
        target: the log to judge.
        threshold: distance in 0..1 from which on a line is novel.

    Raises:
        ConfigError: a file cannot be read.
        LogProcessorError: a file is damaged.
    """
    tokenizer = Tokenizer(threads=threads())
    passed, log = baseline_logs(baselines), Log(target)
    model = learn(passed, tokenizer).model
    judgement = Judgement(AnomalyFilter(model, threshold=threshold, tokenizer=tokenizer), log)
    lines = judgement.pass_to(tuple)
    for each in (*passed, log):
        if each.damage:
            raise LogProcessorError(f"{each.name}: {each.damage}; a judgement needs the whole file")
    return Compared(lines, judgement.findings)


def learn(logs: Iterable[Log], tokenizer: Tokenizer) -> Baseline:
    """Learn logs of passing builds, one file a build."""
    segments, remarks = [], []
    for log in logs:
        builder = SegmentBuilder(log.name, _FILE, tokenizer)
        builder.learn(log.lines())
        segment = builder.segment()
        if log.damage:
            remarks.append(f"{log.name}: only {segment.lines:,} lines could be read: {log.damage}")
        if segment.left_out:
            remarks.append(
                f"{log.name}: {segment.left_out:,} lines were not learnt: too many are distinct; "
                "they will look new"
            )
        if segment.rows:
            segments.append(segment)
        else:
            remarks.append(f"{log.name}: {NO_LINE}")
    return Baseline(Model(segments) if segments else None, tuple(remarks))


class Judgement(Iterable[ScoredLine]):
    """The scored lines of a log; going through them again reads the log again, and gives the same.

    Attributes:
        findings: what was found about the log as a whole; known once `pass_to` has returned.
    """

    def __init__(self, filter_: AnomalyFilter, log: Log, around: int | None = None) -> None:
        """Judge nothing yet.

        Args:
            filter_: judges.
            log: is read.
            around: how many lines on either side of a far one are wanted; None: all lines are.
        """
        self.findings: tuple[Finding, ...] = ()
        self._filter = filter_
        self._log = log
        self._around = around
        self._unfit: Scan | None = None

    def __iter__(self) -> Scan:
        """Score the lines from the first one on."""
        if self._unfit is not None:
            return self._unfit.again(self._log.lines())
        return self._filter.scored(self._log.lines(), around=self._around)

    def pass_to(self, taker: Callable[[Iterable[ScoredLine]], T]) -> T:
        """Have all lines taken and return what the taker made of them.

        Whether the baseline fits is known only after the last line. When it does not, the lines are taken once
        more, with fewer of them far; what the taker made of the first ones is dropped.
        """
        scan = iter(self)
        taken = taker(scan)
        self.findings = scan.findings
        if self._filter.model is None:
            self.findings = (Finding("no_baseline", NO_BASELINE), *self.findings)
        if scan.worst is not None:
            self._unfit = scan
            taken = taker(iter(self))
        return taken
