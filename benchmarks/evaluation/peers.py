"""Other programs on the same cases, held to the same measures."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from anomaly_filter import Finding, ScoredLine, lines
from anomaly_filter.secrets import mask_secrets
from benchmarks.environments import NotInstalled, python_with
from benchmarks.evaluation.cases import content
from log_classify.comparison import Compared
from log_classify.evaluate.cases import Case, read_cases
from log_classify.evaluate.figures import Report
from log_classify.evaluate.run import evaluate


@dataclass(frozen=True)
class Peer:
    """A program that compares a log with passing ones.

    Attributes:
        requirement: what to install.
        program: what asks it: cases on standard input, an `Answer` to each on standard output.
    """

    requirement: str
    program: Path

    @property
    def name(self) -> str:
        return self.requirement.replace("==", " ")


PEERS = (
    Peer("logreduce==0.6.1", Path(__file__).with_name("ask_logreduce.py")),
    Peer("logfold==0.5.0", Path(__file__).with_name("ask_logfold.py")),
)


class Answer(TypedDict, total=False):
    """What a peer says of a case, one line of JSON.

    Lines are numbers, from 1; one without a score has 0. A finding is its kind and its text. A peer that cannot read
    the logs gives an `error`, and shows nothing.
    """

    scores: dict[str, float]
    shown: list[int]
    findings: list[tuple[str, str]]
    error: str


@dataclass(frozen=True)
class Verdict:
    """How a peer did.

    Attributes:
        report: its figures.
        unread: the cases whose logs it could not read, and why.
    """

    report: Report
    unread: Mapping[str, str]


def judged_by(peer: Peer, folder: Path) -> Verdict:
    """Have a peer judge all cases of a folder.

    Raises:
        NotInstalled: it cannot be installed or does not run.
    """
    cases = read_cases([folder])
    answers = dict(zip((case.target for case in cases), _asked(peer, cases), strict=True))
    report = evaluate([folder], jobs=1, judge=lambda _, target: compared(target, answers[target]))
    unread = {case.name: answers[case.target]["error"] for case in cases if "error" in answers[case.target]}
    return Verdict(report, unread)


def compared(target: Path, answer: Answer) -> Compared:
    """Turn an answer into what our own comparison gives."""
    scores, shown = answer.get("scores", {}), set(answer.get("shown", ()))

    def scored(number: int, text: str, *, truncated: bool) -> ScoredLine:
        score, is_shown = scores.get(str(number), 0.0), number in shown
        return ScoredLine(
            number=number,
            text=mask_secrets(text),
            truncated=truncated,
            distance=score,
            nearest=None,
            seen_in=None,
            reasons=("novel",) if is_shown else (),
            fingerprint=None,
            score=score,
            group=number if is_shown else None,
        )

    return Compared(
        tuple(scored(line.number, line.text, truncated=line.truncated) for line in lines([content(target)])),
        tuple(Finding(kind, mask_secrets(text)) for kind, text in answer.get("findings", ())),
    )


def _asked(peer: Peer, cases: Sequence[Case]) -> list[Answer]:
    """Return the answer to each case."""
    python = python_with(peer.requirement)
    with tempfile.TemporaryDirectory() as temporary:
        questions = "\n".join(_questions(cases, Path(temporary)))
        done = subprocess.run(
            [python, peer.program], input=questions, capture_output=True, text=True, check=False
        )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise NotInstalled(f"{peer.name} does not run: {reason}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _questions(cases: Sequence[Case], folder: Path) -> Iterator[str]:
    """Give each case as a line of JSON; the logs are unpacked, as not every program reads every compression."""
    for number, case in enumerate(cases):
        paths = [folder / f"{number}-{place}.log" for place in range(len(case.baselines) + 1)]
        for path, log in zip(paths, (*case.baselines, case.target), strict=True):
            path.write_bytes(content(log))
        *good, fail = map(str, paths)
        yield json.dumps({"good": good, "fail": fail})
