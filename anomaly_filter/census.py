"""What is found about a file as a whole: what is missing, too frequent, too late, out of order, or all unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heappush, heapreplace
from itertools import pairwise
from math import lgamma, log

from anomaly_filter.evidence import PassingBuild
from anomaly_filter.findings import Finding
from anomaly_filter.model import Model
from anomaly_filter.order import moved
from anomaly_filter.secrets import mask_secrets

WORST = 20
"""Lines that are shown of a file whose baseline does not fit."""

_TOLD = 2000  # characters of a text that may have to be told
_OF_A_KIND = 3  # findings of one kind that are told
_NEWS = 1 << 15  # tokens of unknown sub-lines that may be what a missing one has become
_RESEMBLES = 0.5  # distance up to which one is taken for the other
_FEWEST_WORDS = 2  # tokens of a line that may be missed: a name of one word differs from build to build
_RUN = 40  # lines of a run of missing ones that are looked at

BURST = 30
"""Times that a line has to come before it may be a burst."""
_BURST_FACTOR = 10  # times the most of any baseline
_BURST_SURPRISE = 6.0  # -log10 of the chance
_SPREAD = 2.0  # shape of the negative binomial: variance = mean + mean² / shape

GAP_SECONDS = 30
"""Silences below it are never told."""
_GAP_FACTOR = 5  # times the line's longest wait in any baseline, and ten seconds
_GAP_OF_ALL = 1.5  # times the longest wait of all lines

_UNFIT_LINES = 200
_UNFIT_SHARE = 0.5  # of the lines are unknown
_UNFIT_COVERED = 0.5  # of the baseline's lines, at the most, are there


class Census:
    """Counts the sub-lines of one file as they pass by, and tells at the end what was odd about the file."""

    def __init__(self, model: Model) -> None:
        """Count nothing yet."""
        self._model = model
        self._builds = model.evidence.builds
        self.counts: Counter[int] = Counter()  # by row
        # Number and text of the first line of a row, in the order of the lines.
        self._first: dict[int, tuple[int, str]] = {}
        self._unknown = 0
        self._novel = 0
        self._news: dict[str, frozenset[str]] = {}
        self._news_tokens = 0
        self._changed: set[int] = set()
        self._longest_wait = max((build.longest_wait for build in self._builds), default=0)
        self._gaps: list[tuple[int, Finding]] = []
        self._worst: list[tuple[float, int]] = []

    def met(self, row: int, number: int, text: str) -> None:
        """Take note of a line that the baselines have; `counts` are kept by whoever calls this."""
        if row not in self._first:
            self._first[row] = number, text[:_TOLD]

    def has_met(self, row: int) -> bool:
        """Tell whether it has taken note of a row."""
        return row in self._first

    def unknown(self, joined: str, near_row: int, *, novel: bool, times: int = 1) -> None:
        """Count a sub-line that no baseline has.

        Args:
            joined: its tokens, see `Verdict.joined`.
            near_row: the nearest row; -1: none is near.
            novel: whether it is.
            times: how often it comes.
        """
        self._unknown += times
        self._novel += times * novel
        if self._news_tokens < _NEWS and joined not in self._news:
            self._news[joined] = frozenset(joined.split("\n"))
            self._news_tokens += len(self._news[joined])
            self._changed.add(near_row)

    def waited(self, seconds: int, row: int, number: int, text: str) -> None:
        """Take note of a silence of GAP_SECONDS or more; `row` is -1 for a line that no baseline has."""
        if not self._builds:
            return
        usual = max(build.waits[row] for build in self._builds) if row >= 0 else 0
        longest = self._longest_wait
        if seconds >= _GAP_FACTOR * usual + 10 and seconds > _GAP_OF_ALL * longest:
            expected = (
                f"at most {usual} s before this line" if usual else f"at most {longest} s before any line"
            )
            gap = Finding("gap", mask_secrets(text), number, expected, f"{seconds} s without a line")
            self._gaps.append((seconds, gap))
            self._gaps.sort(key=lambda gap: (-gap[0], gap[1].line or 0))
            del self._gaps[_OF_A_KIND:]

    def far(self, distance: float, number: int) -> None:
        """Take note of a far line that repeats none before it; the worst are remembered."""
        entry = (distance, -number)
        if len(self._worst) < WORST:
            heappush(self._worst, entry)
        elif entry > self._worst[0]:
            heapreplace(self._worst, entry)

    @property
    def recognised(self) -> bool:
        """Whether the baselines have any of the lines."""
        return bool(self._first)

    @property
    def _sub_lines(self) -> int:
        return self.counts.total() + self._unknown

    @property
    def unfit(self) -> bool:
        """Whether the model is of something else: most lines are unknown, and most that it knows are not there."""
        return (
            self._novel >= _UNFIT_LINES
            and self._novel >= _UNFIT_SHARE * self._sub_lines
            and len(self._first) <= _UNFIT_COVERED * len(self._model)
        )

    @property
    def worst(self) -> frozenset[int]:
        """The numbers of the lines that are farthest from the baseline."""
        return frozenset(-number for _, number in self._worst)

    def findings(self) -> Iterator[Finding]:
        """Give what was found, in the order of FINDINGS."""
        if self.unfit:
            share = self._novel / self._sub_lines
            yield Finding(
                "unfit_baseline",
                f"the baseline does not fit: {share:.0%} of {self._sub_lines} lines are unknown to it",
                None,
                f"{len(self._model)} distinct lines, of which {len(self._first)} are here",
                f"{self._novel} unknown lines; the {WORST} farthest are shown, and those with a reason of their own",
            )
            return
        if not self._builds:
            return
        yield from self._missing()
        yield from self._bursts()
        yield from (gap for _, gap in sorted(self._gaps, key=lambda gap: gap[1].line or 0))
        yield from self._orders()

    # ---- missing ----

    def _missing(self) -> Iterator[Finding]:
        """Give lines that every baseline has, as often and after the same line, and this file has not."""
        first = self._builds[0]
        everywhere = {row for row in first.order if all(build.counts[row] for build in self._builds)}
        order = [row for row in first.order if row in everywhere]
        runs: list[list[int]] = [[]]
        for row in order:
            if not self.counts[row]:
                runs[-1].append(row)
            elif runs[-1]:
                runs.append([])
        *inner, tail = runs
        anchors = [self._anchors(build, everywhere) for build in self._builds]
        told = 0
        for run in inner:
            if told == _OF_A_KIND:
                break
            left = self._gone(run)
            if not left:
                continue
            row = left[0]
            if (
                len({after.get(row) for after in anchors}) == 1
                and len({b.counts[row] for b in self._builds}) == 1
            ):
                told += 1
                yield self._missed(left, "")
        if left := self._gone(tail):
            yield self._missed(left, ", to the end of the log")

    def _anchors(self, build: PassingBuild, everywhere: set[int]) -> dict[int, int | None]:
        """Return, for each line that is missing here, the one before it that is not."""
        anchors: dict[int, int | None] = {}
        last = None
        for row in build.order:
            if row in everywhere:
                if self.counts[row]:
                    last = row
                else:
                    anchors[row] = last
        return anchors

    def _gone(self, run: Sequence[int]) -> list[int]:
        """Leave out those of a run that have only changed: something new resembles them."""
        head = [
            row
            for row in run[:_RUN]
            if row not in self._changed
            and len(self._model.row(row)) >= _FEWEST_WORDS
            and not self._resembled(row)
        ]
        return [*head, *run[_RUN:]]

    def _resembled(self, row: int) -> bool:
        tokens = frozenset(self._model.row(row))
        least = (1 - _RESEMBLES) ** 2 * len(tokens)
        return any(len(tokens & new) ** 2 >= least * len(new) for new in self._news.values())

    def _missed(self, rows: Sequence[int], where: str) -> Finding:
        more = f", and {len(rows) - 1} more lines{where}" if len(rows) > 1 else ""
        builds = len(self._builds)
        return Finding(
            "missing",
            self._model.text(rows[0]),
            None,
            f"in every one of {builds} passing builds{more}" if builds > 1 else f"in the passing build{more}",
            "not there",
        )

    # ---- bursts ----

    def _bursts(self) -> Iterator[Finding]:
        sub_lines = self._sub_lines
        usual = max(sum(build.counts) for build in self._builds)
        bursts = []
        for row, (number, text) in self._first.items():
            count = self.counts[row]
            if count < BURST:
                continue
            most = max(build.counts[row] for build in self._builds)
            # A build that prints more of everything may print more of this; its other lines tell.
            expected = most * max(1.0, (sub_lines - count) / max(1, usual - most))
            if (
                count >= _BURST_FACTOR * expected
                and _surprise(count, expected) > _BURST_SURPRISE
                and not any(token.startswith("%=") for token in self._model.row(row))  # progress
            ):
                bursts.append((count / max(1, most), -number, text, count, most))
        for _, first, text, count, most in sorted(bursts, reverse=True)[:_OF_A_KIND]:
            yield Finding("burst", mask_secrets(text), -first, f"at most {most} times", f"{count} times")

    # ---- order ----

    def _orders(self) -> Iterator[Finding]:
        """Give lines that stand before what they followed in every baseline, or after what they preceded."""
        once = [
            row
            for row in self._first
            if self.counts[row] == 1 and all(build.counts[row] == 1 for build in self._builds)
        ]
        wanted = set(once)
        orders = [[row for row in build.order if row in wanted] for build in self._builds]
        out = moved(once, orders)
        place = {row: at for at, row in enumerate(orders[0])}
        starts = out[:1] + [at for before, at in pairwise(out) if at - before > 1]
        for at in starts[:_OF_A_KIND]:
            row = once[at]
            yield Finding(
                "order",
                self._model.text(row),
                self._first[row][0],
                self._after(orders[0], place[row]),
                self._after(once, at),
            )

    def _after(self, order: Sequence[int], at: int) -> str:
        return f"after: {self._model.text(order[at - 1])}" if at else "before all other lines"


def _surprise(count: int, usual: float) -> float:
    """Return -log10 of the chance of exactly so many, by a negative binomial with the usual number as its mean."""
    mean = max(usual, 0.5)
    chance = _SPREAD / (_SPREAD + mean)
    logarithm = (
        lgamma(count + _SPREAD)
        - lgamma(_SPREAD)
        - lgamma(count + 1)
        + _SPREAD * log(chance)
        + count * log(1 - chance)
    )
    return -logarithm / log(10)
