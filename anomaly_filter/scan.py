"""The way through one file: every line scored in order, then what was found about the file as a whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from anomaly_filter.blocks import Blocks
from anomaly_filter.census import BURST, GAP_SECONDS, Census
from anomaly_filter.clock import Clock
from anomaly_filter.findings import Finding
from anomaly_filter.lines import Line, parts
from anomaly_filter.model import Model
from anomaly_filter.reasons import BLOCK, ERROR, NOVEL, NUMBER
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.verdicts import Verdict, Verdicts, fingerprint, ordered

_SHARE = 0.45
"""Of a neighbour's score, that a line gets for standing beside it."""
_LEAST = 0.02
"""A share below it counts as none."""
_NEAR = 4
"""Lines whose score may still rise because of a later one: beyond, shares are below _LEAST."""


class ScoredLine(NamedTuple):
    """A line with its verdict.

    Attributes:
        number: 1-based, the one `sed -n Np` uses.
        text: what is stored and shown: at most TEXT_LIMIT bytes, secrets masked.
        truncated: whether the line is longer than its text. The whole line was scored.
        distance: to the nearest baseline line, in 0..1, exact; of a line of several parts, that of its farthest.
            None without a model; 0 for a line without tokens.
        nearest: the text of that baseline line; None without a model, or where no line shares a token.
        seen_in: how many baseline builds hold that baseline line; None without a model.
        reasons: why the line is far, some of REASONS; empty for a line that is not.
        fingerprint: sixteen hex digits that stand for the tokens of the farthest part; None unless the line is far.
        score: orders lines, in 0..1: the larger of the own distance and a share of the neighbours'; None without a
            model.
        group: the number of the line that stands for this one, because this one repeats it or belongs to its
            block; the own number for a line that stands for itself; None for a line that is not far.
    """

    number: int
    text: str
    truncated: bool
    distance: float | None
    nearest: str | None
    seen_in: int | None
    reasons: tuple[str, ...]
    fingerprint: str | None
    score: float | None = None
    group: int | None = None

    @property
    def far(self) -> bool:
        """Whether anything speaks for the line."""
        return bool(self.reasons)

    @property
    def shown(self) -> bool:
        """Whether the line is worth a person's time: far, and no other line stands for it."""
        return self.group == self.number


class Scan(Iterator[ScoredLine]):
    """The scored lines of one file, in order.

    Attributes:
        findings: what was found about the file as a whole; complete when the last line has been given.
        worst: when the last line has been given: the numbers of the farthest lines if the baseline does not fit,
            else None. A second scan that is given them shows only these, and lines with the reason error or number.
    """

    def __init__(
        self,
        model: Model | None,
        verdicts: Verdicts,
        lines: Iterable[Line],
        only: frozenset[int] | None = None,
    ) -> None:
        """Scan lines.

        Args:
            model: what they are compared with; None: they get no distance.
            verdicts: judges sub-lines by that model.
            lines: in order.
            only: `worst` of a first scan of the same lines, whose baseline did not fit.
        """
        self.findings: tuple[Finding, ...] = ()
        self.worst: frozenset[int] | None = None
        self._verdicts = verdicts
        self._only = only
        self._blocks = Blocks()
        self._census = None if model is None else Census(model)
        self._clock = Clock()
        # The last lines, whose score may still rise; what the next one gets of theirs, at the most.
        self._window: deque[ScoredLine] = deque()
        self._heat = 0.0
        self._recognised = False
        self._scored = self._run(lines)

    def __next__(self) -> ScoredLine:
        """Return the next line."""
        return next(self._scored)

    def _run(self, lines: Iterable[Line]) -> Iterator[ScoredLine]:
        # Nearly all lines are known ones among known ones: what is done for them is written out here.
        of, wait, window = self._verdicts.of, self._clock.wait, self._window
        make = tuple.__new__
        census = self._census
        counts = [] if census is None else census.counts
        read = 0
        for line in lines:
            read += 1
            text = line.text
            if line.single:
                verdict = of(text)
                row = verdict.row
                if row < 0:
                    self._count(line, verdict)
                else:
                    count = counts[row] = counts[row] + 1
                    if (count == 1 or count == BURST) and census is not None:  # noqa: PLR1714 - twice as fast
                        census.note(row, line.number, text)
            else:
                verdict = self._of_parts(line)
                row = verdict.row
            if census is not None and (waited := wait(text)) >= GAP_SECONDS and (row >= 0 or verdict.tokens):
                census.waited(waited, row, line.number, text)
            quiet = verdict.quiet
            if quiet is None or self._heat:
                window.append(self._warm(line, verdict))
            else:
                # What ScoredLine(...) does, without the call of a Python function.
                window.append(make(ScoredLine, (line.number, text, bool(line.rest), *quiet)))
            if len(window) > _NEAR:
                yield window.popleft()
        yield from window
        self._end(read)

    def _warm(self, line: Line, verdict: Verdict) -> ScoredLine:
        """Score a line that is not quiet, or that stands beside one that is far."""
        window = self._window
        text = mask_secrets(line.text) if verdict.secret else line.text
        distance = verdict.distance or 0.0
        score = max(distance, self._heat)
        self._heat = score * _SHARE if score * _SHARE >= _LEAST else 0.0
        share = distance * _SHARE
        for back in range(1, len(window) + 1):
            earlier = window[-back].score
            if earlier is None or share <= max(earlier, _LEAST):
                break
            window[-back] = window[-back]._replace(score=share)
            share *= _SHARE
        reasons, group = self._placed(line.number, text, verdict) if verdict.reasons else ((), None)
        return ScoredLine(
            line.number,
            text,
            line.truncated,
            verdict.distance,
            verdict.nearest,
            verdict.seen_in,
            reasons,
            fingerprint(verdict.tokens) if reasons else None,
            None if verdict.distance is None else score,
            group,
        )

    def _of_parts(self, line: Line) -> Verdict:
        """Judge the parts of a line, count them, and unite what is known of them."""
        verdicts = [self._verdicts.of(part) for part in parts(line)] or [self._verdicts.of("")]
        for verdict in verdicts:
            self._count(line, verdict)
        farthest = max(verdicts, key=_farness)
        return farthest._replace(
            reasons=ordered(reason for v in verdicts for reason in v.reasons),
            stands=any(v.stands for v in verdicts if v.reasons),
            heats=any(v.heats for v in verdicts if v.reasons),
            secret=True,  # one may lie across two parts
            quiet=None,
        )

    def _count(self, line: Line, verdict: Verdict) -> None:
        if self._census is not None and verdict.row >= 0:
            self._census.known(verdict.row, line.number, line.text)
        elif verdict.tokens:
            self._recognised = True
            if self._census is not None:
                self._census.unknown(verdict.tokens, verdict.near_row, novel=NOVEL in verdict.reasons)

    def _placed(self, number: int, text: str, verdict: Verdict) -> tuple[tuple[str, ...], int | None]:
        """Return the reasons of a far line, and the line that stands for it."""
        reasons = verdict.reasons
        if self._only is not None:
            if number in self._only:
                return reasons, number
            if not {ERROR, NUMBER} & {*reasons}:
                return (), None
        if not verdict.distance and reasons == (NOVEL,):
            return reasons, number  # with a threshold of 0 known lines are asked for, each of them
        group, in_block = self._blocks.group(number, text, verdict)
        if self._census is not None and (in_block or group == number):
            self._census.far(verdict.distance or 0.0, number)
        return ((*reasons, BLOCK) if in_block else reasons), group

    def _end(self, read: int) -> None:
        recognised = self._recognised or (self._census is not None and any(self._census.counts))
        if not read:
            self.findings = (Finding("nothing_read", "the file has no line"),)
        elif not recognised:
            self.findings = (Finding("nothing_read", f"none of the file's {read} lines has a word"),)
        elif self._census is not None:
            self.findings = tuple(self._census.findings())
            self.worst = self._census.worst if self._census.unfit else None


def _farness(verdict: Verdict) -> tuple[float, int]:
    return verdict.distance or 0.0, len(verdict.reasons)
