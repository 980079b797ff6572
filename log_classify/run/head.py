"""What is known of a report before the first file is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from log_classify.report.model import BaselineBuild, LeftOut, Work


@dataclass(frozen=True)
class Head:
    """Everything of a report that is not about the target's files.

    Attributes:
        target: what is judged: a path, a URL.
        threshold: distance in 0..1 from which on a line is novel; None where nothing is compared.
        baselines: what it is compared with.
        training: the work of learning them; all zero where a model was there already.
        url: where the build can be looked at; None for a local one.
        left_out: files of the target that are not compared.
        remarks: what a person should know about the whole, one sentence each.
    """

    target: str
    threshold: float | None
    baselines: tuple[BaselineBuild, ...] = ()
    training: Work = field(default_factory=Work)
    url: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
