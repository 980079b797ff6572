"""Search requests that ask what a panel or a saved search asks, and how their answers are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from log_processor.dashboards.saved import Json

Value = str | float | None
"""A group's key or a metric: a time is in milliseconds since 1970, a range is where it begins."""


@dataclass(frozen=True)
class Metric:
    """How a metric is asked for, and read.

    Attributes:
        name: of the aggregation; empty for a count of documents.
        request: the aggregation.
        percent: which percentile; None for what has one value.
    """

    name: str
    request: Json
    percent: float | None = None

    def read(self, bucket: Json) -> Value:
        """Return the value that a bucket of the answer has."""
        if not self.name:
            return int(bucket["doc_count"])
        answer = bucket[self.name]
        found: float | None = answer["values"][f"{self.percent:.1f}"] if self.percent else answer["value"]
        return found

    @property
    def path(self) -> str:
        """The name by which a grouping orders by it."""
        if not self.name:
            return "_count"
        return f"{self.name}.{self.percent:g}" if self.percent else self.name


@dataclass(frozen=True)
class Query:
    """The question of a panel, ready to be sent.

    Attributes:
        panel: the panel's id.
        view: the id of its data view.
        index: the indices to be asked.
        body: of the search request.
        groups: kinds of the groupings, from the outermost: terms, date_histogram or range.
        metrics: what is asked for each group.
    """

    panel: str
    view: str
    index: str
    body: Json
    groups: tuple[str, ...]
    metrics: tuple[Metric, ...]

    def rows(self, answer: Json) -> list[tuple[Value, ...]]:
        """Return the rows of a search's answer: keys of groups, then metrics; empty groups are left out."""
        if not self.groups:
            whole = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
            return [tuple(metric.read(whole) for metric in self.metrics)]
        return list(self._rows(answer["aggregations"], 0, ()))

    def _rows(self, level: Json, depth: int, keys: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
        if depth == len(self.groups):
            yield (*keys, *(metric.read(level) for metric in self.metrics))
            return
        for bucket in level["group"]["buckets"]:
            if bucket["doc_count"]:
                key = bucket.get("from") if self.groups[depth] == "range" else bucket["key"]
                yield from self._rows(bucket, depth + 1, (*keys, key))


@dataclass(frozen=True)
class Listing:
    """What a saved search asks, ready to be sent.

    Attributes:
        search: the search's id.
        view: the id of its data view.
        index: the indices to be asked.
        body: of the search request.
        columns: the fields that are shown.
    """

    search: str
    view: str
    index: str
    body: Json
    columns: tuple[str, ...]
