"""When a log line was written, read from the line itself.

Logs write the time in few forms, and one log nearly always in the same one from its first line to its last.
`_FORMS` is the table of them; adding a form is adding a row. A time without a zone is taken as UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache

_REACH = 160
"""How many characters of a line are looked at; the lead of an access log is the longest one."""
_EARLIEST, _LATEST = -7, 2
"""Between which days, counted from the build's, a line may have been written."""
_DAY = timedelta(days=1)
_HALF_DAY = timedelta(hours=12)
_IMPOSSIBLE = (ValueError, OverflowError)
"""What `datetime` says to 30 February, to 25:61, to the year 0, to a zone that leads out of the calendar."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -ahead if zone[0] == "-" else ahead


def _moment(year: int, month: int, day: int, clock: str) -> datetime:
    return datetime(year, month, day, int(clock[:2]), int(clock[3:5]), int(clock[6:]), tzinfo=timezone.utc)


def _nearest(near: datetime, days: Iterable[tuple[int, int]], clock: str) -> datetime:
    """Return the clock time on that of the (month, day) pairs, in any year, that is nearest to a moment."""
    moments = []
    for year in (near.year - 1, near.year, near.year + 1):
        for month, day in days:
            try:
                moments.append(_moment(year, month, day, clock))
            except _IMPOSSIBLE:  # noqa: PERF203 - 29 February exists in one of the years
                continue
    return min(moments, key=lambda moment: abs(moment - near))  # none: a ValueError, which is true


def _read_iso(text: str, zone: str | None, _near: datetime) -> datetime:
    return _moment(int(text[:4]), int(text[5:7]), int(text[8:10]), text[11:]) - _offset(zone)


def _read_day_first(text: str, zone: str | None, _near: datetime) -> datetime:
    month = _MONTHS.index(text[3:6]) + 1
    return _moment(int(text[7:11]), month, int(text[:2]), text[12:]) - _offset(zone)


def _read_ctime(text: str, year: str | None, _near: datetime) -> datetime:
    month, day, clock = text.split()
    return _moment(int(year or 0), _MONTHS.index(month) + 1, int(day), clock)


def _read_epoch(text: str, _rest: str | None, _near: datetime) -> datetime:
    return datetime.fromtimestamp(int(text), tz=timezone.utc)


def _read_syslog(text: str, _rest: str | None, near: datetime) -> datetime:
    month, day, clock = text.split()
    return _nearest(near, [(_MONTHS.index(month) + 1, int(day))], clock)


def _read_glog(text: str, _rest: str | None, near: datetime) -> datetime:
    return _nearest(near, [(int(text[:2]), int(text[2:4]))], text[5:])


def _read_two_numbers(text: str, _rest: str | None, near: datetime) -> datetime:
    # dstat writes the day first, Android the month; the one that is nearer to the build is meant.
    one, other = int(text[:2]), int(text[3:5])
    return _nearest(near, [(other, one), (one, other)], text[6:])


def _read_clock(text: str, _rest: str | None, near: datetime) -> datetime:
    moment = _moment(near.year, near.month, near.day, text)
    return moment + _DAY if near - moment > _HALF_DAY else moment  # the build went on past midnight


@dataclass(frozen=True)
class _Form:
    """One way of writing a time.

    Attributes:
        pattern: matched at the start of a line. Its groups: the time down to the second, the digits of the
            fraction, and what else is needed (a zone or a year).
        read: makes the time, in UTC, of the first group, the last one and a moment of the build; raises what
            is in `_IMPOSSIBLE`.
        dated: whether day, month and year are all in the text.
    """

    pattern: re.Pattern[str]
    read: Callable[[str, str | None, datetime], datetime]
    dated: bool = True


def _form(
    pattern: str, read: Callable[[str, str | None, datetime], datetime], *, dated: bool = True
) -> _Form:
    return _Form(re.compile(pattern, re.ASCII), read, dated)  # a digit of another script begins no time


_CLOCK = r"\d\d:\d\d:\d\d"
# In CSV a comma ends the cell: it begins a fraction only before three, six or nine digits that end there.
_FRACTION = r"(?:(?:\.|,(?=(?:\d{3}){1,3}(?![\d.,])))(\d{1,9}))?"
_ZONE = r"(?: ?(Z\b|[+-](?:0\d|1[0-4]):?[0-5]\d(?!\d)))?"
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_BRACKETS = r"\W{0,8}"
_LEADS = (
    _BRACKETS,
    r"\W{0,8}(?:level=\w{1,9} )?[A-Za-z_]{1,12}\W{1,6}",  # a level or a key: `[INFO] `, `time="`
    r'\{.{0,100}?"@?(?:timestamp|time|ts)"\s?:\s?"',  # a line that is a JSON object
    r"[\w.-]{1,60} {1,20}\| ",  # the service, from docker-compose
    r"[^\t]{1,60}\t[^\t]{1,60}\t",  # job and step, from GitHub's command line
)
# What stands before the time in an access log: the address, two names. No other time.
_ADDRESS = rf"(?!\d{{4}}-|{_MONTH} )(?:\S{{1,60}} ){{2,4}}\["
_ISO = rf"(\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}){_FRACTION}\d*{_ZONE}"

_INSTANT = re.compile(_ISO, re.ASCII)
_FORMS = (
    # 2024-01-02T12:00:00.1234567Z · 2024-01-02 12:00:00,123 · 2024/01/02 12:00:00 (nginx)
    _form(rf"(?:{'|'.join(_LEADS)}){_ISO}", _read_iso),
    # Jan  2 12:00:00 · <34>Jan 02 12:00:00.123456 (syslog, journalctl)
    _form(
        rf"(?:<\d{{1,3}}>)?{_BRACKETS}({_MONTH} [ \d]?\d {_CLOCK}){_FRACTION}()",
        _read_syslog,
        dated=False,
    ),
    # 10.0.0.1 - - [02/Jan/2024:12:00:00 +0000] · 02 Jan 2024 12:00:00,123 · 02-Jan-2024 12:00:00.123 (Tomcat)
    _form(
        rf"(?:{_ADDRESS}|{_BRACKETS})(\d\d[-/ ]{_MONTH}[-/ ]\d{{4}}[: ]{_CLOCK}){_FRACTION}{_ZONE}",
        _read_day_first,
    ),
    # [Tue Jan 02 12:00:00.123456 2024] (Apache's errors; without brackets it is `date`, printing any day)
    _form(rf"\[[A-Z][a-z]{{2}} ({_MONTH} [ \d]?\d {_CLOCK}){_FRACTION} (\d{{4}})\]", _read_ctime),
    # I0102 12:00:00.123456 (Kubernetes)
    _form(rf"[IWEF](\d{{4}} {_CLOCK}){_FRACTION}()", _read_glog, dated=False),
    # 02-01 12:00:00 (dstat)
    _form(rf"{_BRACKETS}(\d\d-\d\d {_CLOCK}){_FRACTION}(?![\d:])()", _read_two_numbers, dated=False),
    # 12:00:00,123 · [12:00:00]
    _form(rf"{_BRACKETS}({_CLOCK}){_FRACTION}(?![\w:])()", _read_clock, dated=False),
    # [1704196800.123] · 1704196800.123456 open(…) (strace)
    _form(rf"{_BRACKETS}(1\d{{9}})\.(\d{{3,9}})\b()", _read_epoch),
)
_FORMS_WITHOUT_CLOCK = _FORMS[-1:]
_EPOCH_REACH = 9  # characters within which the only form without a clock has its 1
_COLONS_OF_A_CLOCK = 2  # few lines without a time have as many within the reach


_BRACKET_AND_SECOND = len("[2024-01-02 12:00:00.")
_ZONE_BEGINS = "Z+-"  # after a blank; the empty text is in it as well


_STAMPS = 1 << 12  # that are remembered: lines of several processes, one among the other, have some in turn


@cache
def _thousandths() -> Mapping[str, timedelta]:
    """Return the spans that three digits after the point stand for."""
    return {f"{number:03}": timedelta(milliseconds=number) for number in range(1000)}


def _milliseconds(digits: str) -> timedelta:
    """Return the span that the digits after the point stand for, of which three count."""
    return _thousandths()[f"{digits[:3]:0<3}"]


class LineTimes:
    """The times of one file's lines, asked for in the order of the lines.

    Args:
        day: the build's day.
        start: when the build began, if it is known; it stands in for the start of the day, and tells on which
            side of midnight a line is that gives the time of day only.
    """

    def __init__(self, day: date, start: datetime | None = None) -> None:
        self._day = day
        midnight = datetime.combine(day, time(), timezone.utc)
        self._near = midnight if start is None else self._clamped(start.astimezone(timezone.utc))
        self._previous = _whole_milliseconds(self._near)
        self._form = _FORMS[0]
        self._second: str | None = None
        self._rest: str | None = None
        self._at_second = midnight
        # What lines begin with, down to the second, and where the digits that follow begin and end.
        self._stamps: dict[str, datetime] = {}
        self._digits = 0, 0

    def at(self, text: str) -> datetime:
        """Return when a line was written, see `of`."""
        return self.of((text,))[0]

    def of(self, texts: Iterable[str]) -> list[datetime]:
        """Return when lines were written: aware, UTC, in whole milliseconds.

        That is a line's own time where it has one near its start, else the time of the line before, else
        the start of the build. A date more than seven days before the build's day or two after it is that of a
        clock gone wrong: the time of day stays, on the build's day.
        """
        # Nearly all lines begin with a second that one before had, or have no time: what is done for them is written
        # out here.
        stamps, spans = self._stamps, _thousandths()
        begin, end = self._digits
        moment = self._previous
        moments = []
        for text in texts:
            second = stamps.get(text[:begin])
            if second and text[end : end + 1] == " " and text[end + 1 : end + 2] not in _ZONE_BEGINS:
                span = spans.get(text[begin : begin + 3])
                if span is not None:
                    moment = second + span
                    moments.append(moment)
                    continue
            with_clock = text.count(":", 0, _REACH) >= _COLONS_OF_A_CLOCK
            if with_clock or text.find("1", 0, _EPOCH_REACH) >= 0:
                moment = self._read(text, moment, with_clock=with_clock)
                begin, end = self._digits
            moments.append(moment)
        self._previous = moment
        return moments

    def _read(self, text: str, previous: datetime, *, with_clock: bool) -> datetime:
        """Return when a line was written that may have a time; `previous` if it has none."""
        found = self._form.pattern.match(text, 0, _REACH) if with_clock else None
        found = found or self._other_form(text, _FORMS if with_clock else _FORMS_WITHOUT_CLOCK)
        if found is None:
            return previous
        second, fraction, rest = found.groups()
        if second != self._second or rest != self._rest:  # most lines share the second of the line before
            try:
                self._at_second = self._clamped(self._form.read(second, rest, self._near))
            except _IMPOSSIBLE:
                return previous
            self._second, self._rest = second, rest
        if not fraction:
            return self._at_second
        if rest is None and self._form is _FORMS[0]:
            self._remember(text, *found.span(2))
        return self._at_second + _milliseconds(fraction)

    def _remember(self, text: str, begin: int, end: int) -> None:
        """Remember the beginning of a line, if the form finds the same in all that begin so.

        It does where no more than a bracket stands before the time, and where nothing but a blank ends the fraction.

        Args:
            text: the line, without a zone.
            begin: where the digits of its fraction begin.
            end: where they end.
        """
        # A comma ends its fraction in other ways.
        if begin <= _BRACKET_AND_SECOND and (
            end - begin == 3 or (end - begin == 6 and text[begin - 1] == ".")
        ):
            if (begin, end) != self._digits or len(self._stamps) >= _STAMPS:
                self._stamps.clear()
                self._digits = begin, end
            self._stamps[text[:begin]] = self._at_second

    def _other_form(self, text: str, forms: Iterable[_Form]) -> re.Match[str] | None:
        for form in forms:
            if found := form.pattern.match(text, 0, _REACH):
                if form is not self._form:
                    self._form, self._second = form, None
                return found
        return None

    def _clamped(self, moment: datetime) -> datetime:
        away = moment.toordinal() - self._day.toordinal()
        return moment if _EARLIEST <= away <= _LATEST else datetime.combine(self._day, moment.timetz())


def now() -> datetime:
    """Return the present, aware UTC."""
    return datetime.now(timezone.utc)


def first_day(texts: Iterable[str], now: datetime) -> date | None:
    """Return the day (UTC) of the first line that is fully dated, from 2000 on and not in the future.

    Args:
        texts: a file's lines; they are read until one is dated.
        now: aware; what is more than a day ahead of it is in the future (a line may lack its zone).
    """
    for text in texts:
        for form in _FORMS:
            found = form.dated and form.pattern.match(text, 0, _REACH)
            if not found:
                continue
            try:
                moment = form.read(found[1], found[3], now)
            except _IMPOSSIBLE:
                continue
            if moment.year >= 2000 and moment - now <= _DAY:
                return moment.date()
    return None


def instant(value: object) -> datetime | None:
    """Return the moment that an ISO 8601 text, or a number of seconds since 1970, names.

    Returns:
        Aware, UTC, in whole milliseconds. None for anything else, for numbers up to 0 and for those so large
        that milliseconds must have been meant.
    """
    try:
        if isinstance(value, str):
            if (iso := _INSTANT.fullmatch(value)) is not None:
                return _read_iso(iso[1], iso[3], _EPOCH) + _milliseconds(iso[2] or "")
            value = float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return _whole_milliseconds(datetime.fromtimestamp(value, tz=timezone.utc))
    except (*_IMPOSSIBLE, OSError):  # OSError: what some systems say to a number out of range
        pass
    return None


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso_text(moment: datetime) -> str:
    """Write a UTC time as `2024-01-02T12:00:00.123Z`: milliseconds, or microseconds where it has them."""
    digits = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=digits)[:-6] + "Z"
