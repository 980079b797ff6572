from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from log_processor.dashboards.__main__ import main
from log_processor.dashboards.boards import DASHBOARDS, LINKS, SEARCHES, panels
from log_processor.dashboards.exports import Product, export, files, objects
from log_processor.dashboards.kuery import NotUnderstoodError, kql
from log_processor.dashboards.model import (
    WIDTH,
    Condition,
    Found,
    Metric,
    Operation,
    Panel,
    Place,
    Question,
    Shape,
    Source,
    Terms,
    places,
)
from log_processor.dashboards.questions import queries, span
from log_processor.dashboards.saved import Indices

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 3, 9, 12, tzinfo=timezone.utc)
PRODUCTS = list(Product)


@pytest.mark.parametrize("path", list(files()), ids=str)
def test_the_files_are_what_the_source_says(path: Path) -> None:
    assert files()[path] == (ROOT / "kibana" / path).read_text("utf-8"), (
        "mend: python -m log_processor.dashboards kibana"
    )


def test_the_command_writes_the_files(tmp_path: Path) -> None:
    main([str(tmp_path)])

    assert files() == {path: (tmp_path / path).read_text("utf-8") for path in files()}


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_export_has_one_sorted_object_a_line(product: Product) -> None:
    lines = export(product).splitlines()
    found = [json.loads(line) for line in lines]

    assert sorted((each["type"], each["id"]) for each in found) == [
        (each["type"], each["id"]) for each in found
    ]
    assert [json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for each in found] == lines  # fmt: skip


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_data_views_are_of_the_indices_that_are_written_to(product: Product) -> None:
    exported = objects(product, Indices("ci-*", "ci-files"))
    titles = {each["id"]: each["attributes"]["title"] for each in exported if each["type"] == "index-pattern"}

    assert {
        "log-classify-lines": "ci-*",
        "log-classify-files": "ci-files",
        "log-classify-work": "ci-files",
    } == titles


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_click_opens_the_log_at_the_line(product: Product) -> None:
    (lines,) = (each for each in objects(product) if each["id"] == "log-classify-lines")
    formats = json.loads(lines["attributes"]["fieldFormatMap"])

    assert {link.field for link in LINKS} == formats.keys()
    assert {"type": "a", "labelTemplate": "open the line", "openLinkInCurrentTab": False} == formats["log.line_url"]["params"]  # fmt: skip
    assert (
        "../app/dashboards#/view/log-classify-line"
        "?_a=(query:(language:kuery,query:'anomaly.fingerprint:\"{{value}}\"'))"
    ) == formats["anomaly.fingerprint"]["params"]["urlTemplate"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_dashboard_links_to_all_others(product: Product) -> None:
    exported = export(product)

    for board in DASHBOARDS:
        assert len(DASHBOARDS) - 1 == exported.count(f"(#/view/{board.id})")


def test_both_products_ask_the_same() -> None:
    asked = [
        {
            query.panel: (query.index, query.groups, [metric.request for metric in query.metrics])
            for query in queries(objects(product), NOON - timedelta(days=7), NOON)
        }
        for product in PRODUCTS
    ]

    assert panels().keys() == asked[0].keys()
    assert asked[0] == asked[1]


def test_ids_are_unique_and_everything_says_what_it_is_about() -> None:
    ids = [panel.id for board in DASHBOARDS for panel in board.panels]
    abouts = [board.about for board in DASHBOARDS] + [search.about for search in SEARCHES]
    abouts += [panel.about for panel in panels().values()]

    assert len(ids) == len(set(ids))
    assert all(about.endswith((".", "?")) for about in abouts)


def test_lines_are_asked_only_where_they_are_the_question() -> None:
    """Hundreds of millions of lines make a slow dashboard; file documents are a thousand times fewer."""
    own = {"anomaly.shown", "anomaly.fingerprint", "anomaly.reasons", "anomaly.score", "anomaly.seen_in"}
    for panel in panels().values():
        question = panel.question
        if question.source is Source.LINES:
            fields = {part.field for part in (*question.metrics, *question.groups, *question.where)}
            assert fields & own, panel.id
            assert Condition("anomaly.shown", ("true",)) in question.where, panel.id


def a_panel(width: int, height: int) -> Panel:
    return Panel("a", "A", "It.", Shape.NUMBER, Question(Source.FILES, (Metric("Files"),)), width, height)


def test_panels_fill_rows_from_left_to_right() -> None:
    assert [Place(0, 3, 24, 5), Place(24, 3, 24, 5), Place(0, 8, WIDTH, 9)] == places(
        (a_panel(24, 5), a_panel(24, 5), Found("f", SEARCHES[0], WIDTH, 9)), 3
    )


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ((), ""),
        ((Condition("a"),), "a: *"),
        ((Condition("a.b", ("x",)), Condition("c", ("y", "z"), negated=True)), "a.b: x and not c: (y or z)"),
    ],
)
def test_conditions_are_written_in_the_language_of_both_products(
    conditions: tuple[Condition, ...], text: str
) -> None:
    assert text == kql(conditions)


@pytest.mark.parametrize("value", ["two words", 'a"', "and", "", "*"])
def test_a_condition_that_would_need_quotes_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        kql([Condition("a", (value,))])


@pytest.mark.parametrize(
    ("days", "expected"), [(0.001, 1), (1, 1800), (7, 10800), (30, 43200), (90, 86400), (3000, 604800)]
)
def test_a_histogram_has_at_most_a_hundred_spans_where_weeks_allow_it(days: float, expected: int) -> None:
    assert timedelta(seconds=expected) == span(NOON - timedelta(days=days), NOON)


def lens_of(panel: str, board: str, change: Any) -> list[dict[str, Any]]:
    exported = objects(Product.KIBANA)
    (found,) = (each for each in exported if (each["type"], each["id"]) == ("dashboard", board))
    shown = json.loads(found["attributes"]["panelsJSON"])
    change(
        next(each for each in shown if each["panelIndex"] == panel)["embeddableConfig"]["attributes"]["state"]
    )
    found["attributes"]["panelsJSON"] = json.dumps(shown)
    return exported  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state["query"].update(language="lucene"), "the query language lucene"),
        (lambda state: state["query"].update(query="lines_shown > 3"), "the query 'lines_shown > 3'"),
        (lambda state: columns(state)["metric0"].update(operationType="formula"), "a metric formula"),
        (lambda state: columns(state)["group0"].update(operationType="filters"), "a grouping by filters"),
        (lambda state: columns(state)["group1"]["params"].update(interval="1M"), "an interval of 1M"),
        (lambda state: state["filters"].append("one"), "a filter of a panel one"),
        (lambda state: columns(state)["metric0"].update(timeShift="1d"), "a column with timeShift"),
        (lambda state: columns(state)["group0"]["params"].update(otherBucket=True), "groups of otherBucket"),
    ],
)
def test_what_has_no_query_is_an_error_and_not_passed_over(change: Any, said: str) -> None:
    exported = lens_of("jobs-shown", "log-classify-jobs", change)

    with pytest.raises(NotUnderstoodError, match=said):
        queries(exported, NOON, NOON + timedelta(days=1))


def columns(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = state["datasourceStates"]["formBased"]["layers"]["layer"]["columns"]
    return found


def test_a_grouping_asks_for_the_metric_that_orders_it() -> None:
    found = {query.panel: query for query in queries(objects(Product.KIBANA), NOON, NOON + timedelta(days=1))}

    jobs = found["line-over-time"].body["aggs"]["group"]
    assert [{"metric0": "desc"}, {"_key": "asc"}] == jobs["terms"]["order"]
    assert {"metric0", "group"} == jobs["aggs"].keys()
    assert Terms("Job", "build_name") == panels()["line-over-time"].question.groups[0]
    assert Operation.UNIQUE is panels()["line-over-time"].question.metrics[0].operation


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_index_names_a_thousand_groups(product: Product) -> None:
    """A fingerprint that is in one build a day is among the first of no daily index, and may be in the most builds."""
    for query in queries(objects(product), NOON, NOON + timedelta(days=1)):
        for group in grouped(query.body["aggs"]):
            if "terms" in group:
                assert 1000 == group["terms"]["shard_size"], query.panel


def grouped(aggregations: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for aggregation in aggregations.values():
        yield aggregation
        yield from grouped(aggregation.get("aggs", {}))
