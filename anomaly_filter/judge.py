"""Why a line is far: each reason, and what the baselines have instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from anomaly_filter.amounts import (
    FAULTS,
    PERCENT,
    SHARE,
    STATUS,
    Slot,
    evenly,
    fell_to_nothing,
    rose_from_nothing,
    slots,
)
from anomaly_filter.evidence import Skeleton, skeleton
from anomaly_filter.expected import Expected, Note, expected
from anomaly_filter.failure import failures
from anomaly_filter.hosts import HOST_TOKEN, HostSlot, host_slot
from anomaly_filter.model import Model, Neighbour
from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.reasons import ERROR, FIXED, NOVEL, NUMBER, VALUE
from anomaly_filter.rules import BAD_KEYS, GOOD_KEYS
from anomaly_filter.segment import Row
from anomaly_filter.values import MOST_VALUES, VALUE_LINES, few_and_often, values

# Words of which it is news that they are gone, where the line speaks of failure as well.
_WELL = lazy_pattern(
    r"enabled|success\w*|succeeded|passed|healthy|ready|active|running|valid|available|connected|complete[d]?"
)
# What a step answers, and what it answers when it is well.
_YES = {
    "false": "true",
    "no": "yes",
    "off": "on",
    "drop": "accept",
    "deny": "allow",
    "closed": "open",
    "permissive": "enforcing",
    "only": "write",
}
_EXTREME = lazy_pattern(
    r"loss|lost|full|used|usage|fail|drop|err|miss|reject"
)  # of these a hundred per cent is bad
_BAD_KEY = lazy_pattern(rf"(?:{BAD_KEYS})\Z")
_GOOD_KEY = lazy_pattern(rf"(?:{GOOD_KEYS})\Z")
# What points into a source: a frame of a stack, or a diagnostic of a compiler or a linter.
POINTS = lazy_pattern(
    r"^\s*(?:at [\w$.<>/]+\(|File \".*\", line \d)|\.\w{1,4}:\d+(?::\d+)?:|\", line \d+, in "
)

VALUE_TOKENS = 3
"""Tokens that a value may have."""
NUMBER_DISTANCE = 0.5
"""From there on the nearest line's numbers are those of something else."""
RESULT_TOKENS = 12
"""A line with a number that means something and no more words states a result."""

_LEAST_DISTANCE = 0.02  # from which on a word of failure or at a fixed place counts
_LONELY = 1.5  # a place is fixed if the nearest line's own neighbours are so many times as far as ours
_LARGE = 100  # a number of the only baseline, from which on it is odd to fall to nothing
_LARGE_EVERYWHERE = 30  # the same of several baselines
_PLACE_TOKENS = 2  # other tokens of a line, without which a place is none


class Judgement(NamedTuple):
    """What is known of a sub-line.

    Attributes:
        neighbour: the nearest baseline line.
        notes: why it is far; nothing: it is not.
        stands: whether it says something of its own beside being novel, so that no other line may stand for it.
        heats: whether what follows it belongs to a failure.
        compared: whether its numbers or its host have to be compared for each text anew.
    """

    neighbour: Neighbour
    notes: tuple[Note, ...]
    stands: bool
    heats: bool
    compared: bool


class Comparison(NamedTuple):
    """What of a text is compared with the baselines.

    Attributes:
        numbers: where they stand, and what they have to be.
        host: where one stands, and those that the baselines have there.
    """

    numbers: tuple[tuple[Slot, Expected], ...]
    host: tuple[HostSlot, frozenset[str]] | None

    def notes(self, text: str) -> tuple[Note, ...]:
        """Say what is odd about a text."""
        if not self.numbers and not self.host:
            return ()
        text = evenly(text)
        odd = (what.note(slot.key, slot.number(text)) for slot, what in self.numbers)
        notes = [note for note in odd if note]
        if self.host and (name := self.host[0].name(text)) not in self.host[1]:
            known = _listed(self.host[1])
            notes.append((VALUE, f"host {name}; every baseline has {known} in this place"))
        return tuple(notes)


class _Line(NamedTuple):
    """A line beside its nearest baseline line.

    Attributes:
        tokens: of the line.
        bare: those that hold no number.
        near: tokens of the baseline line; empty where there is none.
        new: of the bare ones, those that it lacks.
        failures: words of failure among the bare ones, of one part or two.
    """

    tokens: frozenset[str]
    bare: Skeleton
    near: Row
    new: frozenset[str]
    failures: Sequence[str]

    @property
    def fails(self) -> bool:
        """Whether it has words of failure other than names of two parts."""
        return any("_" not in word for word in self.failures)


class Judge:
    """Gives the reasons of sub-lines.

    Attributes:
        model: what lines are compared with.
        threshold: the distance from which on a line is novel.
        compares_hosts: whether there is any to compare one with.
    """

    def __init__(self, model: Model, threshold: float) -> None:
        """Judge by a model and the distance from which on a line is novel."""
        self.model = model
        self.threshold = threshold
        self.compares_hosts = bool(model.evidence.usual_hosts)
        self._compared: dict[Skeleton, Mapping[str, Expected]] = {}
        self._failures: dict[int, frozenset[str] | None] = {}

    def judge(self, tokens: frozenset[str], text: str, neighbour: Neighbour | None = None) -> Judgement:
        """Judge a sub-line by its tokens; `text` is only looked at for its shape, which all with such tokens share.

        Args:
            tokens: see above.
            text: see above.
            neighbour: the nearest row, where that is known already.
        """
        neighbour = neighbour or self.model.nearest(tokens)
        if not tokens:
            return Judgement(neighbour, (), stands=False, heats=False, compared=False)
        bare = skeleton(tokens)
        names_host = HOST_TOKEN in tokens and self.compares_hosts
        compared = names_host or bool(self.expected(bare, neighbour.distance, neighbour.row))
        nothing = tuple(self._nothing(neighbour, text))
        if neighbour.distance == 0 and self.threshold > 0 and not nothing:
            return Judgement(neighbour, (), stands=False, heats=False, compared=compared)
        near = self.model.row(neighbour.row) if neighbour.row >= 0 else ()
        line = _Line(tokens, bare, near, bare.difference(near), failures(bare, parts=2))
        points = bool(POINTS.search(text))
        notes = (*self._notes(line, neighbour, points=points), *nothing, *self._odd_values(neighbour, text))
        heats = points or any(reason != NOVEL for reason, _ in notes)
        result = len(bare) < len(tokens) <= RESULT_TOKENS
        return Judgement(neighbour, notes, heats or result or line.fails, heats, compared)

    def _notes(self, line: _Line, neighbour: Neighbour, *, points: bool) -> Iterator[Note]:
        distance = neighbour.distance
        if distance >= self.threshold:
            yield NOVEL, f"its distance {distance:.2f} reaches the threshold {self.threshold:.2f}"
        failure = self._failure(line, distance) if line.failures and distance >= _LEAST_DISTANCE else None
        if failure:
            yield failure
        elif distance < self.threshold and (
            no := [t for t in line.new & _YES.keys() if _YES[t] in line.near]
        ):
            yield (
                ERROR,
                f"it has {_listed(no)} where the nearest baseline line has {_listed([_YES[t] for t in no])}",
            )
        if len(line.bare) < len(line.tokens) and distance < NUMBER_DISTANCE:
            known = self._known_classes(line, distance)
            words = line.tokens.union(line.near)
            bad = [t for t in line.tokens - line.bare - known if _is_worse(t, known, words)]
            if bad:
                yield NUMBER, f"it has {_listed(bad)}; the baselines have {_listed(known)}"
        if (
            line.new
            and distance >= _LEAST_DISTANCE
            and self.is_fixed(distance, neighbour.row, neighbour.seen_in)
        ):
            yield (
                FIXED,
                f"{_listed(line.new)} stands where every one of {neighbour.seen_in} baselines has the same",
            )
        if not points and 0 < len(line.new) <= VALUE_TOKENS:
            usual = self._usual_values(line.tokens.intersection(line.near))
            if usual:
                yield VALUE, f"{_listed(line.new)} stands where the baselines have only {usual}, each often"

    def _failure(self, line: _Line, distance: float) -> Note | None:
        """Say what is odd about a line with words of failure."""
        # Of a line that resembles none, names of several words, such as `conflict_rate`, say nothing.
        several = distance < self.threshold
        found = [word for word in line.failures if word in line.new and (several or "_" not in word)]
        if found:
            return ERROR, f"it has {_listed(found)}, which the nearest baseline line lacks"
        if line.fails and (gone := [t for t in line.near if t not in line.tokens and _WELL.fullmatch(t)]):
            return ERROR, f"it lacks {_listed(gone)}, which the nearest baseline line has"
        return None

    def usual_failures(self, row: int) -> frozenset[str] | None:
        """Return the words of failure of one part that a row has; None if it has words of being well, too."""
        if row not in self._failures:
            tokens = self.model.row(row)
            words = frozenset(failures(skeleton(tokens)))
            self._failures[row] = None if any(map(_WELL.fullmatch, tokens)) else words
        return self._failures[row]

    # ---- numbers that are joined to their key ----

    def _known_classes(self, line: _Line, distance: float) -> frozenset[str]:
        known = self.model.evidence.classes(line.bare)
        if not known and distance < self.threshold:
            known = self.model.evidence.classes(skeleton(line.near))
        return known

    def _nothing(self, neighbour: Neighbour, text: str) -> Iterator[Note]:
        """Say that a large number has become zero where no baseline has a zero, or a zero something where all have."""
        if neighbour.distance >= self.threshold or neighbour.text is None:
            return
        builds = len(self.model.builds)
        if "0" in text:
            spans = self.model.evidence.spans(skeleton(self.model.row(neighbour.row)))
            large = _LARGE if builds == 1 else _LARGE_EVERYWHERE
            before = fell_to_nothing(neighbour.text, text, spans, large)
            if before is not None:
                yield NUMBER, f"a number is 0; the baselines have {before} in its place"
        everywhere = neighbour.seen_in == builds
        always = self.model.evidence.always_zero(neighbour.row) if everywhere else ()
        now = rose_from_nothing(neighbour.text, text, always)
        if now is not None:
            yield NUMBER, f"a number is {now}; every baseline has 0 in its place"

    # ---- places ----

    def is_fixed(self, distance: float, row: int, seen_in: int) -> bool:
        """Tell whether a line stands at a place that never changes.

        Args:
            distance: to its nearest row.
            row: the number of that.
            seen_in: how many builds hold it.
        """
        builds = len(self.model.builds)
        return builds > 1 and seen_in == builds and self.model.loneliness(row) >= _LONELY * distance

    def _usual_values(self, rest: frozenset[str]) -> str:
        """Return the values that the baselines have beside the `rest` of a line's tokens; none if these vary freely."""
        if len(rest) < _PLACE_TOKENS:
            return ""
        found: dict[frozenset[str], int] = {}
        for size in range(len(rest) + 1, len(rest) + VALUE_TOKENS + 1):
            for row in self.model.rows_with(rest, size):
                lines = self.model.evidence.total(row)
                if lines < VALUE_LINES or len(found) == MOST_VALUES:
                    return ""  # no two rows have the same value, so it is not usual whatever else is found
                found[frozenset(self.model.row(row)) - rest] = lines
        usual = few_and_often(found.values())
        return "; ".join(sorted(" ".join(sorted(value)) for value in found)) if usual else ""

    def _odd_values(self, neighbour: Neighbour, text: str) -> Iterator[Note]:
        if 0 < neighbour.distance < self.threshold and (known := self.model.usual_values):
            for name, value in values(text):
                usual = known.get(name)
                if usual and value not in usual:
                    yield VALUE, f"{name} is {value}; the baselines have only {_listed(usual)}, each often"

    # ---- numbers of known lines ----

    def compare(self, tokens: frozenset[str], distance: float, near_row: int, text: str) -> tuple[Note, ...]:
        """Compare the numbers and the host of a text with those that its baseline lines have."""
        return self.comparison(tokens, distance, near_row, text).notes(text)

    def comparison(self, tokens: frozenset[str], distance: float, near_row: int, text: str) -> Comparison:
        """Return what has to be compared in each text that differs from this one in digits only."""
        text = evenly(text)
        known = self.expected(skeleton(tokens), distance, near_row)
        found = host_slot(text) if HOST_TOKEN in tokens and self.compares_hosts else None
        return self.compared(known, slots(text) if known else (), found)

    def compared(
        self, known: Mapping[str, Expected], numbers: Iterable[Slot], found: HostSlot | None
    ) -> Comparison:
        """Return what of the numbers and the host of a line has to be compared.

        Args:
            known: what is expected of its numbers.
            numbers: where they stand.
            found: where its host does.
        """
        usual = self.model.evidence.usual_hosts.get(found.place) if found else None
        return Comparison(
            tuple((slot, known[slot.key]) for slot in numbers if slot.key in known),
            (found, usual) if found and usual else None,
        )

    def expected(self, bare: Skeleton, distance: float, near_row: int) -> Mapping[str, Expected]:
        """Return what the numbers of a line have to be; only those by which it could be far."""
        known = self._of_skeleton(bare)
        if known is not None:
            return known
        if not 0 < distance < self.threshold:
            return {}
        # Of a line that is much like it only that counts which hardly any line may have.
        spans = self.model.evidence.spans(skeleton(self.model.row(near_row)))
        near = expected(spans, max(map(len, spans.values()), default=0))
        return {key: what for key, what in near.items() if key in (SHARE, STATUS) or key.startswith(FAULTS)}

    def _of_skeleton(self, bare: Skeleton) -> Mapping[str, Expected] | None:
        """Return what is expected of the numbers of lines with a skeleton; None where no baseline has any."""
        known = self._compared.get(bare)
        if known is None and (spans := self.model.evidence.spans(bare)):
            known = self._compared[bare] = expected(spans, len(self.model.builds))
        return known


def _listed(tokens: Collection[str]) -> str:
    return ", ".join(sorted(tokens)[:3]) or "none"


def _is_worse(token: str, known: frozenset[str], words: frozenset[str]) -> bool:
    """Tell whether a number's class, new for its line, is the bad one of its key."""
    key, _, kind = token.rpartition("=")
    kinds = {other.rpartition("=")[2] for other in known if other.rpartition("=")[0] == key}
    if kind in ("4xx", "5xx", "negative"):
        return True
    if not kinds:
        return False
    if key == PERCENT:
        full = any(_EXTREME.search(word) for word in words if "=" not in word)
        return (full and (kind == "full" or kinds == {"0"})) or (kind == "0" and not full)
    if _BAD_KEY.search(key):
        return kind not in ("0", "2xx", "3xx") or (kind != "0" and kinds == {"0"})
    return kind == "0" and _GOOD_KEY.search(key) is not None


def patterns_of_failure(tokens: frozenset[str]) -> tuple[Note, ...]:
    """Return what can be said against a line without any baseline: words of failure, and numbers that are bad."""
    words = [token for token in failures(tokens) if f"{token}=0" not in tokens]
    bad = [
        t
        for t in tokens
        if t.endswith(("=n", "=4xx", "=5xx", "=negative")) and _BAD_KEY.search(t.rpartition("=")[0])
    ]
    notes = []
    if words:
        notes.append((ERROR, f"it has {_listed(words)}, and there is no baseline to say that this is usual"))
    if bad and not all(t.startswith("with=") for t in bad):
        notes.append((NUMBER, f"it has {_listed(bad)}, and there is no baseline to say that this is usual"))
    return tuple(notes)
