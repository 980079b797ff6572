"""`--format table`: what a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO

from anomaly_filter import Finding, ScoredLine, Tokenizer
from anomaly_filter.reasons import NOVEL
from log_classify.excerpt import Excerpt
from log_classify.groups import Group
from log_classify.style import Style, counted, cut
from log_classify.words import changes, far_part

_ALARMING = ("unfit_baseline", "no_baseline", "nothing_read")
_NOT_ALL = 99.99  # per cent
_INDENT = " " * 16  # width of distance and number


class Table:
    """Findings, then the lines in the order of the file, then a summary."""

    def __init__(self, out: IO[str], style: Style, *, baselines: int, tokenizer: Tokenizer) -> None:
        """Write to a text stream.

        Args:
            out: the stream.
            style: of the text.
            baselines: how many passing builds the log was compared with.
            tokenizer: says which words differ.
        """
        self._out = out
        self._style = style
        self._baselines = counted(baselines, "passing build")
        self._compared_with = (
            f"compared with {self._baselines}"
            if baselines
            else style.red("no baseline: nothing to compare with")
        )
        self._tokenizer = tokenizer
        self._last: int | None = None  # number of the line that was written last

    def findings(self, findings: Sequence[Finding]) -> None:
        """Write what was found about the log as a whole."""
        if not findings:
            return
        self._say(self._style.bold("findings"))
        for finding in findings:
            kind = f"{finding.kind:<14}"
            styled = self._style.red(kind) if finding.kind in _ALARMING else self._style.bold(kind)
            place = "" if finding.line is None else f"line {finding.line}: "
            self._say(f"  {styled}  {place}{cut(finding.text)}")
            for name, text in (("expected", finding.expected), ("seen", finding.seen)):
                if text:
                    self._say(self._style.dim(f"{_INDENT}  {name}: ") + cut(text))
        self._say("")

    def lines(
        self,
        lines: Iterable[ScoredLine],
        wanted: Callable[[ScoredLine], bool],
        groups: Mapping[int, Group],
    ) -> None:
        """Write lines.

        Args:
            lines: the wanted ones and those around them, in order.
            wanted: whether a line is an entry of its own; the others are context.
            groups: by the number of an entry, the lines that it stands for.
        """
        for line in lines:
            if wanted(line):
                self.line(line, _others(line.number, groups.get(line.number)))
            else:
                self.beside(line.number, line.text)

    def beside(self, number: int, text: str) -> None:
        """Write a line that stands beside one that matters."""
        self._follow(number)
        self._say(self._style.dim(f"       {number:>7}  {cut(text)}"))

    def _follow(self, number: int) -> None:
        if self._last is not None and number > self._last + 1:
            self._say(self._style.dim("     ..."))
        self._last = number

    def summary(self, file: str, excerpt: Excerpt, findings: Sequence[Finding]) -> None:
        """Write the last lines."""
        if excerpt.shown:
            self._say("")
        shown = f"{excerpt.shown:,} of {counted(excerpt.read, 'line')} shown"
        if folded := excerpt.far - excerpt.shown:
            shown += f" (and {counted(folded, 'more line')} that these stand for)"
        if findings:
            shown += f", {counted(len(findings), 'finding')}"
        if not excerpt.read:
            shown = "nothing was read"
        self._say(f"{self._style.bold(f'{file}: {shown}')}; {self._compared_with}")
        if excerpt.read:
            self._say(reduction(excerpt.read, excerpt.shown))

    def line(self, line: ScoredLine, others: Iterable[str]) -> None:
        """Write a line that matters.

        Args:
            line: the line.
            others: which lines it stands for.
        """
        self._follow(line.number)
        known = not line.distance and line.reasons in ((), (NOVEL,))  # here because every line was asked for
        part = far_part(line, self._tokenizer)
        distance = "   - " if line.distance is None else f" {line.distance:.2f}"
        styled = self._style.dim(distance) if known else self._style.red(distance)
        self._say(f"{styled}  {self._style.bold(f'{line.number:>7}')}  {cut(line.text, part)}")
        if known:
            return
        why = " · ".join((", ".join(line.reasons), *others))
        self._say(self._style.dim(f"{_INDENT}{why}"))
        if line.nearest is not None:
            seen = f"{_INDENT}nearest (seen in {line.seen_in} of {self._baselines}): "
            marked = self._style.marked(changes(line.nearest, part, self._tokenizer))
            self._say(self._style.dim(seen) + marked)
        elif line.distance is not None:
            self._say(self._style.dim(f"{_INDENT}nothing like it in {self._baselines}"))

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")


def reduction(lines: int, shown: int) -> str:
    """Return `99.67% reduction (from 11,951 lines to 40)`; 100 % only if nothing is shown."""
    share = 100 * (1 - shown / lines) if lines else 0.0
    if shown:
        share = min(share, _NOT_ALL)
    return f"{share:.2f}% reduction (from {counted(lines, 'line')} to {shown:,})"


def _others(number: int, group: Group | None) -> Iterator[str]:
    """Say which lines a line stands for: `lines 12, 40-43 (x 5)`."""
    if group and group.repeats.count:
        yield f"lines {group.repeats.text_with(number)} (x {group.repeats.count + 1:,})"
    if group and group.block.count:
        yield f"block of lines {group.block.text_with(number)}"
