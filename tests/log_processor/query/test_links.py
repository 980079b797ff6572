from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from log_processor.config.sections import KibanaSettings
from log_processor.query.links import BUILD_DASHBOARD, dashboard, time_range
from tests.log_processor.documents import START
from tests.log_processor.shelf import Shelf, lines

ROOT = Path(__file__).parents[3]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def test_a_link_opens_the_builds_dashboard_over_its_time(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), build_start="2026-03-09T10:00:00Z")
    link = dashboard(KibanaSettings("https://kibana.example.org:5601"), shelf.build())
    assert link is not None
    assert link.isascii()
    assert not set(" \"'<>") & set(link)
    assert (
        "https://kibana.example.org:5601/app/dashboards#/view/log-classify-build"
        "?_g=(time:(from:'2026-03-09T10:00:00.000Z',to:'2026-03-09T12:00:00.123Z'))"
        "&_a=(query:(language:kuery,query:'build_uuid:\"b1\"'))" == unquote(link)
    )


@pytest.mark.parametrize(
    ("settings", "begin"),
    [
        (KibanaSettings("https://k/"), "https://k/app/dashboards#"),
        (KibanaSettings("https://k/base", space="ci"), "https://k/base/s/ci/app/dashboards#"),
    ],
)
def test_a_link_goes_where_the_dashboards_are(shelf: Shelf, settings: KibanaSettings, begin: str) -> None:
    shelf.put("a.log", lines(3))
    link = dashboard(settings, shelf.build())
    assert link is not None
    assert link.startswith(begin)


@pytest.mark.parametrize("kind", ["lens", "opensearch"])
def test_the_dashboard_is_one_of_those_that_we_have(kind: str) -> None:
    exported = (ROOT / "kibana" / kind / "log-classify.ndjson").read_text("utf-8")
    objects = [json.loads(each) for each in exported.splitlines()]
    assert ("dashboard", BUILD_DASHBOARD) in [(each.get("type"), each.get("id")) for each in objects]


def test_without_a_kibana_there_is_no_link(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3))
    assert dashboard(KibanaSettings(), shelf.build()) is None


def test_an_id_cannot_end_the_query(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), build="a'b!c\"d\\e)&_a=#\u4e16")
    link = dashboard(KibanaSettings("https://k"), shelf.build("a'b!c\"d\\e)&_a=#\u4e16"))
    assert link is not None
    assert 1 == link.count("&") == link.count("#")
    assert link.isascii()
    # The query's quotes, then those of the address around it, then the percent signs of any address.
    assert "query:'build_uuid:\"a!'b!!c\\\\\"d\\\\\\\\e)&_a=#\u4e16\"'))".replace('\\\\"', '\\"').replace(
        "\\\\\\\\", "\\\\"
    ) in unquote(link)


def test_the_time_of_a_build_is_from_its_begin_to_the_end_of_the_work(shelf: Shelf) -> None:
    first = shelf.put("a.log", lines(3), build_start="2026-03-09T11:30:00Z")
    shelf.put("b.log", lines(3), build_start="2026-03-09T11:00:00Z")
    shelf.store.put_file(replace(first, seconds=90))
    begin, end = time_range(shelf.build())
    assert (START.replace(hour=11, microsecond=0), START + timedelta(seconds=90)) == (begin, end)


def test_the_time_of_a_build_without_a_begin_is_from_its_day(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3))
    assert (START.replace(hour=0, microsecond=0), START) == time_range(shelf.build())


def test_the_time_of_a_build_is_never_empty(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3), build_start="2026-03-09T23:00:00Z")
    begin, end = time_range(shelf.build())
    assert timedelta(minutes=1) == end - begin
