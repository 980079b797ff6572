"""The filter that people import: lines in, scored lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_filter.expected import Note
from anomaly_filter.lines import Line, is_single, parts
from anomaly_filter.model import Model
from anomaly_filter.names import FALLBACKS, Fallback, model_name
from anomaly_filter.scan import Scan
from anomaly_filter.scored import ScoredLine
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.threshold import DEFAULT_THRESHOLD
from anomaly_filter.tokens import Tokenizer
from anomaly_filter.verdicts import Verdicts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from anomaly_filter.store import ModelStore


@dataclass(frozen=True)
class Explanation:
    """How one line was judged.

    Attributes:
        line: the verdict.
        tokens: what the line was compared by (of a line of several parts: of its farthest part).
        nearest_tokens: the same of the nearest baseline line; empty when there is none.
        notes: reasons, each with a sentence: what was seen, and what the baselines have instead.
    """

    line: ScoredLine
    tokens: frozenset[str]
    nearest_tokens: frozenset[str]
    notes: tuple[Note, ...]

    @property
    def new(self) -> frozenset[str]:
        """Tokens that the nearest baseline line lacks."""
        return self.tokens - self.nearest_tokens

    @property
    def gone(self) -> frozenset[str]:
        """Tokens that only the nearest baseline line has."""
        return self.nearest_tokens - self.tokens


class AnomalyFilter:
    """Scores lines against a model."""

    def __init__(
        self, model: Model | None, *, threshold: float = DEFAULT_THRESHOLD, tokenizer: Tokenizer | None = None
    ) -> None:
        """Make a filter.

        Args:
            model: what passing builds printed; None: lines get no distance, and
                only words of failure and bad numbers make them far.
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
        self._verdicts = Verdicts(model, threshold, self._tokenizer)

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

    def scored(
        self, lines: Iterable[Line], *, only: frozenset[int] | None = None, around: int | None = None
    ) -> Scan:
        """Score lines lazily; any chunking gives the same.

        Args:
            lines: of one file, in order. What `lines()` returns is scored faster than any other iterable; who takes all
                lines takes them fastest by `Scan.batches`.
            only: see `Scan.worst`.
            around: lines on either side of a far one that are wanted. Others may be left out, which saves most of
                the time; `Scan.read` counts them all the same. None: all lines are wanted.
        """
        return Scan(self.model, self._verdicts, lines, only, around)

    def explain(self, text: str) -> Explanation:
        """Say how a line is judged: its tokens, the nearest line, which words differ, why it is far or not."""
        [scored] = self.scored([Line(1, text)])
        sub_lines = [*parts(Line(1, text))]
        part = max(sub_lines, key=lambda part: self._verdicts.of(part).distance or 0.0, default="")
        return Explanation(
            scored,
            self._tokenizer.tokens(mask_secrets(part)),
            self._tokenizer.tokens(scored.nearest or ""),
            tuple(dict.fromkeys(note for part in sub_lines for note in self._verdicts.notes(part))),
        )

    def distance(self, text: str) -> float | None:
        """Return the distance of one line, in 0..1, None without a model: the quickest answer, for lines that come singly.

        It is the one that `scored` gives the line; why a line is far in spite of a small one, only `scored` says.

        Args:
            text: without its line end.
        """
        if is_single(text):
            return self._verdicts.alike(text).distance
        if self.model is None:
            return None
        return max((self._verdicts.alike(part).distance or 0.0 for part in parts(Line(1, text))), default=0.0)

    def distances(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the distance of each text, as an array of float32 of shape (len(texts),), in 0..1.

        A text is one line; line ends within it count as blanks. Without a model every distance is NaN.
        """
        import numpy as np  # noqa: PLC0415 - only this method needs it, and importing it costs more than scoring

        found = map(self.distance, texts)
        return np.fromiter(
            (np.nan if distance is None else distance for distance in found), np.float32, count=len(texts)
        )
