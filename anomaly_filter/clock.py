"""How long a log was silent before a line, by the times that its lines begin with."""

from __future__ import annotations

from anomaly_filter.patterns import lazy_pattern

WAIT_LIMIT = 2 * 24 * 3600
"""Seconds; a longer wait is no wait but a log that was put together of several."""

_STAMP = lazy_pattern(
    r"(?:[0-9]{4}-[0-9]{2}-(?P<day>[0-9]{2})[T ]|[A-Z][a-z]{2} (?P<of_month>[ 0-9][0-9]) )?"
    r"(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?![0-9])"
)
_LOOKED_AT = 90  # characters of a line in which its time may stand
_NEAR = 50  # lines without a time, after which a time says nothing of the line that has it
_PATIENCE = 1000  # lines without a time in a row, after which no more are looked for
_BACKWARDS = 100  # times that lie before the one above, after which the log's times say nothing
_DAY_SECONDS = 24 * 3600


class Clock:
    """Reads the times of one file's lines, in order."""

    def __init__(self) -> None:
        """Know of no line yet."""
        self._last = ""  # the last line's time, as it is written
        self._at = 0  # where it stands
        self._day_at = -1  # where the day of the month stands in it; -1: nowhere
        self._seconds = 0
        self._untimed = 0
        self._backwards = 0

    def wait(self, text: str) -> int:
        """Return the whole seconds since the line before that has a time; 0 where that cannot be told."""
        if self._backwards > _BACKWARDS:
            return 0
        last, at = self._last, self._at
        end = at + len(last)
        stamp = text[at:end]
        if stamp == last and last:
            self._untimed = 0
            return 0
        # Most lines have their time where the last one had it.
        if self._untimed > _NEAR or text[end - 3 : end - 2] != ":" or "0" <= text[end : end + 1] <= "9":
            return self._found(text)
        if not stamp.isascii():  # int() reads digits of other scripts, too
            return self._found(text)
        try:
            seconds = int(stamp[-8:-6]) * 3600 + int(stamp[-5:-3]) * 60 + int(stamp[-2:])
            if self._day_at >= 0:
                seconds += int(stamp[self._day_at : self._day_at + 2]) * _DAY_SECONDS
        except ValueError:
            return self._found(text)
        return self._waited(stamp, seconds)

    def _found(self, text: str) -> int:
        """Look for the time of a line that is not written like the last one."""
        if self._untimed >= _PATIENCE:
            return 0
        found = _STAMP.search(text, 0, _LOOKED_AT)
        if found is None:
            self._untimed += 1
            return 0
        beside = bool(self._last) and self._untimed <= _NEAR and self._at == found.start()
        day = found["day"] or found["of_month"]
        self._at = found.start()
        self._day_at = max(found.start("day"), found.start("of_month")) - found.start() if day else -1
        hours, minutes, seconds = map(int, found["clock"].split(":"))
        wait = self._waited(found[0], int(day or 0) * _DAY_SECONDS + hours * 3600 + minutes * 60 + seconds)
        return wait if beside else 0

    def _waited(self, stamp: str, seconds: int) -> int:
        wait = seconds - self._seconds
        self._last, self._seconds, self._untimed = stamp, seconds, 0
        if wait < 0:
            # Of another month, or of parallel output; of a log that was never in order if it comes again and again.
            self._backwards += 1
        return wait if 0 < wait < WAIT_LIMIT else 0
