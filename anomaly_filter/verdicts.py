"""What is known of a sub-line, remembered for all that have the same masked words."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from anomaly_filter.amounts import evenly
from anomaly_filter.expected import Note
from anomaly_filter.gists import NO_GISTS, BlockGists, Gist
from anomaly_filter.judge import Comparison, Judge, patterns_of_failure
from anomaly_filter.lines import Block
from anomaly_filter.model import Model
from anomaly_filter.newcomers import Newcomers, newcomers
from anomaly_filter.scanner import PARTED, Scanner, Seen
from anomaly_filter.scored import Quiet
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import Key, Tokenizer
from anomaly_filter.verdict import Verdict, joined, ordered, verdict_of
from anomaly_filter.watch import Watches

# Words of the lines whose verdicts are remembered, and of the verdicts: bounds what a log whose every line is new, or
# is very long, can take.
_MEMO_WORDS = 1 << 20
_NOT_MET = -2  # in the place of the row of a kind


class Verdicts:
    """Judges sub-lines; what it answers does not depend on what it remembers."""

    def __init__(self, model: Model | None, threshold: float, tokenizer: Tokenizer) -> None:
        """Judge by a model and the distance from which on a line is novel."""
        self._judge = None if model is None else Judge(model, threshold)
        self._newcomers: Newcomers | None = None
        self._tokenizer = tokenizer
        self._memo: dict[Key, Verdict] = {}
        self._memo_words = 0
        self._kinds: Kinds | None = None

    def scanner(self) -> AbstractContextManager[Scanner]:
        """Lend a scanner for a log."""
        return self._tokenizer.scanner()

    def kinds(self, scanner: Scanner) -> Kinds:
        """Return what is known of the kinds of lines that a scanner tells apart."""
        if self._kinds is None or not self._kinds.are_of(scanner):
            if self._newcomers is None and self._judge is not None:
                self._newcomers = newcomers(self._judge, self._tokenizer)
            self._kinds = Kinds(self, scanner, self._newcomers)
        return self._kinds

    def of(self, text: str) -> Verdict:
        """Return the verdict of a sub-line."""
        return self.compared(self.alike(text), text)

    def alike(self, text: str) -> Verdict:
        """Return the verdict of all sub-lines with the masked words of a text."""
        key = self._tokenizer.key(text)
        verdict = self._memo.get(key)
        if verdict is None:
            verdict = self.first(text)
            if self._memo_words >= _MEMO_WORDS:
                self._memo.clear()
                self._memo_words = 0
            self._memo[key] = verdict
            self._memo_words += len(key) + verdict.words
        return verdict

    def compared(self, verdict: Verdict, text: str) -> Verdict:
        """Return the verdict of a text, by that of its like."""
        return _with(verdict, self._compared(verdict, text)) if verdict.compared else verdict

    def comparison(self, verdict: Verdict, text: str) -> Comparison | None:
        """Return what is compared in each text that differs from this one in digits only; None: see each by itself."""
        if self._judge is None or verdict.distance is None or verdict.secret:
            return None
        return self._judge.comparison(verdict.tokens, verdict.distance, verdict.near_row, text)

    def notes(self, text: str) -> tuple[Note, ...]:
        """Return why a sub-line is far, each reason with a sentence."""
        text = mask_secrets(text)
        tokens = self._tokenizer.tokens(text)
        if self._judge is None:
            return patterns_of_failure(tokens)
        found = self._judge.judge(tokens, text)
        return (
            *found.notes,
            *self._judge.compare(tokens, found.neighbour.distance, found.neighbour.row, text),
        )

    def _compared(self, verdict: Verdict, text: str) -> tuple[Note, ...]:
        if self._judge is None or verdict.distance is None:
            return ()
        masked = mask_secrets(text) if verdict.secret else text
        return self._judge.compare(verdict.tokens, verdict.distance, verdict.near_row, masked)

    def first(self, text: str) -> Verdict:
        """Return what is known of all sub-lines with the masked words of a text."""
        masked = mask_secrets(text)
        secret = masked != text
        tokens = self._tokenizer.tokens(masked)
        if self._judge is None:
            reasons = ordered(reason for reason, _ in patterns_of_failure(tokens))
            far = bool(reasons)
            quiet_line = None if far or secret else (None, None, None, (), None, None, None)
            return Verdict(
                None,
                None,
                None,
                -1,
                -1,
                reasons,
                joined(tokens),
                stands=far,
                heats=far,
                compared=False,
                secret=secret,
                quiet=quiet_line,
            )
        return verdict_of(self._judge.judge(tokens, masked), tokens, secret=secret)


class Kinds:
    """What is known of each kind of line: the same as `Verdicts` say, by the numbers that a scanner gives kinds.

    Attributes:
        watches: tell which lines have to be looked at one by one.
        quiet: what is said of a line of a kind of which there is nothing else to say.
    """

    def __init__(self, verdicts: Verdicts, scanner: Scanner, newcomers: Newcomers | None) -> None:
        """Know of no kind yet."""
        self._newcomers = newcomers
        self.watches = Watches(learns=False)
        self.quiet: dict[int, Quiet] = {}
        self._verdicts = verdicts
        self._scanner = scanner
        self._generation = scanner.generation
        self._rows = array("i")
        self._memo: dict[int, Verdict] = {}
        self._memo_words = 0
        self._comparisons: dict[int, Comparison] = {}

    def are_of(self, scanner: Scanner) -> bool:
        """Tell whether the numbers of kinds are a scanner's."""
        return self._scanner is scanner and self._generation == scanner.generation

    def gists(self, block: Block, seen: Seen, places: Iterable[int]) -> BlockGists:
        """Return the gists of lines of a block, one for each kind of which nothing is known yet."""
        if self._newcomers is None:
            return NO_GISTS
        first: dict[int, int] = {}
        for at in places:
            kind = seen.kinds[at]
            if kind < PARTED and kind not in self._memo:
                first.setdefault(kind, at)
        return self._newcomers.gists.of(block, seen, [*first.values()])

    def meet_gist(self, kind: int, gists: BlockGists, gist: Gist) -> Verdict:
        """Return the verdict of a kind, by the gist of one of its lines; it counts as known from now on."""
        assert self._newcomers is not None  # noqa: S101 - who else makes gists
        verdict = self._remember(kind, self._newcomers.verdict(gists, gist))
        if self._is_new(kind, verdict):
            comparison = None
            if verdict.compared:
                comparison = self._comparisons[kind] = self._newcomers.comparison(verdict, gists, gist)
            self._watch(kind, verdict, comparison, gists.even(gist) if comparison else "")
        return verdict

    def meet(self, kind: int, text: str) -> Verdict:
        """Return the verdict of a kind, by one of its texts; it counts as known from now on."""
        verdict = self.alike(kind, text)
        if self._is_new(kind, verdict):
            comparison = self._comparison(kind, verdict, text) if verdict.compared else None
            self._watch(kind, verdict, comparison, evenly(text) if comparison else "")
        return verdict

    def _is_new(self, kind: int, verdict: Verdict) -> bool:
        """Note the row of a kind; return False if it is known."""
        if kind >= len(self._rows):
            self._rows.extend([_NOT_MET] * (kind + 1 - len(self._rows)))
        if self._rows[kind] != _NOT_MET:
            return False
        self._rows[kind] = verdict.row
        return True

    def alike(self, kind: int, text: str) -> Verdict:
        """Return what is known of all lines of a kind: the verdict of those in which there is nothing odd to compare."""
        return self._memo.get(kind) or self._remember(kind, self._verdicts.first(text))

    def _remember(self, kind: int, verdict: Verdict) -> Verdict:
        if self._memo_words >= _MEMO_WORDS:
            self._memo.clear()
            self._comparisons.clear()
            self._memo_words = 0
        self._memo[kind] = verdict
        self._memo_words += verdict.words
        return verdict

    def steady(self, kind: int) -> Verdict | None:
        """Return the verdict of all lines of a kind; None if they differ, or it has been forgotten."""
        verdict = self._memo.get(kind)
        return None if verdict is None or verdict.compared else verdict

    def of(self, kind: int, text: str) -> Verdict:
        """Return the verdict of a line."""
        verdict = self.alike(kind, text)
        if not verdict.compared:
            return verdict
        comparison = self._comparison(kind, verdict, text)
        if comparison is None:
            return self._verdicts.compared(verdict, text)
        return _with(verdict, comparison.notes(text))

    def add_counts(self, by_kind: Sequence[int], by_row: Counter[int]) -> None:
        """Add up, by row of the model, how many lines a log has of each kind."""
        for kind, count in enumerate(by_kind):
            if count and self._rows[kind] >= 0:
                by_row[self._rows[kind]] += count

    def _watch(self, kind: int, verdict: Verdict, comparison: Comparison | None, even: str) -> None:
        """Have those lines selected of which there is something to say."""
        if verdict.quiet is None:
            self.watches.select_each(kind)
            return
        self.quiet[kind] = verdict.quiet
        if comparison:
            numbers = [(slot, (what.low, what.high)) for slot, what in comparison.numbers]
            self.watches.watch(kind, even, numbers, comparison.host)

    def _comparison(self, kind: int, verdict: Verdict, text: str) -> Comparison | None:
        comparison = self._comparisons.get(kind)
        if comparison is None:
            comparison = self._verdicts.comparison(verdict, text)
            if comparison is not None:
                self._comparisons[kind] = comparison
        return comparison


def _with(verdict: Verdict, notes: Sequence[Note]) -> Verdict:
    """Return the verdict with more reasons."""
    if not notes:
        return verdict
    reasons = ordered([*verdict.reasons, *(reason for reason, _ in notes)])
    return verdict._replace(quiet=None, reasons=reasons, stands=True, heats=True)
