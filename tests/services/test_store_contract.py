"""What every store that can be read promises, on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from log_processor.document import LineDocument, LogFile
from log_processor.errors import StoreUnavailable
from log_processor.schema import On, document_mapping
from log_processor.stores import elastic_reader, sqlite_reader
from log_processor.stores.contract import Occurrence, Reader, Sighting, Store, Wanted
from log_processor.stores.opening import open_reader, open_store
from log_processor.stores.settings import StoreSettings
from log_processor.timestamps import iso_text
from tests.log_processor.documents import DAY, START, a_document, a_file, a_line, lines_of, no_reject
from tests.services.conftest import BOTH
from tests.services.indices import ask, own_indices


@dataclass(frozen=True)
class Opened:
    settings: StoreSettings
    store: Store
    reader: Reader


@pytest.fixture(params=["sqlite", *BOTH])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreSettings]:
    if request.param == "sqlite":
        yield StoreSettings(f"sqlite:///{tmp_path}/store.sqlite")
    else:
        with own_indices(request.getfixturevalue(request.param)) as settings:
            yield settings


@pytest.fixture
def opened(settings: StoreSettings) -> Iterator[Opened]:
    with closing(open_store(settings)) as store, closing(open_reader(settings)) as reader:
        store.prepare()
        yield Opened(settings, store, reader)


def numbers(lines: Iterator[LineDocument] | list[LineDocument]) -> list[int]:
    return [line.number for line in lines]


def test_a_line_is_read_as_it_was_written(opened: Opened) -> None:
    lines = [
        a_line(1),
        a_line(2, distance=None),
        a_line(3, distance=0.1 + 0.2, reasons=("novel", "error")),
        a_line(4, message='tab\t, "quote", \\ and \u2028')._replace(truncated=True),
        a_line(5)._replace(timestamp=START - timedelta(days=30_000)),
        a_line(6, distance=0.4, reasons=("novel",), group=3),
        a_line(7)._replace(score=0.1 + 0.2),
        a_line(70_000, message="\u4e16" * 10_666),
    ]
    assert 8 == opened.store.write(a_file(), lines, no_reject)
    assert lines == opened.reader.lines(a_file(), 1, 70_000)


def test_a_file_document_is_read_as_it_was_written(opened: Opened) -> None:
    document = a_document(a_file())
    opened.store.put_file(document)
    assert document == opened.store.file(document.file.build_uuid, document.file.filename)
    assert [document] == opened.reader.files(document.file.build_uuid)


def test_a_file_document_replaces_the_earlier_one(opened: Opened) -> None:
    first = a_document(a_file())
    second = replace(first, lines_read=9, started_at=START + timedelta(hours=1))
    opened.store.put_file(first)
    assert [first] == opened.reader.files(first.file.build_uuid)
    opened.store.put_file(second)
    assert second == opened.store.file(first.file.build_uuid, first.file.filename)
    with closing(open_reader(opened.settings)) as reader:
        assert [second] == reader.files(first.file.build_uuid)


def test_nothing_is_found_where_nothing_was_written(opened: Opened) -> None:
    assert opened.store.file("nobody", "nothing") is None
    assert [] == opened.reader.files("nobody")
    assert [] == opened.reader.builds(10)
    assert [] == opened.reader.lines(a_file(), 1, 10)
    assert [] == list(opened.reader.far_lines(a_file(), None))
    assert [] == list(opened.reader.far_lines(a_file(), 0))
    assert 0 == opened.store.forget_after(a_file(), 0)


def test_one_build_and_one_file_are_not_another(opened: Opened) -> None:
    for file in (a_file("a.txt", "one"), a_file("b.txt", "one"), a_file("a.txt", "two")):
        opened.store.put_file(a_document(file))
        opened.store.write(file, [a_line(1, message=f"{file.filename} of {file.build_uuid}")], no_reject)
    assert ["a.txt", "b.txt"] == [document.file.filename for document in opened.reader.files("one")]
    (line,) = opened.reader.lines(a_file("a.txt", "two"), 1, 9)
    assert "a.txt of two" == line.message
    assert opened.store.file("two", "b.txt") is None


def test_preparing_twice_is_preparing_once(opened: Opened) -> None:
    opened.store.write(a_file(), [a_line(1)], no_reject)
    opened.store.prepare()
    with closing(open_store(opened.settings)) as another:
        another.prepare()
    assert [a_line(1)] == opened.reader.lines(a_file(), 1, 1)


def test_writing_twice_is_writing_once(opened: Opened) -> None:
    assert 2500 == opened.store.write(a_file(), lines_of(2500), no_reject)
    assert 2500 == opened.store.write(a_file(), lines_of(2500), no_reject)
    assert list(range(1, 2501)) == numbers(opened.reader.lines(a_file(), 1, 2**31 - 1))


def test_the_second_writing_of_a_line_stands(opened: Opened) -> None:
    opened.store.write(a_file(), [a_line(1, "before", 0.9, ("novel",))], no_reject)
    opened.store.write(a_file(), [a_line(1, "after")], no_reject)
    assert [a_line(1, "after")] == opened.reader.lines(a_file(), 1, 1)
    assert [] == list(opened.reader.far_lines(a_file(), None))


def test_writing_no_lines_writes_nothing(opened: Opened) -> None:
    assert 0 == opened.store.write(a_file(), [], no_reject)
    assert [] == opened.reader.lines(a_file(), 1, 10)


def test_lines_are_written_as_they_come(opened: Opened) -> None:
    given = 0

    def lines() -> Iterator[LineDocument]:
        nonlocal given
        for line in lines_of(5000):
            given += 1
            yield line
            if given == 4000:
                raise EOFError

    with pytest.raises(EOFError):
        opened.store.write(a_file(), lines(), no_reject)
    stored = numbers(opened.reader.lines(a_file(), 1, 5000))
    assert 2000 < len(stored) <= 4000
    assert list(range(1, len(stored) + 1)) == stored


def test_the_tail_of_a_longer_run_is_forgotten(opened: Opened) -> None:
    opened.store.write(a_file(), lines_of(3210), no_reject)
    opened.store.write(a_file("other.txt"), lines_of(300), no_reject)
    assert 3110 == opened.store.forget_after(a_file(), 100)
    assert 0 == opened.store.forget_after(a_file(), 100)
    assert list(range(1, 101)) == numbers(opened.reader.lines(a_file(), 1, 5000))
    assert [100] == numbers(opened.reader.far_lines(a_file(), None))
    assert 300 == len(opened.reader.lines(a_file("other.txt"), 1, 5000))


@pytest.mark.parametrize(
    ("threshold", "far"),
    [
        (None, [2, 3, 5, 8]),
        (0.0, [1, 2, 3, 4, 5, 6, 7, 8]),
        (0.1, [2, 3, 4, 5, 8]),
        (0.3, [2, 3, 5, 8]),
        (0.30000000000000004, [3, 5]),  # the next number
        (0.31, [3, 5]),
        (0.9, [3, 5]),
        (1.0, [3, 5]),
        (1e-300, [2, 3, 4, 5, 8]),
    ],
)
def test_far_lines_are_those_with_a_reason_or_those_of_a_threshold(
    opened: Opened, threshold: float | None, far: list[int]
) -> None:
    lines = [
        a_line(1),
        a_line(2, distance=0.3, reasons=("novel",)),
        a_line(3, distance=1.0, reasons=("novel", "error")),
        a_line(4, distance=0.2),
        a_line(5, distance=0.0, reasons=("error",)),
        a_line(6, distance=None),
        a_line(7, distance=0.0),
        a_line(8, distance=0.3, reasons=("novel",), group=2),
    ]
    opened.store.write(a_file(), lines, no_reject)
    assert [lines[number - 1] for number in far] == list(opened.reader.far_lines(a_file(), threshold))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(1, 3, [1, 2, 3]), (9, 12, [9, 10]), (-5, 1, [1]), (11, 20, []), (5, 4, []), (4, 4, [4])],
)
def test_context_is_the_lines_of_a_range(opened: Opened, first: int, last: int, expected: list[int]) -> None:
    opened.store.write(a_file(), lines_of(10), no_reject)
    assert expected == numbers(opened.reader.lines(a_file(), first, last))


def test_any_number_of_lines_is_read(opened: Opened) -> None:
    assert 25_000 == opened.store.write(a_file(), lines_of(25_000), no_reject)
    assert list(range(1, 25_001)) == numbers(opened.reader.far_lines(a_file(), 0))
    assert list(range(100, 25_001, 100)) == numbers(opened.reader.far_lines(a_file(), None))


def test_builds_are_listed_by_their_latest_work_newest_first(opened: Opened) -> None:
    hours = {"old": (0, 1), "new": (3,), "resumed": (0, 4), "middle": (2,)}
    for build, starts in hours.items():
        for hour in starts:
            document = a_document(a_file(f"{hour}.txt", build), START + timedelta(hours=hour))
            opened.store.put_file(document)
    listed = [[document.file.build_uuid for document in documents] for documents in opened.reader.builds(3)]
    assert [["resumed", "resumed"], ["new"], ["middle"]] == listed
    assert 4 == len(opened.reader.builds(10))


def test_a_build_of_many_files_is_read_whole(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elastic_reader, "PAGE", 10)
    names = [f"{number:02}.txt" for number in range(30)]
    for name in reversed(names):
        opened.store.put_file(a_document(a_file(name)))
    assert names == [document.file.filename for document in opened.reader.files(a_file().build_uuid)]


# ---- which builds, and which have a line ------------------------------------------------------------

HOUR = timedelta(hours=1)
FARS: dict[str, tuple[str, str, str, int, list[tuple[int, float | None]]]] = {
    # build: its job, project, status, begin in hours after START, lines shown and farthest line by file
    "one": ("unit", "acme/shop", "FAILURE", 0, [(1, 0.9), (1, 0.2)]),
    "two": ("unit", "acme/shop", "SUCCESS", 1, [(3, 0.4)]),
    "three": ("lint", "acme/shop", "FAILURE", 2, [(2, 0.4), (9, None)]),
    "four": ("lint", "acme/till", "FAILURE", 3, [(99, None)]),
    "bare": ("", "", "", 4, [(0, 0.0)]),
}


def a_build(
    build: str, job: str, project: str, status: str, start: datetime = START
) -> Callable[[str], LogFile]:
    fields = {
        "build_name": job,
        "project": project,
        "build_status": status,
        "build_start": iso_text(start),
        "log_url": "https://l/f",
    }
    known = {name: value for name, value in fields.items() if value}
    return lambda filename: LogFile(build, filename, start.date(), known)


def put_builds(opened: Opened) -> None:
    for build, (job, project, status, hour, shown) in FARS.items():
        file = a_build(build, job, project, status, START + hour * HOUR)
        for at, (number, distance) in enumerate(shown):
            document = a_document(file(f"{at}.txt"), START + hour * HOUR)
            opened.store.put_file(replace(document, lines_shown=number, max_distance=distance))


@pytest.mark.parametrize(
    ("wanted", "newest", "worst"),
    [
        (Wanted(), ["bare", "four", "three", "two", "one"], ["two", "one", "three", "bare"]),
        (Wanted(job="unit"), ["two", "one"], ["two", "one"]),
        (Wanted(project="acme/shop"), ["three", "two", "one"], ["two", "one", "three"]),
        (Wanted(status="FAILURE"), ["four", "three", "one"], ["one", "three"]),
        (Wanted(since=START + 2 * HOUR), ["bare", "four", "three"], ["three", "bare"]),
        (Wanted(since=START + 2 * HOUR + timedelta(milliseconds=1)), ["bare", "four"], ["bare"]),
        (Wanted(job="unit", status="FAILURE"), ["one"], ["one"]),
        (Wanted(besides="two"), ["bare", "four", "three", "one"], ["one", "three", "bare"]),
        (Wanted(job="UNIT"), [], []),
        (Wanted(project="acme"), [], []),
    ],
)
def test_builds_are_chosen(opened: Opened, wanted: Wanted, newest: list[str], worst: list[str]) -> None:
    put_builds(opened)

    def listed(limit: int, *, worst: bool) -> list[str]:
        return [files[0].file.build_uuid for files in opened.reader.builds(limit, wanted, worst=worst)]

    assert newest == listed(10, worst=False)
    assert newest[:2] == listed(2, worst=False)
    assert worst == listed(10, worst=True)
    assert worst[:1] == listed(1, worst=True)


def test_a_chosen_build_comes_with_all_its_files(opened: Opened) -> None:
    put_builds(opened)
    (files,) = opened.reader.builds(1, Wanted(job="lint", project="acme/shop"), worst=True)
    assert ["0.txt", "1.txt"] == [document.file.filename for document in files]


def far(number: int, fingerprint: str, hours: float = 0, message: str = "") -> LineDocument:
    line = a_line(number, message, 0.9, ("novel",))
    return line._replace(timestamp=START + hours * HOUR, fingerprint=fingerprint)


def put_lines(opened: Opened) -> None:
    """Three builds that share a far line, on two days; written in no order, some of it twice."""
    one, two = a_build("one", "unit", "acme/shop", "FAILURE"), a_build("two", "unit", "acme/till", "SUCCESS")
    three = a_build("three", "lint", "acme/till", "FAILURE", START + 24 * HOUR)
    content = [
        (three("z.txt"), [far(4, "aaaa", 24, "last of z"), far(5, "bbbb", 25)]),
        (two("a.txt"), [far(1, "aaaa", 3, "two"), a_line(2)]),
        (three("b.txt"), [far(9, "aaaa", 24, "last of b"), far(10, "aaaa", 24, "the same moment")]),
        (one("a.txt"), [a_line(1), far(2, "aaaa", 2, "late"), far(3, "aaaa", 1, "early")]),
    ]
    for file, lines in [*content, content[3], content[0]]:
        opened.store.put_file(a_document(file))
        opened.store.write(file, lines, no_reject)
        opened.store.put_file(a_document(file))


A_DAY, LATER = START + 24 * HOUR, START + 3 * HOUR
AAAA = Sighting(6, 3, 2, 2, START + HOUR, A_DAY)
BBBB = Sighting(1, 1, 1, 1, START + 25 * HOUR, START + 25 * HOUR)


@pytest.mark.parametrize(
    ("fingerprints", "wanted", "expected"),
    [
        (["aaaa", "bbbb", "cccc"], Wanted(), {"aaaa": AAAA, "bbbb": BBBB}),
        (["bbbb", "bbbb"], Wanted(), {"bbbb": BBBB}),
        (["cccc"], Wanted(), {}),
        ([], Wanted(), {}),
        (
            ["aaaa", "bbbb"],
            Wanted(besides="three"),
            {"aaaa": Sighting(3, 2, 1, 2, START + HOUR, START + 3 * HOUR)},
        ),
        (["aaaa"], Wanted(job="lint"), {"aaaa": Sighting(3, 1, 1, 1, A_DAY, A_DAY)}),
        (
            ["aaaa"],
            Wanted(project="acme/till", status="SUCCESS"),
            {"aaaa": Sighting(1, 1, 1, 1, LATER, LATER)},
        ),
        (["aaaa"], Wanted(since=START + 2 * HOUR), {"aaaa": Sighting(5, 3, 2, 2, START + 2 * HOUR, A_DAY)}),
        (["aaaa"], Wanted(since=A_DAY + HOUR), {}),
    ],
)
def test_what_is_known_of_a_fingerprint_is_counted_once(
    opened: Opened, fingerprints: list[str], wanted: Wanted, expected: dict[str, Sighting]
) -> None:
    put_lines(opened)
    assert expected == opened.reader.sightings(fingerprints, wanted)


def test_what_a_rerun_took_away_is_no_longer_known(opened: Opened) -> None:
    put_lines(opened)
    three = a_build("three", "lint", "acme/till", "FAILURE", A_DAY)
    opened.store.forget_after(three("z.txt"), 3)
    opened.store.write(three("b.txt"), [a_line(9), far(10, "dddd", 24)], no_reject)
    with closing(open_reader(opened.settings)) as reader:
        found = reader.sightings(["aaaa", "bbbb", "dddd"])
    assert Sighting(3, 2, 1, 2, START + HOUR, START + 3 * HOUR) == found["aaaa"]
    assert {"aaaa", "dddd"} == set(found)


def test_a_build_of_no_job_has_none(opened: Opened) -> None:
    file = a_build("bare", "", "", "")("a.txt")
    opened.store.put_file(a_document(file))
    opened.store.write(file, [far(1, "aaaa")], no_reject)
    assert {"aaaa": Sighting(1, 1, 0, 0, START, START)} == opened.reader.sightings(["aaaa"])
    ((found),) = opened.reader.occurrences(["aaaa"], 1)
    assert ("bare", "", "", "") == (found.build_uuid, found.job, found.project, found.status)


def test_any_number_of_fingerprints_is_asked_for(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (elastic_reader, sqlite_reader):
        monkeypatch.setattr(module, "FINGERPRINTS", 100)
    file = a_build("one", "unit", "acme/shop", "FAILURE")("a.txt")
    opened.store.put_file(a_document(file))
    opened.store.write(file, [far(number, f"{number:04}") for number in range(1, 251)], no_reject)
    found = opened.reader.sightings({f"{number:04}" for number in range(300)})
    assert [f"{number:04}" for number in range(1, 251)] == sorted(found)
    assert {1} == {sighting.lines for sighting in found.values()}


THREE = Occurrence(
    "three", "lint", "acme/till", "FAILURE", 3, A_DAY, A_DAY, "b.txt", 9, "last of b", "https://l/f#L9"
)
TWO = Occurrence("two", "unit", "acme/till", "SUCCESS", 1, LATER, LATER, "a.txt", 1, "two", "https://l/f#L1")
ONE = Occurrence(
    "one",
    "unit",
    "acme/shop",
    "FAILURE",
    2,
    START + HOUR,
    START + 2 * HOUR,
    "a.txt",
    2,
    "late",
    "https://l/f#L2",
)


@pytest.mark.parametrize(
    ("fingerprints", "limit", "wanted", "expected"),
    [
        (["aaaa"], 10, Wanted(), [THREE, TWO, ONE]),
        (["aaaa"], 2, Wanted(), [THREE, TWO]),
        (["aaaa"], 10, Wanted(job="unit"), [TWO, ONE]),
        (["aaaa"], 10, Wanted(besides="three", status="FAILURE"), [ONE]),
        (["aaaa", "cccc"], 10, Wanted(project="acme/shop"), [ONE]),
        (["cccc"], 10, Wanted(), []),
        (["aaaa"], 10, Wanted(job="none"), []),
    ],
)
def test_the_builds_with_a_line_come_latest_first(
    opened: Opened, fingerprints: list[str], limit: int, wanted: Wanted, expected: list[Occurrence]
) -> None:
    put_lines(opened)
    assert expected == opened.reader.occurrences(fingerprints, limit, wanted)


def test_a_store_that_nothing_was_written_to_knows_no_line(opened: Opened) -> None:
    assert {} == opened.reader.sightings(["aaaa"])
    assert [] == opened.reader.occurrences(["aaaa"], 10)
    assert [] == opened.reader.builds(10, Wanted(job="unit"), worst=True)


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(2026, 12, 31), date(2099, 1, 2)])
def test_lines_are_found_by_the_day_of_their_build(opened: Opened, day: date) -> None:
    opened.store.write(a_file(day=day), [a_line(1)], no_reject)
    assert [a_line(1)] == opened.reader.lines(a_file(day=day), 1, 1)


def test_a_line_that_cannot_be_stored_is_rejected_and_the_rest_is_stored(opened: Opened) -> None:
    rejected: list[tuple[int, str]] = []
    if opened.settings.url.startswith("sqlite"):
        bad = a_line(3, "half a pair: \ud800")
    else:
        bad = a_line(3, distance=0.9, reasons=("novel",))
        # Somebody's index has another idea of what a fingerprint is.
        mapping = document_mapping(On.LINE)
        mapping["properties"]["anomaly"]["properties"]["fingerprint"] = {"type": "integer"}
        prefix = opened.settings.index_prefix
        ask("DELETE", f"{opened.settings.url}/_index_template/log-processor-{prefix}lines")
        ask("PUT", f"{opened.settings.url}/{prefix}{DAY:%Y.%m.%d}", {"mappings": mapping})
    lines = [a_line(1), a_line(2), bad, a_line(4)]
    assert 3 == opened.store.write(
        a_file(), lines, lambda line, reason: rejected.append((line.number, reason))
    )
    ((number, reason),) = rejected
    assert 3 == number
    assert "surrogates not allowed" in reason or "failed to parse field [anomaly.fingerprint]" in reason
    assert [1, 2, 4] == numbers(opened.reader.lines(a_file(), 1, 9))


def test_a_prepared_store_is_ready(opened: Opened) -> None:
    opened.store.ready()
    opened.store.put_file(a_document(a_file()))
    opened.store.ready()
    assert 1 == len(opened.reader.builds(10))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "sqlite:////dev/null/store.sqlite", "logstash+tcp://127.0.0.1:1"]
)
def test_a_store_that_is_away_is_not_ready(url: str) -> None:
    with closing(open_store(StoreSettings(url, timeout_seconds=2))) as store, pytest.raises(StoreUnavailable):
        store.ready()
