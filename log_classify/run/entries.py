"""The entries of a file's report, made of the lines that an excerpt gives."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone

from anomaly_filter import ScoredLine
from log_classify.excerpt import Context
from log_classify.groups import Group, Numbers
from log_classify.report.model import ContextLine, Entry
from log_processor.timestamps import LineTimes, first_day, iso_text, now

_NO_GROUP = Group()
_CHARACTERS = 1 << 24  # of the entries of one file
_ENTRY_CHARACTERS = 1000  # that the objects of an entry count beside its texts


@dataclass
class _Open:
    """An entry whose context may go on."""

    line: ScoredLine
    time: str | None
    before: tuple[ContextLine, ...]
    after: list[ContextLine] = field(default_factory=list)


def entries(
    lines: Iterable[ScoredLine],
    wanted: Callable[[ScoredLine], bool],
    *,
    context: Context,
    groups: Mapping[int, Group],
    modified: datetime,
) -> Iterator[Entry]:
    """Give the entries of a file; a line may be context of two.

    Args:
        lines: the wanted lines and those around them, in order.
        wanted: whether a line is an entry.
        context: how many lines around each come with it.
        groups: by the number of an entry, the lines that it stands for.
        modified: aware; when the file was written, for logs whose times lack the day.
    """
    times = _Times(modified)
    last: _Open | None = None
    reach = max(context.before, context.merge)
    beside: deque[ContextLine] = deque(maxlen=reach)
    for line in lines:
        written = times.at(line.text)
        if not wanted(line):
            around = ContextLine(line.number, line.text)
            beside.append(around)
            if last and line.number <= last.line.number + context.after:
                last.after.append(around)
            continue
        if last:
            yield _entry(last, groups.get(last.line.number, _NO_GROUP))
        before = tuple(each for each in beside if each.line >= line.number - reach)
        last = _Open(line, written, before)
        beside.clear()
    if last:
        yield _entry(last, groups.get(last.line.number, _NO_GROUP))


def bounded(found: Iterable[Entry]) -> tuple[list[Entry], int]:
    """Return as many entries as a report may hold of one file, and how many more there are."""
    held: list[Entry] = []
    room, left = _CHARACTERS, 0
    for entry in found:
        if room > 0:
            held.append(entry)
            texts = (entry.text, entry.nearest or "", *(each.text for each in (*entry.before, *entry.after)))
            room -= sum(map(len, texts)) + _ENTRY_CHARACTERS
        else:
            left += 1
    return held, left


def _entry(entry: _Open, group: Group) -> Entry:
    line = entry.line
    return Entry(
        line=line.number,
        text=line.text,
        truncated=line.truncated,
        distance=_rounded(line.distance),
        score=_rounded(line.score),
        reasons=line.reasons,
        nearest=line.nearest,
        seen_in=line.seen_in,
        fingerprint=line.fingerprint or "",
        time=entry.time,
        count=1 + group.repeats.count + group.block.count,
        runs=_runs(line.number, group.repeats, group.block),
        before=entry.before,
        after=tuple(entry.after),
        group=None if line.shown else line.group,
    )


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 6)


def _runs(number: int, *others: Numbers) -> tuple[tuple[int, int], ...]:
    """Join a line's number and the runs of those that it stands for."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted([(number, number), *(run for numbers in others for run in numbers.runs)]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


class _Times:
    """When lines were written, as far as they or lines before them say so."""

    def __init__(self, modified: datetime) -> None:
        self._now = now()
        self._begin(modified.astimezone(timezone.utc).date())
        self._dated = False

    def _begin(self, day: date) -> None:
        self._times = LineTimes(day)
        self._start = datetime.combine(day, time(), timezone.utc)

    def at(self, text: str) -> str | None:
        """Return when a line was written; None where that is not known."""
        if not self._dated and (day := first_day((text,), self._now)):
            self._begin(day)
            self._dated = True
        moment = self._times.at(text)
        return None if moment == self._start else iso_text(moment)
