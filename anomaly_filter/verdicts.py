"""What is known of a sub-line, remembered for all that have the same masked words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from anomaly_filter.expected import Note
from anomaly_filter.judge import Judge, patterns_of_failure
from anomaly_filter.model import Model
from anomaly_filter.reasons import REASONS
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.tokens import Key, Tokenizer

# Words of the lines whose verdicts are remembered, and what a verdict takes beside them, in words: bounds what a
# log whose every line is new, or is very long, can take.
_MEMO_WORDS = 1 << 20
_VERDICT_WORDS = 8
_TOKEN_WORDS = 4  # what a token of a verdict takes

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
    quiet: tuple[float, str | None, int | None, tuple[()], None, float, None] | None = None

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

    def of(self, text: str) -> Verdict:
        """Return the verdict of a sub-line."""
        key = self._tokenizer.key(text)
        verdict = self._memo.get(key)
        if verdict is None:
            verdict = self._verdict(text)
            if self._memo_words >= _MEMO_WORDS:
                self._memo.clear()
                self._memo_words = 0
            self._memo[key] = verdict
            self._memo_words += len(key) + _TOKEN_WORDS * len(verdict.tokens) + _VERDICT_WORDS
        if verdict.compared and (notes := self._compared(verdict, text)):
            return verdict._replace(
                quiet=None,
                reasons=ordered([*verdict.reasons, *(r for r, _ in notes)]),
                stands=True,
                heats=True,
            )
        return verdict

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

    def _verdict(self, text: str) -> Verdict:
        masked = mask_secrets(text)
        secret = masked != text
        tokens = self._tokenizer.tokens(masked)
        if self._judge is None:
            reasons = ordered(reason for reason, _ in patterns_of_failure(tokens))
            far = bool(reasons)
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


def ordered(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return reasons, each once, in the order of REASONS."""
    given = set(reasons)
    return tuple(reason for reason in REASONS if reason in given) if given else ()


def fingerprint(tokens: frozenset[str]) -> str:
    """Return sixteen hex digits that stand for a set of tokens, the same in every build and job."""
    return hashlib.sha256("\n".join(sorted(tokens)).encode()).hexdigest()[:16]
