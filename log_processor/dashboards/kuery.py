"""The part of the query language of Kibana and OpenSearch Dashboards that the dashboards need, written and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from log_processor.dashboards.model import Condition

_WORD = re.compile(r"[A-Za-z0-9_]+")
_KEYWORDS = {"and", "or", "not"}
_CLAUSE = re.compile(r"(not )?([\w@.]+): (?:\(([\w ]+)\)|(\*)|(\w+))")


class NotUnderstoodError(Exception):
    """An export asks what we have no search request for."""


def kql(conditions: Sequence[Condition]) -> str:
    """Return the conditions in the query language that Kibana and OpenSearch Dashboards share.

    Raises:
        ValueError: a value would need quotes, which nothing needs so far.
    """
    return " and ".join(map(_clause, conditions))


def clauses(query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the filters that a query of a saved object stands for.

    Raises:
        NotUnderstoodError: it has more than `kql` writes.
    """
    if query["language"] != "kuery":
        raise NotUnderstoodError(f"the query language {query['language']}")
    for text in filter(None, query["query"].split(" and ")):
        match = _CLAUSE.fullmatch(text)
        if match is None:
            raise NotUnderstoodError(f"the query {text!r}")
        negation, field, several, exists, word = match.groups()
        if exists:
            clause: dict[str, Any] = {"exists": {"field": field}}
        else:
            clause = {"terms": {field: several.split(" or ") if several else [word]}}
        yield {"bool": {"must_not": [clause]}} if negation else clause


def _clause(condition: Condition) -> str:
    for value in condition.values:
        if not _WORD.fullmatch(value) or value in _KEYWORDS:
            raise ValueError(f"{condition.field}: {value!r} is no word of letters, digits and underscores")
    values = " or ".join(condition.values) or "*"
    meant = f"({values})" if len(condition.values) > 1 else values
    return f"{'not ' if condition.negated else ''}{condition.field}: {meant}"
