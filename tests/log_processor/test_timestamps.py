"""When a line was written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.timestamps import LineTimes, first_day, instant

DAY = date(2024, 1, 2)
NOON = datetime(2024, 1, 2, 12, 0, 0, tzinfo=timezone.utc)
MIDNIGHT = datetime(2024, 1, 2, tzinfo=timezone.utc)
FRACTION = timedelta(milliseconds=123)

AT_NOON = [
    "2024-01-02 12:00:00 plain",
    "2024-01-02T12:00:00Z plain",
    "2024-01-02T12:00:00+00:00 plain",
    "2024-01-02 14:00:00 +0200 a zone after a blank",
    "2024-01-02T06:30:00-05:30 a zone of half an hour",
    "2024-01-02T12:00:00FOO no zone",
    "2024-01-02 12:00:00 -9999 no zone",
    "[2024-01-02 12:00:00] in brackets",
    "INFO: 2024-01-02 12:00:00 after a level",
    "[WARNING] [2024-01-02 12:00:00] after a level",
    'time="2024-01-02T12:00:00Z" level=warning msg="logfmt"',
    "level=info ts=2024-01-02T12:00:00Z caller=main.go",
    '{"timestamp":"2024-01-02T12:00:00Z","level":"info"}',
    '{"level":"info","@timestamp": "2024-01-02T12:00:00Z"}',
    "web-1  | 2024-01-02 12:00:00 the service, from docker-compose",
    "build\tRun tests\t2024-01-02T12:00:00Z job and step",
    "2024/01/02 12:00:00 [error] 12#12: *1 nginx",
    "Jan  2 12:00:00 host kernel: syslog",
    "Jan 02 12:00:00 host kernel: syslog",
    "Jan 2 12:00:00 host kernel: syslog",
    "<34>Jan  2 12:00:00 host su: syslog on the wire",
    '10.0.0.1 - - [02/Jan/2024:12:00:00 +0000] "GET / HTTP/1.1" 200 5',
    '::1 - an.example [02/Jan/2024:13:00:00 +0100] "GET / HTTP/1.1" 200 5',
    "[Tue Jan 02 12:00:00 2024] [error] httpd",
    "I0102 12:00:00 12 server.go:1] Kubernetes",
    "02-01 12:00:00,0.5,1,100.25 dstat",
    "02-01 12:00:00,100,200 dstat",
    "12:00:00 the time of day",
    "[12:00:00] the time of day",
    "\ufeff2024-01-02T12:00:00Z after a byte order mark",
]
AT_NOON_AND_A_BIT = [
    "2024-01-02 12:00:00,123 python",
    "2024-01-02 12:00:00,123 [main] INFO log4j",
    "2024-01-02 12:00:00.123456 | zuul",
    "2024-01-02T12:00:00.1234567Z ##[group]",
    "2024-01-02T12:00:00.123999999+00:00 nanoseconds",
    "2024-01-02T13:00:00,123456+01:00 a comma and microseconds",
    "Jan 02 12:00:00.123456 host systemd[1]: journalctl",
    "02 Jan 2024 12:00:00,123 [main] log4j's DATE",
    "02-Jan-2024 12:00:00.123 INFO [main] Tomcat",
    "[Tue Jan 02 12:00:00.123456 2024] [core:notice] httpd",
    "I0102 12:00:00.123456   12 server.go:1] Kubernetes",
    "12:00:00,123 INFO log4j's ABSOLUTE",
    "[1704196800.123] seconds since 1970",
    "[1704196800.123] seconds since 1970: a: b",
    "1704196800.123456 open() = 3",
]


@pytest.mark.parametrize("text", AT_NOON)
def test_the_time_is_read_down_to_the_second(text: str) -> None:
    assert NOON == LineTimes(DAY).at(text)


@pytest.mark.parametrize("text", AT_NOON_AND_A_BIT)
def test_the_fraction_is_cut_to_milliseconds(text: str) -> None:
    assert NOON + FRACTION == LineTimes(DAY).at(text)


def test_one_digit_of_a_fraction_is_tenths() -> None:
    assert NOON + timedelta(milliseconds=500) == LineTimes(DAY).at("2024-01-02 12:00:00.5 x")


def test_a_form_is_read_alike_whatever_form_came_before_it() -> None:
    for before, text in permutations(AT_NOON + AT_NOON_AND_A_BIT, 2):
        times = LineTimes(DAY)
        times.at(before.replace("12:00:00", "11:59:58"))
        assert LineTimes(DAY).at(text) == times.at(text), (before, text)


def test_each_line_of_a_second_has_its_own_fraction() -> None:
    times = LineTimes(DAY)
    texts = ["2024-01-02 12:00:00.001 a", "2024-01-02 12:00:00.002 b", "2024-01-02 12:00:00 c"]

    assert [1000, 2000, 0] == [times.at(text).microsecond for text in texts]


def test_lines_of_many_seconds_in_any_order_have_their_own() -> None:
    day = datetime.combine(DAY, time(), timezone.utc)
    moments = [day + timedelta(seconds=second, milliseconds=1) for second in range(5000)]
    texts = [f"{moment:%Y-%m-%d %H:%M:%S},001 x" for moment in moments]
    times = LineTimes(DAY)

    assert moments == times.of(texts)
    assert moments[::-1] == times.of(texts[::-1])


def test_the_same_second_in_another_zone_is_another_time() -> None:
    times = LineTimes(DAY)
    times.at("2024-01-02T12:00:00Z")

    assert NOON - timedelta(hours=1) == times.at("2024-01-02T12:00:00+01:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Traceback (most recent call last):",
        '  File "nova/compute.py", line 12, in spawn',
        "Ext updated: the last time was 2013-04-29T00:00:00+00:00",
        "2024-02-30 12:00:00 there is no such day",
        "2024-01-02 25:61:00 there is no such time",
        "0000-01-02 12:00:00 there is no such year",
        "Feb 30 12:00:00 host there is no such day",
        "31-31 12:00:00 there is no such day",
        "25:61:00 there is no such time",
        "12:34:56:78:9a:bc an Ethernet address",
        "２０２４-０１-０２ １２:００:００ digits of another script",  # noqa: RUF001 - the subject of the test
        "Thu Feb  5 15:09:33 UTC 2015 when a machine's image was made",
        "x" * 200 + " 2024-01-02 12:00:00",
    ],
)
def test_a_line_without_a_time_has_that_of_the_line_before(text: str) -> None:
    times = LineTimes(DAY)
    before = times.at("2024-01-02 10:00:00,500 a line")

    assert before == times.at(text)


def test_the_first_line_without_a_time_has_the_start_of_the_day() -> None:
    assert MIDNIGHT == LineTimes(DAY).at("no time")


def test_the_first_line_without_a_time_has_the_start_of_the_build_where_it_is_known() -> None:
    start = datetime(2024, 1, 2, 10, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))

    assert datetime(2024, 1, 2, 9, 30, 0, 123000, tzinfo=timezone.utc) == LineTimes(DAY, start).at("no time")


def test_a_start_far_from_the_day_gives_its_time_of_day() -> None:
    assert NOON == LineTimes(DAY, NOON - timedelta(days=400)).at("no time")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-12-26 12:00:00", datetime(2023, 12, 26, 12, tzinfo=timezone.utc)),
        ("2023-12-25 12:00:00", NOON),
        ("2024-01-04 12:00:00", datetime(2024, 1, 4, 12, tzinfo=timezone.utc)),
        ("2024-01-05 12:00:00", NOON),
        ("1970-01-01T12:00:00Z", NOON),
        ("9999-12-31 12:00:00 +0000", NOON),
        ("Jul  1 12:00:00 host a clock half a year off", NOON),
    ],
)
def test_an_absurd_date_keeps_its_time_of_day_on_the_day_of_the_build(text: str, expected: datetime) -> None:
    assert expected == LineTimes(DAY).at(text)


@pytest.mark.parametrize(
    ("day", "text", "expected"),
    [
        (date(2024, 1, 1), "Dec 31 23:59:59 host x", datetime(2023, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
        (date(2023, 12, 31), "Jan  1 00:00:01 host x", datetime(2024, 1, 1, 0, 0, 1, tzinfo=timezone.utc)),
        (date(2024, 3, 1), "Feb 29 12:00:00 host x", datetime(2024, 2, 29, 12, tzinfo=timezone.utc)),
        (date(2024, 1, 1), "E1231 12:00:00 1 x.go:1]", datetime(2023, 12, 31, 12, tzinfo=timezone.utc)),
    ],
)
def test_a_date_without_a_year_is_the_one_nearest_to_the_build(
    day: date, text: str, expected: datetime
) -> None:
    assert expected == LineTimes(day).at(text)


@pytest.mark.parametrize("day", [date(2024, 2, 1), date(2024, 1, 2)])
def test_of_two_numbers_the_order_is_the_one_nearer_to_the_build(day: date) -> None:
    assert day == LineTimes(day).at("02-01 12:00:00,0.5").date()


def test_a_time_of_day_after_midnight_is_on_the_next_day_where_the_start_is_known() -> None:
    start = datetime(2024, 1, 2, 23, 50, tzinfo=timezone.utc)

    assert datetime(2024, 1, 3, 0, 10, tzinfo=timezone.utc) == LineTimes(DAY, start).at("00:10:00 x")
    assert datetime(2024, 1, 2, 23, 49, tzinfo=timezone.utc) == LineTimes(DAY, start).at("23:49:00 x")
    assert datetime(2024, 1, 2, 0, 10, tzinfo=timezone.utc) == LineTimes(DAY).at("00:10:00 x")


STAMPS = [
    "2024-01-02",
    "9999-12-31",
    "T",
    " ",
    "12:00:00",
    "23:59:60",
    ",123",
    ".9999999999",
    "+14:00",
    "[",
    "]",
]
ODD_STAMPS = [
    "0001-01-01",
    "-14:00",
    "Z",
    "Dec 31 ",
    "31/Dec/9999:",
    "1999999999.999",
    "02-30 ",
    "E0230 ",
    "<1>",
]
PIECES = st.sampled_from([*STAMPS, *ODD_STAMPS])


@given(
    st.dates(),
    st.lists(st.text() | st.lists(PIECES).map("".join) | st.from_regex(r"\A\W{0,9}\d\d\d\d-\d\d-\d\d.*")),
)
def test_no_text_on_any_day_raises_and_the_time_is_near_the_day(day: date, texts: list[str]) -> None:
    times = LineTimes(day)
    for text in texts:
        moment = times.at(text)
        assert timezone.utc == moment.tzinfo
        assert -7 <= moment.toordinal() - day.toordinal() <= 2
        assert 0 == moment.microsecond % 1000


@given(st.datetimes(datetime(2023, 12, 27), datetime(2024, 1, 4)))  # noqa: DTZ001 - the zone is put on below
def test_what_datetime_writes_is_read_back(naive: datetime) -> None:
    moment = naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=timezone.utc)

    assert moment == LineTimes(DAY).at(moment.isoformat() + " x")
    assert moment == instant(moment.isoformat())


def test_the_first_day_is_that_of_the_first_line_with_a_whole_date() -> None:
    texts = [
        "no time",
        "Jul  1 12:00:00 host no year",
        "12:00:00 no date",
        "2024-01-02 23:00:00 -0500",
        "2024-01-09 1",
    ]

    assert date(2024, 1, 3) == first_day(texts, now=NOON + timedelta(days=9))


@pytest.mark.parametrize(
    "text",
    [
        "1999-12-31 12:00:00",
        "2024-01-03 12:00:01 tomorrow",
        "2024-02-30 12:00:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_date_before_2000_or_in_the_future_or_impossible_is_no_first_day(text: str) -> None:
    assert first_day([text], now=NOON) is None


def test_a_file_without_dates_has_no_first_day() -> None:
    assert first_day([], now=NOON) is None


def test_first_day_reads_no_further_than_the_first_dated_line() -> None:
    texts = iter(["2024-01-02 12:00:00", "the next line"])
    first_day(texts, now=NOON)

    assert "the next line" == next(texts)


@pytest.mark.parametrize(
    "value",
    [
        1704196800,
        1704196800.0,
        "1704196800",
        "1704196800.0",
        "2024-01-02T12:00:00Z",
        "2024-01-02 13:00:00+0100",
    ],
)
def test_an_instant_is_iso_8601_or_seconds(value: object) -> None:
    assert NOON == instant(value)


def test_an_instant_is_cut_to_milliseconds() -> None:
    assert NOON + FRACTION == instant(1704196800.1239)
    assert NOON + FRACTION == instant("2024-01-02T12:00:00.1239Z")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        float("nan"),
        float("inf"),
        1704196800000,
        10**400,
        "",
        "today",
        "nan",
        "1e400",
        [],
        {},
        "2024-01-02",
        "2024-02-30T12:00:00Z",
        "2024-01-02T12:00:00Z and more",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_anything_else_is_no_instant(value: object) -> None:
    assert instant(value) is None


TIMES = st.tuples(
    st.sampled_from(["", "[", "time: ", "[INFO] ", "\u0662"]),
    st.sampled_from(
        ["2024-01-02 12:00:00", "2024-01-02 12:00:01", "2024-01-31 12:00:00", "2024-13-01 12:00:00"]
    ),
    st.sampled_from(["", ".", ","]),
    st.text("0123 ,.:+-Z\u0663", max_size=12),
).map("".join)


@given(st.lists(TIMES))
def test_what_a_line_before_it_was_like_does_not_change_a_time(texts: list[str]) -> None:
    times = LineTimes(DAY)
    before = times.at("")
    for text in texts:
        alone = LineTimes(DAY, NOON + timedelta(minutes=7)).at(text)
        expected = before if alone == NOON + timedelta(minutes=7) else alone
        before = times.at(text)

        assert expected == before
