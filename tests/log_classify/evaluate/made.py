"""Cases and verdicts for tests: folders with a few lines, and answers made up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from anomaly_filter import Finding, ScoredLine
from log_classify.comparison import Compared
from log_classify.evaluate.cases import Case
from log_classify.evaluate.expected import Expected, read_expected
from log_classify.evaluate.judging import Judged, judged

PASSED = "fetching sources\ncompiling everything\nall tests ran\n"


def write_case(root: Path, name: str, fail: str, good: Sequence[str] = (PASSED,), **expected: object) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for number, text in enumerate(good, 1):
        (folder / f"good{number}.log").write_text(text)
    (folder / "fail.log").write_text(fail)
    (folder / "expected.yaml").write_text(yaml.safe_dump(expected))
    return folder


def expected(path: Path, text: str) -> Expected:
    """Read an expected.yaml of this text."""
    file = path / "expected.yaml"
    file.write_text(text)
    return read_expected(file)


def case(expected: Expected, name: str = "case", set_name: str = "set") -> Case:
    return Case(name, set_name, Path(name), (), Path(name, "fail.log"), expected)


def compared(*texts: str, findings: Sequence[Finding] = ()) -> Compared:
    """Make an answer of texts: `!a` is shown, `+a` is far and stands under the last shown line, `a` is not far."""
    lines = []
    standing = 0
    for number, text in enumerate(texts, 1):
        mark = text[0] if text[:1] in {"!", "+"} else ""
        if mark == "!":
            standing = number
        group = {"!": number, "+": standing}.get(mark)
        score = 0.8 if mark else 0.1
        reasons = ("novel",) if mark else ()
        lines.append(
            ScoredLine(
                number=number,
                text=text.removeprefix(mark),
                truncated=False,
                distance=score,
                nearest=None,
                seen_in=0,
                reasons=reasons,
                fingerprint=None,
                score=score,
                group=group,
            )
        )
    return Compared(tuple(lines), tuple(findings))


def result(
    expected: Expected,
    *texts: str,
    findings: Sequence[Finding] = (),
    baselines: Sequence[str] = (),
    name: str = "case",
    set_name: str = "set",
) -> Judged:
    """Judge an answer made by `compared`."""
    return judged(case(expected, name, set_name), compared(*texts, findings=findings), baselines)
