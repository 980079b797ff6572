"""What a dashboard is made of: panels, and the question that each of them asks of the documents.

Only what Elasticsearch 8 and 9, OpenSearch 2 and 3, Kibana and OpenSearch Dashboards all can: no formulas, no
aggregations of aggregations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Source(Enum):
    """The documents that a question is about, and the time that the reader's choice of time means."""

    LINES = "log-classify-lines"
    """Lines, by when they were written."""
    FILES = "log-classify-files"
    """Files, by when their build began."""
    WORK = "log-classify-work"
    """Files, by when the work on them began."""


class Operation(Enum):
    """What is computed of the documents of a group."""

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    PERCENTILE = "percentile"
    UNIQUE = "unique"


@dataclass(frozen=True)
class Metric:
    """A number for each group of documents.

    Attributes:
        label: what a reader sees.
        operation: what is computed.
        field: of which field; empty for a count.
        percent: which percentile; of the others without meaning.
    """

    label: str
    operation: Operation = Operation.COUNT
    field: str = ""
    percent: int = 50


@dataclass(frozen=True)
class Terms:
    """One group for each value of a field: those with the largest value of a metric, the largest first.

    Attributes:
        label: what a reader sees.
        field: the field.
        size: how many groups at most.
        by: the number of the question's metric that orders the groups.
    """

    label: str
    field: str
    size: int = 10
    by: int = 0


@dataclass(frozen=True)
class Dates:
    """One group for each span of time in which there are documents.

    Attributes:
        label: what a reader sees.
        field: the field.
        hourly: whether a span is an hour; else it fits the time that the reader chose.
    """

    label: str
    field: str
    hourly: bool = False


@dataclass(frozen=True)
class Ranges:
    """One group for each range of a number.

    Attributes:
        label: what a reader sees.
        field: the field.
        bounds: where ranges begin, but the first; each belongs to the range that begins there. The first range
            begins below all numbers, the last one ends above all.
    """

    label: str
    field: str
    bounds: tuple[float, ...]


Grouping = Terms | Dates | Ranges


@dataclass(frozen=True)
class Condition:
    """Which documents a question is about.

    Attributes:
        field: the field.
        values: it has one of these; none: it has any value.
        negated: whether those documents are meant for which that does not hold.
    """

    field: str
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True)
class Question:
    """What a panel asks.

    Attributes:
        source: of which documents.
        metrics: what is computed; one at least.
        groups: for which groups, each within the one before it.
        where: conditions that all hold.
    """

    source: Source
    metrics: tuple[Metric, ...]
    groups: tuple[Grouping, ...] = ()
    where: tuple[Condition, ...] = ()


class Shape(Enum):
    """How an answer is drawn."""

    NUMBER = "number"
    """One metric, no groups."""
    TABLE = "table"
    """A row for each group, a column for each grouping and metric."""
    LINES = "lines"
    """The last grouping is the horizontal axis; a line for each metric, and for each group of the one before."""
    BARS = "bars"
    """The same as stacked bars."""
    SHARES = "shares"
    """The same as stacked bars of one height."""


@dataclass(frozen=True)
class Panel:
    """A part of a dashboard that draws the answer to a question.

    Attributes:
        id: unique among all panels.
        title: what a reader sees above it.
        about: what it answers, for the documentation.
        shape: how it is drawn.
        question: what it asks.
        width: of 48 columns.
        height: in rows.
    """

    id: str
    title: str
    about: str
    shape: Shape
    question: Question
    width: int
    height: int


@dataclass(frozen=True)
class Search:
    """A saved search: documents in a table, as they are.

    Attributes:
        id: unique among all saved searches.
        title: what a reader sees.
        about: what it answers, for the documentation.
        source: which documents.
        columns: fields, from left to right.
        order: the field whose largest value comes first.
        where: conditions that all hold.
    """

    id: str
    title: str
    about: str
    source: Source
    columns: tuple[str, ...]
    order: str
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Found:
    """A part of a dashboard that shows a saved search."""

    id: str
    search: Search
    width: int
    height: int


@dataclass(frozen=True)
class Control:
    """A list of a field's values, of which the reader chooses those that the whole dashboard is about."""

    label: str
    field: str
    source: Source


@dataclass(frozen=True)
class Dashboard:
    """A page of panels; above them the links to all dashboards.

    Attributes:
        id: unique among all dashboards.
        title: what a reader sees.
        about: what it answers.
        days: the time that it shows until the reader chooses another, back from now.
        controls: choices above the panels.
        panels: from left to right, in rows from the top; those of a row have one height.
    """

    id: str
    title: str
    about: str
    days: int
    controls: tuple[Control, ...]
    panels: tuple[Panel | Found, ...]


WIDTH = 48
"""Columns of a dashboard."""


@dataclass(frozen=True)
class Place:
    """Where a panel is, in columns and rows from the upper left corner."""

    x: int
    y: int
    width: int
    height: int


def places(panels: tuple[Panel | Found, ...], top: int) -> list[Place]:
    """Return the place of each panel, in rows from `top` on."""
    found = []
    x, y, height = 0, top, 0
    for panel in panels:
        if x + panel.width > WIDTH:
            x, y = 0, y + height
        found.append(Place(x, y, panel.width, panel.height))
        x, height = x + panel.width, panel.height
    return found
