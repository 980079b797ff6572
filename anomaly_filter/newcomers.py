"""Judges lines of new kinds by their gists, as `Judge` does by their texts: nearly all are known, or plainly novel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import sqrt
from typing import NamedTuple

from anomaly_filter.amounts import ZERO
from anomaly_filter.evidence import skeleton
from anomaly_filter.expected import Expected
from anomaly_filter.gists import (
    FAILURE,
    HOST_NAMED,
    NEW_FAILURE,
    NO_ROW_NEAR,
    NUMBERED,
    POINTING,
    BlockGists,
    Gist,
    Gists,
    gists,
)
from anomaly_filter.hosts import HOST_TOKEN
from anomaly_filter.judge import NUMBER_DISTANCE, RESULT_TOKENS, VALUE_TOKENS, Comparison, Judge
from anomaly_filter.model import Neighbour
from anomaly_filter.nearest import NO_ROW
from anomaly_filter.reasons import NOVEL
from anomaly_filter.tokens import Tokenizer
from anomaly_filter.verdict import Verdict, verdict_of


class _Row(NamedTuple):
    """What is the same for all lines with the tokens of a row.

    Attributes:
        verdict: of those in which no whole number is odd.
        expected: of their numbers.
        zeros: places of whole numbers where the baselines have a zero at times.
        always: places where they have nothing else.
    """

    verdict: Verdict
    expected: Mapping[str, Expected]
    zeros: frozenset[int]
    always: frozenset[int]


_MOST_ROWS = 1 << 16  # that are remembered; what is known of one takes half a kilobyte
_NO_PLACES: frozenset[int] = frozenset()


class Newcomers:
    """Judges lines by their gists.

    Attributes:
        gists: makes them.
    """

    def __init__(self, judge: Judge, gists: Gists) -> None:
        """Know of no row yet.

        Args:
            judge: says what has to come out.
            gists: look for the nearest among the rows of its model.
        """
        self.gists = gists
        self._judge = judge
        self._model = judge.model
        self._threshold = judge.threshold
        self._rows: dict[int, _Row] = {}

    def verdict(self, gists: BlockGists, gist: Gist) -> Verdict:
        """Return what `Verdicts.first` returns for the line's text."""
        found = None
        if gist.squared_cosine < 1:
            found = self._novel(gists, gist)
        elif self._threshold > 0:
            found = self._known(gists, gist)
        return found or self._judged(gists, gist)

    def comparison(self, verdict: Verdict, gists: BlockGists, gist: Gist) -> Comparison:
        """Return what `Judge.comparison` returns for the line's text."""
        judge = self._judge
        if verdict.row in self._rows:
            known = self._rows[verdict.row].expected
        else:
            known = judge.expected(skeleton(verdict.tokens), verdict.distance or 0.0, verdict.near_row)
        host = gists.host_slot(gist) if judge.compares_hosts else None
        return judge.compared(known, gists.slots(gist) if known else (), host)

    def _known(self, gists: BlockGists, gist: Gist) -> Verdict | None:
        """Return the verdict of a line with the tokens of a row; None if one of its numbers may be odd."""
        row = self._rows.get(gist.row)
        if row is None:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            row = self._rows[gist.row] = self._row(gist.row)
        if gist.zero_count or row.always:
            zeros = frozenset(gists.zeros(gist))
            if zeros - row.zeros or any(place < gist.integers for place in row.always - zeros):
                return None
        return row.verdict

    def _row(self, number: int) -> _Row:
        content, evidence, row = self._model.content, self._model.evidence, self._model.row(number)
        bare, text, seen_in = skeleton(row), content.texts[number], content.seen_in[number]
        known = self._judge.expected(bare, 0.0, number)
        compared = bool(known) or (self._judge.compares_hosts and HOST_TOKEN in row)
        verdict = Verdict(
            0.0,
            text,
            seen_in,
            number,
            number,
            (),
            "\n".join(row) if compared else "",
            stands=False,
            heats=False,
            compared=compared,
            secret=False,
            quiet=(0.0, text, seen_in, (), None, 0.0, None),
        )
        always = evidence.always_zero(number) if seen_in == len(content.builds) else ()
        return _Row(verdict, known, _places(evidence.spans(bare)), _places(always))

    def _novel(self, gists: BlockGists, gist: Gist) -> Verdict | None:
        """Return the verdict of a line of which can be said that it is novel; None if more might be."""
        distance, flags = 1.0 - sqrt(gist.squared_cosine), gist.flags
        numbered = flags & NUMBERED
        text, seen_in, row = None, 0, NO_ROW
        if gist.row != NO_ROW_NEAR:
            row = gist.row
            text, seen_in = self._model.content.texts[row], self._model.content.seen_in[row]
        if (
            distance < self._threshold
            or flags & NEW_FAILURE
            or gist.fresh <= VALUE_TOKENS
            or not gist.strange  # a row might have the same tokens but for numbers
            or (numbered and distance < NUMBER_DISTANCE)
            or self._judge.is_fixed(distance, row, seen_in)
        ):
            return None
        tokens = gists.tokens(gist)
        fails = False
        if flags & FAILURE:
            usual = self._judge.usual_failures(gist.row)
            if usual is None:
                return None
            fails = not usual.isdisjoint(tokens.split("\n"))
        points = bool(flags & POINTING)
        return Verdict(
            distance,
            text,
            seen_in,
            row,
            NO_ROW,
            (NOVEL,),
            tokens,
            stands=points or fails or bool(numbered and gist.token_count <= RESULT_TOKENS),
            heats=points,
            compared=self._judge.compares_hosts and bool(flags & HOST_NAMED),
            secret=False,
        )

    def _neighbour(self, gist: Gist) -> Neighbour:
        return self._model.neighbour(gist.squared_cosine, NO_ROW if gist.row == NO_ROW_NEAR else gist.row)

    def _judged(self, gists: BlockGists, gist: Gist) -> Verdict:
        tokens = frozenset(gists.tokens(gist).split("\n")) if gist.token_count else frozenset[str]()
        found = self._judge.judge(tokens, gists.text(gist), self._neighbour(gist) if tokens else None)
        return verdict_of(found, tokens, secret=False)


def newcomers(judge: Judge, tokenizer: Tokenizer) -> Newcomers | None:
    """Return what judges by gists; None where each line has to be judged by its text."""
    found = gists(tokenizer, judge.model.content.index)
    return None if found is None else Newcomers(judge, found)


def _places(keys: Collection[str]) -> frozenset[int]:
    return (
        frozenset([int(key.removeprefix(ZERO)) for key in keys if key.startswith(ZERO)])
        if keys
        else _NO_PLACES
    )
