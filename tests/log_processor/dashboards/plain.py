"""The answers to the dashboards' questions, computed in plain Python from the documents as they are stored."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from log_processor.dashboards.model import (
    Condition,
    Dates,
    Grouping,
    Metric,
    Operation,
    Question,
    Ranges,
    Search,
    Source,
    Terms,
)

Document = dict[str, Any]

_LISTED = 500


@dataclass(frozen=True)
class Between:
    """What a percentile may be: servers interpolate between the two values beside it in different ways."""

    low: float
    high: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and self.low <= other <= self.high

    def __hash__(self) -> int:
        return hash((self.low, self.high))


def answer(
    question: Question, documents: Iterable[Document], since: datetime, until: datetime, span_seconds: int
) -> list[tuple[Any, ...]]:
    """Return the rows: keys of groups, then metrics; where a percentile orders groups, those of all of them."""
    meant = _meant(question.source, question.where, documents, since, until)
    return list(_rows(question.groups, question.metrics, meant, span_seconds))


def listed(search: Search, documents: Iterable[Document], since: datetime, until: datetime) -> list[Document]:
    """Return the documents that a saved search shows; of those alike in what it is ordered by, any may be the last."""
    meant = _meant(search.source, search.where, documents, since, until)
    return sorted(meant, key=lambda document: values(document, search.order), reverse=True)[:_LISTED]


def _meant(
    source: Source,
    where: Iterable[Condition],
    documents: Iterable[Document],
    since: datetime,
    until: datetime,
) -> list[Document]:
    """Return the documents within a time for which all conditions hold."""
    time = "started_at" if source is Source.WORK else "@timestamp"
    first, last = since.timestamp(), until.timestamp()
    return [
        document
        for document in documents
        if all(holds(each, document) for each in where) and first <= _seconds(document[time]) < last
    ]


def agree(expected: list[tuple[Any, ...]], rows: list[tuple[Any, ...]], question: Question) -> bool:
    """Whether a server's rows are those that are expected.

    Where a percentile orders the groups their order does not count, nor which of too many there are.
    """
    if question.metrics[0].operation is Operation.PERCENTILE and isinstance(question.groups[0], Terms):
        known, chosen = ({row[0] for row in each} for each in (expected, rows))
        if len(chosen) != min(len(known), question.groups[0].size):
            return False
        keys = len(question.groups)
        expected = [row for row in expected if row[0] in chosen]
        expected, rows = (sorted(each, key=lambda row: [*map(str, row[:keys])]) for each in (expected, rows))
    return len(expected) == len(rows) and all(
        len(one) == len(other) and all(map(_same, one, other))
        for one, other in zip(expected, rows, strict=True)
    )


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(expected, found, rel_tol=1e-9)
    return bool(expected == found)


def values(document: Document, field: str) -> list[Any]:
    """Return what a document has at a dotted name; lists are walked through."""
    found: list[Any] = [document]
    for part in field.split("."):
        found = [each[part] for each in _flat(found) if isinstance(each, dict) and part in each]
    return [*_flat(found)]


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp()


def holds(condition: Condition, document: Document) -> bool:
    """Whether a condition holds for a document."""
    found = [
        str(value).lower() if isinstance(value, bool) else value
        for value in values(document, condition.field)
    ]
    held = any(value in condition.values for value in found) if condition.values else bool(found)
    return held is not condition.negated  # fmt: skip


def _rows(
    groups: Sequence[Grouping], metrics: Sequence[Metric], documents: list[Document], span_seconds: int
) -> Iterator[tuple[Any, ...]]:
    if not groups:
        yield tuple(_metric(each, documents) for each in metrics)
        return
    grouping, *rest = groups
    parts: defaultdict[Any, list[Document]] = defaultdict(list)
    for document in documents:
        for key in {_key(grouping, value, span_seconds) for value in values(document, grouping.field)}:
            parts[key].append(document)
    for key in _chosen(grouping, parts, metrics):
        for row in _rows(rest, metrics, parts[key], span_seconds):
            yield (key, *row)


def _key(grouping: Grouping, value: Any, span_seconds: int) -> Any:
    if isinstance(grouping, Dates):
        width = 3600 if grouping.hourly else span_seconds
        return math.floor(_seconds(value) / width) * width * 1000
    if isinstance(grouping, Ranges):
        return max((bound for bound in grouping.bounds if bound <= value), default=None)
    return value


def _chosen(grouping: Grouping, parts: dict[Any, list[Document]], metrics: Sequence[Metric]) -> list[Any]:
    if not isinstance(grouping, Terms):
        return sorted(parts, key=lambda key: -math.inf if key is None else key)
    by = metrics[grouping.by]
    if by.operation is Operation.PERCENTILE:  # which come first is not certain
        return sorted(parts)
    return sorted(parts, key=lambda key: (-(_metric(by, parts[key]) or 0), key))[: grouping.size]


def _metric(metric: Metric, documents: list[Document]) -> Any:
    if metric.operation is Operation.COUNT:
        return len(documents)
    found = [value for document in documents for value in values(document, metric.field)]
    if metric.operation is Operation.UNIQUE:
        return len(set(found))
    numbers = [_seconds(value) * 1000 if isinstance(value, str) else value for value in found]
    if metric.operation is Operation.SUM:
        return sum(numbers)
    if not numbers:
        return None
    if metric.operation is Operation.MAX:
        return max(numbers)
    numbers.sort()
    rank = metric.percent / 100 * len(numbers)
    low, high = max(math.floor(rank) - 1, 0), min(math.ceil(rank), len(numbers) - 1)
    return Between(float(numbers[low]), float(numbers[high]))
