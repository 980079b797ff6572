"""What the exported dashboards ask, asked of real servers, against what plain Python says of the same documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from log_processor.dashboards.boards import SEARCHES, panels
from log_processor.dashboards.exports import Product, objects
from log_processor.dashboards.model import Panel, Question, Search, Source
from log_processor.dashboards.query import Query
from log_processor.dashboards.questions import listings, queries, span
from log_processor.dashboards.saved import Indices
from log_processor.stores.elastic_store import ElasticStore
from tests.log_processor.dashboards.builds import SINCE, UNTIL, make
from tests.log_processor.dashboards.plain import Document, agree, answer, listed, values
from tests.services.conftest import BOTH
from tests.services.indices import ask, own_indices

SPAN_SECONDS = int(span(SINCE, UNTIL).total_seconds())


@dataclass
class Week:
    """Indices that hold a week of builds."""

    url: str
    indices: Indices
    lines: list[Document]
    files: list[Document]

    @cached_property
    def queries(self) -> dict[Product, dict[str, Query]]:
        return {product: by_panel(objects(product, self.indices)) for product in Product}

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        return query.rows(ask("POST", f"{self.url}/{query.index}/_search", query.body))

    def expected(self, question: Question) -> list[tuple[Any, ...]]:
        documents = self.lines if question.source is Source.LINES else self.files
        return answer(question, documents, SINCE, UNTIL, SPAN_SECONDS)


@pytest.fixture(scope="module", params=BOTH)
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    url: str = request.getfixturevalue(request.param)
    with own_indices(url) as settings:
        with closing(ElasticStore(settings)) as store:
            store.prepare()
            make(tmp_path_factory.mktemp("week"), store)
        indices = Indices(f"{settings.index_prefix}*", settings.files_index)
        yield Week(url, indices, documents(url, indices.lines), documents(url, indices.files))


def documents(url: str, index: str) -> list[Document]:
    ask("POST", f"{url}/{index}/_refresh")
    hits = ask("POST", f"{url}/{index}/_search", {"size": 10_000})["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def by_panel(exported: list[dict[str, Any]]) -> dict[str, Query]:
    return {query.panel: query for query in queries(exported, SINCE, UNTIL)}


@pytest.mark.parametrize("panel", panels().values(), ids=lambda panel: panel.id)
def test_a_panel_says_what_the_documents_say(week: Week, panel: Panel) -> None:
    expected = week.expected(panel.question)
    for product in Product:
        rows = week.rows(week.queries[product][panel.id])

        assert any(any(row[len(panel.question.groups) :]) for row in rows), "the panel is empty"
        assert agree(expected, rows, panel.question), f"{product}: {expected}\n{rows}"


@pytest.mark.parametrize("panel", panels().values(), ids=lambda panel: panel.id)
def test_a_panel_that_asks_for_another_field_says_something_else(week: Week, panel: Panel) -> None:
    """What the test above is worth: a field that is misspelt anywhere in an export is noticed."""
    expected = week.expected(panel.question)
    for product in Product:
        exported = objects(product, week.indices)
        for field in fields_of(panel.question):
            wrong = by_panel(misspelt(exported, panel.id, field))[panel.id]

            assert not agree(expected, week.rows(wrong), panel.question), f"{product}: {field}"


def fields_of(question: Question) -> set[str]:
    parts = (*question.metrics, *question.groups, *question.where)
    return {part.field for part in parts if part.field}


def misspelt(exported: list[dict[str, Any]], panel: str, field: str) -> list[dict[str, Any]]:
    """Return an export in which one panel asks for a field that nothing has."""
    wrong = re.compile(rf"(?<![\w.]){re.escape(field)}(?![\w.])")
    result = []
    for each in exported:
        if each["type"] == "dashboard":
            shown = json.loads(each["attributes"]["panelsJSON"])
            shown = [
                json.loads(wrong.sub("no.such", json.dumps(one))) if one["panelIndex"] == panel else one
                for one in shown
            ]
            result.append({**each, "attributes": {**each["attributes"], "panelsJSON": json.dumps(shown)}})
        elif (each["type"], each["id"]) == ("visualization", panel):
            result.append(json.loads(wrong.sub("no.such", json.dumps(each))))
        else:
            result.append(each)
    return result


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.id)
def test_a_saved_search_lists_its_documents_in_its_order(week: Week, search: Search) -> None:
    documents = week.lines if search.source is Source.LINES else week.files
    expected = listed(search, documents, SINCE, UNTIL)
    for product in Product:
        (listing,) = (
            each
            for each in listings(objects(product, week.indices), SINCE, UNTIL)
            if each.search == search.id
        )
        hits = ask("POST", f"{week.url}/{listing.index}/_search", listing.body)["hits"]["hits"]
        found = [hit["_source"] for hit in hits]

        assert expected
        assert [values(document, search.order) for document in expected] == [
            values(document, search.order) for document in found
        ]
        assert all(any(values(document, column) for document in found) for column in listing.columns)


def test_the_week_has_what_the_dashboards_are_for(week: Week) -> None:
    """Facts that are known from how the builds were made, so that two wrongs do not make a right."""
    rows = {id_: week.rows(query) for id_, query in week.queries[Product.KIBANA].items()}

    assert [(66,)] == rows["build-files"]
    assert [("acme/bank", "ledger"), ("acme/shop", "integration"), ("acme/shop", "unit")] == sorted(
        row[:2] for row in rows["jobs-table"]
    )
    assert {9} == {row[3] for row in rows["jobs-table"]}
    assert 6 == sum(row[-1] for row in rows["pipeline-outcomes"])
    assert {"host-0:1", "host-1:1", "host-2:1"} == {row[0] for row in rows["pipeline-workers"]}
    assert {4.0} == {row[3] for row in rows["pipeline-missing"] if row[3] is not None}
    assert 6 == sum(row[-2] for row in rows["pipeline-rejected"])
