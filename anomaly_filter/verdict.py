"""What is known of all sub-lines with the same masked words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from anomaly_filter.judge import Judgement
from anomaly_filter.reasons import REASONS
from anomaly_filter.scored import Quiet

_WORD = 8  # bytes
_VERDICT_WORDS = 40  # what a verdict takes in a memo, beside its tokens


class Verdict(NamedTuple):
    """What is known of every sub-line with the same masked words.

    Attributes:
        distance: to the nearest baseline line; None without a model.
        nearest: its text.
        seen_in: builds that hold it.
        near_row: its row in the model; -1 where there is none.
        row: the same if it has equal tokens, else -1.
        reasons: why it is far.
        joined: the tokens, sorted, with LFs between them, of a line that the baselines do not have or whose numbers are
            compared; else empty.
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
    joined: str
    stands: bool
    heats: bool
    compared: bool
    secret: bool
    quiet: Quiet | None = None

    @property
    def size(self) -> int:
        """The number of tokens."""
        return self.joined.count("\n") + 1 if self.joined else 0

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens."""
        return frozenset(self.joined.split("\n")) if self.joined else frozenset()

    @property
    def words(self) -> int:
        """What it takes in a memo, in words."""
        return len(self.joined) // _WORD + _VERDICT_WORDS

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that stand for the tokens, the same in every build and job."""
        return _fingerprint(self.joined)


def verdict_of(found: Judgement, tokens: frozenset[str], *, secret: bool) -> Verdict:
    """Return the verdict of a sub-line by how it was judged."""
    near = found.neighbour
    known = not near.distance and not found.notes
    return Verdict(
        near.distance,
        near.text,
        near.seen_in,
        near.row,
        -1 if near.distance else near.row,
        ordered(reason for reason, _ in found.notes),
        "" if known and not found.compared else joined(tokens),
        found.stands,
        found.heats,
        found.compared,
        secret,
        (0.0, near.text, near.seen_in, (), None, 0.0, None) if known and not secret else None,
    )


def ordered(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return reasons, each once, in the order of REASONS."""
    given = set(reasons)
    return tuple(reason for reason in REASONS if reason in given) if given else ()


def joined(tokens: Iterable[str]) -> str:
    """Return tokens as `Verdict.joined` has them; none has an LF."""
    return "\n".join(sorted(tokens))


def fingerprint(tokens: Iterable[str]) -> str:
    """Return what `Verdict.fingerprint` is of tokens."""
    return _fingerprint(joined(tokens))


@lru_cache(maxsize=1 << 14)  # far lines come again and again
def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
