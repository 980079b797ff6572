"""What a reader of a report should see first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import NamedTuple

from anomaly_filter.reasons import ERROR, NUMBER
from log_classify.report.model import Entry, FileReport, Report

_TOGETHER = 5  # lines: what lies nearer to a better one is seen with it
_WEIGHTY = 10  # lines of a file that decide how bad it is
_FAILURE = 0.9
"""Score from which on a line that is compared with nothing is a failure; others only speak of trouble."""
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


class Place(NamedTuple):
    """A line that matters, and its file."""

    file: FileReport
    entry: Entry


def worst_first(report: Report) -> list[FileReport]:
    """Return the files, those first whose ten worst lines have the largest sum of scores.

    Among equals are those first that have lines, then those with findings, then those that come first by their path.
    """

    def order(file: FileReport) -> tuple[float, bool, bool, str]:
        scores = sorted((entry.score or 0.0 for entry in file.entries), reverse=True)
        return -sum(scores[:_WEIGHTY]), not file.entries, not file.findings, file.path

    return sorted(report.files, key=order)


def failed_first(report: Report) -> Place | None:
    """Return the earliest line with a word of failure or a number turned bad; failing such, the earliest line.

    Of lines that are compared with nothing those count that say that something failed; failing such, the strongest.

    Without a line that has a time: the first such line of the worst file that has one. None without any line.
    """
    places = list(_places(worst_first(report)))
    failures = [place for place in places if _is_failure(place.entry)]

    def order(place: Place) -> tuple[float, datetime]:
        entry = place.entry
        return -1.0 if failures or entry.distance is not None else -(entry.score or 0.0), _time(entry)

    return min(failures or places, key=order, default=None)


def foremost(report: Report, count: int) -> list[Place]:
    """Return the lines with the largest scores: each only once, however many files have it, and of lines together one.

    Among equals are failures first, then the earliest, then those of the worst file.
    """

    def order(place: Place) -> tuple[float, bool, datetime]:
        score = place.entry.score
        return 1.0 if score is None else -score, not _is_failure(place.entry), _time(place.entry)

    found: list[Place] = []
    for place in sorted(_places(worst_first(report)), key=order):
        if len(found) == count:
            break
        if not any(_seen_with(place, other) for other in found):
            found.append(place)
    return found


def _places(files: list[FileReport]) -> Iterator[Place]:
    return (Place(file, entry) for file in files for entry in file.entries)


def _is_failure(entry: Entry) -> bool:
    if entry.distance is None and (entry.score or 0.0) < _FAILURE:
        return False
    return ERROR in entry.reasons or NUMBER in entry.reasons


def _seen_with(place: Place, other: Place) -> bool:
    if place.entry.fingerprint and place.entry.fingerprint == other.entry.fingerprint:
        return True
    return place.file is other.file and abs(place.entry.line - other.entry.line) < _TOGETHER


def _time(entry: Entry) -> datetime:
    """Return an entry's time; the end of all times where it has none, or says it in no form that is known."""
    try:
        time = datetime.fromisoformat((entry.time or "").replace("Z", "+00:00"))
    except ValueError:
        return _NEVER
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
