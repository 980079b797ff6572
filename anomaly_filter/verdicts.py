"""What is known of a sub-line, remembered for all that have the same masked words."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import NamedTuple

from anomaly_filter.amounts import evenly
from anomaly_filter.expected import Note
from anomaly_filter.judge import Comparison, Judge, patterns_of_failure
from anomaly_filter.model import Model
from anomaly_filter.reasons import REASONS
from anomaly_filter.scanner import Scanner
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import Key, Tokenizer
from anomaly_filter.watch import Watches

# Words of the lines whose verdicts are remembered, and what a verdict takes beside them, in words: bounds what a
# log whose every line is new, or is very long, can take.
_MEMO_WORDS = 1 << 20
_VERDICT_WORDS = 8
_TOKEN_WORDS = 4  # what a token of a verdict takes
_NOT_MET = -2  # in the place of the row of a kind

Quiet = tuple[float | None, str | None, int | None, tuple[()], None, float | None, None]
"""What the ScoredLine of a quiet line has after `truncated`, where no far line is near."""

NO_TOKENS: frozenset[str] = frozenset()


class Verdict(NamedTuple):
    """What is known of every sub-line with the same masked words.

    Attributes:
        distance: to the nearest baseline line; None without a model.
        nearest: its text.
        seen_in: builds that hold it.
        near_row: its row in the model; -1 where there is none.
        row: the same if it has equal tokens, else -1.
        reasons: why it is far.
        tokens: of a line that the baselines do not have, or whose numbers are compared; else empty.
        stands: whether it says something of its own beside being novel.
        heats: whether what follows it belongs to a failure.
        compared: whether its numbers or its host have to be compared text by text.
        secret: whether it holds a secret.
        quiet: of a known line that is not far and holds no secret, what its ScoredLine has after `truncated` where no
            far line is near; else None.
    """

    distance: float | None
    nearest: str | None
    seen_in: int | None
    near_row: int
    row: int
    reasons: tuple[str, ...]
    tokens: frozenset[str]
    stands: bool
    heats: bool
    compared: bool
    secret: bool
    quiet: Quiet | None = None

    @property
    def words(self) -> int:
        """What it takes in a memo, in words."""
        return _TOKEN_WORDS * len(self.tokens) + _VERDICT_WORDS

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that stand for the tokens."""
        return fingerprint(self.tokens)


class Verdicts:
    """Judges sub-lines; what it answers does not depend on what it remembers."""

    def __init__(self, model: Model | None, threshold: float, tokenizer: Tokenizer) -> None:
        """Judge by a model and the distance from which on a line is novel."""
        self._judge = None if model is None else Judge(model, threshold)
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
            self._kinds = Kinds(self, scanner)
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
                tokens,
                stands=far,
                heats=far,
                compared=False,
                secret=secret,
                quiet=quiet_line,
            )
        found = self._judge.judge(tokens, masked)
        near = found.neighbour
        known = not near.distance and not found.notes
        quiet = (0.0, near.text, near.seen_in, (), None, 0.0, None) if known and not secret else None
        return Verdict(
            near.distance,
            near.text,
            near.seen_in,
            near.row,
            -1 if near.distance else near.row,
            ordered(reason for reason, _ in found.notes),
            NO_TOKENS if known and not found.compared else tokens,
            found.stands,
            found.heats,
            found.compared,
            secret,
            quiet,
        )


class Kinds:
    """What is known of each kind of line: the same as `Verdicts` say, by the numbers that a scanner gives kinds.

    Attributes:
        watches: tell which lines have to be looked at one by one.
        quiet: what is said of a line of a kind of which there is nothing else to say.
    """

    def __init__(self, verdicts: Verdicts, scanner: Scanner) -> None:
        """Know of no kind yet."""
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

    def meet(self, kind: int, text: str) -> Verdict:
        """Return the verdict of a kind, by one of its texts; it counts as known from now on."""
        verdict = self.alike(kind, text)
        if kind >= len(self._rows):
            self._rows.extend([_NOT_MET] * (kind + 1 - len(self._rows)))
        if self._rows[kind] == _NOT_MET:
            self._rows[kind] = verdict.row
            self._watch(kind, verdict, text)
        return verdict

    def alike(self, kind: int, text: str) -> Verdict:
        """Return what is known of all lines of a kind: the verdict of those in which there is nothing odd to compare."""
        verdict = self._memo.get(kind)
        if verdict is None:
            verdict = self._verdicts.first(text)
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

    def _watch(self, kind: int, verdict: Verdict, text: str) -> None:
        """Have those lines selected of which there is something to say."""
        if verdict.quiet is None:
            self.watches.select_each(kind)
            return
        self.quiet[kind] = verdict.quiet
        comparison = self._comparison(kind, verdict, text) if verdict.compared else None
        if comparison:
            numbers = [(slot, (what.low, what.high)) for slot, what in comparison.numbers]
            self.watches.watch(kind, evenly(text), numbers, comparison.host)

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


def ordered(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return reasons, each once, in the order of REASONS."""
    given = set(reasons)
    return tuple(reason for reason in REASONS if reason in given) if given else ()


@lru_cache(maxsize=1 << 14)  # far lines come again and again
def fingerprint(tokens: frozenset[str]) -> str:
    """Return sixteen hex digits that stand for a set of tokens, the same in every build and job."""
    return hashlib.sha256("\n".join(sorted(tokens)).encode()).hexdigest()[:16]
