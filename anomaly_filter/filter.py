"""The filter that people import: lines in, scored lines out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from anomaly_filter.lines import Line, parts
from anomaly_filter.model import Model
from anomaly_filter.names import model_name
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.store import FALLBACKS, Fallback, ModelStore
from anomaly_filter.tokens import Key, Tokenizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_THRESHOLD = 0.25
"""A line at least so far from every baseline line is novel."""

NOVEL = "novel"
"""The reason of a line whose distance reaches the threshold."""

# Words of the lines whose verdicts are remembered, and what a verdict takes beside them, in words: bounds what a
# log whose every line is new, or is very long, can take.
_MEMO_WORDS = 1 << 20
_VERDICT_WORDS = 8


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
        reasons: why the line is far (so far: `novel`); empty for a line that is not.
        fingerprint: sixteen hex digits that stand for the tokens of the farthest part; None unless the line is far.
    """

    number: int
    text: str
    truncated: bool
    distance: float | None
    nearest: str | None
    seen_in: int | None
    reasons: tuple[str, ...]
    fingerprint: str | None

    @property
    def shown(self) -> bool:
        """Whether the line is far: worth a person's time."""
        return bool(self.reasons)


class _Verdict(NamedTuple):
    """What is known of every text with the same masked words."""

    distance: float | None
    nearest: str | None
    seen_in: int | None
    reasons: tuple[str, ...]
    fingerprint: str | None
    secret: bool


def _farness(verdict: _Verdict) -> tuple[bool, float]:
    return bool(verdict.reasons), verdict.distance or 0.0


class AnomalyFilter:
    """Scores lines against a model."""

    def __init__(
        self, model: Model | None, *, threshold: float = DEFAULT_THRESHOLD, tokenizer: Tokenizer | None = None
    ) -> None:
        """Make a filter.

        Args:
            model: what passing builds printed; None: lines get no distance, and none is far.
            threshold: distance from which on a line is novel, in 0..1; 0 makes every line novel that has tokens.
            tokenizer: shares its memo of words; results do not depend on it.

        Raises:
            ValueError: the threshold is not in 0..1.
        """
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold: expected a distance in 0..1, got {threshold}")
        self.model = model
        self.threshold = threshold
        self._tokenizer = tokenizer or Tokenizer()
        self._memo: dict[Key, _Verdict] = {}
        self._memo_words = 0

    @classmethod
    def from_store(
        cls,
        store: ModelStore,
        fields: Mapping[str, object],
        *,
        threshold: float = DEFAULT_THRESHOLD,
        fallback: Sequence[Fallback] = FALLBACKS,
    ) -> AnomalyFilter:
        """Make a filter with the model that fits a build's file.

        Args:
            store: where models are kept.
            fields: names the file: `project`, `build_name`, `build_branch`, `filename` and `build_uuid`, whose own
                segments are left out. Missing ones count as unknown.
            threshold: see above.
            fallback: which other models may answer, in this order, where the file's own is not there.
        """
        found = store.find(
            model_name(fields), without_build=str(fields.get("build_uuid", "")), fallback=fallback
        )
        return cls(found.model if found else None, threshold=threshold)

    def scored(self, lines: Iterable[Line]) -> Iterator[ScoredLine]:
        """Score lines lazily; a line's result depends on no other line, so any chunking gives the same."""
        for line in lines:
            text = line.text
            if line.single:
                verdict = self._verdict(text)
                if verdict.secret:
                    text = mask_secrets(text)
            else:
                verdict = max(map(self._verdict, parts(line)), key=_farness, default=self._verdict(""))
                text = mask_secrets(text)
            yield ScoredLine(
                line.number,
                text,
                line.truncated,
                verdict.distance,
                verdict.nearest,
                verdict.seen_in,
                verdict.reasons,
                verdict.fingerprint,
            )

    def distances(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the distance of each text, as an array of float32 of shape (len(texts),), in 0..1.

        A text is one line; line ends within it count as blanks. Without a model every distance is NaN.
        """
        import numpy as np  # noqa: PLC0415 - only this method needs it, and importing it costs more than scoring

        scored = self.scored(Line(number, text) for number, text in enumerate(texts, 1))
        return np.fromiter(
            (np.nan if line.distance is None else line.distance for line in scored),
            np.float32,
            count=len(texts),
        )

    def _verdict(self, text: str) -> _Verdict:
        key = self._tokenizer.key(text)
        verdict = self._memo.get(key)
        if verdict is None:
            verdict = self._judge(text)
            if self._memo_words >= _MEMO_WORDS:
                self._memo.clear()
                self._memo_words = 0
            self._memo[key] = verdict
            self._memo_words += len(key) + _VERDICT_WORDS
        return verdict

    def _judge(self, text: str) -> _Verdict:
        masked = mask_secrets(text)
        secret = masked != text
        if self.model is None:
            return _Verdict(None, None, None, (), None, secret)
        tokens = self._tokenizer.tokens(masked)
        neighbour = self.model.nearest(tokens)
        far = bool(tokens) and neighbour.distance >= self.threshold
        return _Verdict(
            neighbour.distance,
            neighbour.text,
            neighbour.seen_in,
            (NOVEL,) if far else (),
            fingerprint(tokens) if far else None,
            secret,
        )


def fingerprint(tokens: frozenset[str]) -> str:
    """Return sixteen hex digits that stand for a set of tokens, the same in every build and job."""
    return hashlib.sha256("\n".join(sorted(tokens)).encode()).hexdigest()[:16]
