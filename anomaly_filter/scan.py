"""The way through one file: every line scored in order, then what was found about the file as a whole."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from anomaly_filter.ahead import scans
from anomaly_filter.blocks import Blocks
from anomaly_filter.census import GAP_SECONDS, Census
from anomaly_filter.clock import Clock
from anomaly_filter.findings import Finding
from anomaly_filter.line_set import LineSet
from anomaly_filter.lines import Block, Line, Lines, parts
from anomaly_filter.model import Model
from anomaly_filter.nearby import Nearby, Place
from anomaly_filter.reasons import BLOCK, ERROR, NOVEL, NUMBER
from anomaly_filter.scanner import IRREGULAR, PARTED, Scanner, Seen, compiled
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.verdicts import Kinds, Verdict, Verdicts, fingerprint, ordered

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
        read: lines that have been read so far.
        worst: when the last line has been given: the numbers of the farthest lines if the baseline does not fit,
            else None. A second scan that is given them shows only these, and lines with the reason error or number; it
            has none itself.
    """

    def __init__(
        self,
        model: Model | None,
        verdicts: Verdicts,
        lines: Iterable[Line],
        only: frozenset[int] | None = None,
        around: int | None = None,
    ) -> None:
        """Scan lines.

        Args:
            model: what they are compared with; None: they get no distance.
            verdicts: judges sub-lines by that model.
            lines: in order.
            only: `worst` of a first scan of the same lines, whose baseline did not fit.
            around: how many lines on either side of a far one are wanted; others may be left out. None: all are.
        """
        self.read = 0
        self.worst: frozenset[int] | None = None
        self._model = model
        self._around = around
        self._own = LineSet()  # lines with the reason error or number
        self._verdicts = verdicts
        self._only = only
        self._blocks = Blocks()
        self._census = None if model is None else Census(model)
        # The last lines, whose score may still rise; what the next one gets of theirs, at the most.
        self._window: deque[ScoredLine] = deque()
        self._heat = 0.0
        self._recognised = False
        self._findings: tuple[Finding, ...] | None = ()  # None: the census has still to be asked
        if isinstance(lines, Lines) and compiled():
            self._scored = self._run_blocks(lines.blocks(), around)
        else:
            self._scored = self._run(lines)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the file as a whole; complete when the last line has been given."""
        if self._findings is None and self._census is not None:
            self._findings = tuple(self._census.findings())
        return self._findings or ()

    def again(self, lines: Iterable[Line]) -> Scan:
        """Scan the same lines once more, after the last one, when `worst` has turned out not to be None.

        What is given is what a new scan with `only` gives. If no more than some lines around far ones are wanted, only
        these are judged again, and the new scan has no findings: the first one's hold.
        """
        scan = Scan(self._model, self._verdicts, lines, self.worst, self._around)
        if isinstance(lines, Lines) and compiled() and self._around is not None:
            for number in self.worst or ():
                self._own.add(number)
            scan._census = None
            scan._scored = scan._run_again(lines.blocks(), self._own, max(self._around, _NEAR))
        return scan

    def __next__(self) -> ScoredLine:
        """Return the next line."""
        return next(self._scored)

    def _run(self, lines: Iterable[Line]) -> Iterator[ScoredLine]:
        """Score line by line."""
        # Nearly all lines are known ones among known ones: what is done for them is written out here.
        of, wait, window = self._verdicts.of, Clock().wait, self._window
        make = tuple.__new__
        census = self._census
        counts: Counter[int] = Counter() if census is None else census.counts
        for line in lines:
            self.read += 1
            text = line.text
            if line.single:
                verdict = of(text)
                row = verdict.row
                if row < 0:
                    self._count_unknown(verdict)
                else:
                    count = counts[row] = counts[row] + 1
                    if count == 1 and census is not None:
                        census.met(row, line.number, text)
            else:
                verdict = self._counted(line, self._of_parts(line))
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
        self._end()

    def _run_blocks(self, blocks: Iterable[Block], around: int | None) -> Iterator[ScoredLine]:
        """Score block by block: what is the same for all lines of a kind is done once."""
        near: Nearby[Verdict] | None = None if around is None else Nearby(max(around, _NEAR))
        with self._verdicts.scanner() as scanner:
            kinds = self._verdicts.kinds(scanner)
            for block, seen in scans(scanner, blocks):
                irregular = self._meet(block, seen, kinds)
                verdicts = self._verdicts_of(block, seen, kinds, scanner, irregular)
                if near is None:
                    yield from self._all(block, seen, kinds, verdicts)
                else:
                    # What is new without being far gives its neighbours a share of its score, too.
                    far = [at for at, verdict in verdicts.items() if verdict.reasons or verdict.distance]
                    yield from self._near(near.of(block, seen, far, verdicts), kinds)
                self.read += seen.count
            if self._census is not None:
                kinds.add_counts(scanner.counts(), self._census.counts)
        yield from self._window
        self._end()

    def _run_again(self, blocks: Iterable[Block], told: LineSet, around: int) -> Iterator[ScoredLine]:
        """Score the lines that a first scan says are far, and those around them."""
        scored = self._run_near(blocks, told, around + _NEAR)  # the outermost lines only warm others
        return (line for line in scored if told.within(line.number - around, line.number + around + 1))

    def _run_near(self, blocks: Iterable[Block], told: LineSet, around: int) -> Iterator[ScoredLine]:
        near: Nearby[Verdict] = Nearby(around)
        with self._verdicts.scanner() as scanner:
            kinds = self._verdicts.kinds(scanner)
            for block, seen in scans(scanner, blocks):
                far = [number - block.first for number in told.within(block.first, block.first + seen.count)]
                yield from self._near(near.of(block, seen, far, {}), kinds)
                self.read += seen.count
        yield from self._window

    def _meet(self, block: Block, seen: Seen, kinds: Kinds) -> dict[int, list[Verdict]]:
        """Judge the kinds that come for the first time in the log, and note the rows that do.

        Returns:
            the verdicts of irregular lines' parts, by the lines' places.
        """
        irregular = {}
        for at in seen.fresh:
            place = Place(block, seen, at)
            line = place.line()
            if place.kind == IRREGULAR:
                verdicts = irregular[at] = self._of_parts(line)
            else:
                verdicts = [kinds.meet(kind, text) for kind, text in place.parts(line)]
            for verdict in verdicts:
                self._recognised = self._recognised or bool(verdict.tokens) or verdict.row >= 0
                if self._census is not None and verdict.row >= 0:
                    self._census.met(verdict.row, line.number, line.text)
        return irregular

    def _waits(self, block: Block, seen: Seen, scanner: Scanner) -> dict[int, int]:
        """Return the places of lines before which the log was silent for GAP_SECONDS or more, and for how long."""
        if self._census is None:
            return {}
        if not seen.irregular:
            return dict(scanner.waits(seen, GAP_SECONDS))
        waits = ((at, scanner.wait(line.text)) for at, line in enumerate(block.lines()))
        return {at: wait for at, wait in waits if wait >= GAP_SECONDS}

    def _verdicts_of(
        self, block: Block, seen: Seen, kinds: Kinds, scanner: Scanner, irregular: Mapping[int, list[Verdict]]
    ) -> dict[int, Verdict]:
        """Count what the baselines do not have, and return the verdicts of lines that are not quiet, by their places."""
        waits = self._waits(block, seen, scanner)
        telling = kinds.watches.select(block.data, seen)
        verdicts = {}
        for at in sorted({*telling, *waits}) if waits else telling:
            place = Place(block, seen, at)
            if place.kind == IRREGULAR:
                verdict = self._counted(place.line(), irregular[at])
            else:
                verdict = self._verdict(place, kinds)
            if at in waits and self._census is not None and (verdict.row >= 0 or verdict.tokens):
                line = place.line()
                self._census.waited(waits[at], verdict.row, line.number, line.text)
            if verdict.quiet is None or place.kind == IRREGULAR:
                verdicts[at] = verdict
        return verdicts

    def _verdict(self, place: Place, kinds: Kinds) -> Verdict:
        """Judge a line that is not irregular, and count it if the baselines do not have it."""
        if place.kind == PARTED:
            part_kinds = place.seen.parts(place.at)
            steady = {kind: kinds.steady(kind) for kind in part_kinds}
            # Where no part has to be read, the line need not be cut.
            verdicts = [verdict for kind in part_kinds if (verdict := steady[kind])]
            if len(verdicts) < len(part_kinds):
                verdicts = [kinds.of(kind, text) for kind, text in place.parts(place.line())]
        else:
            verdicts = [kinds.steady(place.kind) or kinds.of(place.kind, place.line().text)]
        for verdict in verdicts:
            if verdict.row < 0:
                self._count_unknown(verdict)
        return _united(verdicts) if place.kind == PARTED else verdicts[0]

    def _all(
        self, block: Block, seen: Seen, kinds: Kinds, verdicts: Mapping[int, Verdict]
    ) -> Iterator[ScoredLine]:
        """Score all lines of a block."""
        window, make, quiet = self._window, tuple.__new__, kinds.quiet
        lines = zip(block.lines(), seen.kinds, strict=True)
        start = 0
        for at in (*sorted({*verdicts, *seen.parted}), seen.count):
            # All up to that one are quiet, but the first of them may be near a far one.
            while self._heat and start < at:
                line, kind = next(lines)
                window.append(self._warm(line, kinds.alike(kind, line.text)))
                start += 1
            # What ScoredLine(...) does, without the call of a Python function.
            window.extend(
                make(ScoredLine, (line.number, line.text, False, *quiet[kind]))
                for line, kind in islice(lines, at - start)
            )
            while len(window) > _NEAR:
                yield window.popleft()
            for line, _ in islice(lines, 1):
                verdict = verdicts.get(at) or _quiet(Place(block, seen, at), line, kinds)
                window.append(self._warm(line, verdict))
            start = at + 1

    def _near(self, places: Iterable[tuple[Place, Verdict | None]], kinds: Kinds) -> Iterator[ScoredLine]:
        """Score far lines, and those around them."""
        window = self._window
        for place, verdict in places:
            line = place.line()
            if window and line.number != window[-1].number + 1:
                yield from window  # no line is so far from a far one and gets a share of its score
                window.clear()
                self._heat = 0.0
            window.append(self._warm(line, verdict or self._judged(place, line, kinds)))
            if len(window) > _NEAR:
                yield window.popleft()

    def _judged(self, place: Place, line: Line, kinds: Kinds) -> Verdict:
        if place.kind == IRREGULAR:
            return self._counted(line, self._of_parts(line))
        return self._verdict(place, kinds)

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

    def _of_parts(self, line: Line) -> list[Verdict]:
        """Judge the parts of a line."""
        return [self._verdicts.of(part) for part in parts(line)] or [self._verdicts.of("")]

    def _counted(self, line: Line, verdicts: Sequence[Verdict]) -> Verdict:
        """Count the parts of a line, and return its verdict."""
        for verdict in verdicts:
            if verdict.row < 0:
                self._count_unknown(verdict)
            elif self._census is not None:
                self._census.counts[verdict.row] += 1
                self._census.met(verdict.row, line.number, line.text)
        return verdicts[0] if line.single else _united(verdicts)

    def _count_unknown(self, verdict: Verdict) -> None:
        if verdict.tokens:
            self._recognised = True
            if self._census is not None:
                self._census.unknown(verdict.tokens, verdict.near_row, novel=NOVEL in verdict.reasons)

    def _placed(self, number: int, text: str, verdict: Verdict) -> tuple[tuple[str, ...], int | None]:
        """Return the reasons of a far line, and the line that stands for it."""
        reasons = verdict.reasons
        own = ERROR in reasons or NUMBER in reasons
        if own:
            self._own.add(number)
        if self._only is not None:
            if number in self._only:
                return reasons, number
            if not own:
                return (), None
        if not verdict.distance and reasons == (NOVEL,):
            return reasons, number  # with a threshold of 0 known lines are asked for, each of them
        group, in_block = self._blocks.group(number, text, verdict)
        if self._census is not None and (in_block or group == number):
            self._census.far(verdict.distance or 0.0, number)
        return ((*reasons, BLOCK) if in_block else reasons), group

    def _end(self) -> None:
        recognised = self._recognised or (self._census is not None and self._census.recognised)
        if not self.read:
            self._findings = (Finding("nothing_read", "the file has no line"),)
        elif not recognised:
            self._findings = (Finding("nothing_read", f"none of the file's {self.read} lines has a word"),)
        elif self._census is not None:
            self._findings = None
            again = self._only is not None
            self.worst = self._census.worst if self._census.unfit and not again else None


def _quiet(place: Place, line: Line, kinds: Kinds) -> Verdict:
    """Return the verdict of a line of which nothing has to be said by itself."""
    if place.kind != PARTED:
        return kinds.alike(place.kind, line.text)
    # All its parts are known, so the first stands for it.
    kind, text = next(iter(place.parts(line)))
    return _united([kinds.alike(kind, text)])


def _united(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a line by those of its parts."""
    farthest = max(verdicts, key=_farness)
    return farthest._replace(
        reasons=ordered(reason for v in verdicts for reason in v.reasons),
        stands=any(v.stands for v in verdicts if v.reasons),
        heats=any(v.heats for v in verdicts if v.reasons),
        secret=True,  # one may lie across two parts
        quiet=None,
    )


def _farness(verdict: Verdict) -> tuple[float, int]:
    return verdict.distance or 0.0, len(verdict.reasons)
