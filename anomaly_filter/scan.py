"""The way through one file: every line scored in order, then what was found about the file as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat

from anomaly_filter.ahead import scans
from anomaly_filter.blocks import Blocks
from anomaly_filter.census import GAP_SECONDS, Census
from anomaly_filter.clock import Clock
from anomaly_filter.findings import Finding
from anomaly_filter.line_set import LineSet
from anomaly_filter.lines import Block, Line, Lines, parts
from anomaly_filter.model import Model
from anomaly_filter.nearby import Nearby, Place, Stretch
from anomaly_filter.parted import PartedLines, united
from anomaly_filter.reasons import BLOCK, ERROR, NOVEL, NUMBER
from anomaly_filter.scanner import IRREGULAR, PARTED, Scanner, Seen, compiled
from anomaly_filter.scored import NEAR, Quiet, QuietLines, ScoredLine, Window
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.verdict import Verdict
from anomaly_filter.verdicts import Kinds, Verdicts

_UNSAID: Quiet = (None, None, None, (), None, None, None)
"""In the place of what is said of a line that is not quiet."""

_make = tuple.__new__


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
        self._parted = PartedLines()
        self._window = Window()
        self._batch: Iterator[ScoredLine] = iter(())  # that was begun
        self._recognised = False
        self._findings: tuple[Finding, ...] | None = ()  # None: the census has still to be asked
        if isinstance(lines, Lines) and compiled():
            self._give(self._run_blocks(lines.blocks(), around))
        else:
            self._give(self._run(lines))

    def _give(self, batches: Iterator[Iterable[ScoredLine]]) -> None:
        self._batches = map(iter, batches)
        self._scored = chain.from_iterable(self._begun())

    def _begun(self) -> Iterator[Iterator[ScoredLine]]:
        for batch in self._batches:
            self._batch = batch
            yield batch

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
            scan._give(scan._run_again(lines.blocks(), self._own, max(self._around, NEAR)))
        return scan

    def __iter__(self) -> Iterator[ScoredLine]:  # noqa: PYI034 - it need not pass through __next__
        """Return the lines that are left."""
        return self._scored

    def __next__(self) -> ScoredLine:
        """Return the next line."""
        return next(self._scored)

    def batches(self) -> Iterator[list[ScoredLine]]:
        """Give the lines that are left, up to some thousands at once: the fastest way to take all of them."""
        for batch in chain([self._batch], self._batches):
            if lines := [*batch]:
                yield lines

    def _run(self, lines: Iterable[Line]) -> Iterator[Iterable[ScoredLine]]:
        """Score line by line."""
        # Nearly all lines are known ones among known ones: what is done for them is written out here.
        of, wait, window = self._verdicts.of, Clock().wait, self._window
        make, last = tuple.__new__, window.lines
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
            if census is not None and (waited := wait(text)) >= GAP_SECONDS and (row >= 0 or verdict.joined):
                census.waited(waited, row, line.number, text)
            quiet = verdict.quiet
            if quiet is None or window.heat:
                window.add(self._said(line.number, text, verdict, truncated=line.truncated))
            else:
                # What ScoredLine(...) does, without the call of a Python function.
                last.append(make(ScoredLine, (line.number, text, bool(line.rest), *quiet)))
            if len(last) > NEAR:
                yield [last.pop(0)]
        yield window.rest()
        self._end()

    def _run_blocks(self, blocks: Iterable[Block], around: int | None) -> Iterator[Iterable[ScoredLine]]:
        """Score block by block: what is the same for all lines of a kind is done once."""
        near: Nearby[Verdict] | None = None if around is None else Nearby(max(around, NEAR))
        with self._verdicts.scanner() as scanner:
            kinds = self._verdicts.kinds(scanner)
            for block, seen in scans(scanner, blocks):
                irregular = self._meet(block, seen, kinds)
                verdicts = self._verdicts_of(block, seen, kinds, scanner, irregular)
                self.read += seen.count
                if near is None:
                    stretches: Iterable[Stretch[Verdict]] = [Stretch(block, seen, verdicts, 0, seen.count)]
                else:
                    # What is new without being far gives its neighbours a share of its score, too.
                    far = [at for at, verdict in verdicts.items() if verdict.reasons or verdict.distance]
                    stretches = near.of(block, seen, far, verdicts)
                for stretch in stretches:
                    self._score(stretch, kinds, scanner)
                yield self._window.settled()
            if self._census is not None:
                kinds.add_counts(scanner.counts(), self._census.counts)
        yield self._window.rest()
        self._end()

    def _run_again(
        self, blocks: Iterable[Block], told: LineSet, around: int
    ) -> Iterator[Iterable[ScoredLine]]:
        """Score the lines that a first scan says are far, and those around them."""
        for scored in self._run_near(blocks, told, around + NEAR):  # the outermost lines only warm others
            yield [line for line in scored if told.within(line.number - around, line.number + around + 1)]

    def _run_near(
        self, blocks: Iterable[Block], told: LineSet, around: int
    ) -> Iterator[Iterable[ScoredLine]]:
        near: Nearby[Verdict] = Nearby(around)
        with self._verdicts.scanner() as scanner:
            kinds = self._verdicts.kinds(scanner)
            for block, seen in scans(scanner, blocks):
                far = [number - block.first for number in told.within(block.first, block.first + seen.count)]
                self.read += seen.count
                for stretch in near.of(block, seen, far, {}):
                    places = range(stretch.first, stretch.end)
                    gists = kinds.gists(stretch.block, stretch.seen, places)
                    for at in places:
                        if gist := gists.get(at):
                            kinds.meet_gist(stretch.seen.kinds[at], gists, gist)
                    verdicts = {
                        at: self._judged(Place(stretch.block, stretch.seen, at), kinds) for at in places
                    }
                    self._score(replace(stretch, known=verdicts), kinds, scanner)
                yield self._window.settled()
        yield self._window.rest()

    def _meet(self, block: Block, seen: Seen, kinds: Kinds) -> dict[int, list[Verdict]]:
        """Judge the kinds that come for the first time in the log, and note the rows that do.

        Returns:
            the verdicts of irregular lines' parts, by the lines' places.
        """
        irregular = {}
        gists = kinds.gists(block, seen, seen.fresh)
        for at in seen.fresh:
            if gist := gists.get(at):
                verdict = kinds.meet_gist(seen.kinds[at], gists, gist)
                if not self._knows(verdict):
                    self._note([verdict], Line(block.first + at, gists.text(gist)))
                continue
            place = Place(block, seen, at)
            line = place.line()
            if place.kind == IRREGULAR:
                verdicts = irregular[at] = self._of_parts(line)
            else:
                # The parts of a progress bar are of few kinds.
                firsts: dict[int, str] = {}
                for kind, text in place.parts(line):
                    firsts.setdefault(kind, text)
                verdicts = [kinds.meet(kind, text) for kind, text in firsts.items()]
            self._note(verdicts, line)
        return irregular

    def _knows(self, verdict: Verdict) -> bool:
        """Tell whether there is nothing to note of a line with this verdict."""
        return self._recognised and (
            verdict.row < 0 or self._census is None or self._census.has_met(verdict.row)
        )

    def _note(self, verdicts: Iterable[Verdict], line: Line) -> None:
        """Note that a line has a word, and which rows come for the first time."""
        for verdict in verdicts:
            self._recognised = self._recognised or bool(verdict.joined) or verdict.row >= 0
            if self._census is not None and verdict.row >= 0:
                self._census.met(verdict.row, line.number, line.text)

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
            if at in waits and self._census is not None and (verdict.row >= 0 or verdict.joined):
                line = place.line()
                self._census.waited(waits[at], verdict.row, line.number, line.text)
            if verdict.quiet is None or place.kind == IRREGULAR:
                verdicts[at] = verdict
        return verdicts

    def _verdict(self, place: Place, kinds: Kinds) -> Verdict:
        """Judge a line that is not irregular, and count it if the baselines do not have it."""
        if place.kind == PARTED:
            verdict, unknown = self._parted.of(place, kinds)
            for each, times in unknown:
                self._count_unknown(each, times)
            return verdict
        verdict = kinds.steady(place.kind) or kinds.of(place.kind, place.line().text)
        if verdict.row < 0:
            self._count_unknown(verdict)
        return verdict

    def _score(self, stretch: Stretch[Verdict], kinds: Kinds, scanner: Scanner) -> None:
        """Score lines of a block; those without a verdict are quiet."""
        window, verdicts, block, seen = self._window, stretch.known, stretch.block, stretch.seen
        texts, truncated = _texts(stretch, scanner)
        first, end = stretch.first, stretch.end
        own_kinds = seen.kinds[first:end]
        said = [*map(kinds.quiet.get, own_kinds, repeat(_UNSAID))]
        if seen.has_parts:
            for at, kind in enumerate(own_kinds):
                if kind == PARTED and first + at not in verdicts:
                    # All its parts are known, so the first stands for it; a secret may lie across two.
                    said[at] = kinds.quiet[seen.parts(first + at)[0]]
                    texts[at] = mask_secrets(texts[at])
        quiet = QuietLines(stretch.number, texts, truncated, said)
        window.begin(stretch.number)
        start = 0
        for place in stretch.places():
            at = place - first
            window.pass_by(quiet, start, at)
            number, verdict = block.first + place, verdicts[place]
            window.add(self._said(number, texts[at], verdict, truncated=at in truncated))
            start = at + 1
        window.pass_by(quiet, start, end - first)

    def _judged(self, place: Place, kinds: Kinds) -> Verdict:
        if place.kind == IRREGULAR:
            line = place.line()
            return self._counted(line, self._of_parts(line))
        return self._verdict(place, kinds)

    def _said(self, number: int, text: str, verdict: Verdict, *, truncated: bool) -> ScoredLine:
        """Return a line with what its verdict says of it; its score is still to be told."""
        if verdict.secret:
            text = mask_secrets(text)
        reasons, group = self._placed(number, text, verdict) if verdict.reasons else ((), None)
        row = (
            number,
            text,
            truncated,
            verdict.distance,
            verdict.nearest,
            verdict.seen_in,
            reasons,
            verdict.fingerprint if reasons else None,
            None,
            group,
        )
        return _make(ScoredLine, row)

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
        return verdicts[0] if line.single else united(verdicts)

    def _count_unknown(self, verdict: Verdict, times: int = 1) -> None:
        if verdict.joined:
            self._recognised = True
            if self._census is not None:
                novel = NOVEL in verdict.reasons
                self._census.unknown(verdict.joined, verdict.near_row, novel=novel, times=times)

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


def _texts(stretch: Stretch[Verdict], scanner: Scanner) -> tuple[list[str], set[int]]:
    """Return the texts of lines, and which of them are truncated, from 0 on."""
    block, seen, first, end = stretch.block, stretch.seen, stretch.first, stretch.end
    if block.keys:
        texts, left = [""] * (end - first), list(range(first, end))
    else:
        texts, left = scanner.texts(block.data, seen, first, end)
    truncated = set()
    for at in left:
        line = Place(block, seen, at).line()
        texts[at - first] = line.text
        if line.truncated:
            truncated.add(at - first)
    return texts, truncated
