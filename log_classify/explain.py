"""`log-classify explain`: how a line is judged, in words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from anomaly_filter import AnomalyFilter, Explanation, Finding, ScoredLine, Tokenizer
from anomaly_filter.reasons import BLOCK
from log_classify.comparison import learn
from log_classify.logs import baseline_logs
from log_classify.progress import Progress
from log_classify.style import Style, counted, cut
from log_classify.words import changes, far_part
from log_processor.arguments import colour
from log_processor.exits import Exit
from log_processor.visible import visible


def run(args: argparse.Namespace) -> Exit:
    """Explain a line."""
    progress = Progress(sys.stderr)
    tokenizer = Tokenizer()
    baseline = learn(baseline_logs(args.baselines, progress), tokenizer)
    progress.end()
    for remark in baseline.remarks:
        sys.stderr.write(f"log-classify explain: {visible(remark)}\n")
    filter_ = AnomalyFilter(baseline.model, threshold=args.threshold, tokenizer=tokenizer)
    explanation = filter_.explain(args.line)
    write(explanation, explanation.line, (), filter_, Style(colour=colour(args)))
    return Exit.DONE if baseline.model else Exit.NOTHING_READ


def write(
    explanation: Explanation,
    line: ScoredLine,
    findings: Sequence[Finding],
    filter_: AnomalyFilter,
    style: Style,
) -> None:
    """Write how a line is judged to standard output.

    Args:
        explanation: the line judged alone.
        line: the line as it was judged where it stands.
        findings: about the log that it is in.
        filter_: what judged it.
        style: of the text.
    """
    tokenizer = Tokenizer()
    part = far_part(line, tokenizer)
    rows = [("line", cut(line.text, part)), ("tokens", _tokens(explanation.tokens))]
    if line.distance is not None:
        rows.append(("distance", f"{line.distance:.6f} (threshold {filter_.threshold:g})"))
    if line.nearest is not None and filter_.model:
        seen = f"(seen in {line.seen_in} of {counted(len(filter_.model.builds), 'passing build')})"
        rows += [
            ("nearest", f"{style.marked(changes(line.nearest, part, tokenizer))} {style.dim(seen)}"),
            ("new", _tokens(explanation.new)),
            ("gone", _tokens(explanation.gone)),
        ]
    rows.append(("verdict", _verdict(line, findings, filter_)))
    rows += [(f"  {reason}", visible(sentence)) for reason, sentence in explanation.notes]
    for name, text in rows:
        sys.stdout.write(f"{style.bold(f'{name:<8}')}  {text}\n")


def _verdict(line: ScoredLine, findings: Sequence[Finding], filter_: AnomalyFilter) -> str:
    reasons = ", ".join(line.reasons)
    if line.shown:
        return f"shown: {reasons}"
    if line.far:
        how = "it belongs to that line's block" if BLOCK in line.reasons else "it repeats that line"
        return f"not shown: line {line.group} stands for it, because {how} ({reasons})"
    if filter_.model is None:
        return "not shown: there is no baseline to compare it with"
    if any(finding.kind == "unfit_baseline" for finding in findings):
        return "not shown: the baseline does not fit this log, and others are worse"
    if not line.distance:
        return "not shown: a passing build has the same, apart from what varies"
    return "not shown: its distance is below the threshold, and nothing else speaks for it"


def _tokens(tokens: frozenset[str]) -> str:
    return visible(" ".join(sorted(tokens))) or "(none)"
