"""Draws docs/pictures/*.svg: what the exported dashboards answer about the week of builds that the tests make.

    python docs/pictures.py

An OpenSearch of the tests is started, the builds are processed into it, and each panel's question is asked. What is
drawn is the answer; it is no screenshot of Kibana.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the tests are no installed package

from log_processor.dashboards.boards import DASHBOARDS  # noqa: E402 - after the line above
from log_processor.dashboards.exports import Product, objects  # noqa: E402
from log_processor.dashboards.model import (  # noqa: E402
    Dashboard,
    Dates,
    Found,
    Panel,
    Place,
    Ranges,
    Shape,
    places,
)
from log_processor.dashboards.query import Listing, Query  # noqa: E402
from log_processor.dashboards.questions import listings, queries  # noqa: E402
from log_processor.dashboards.saved import Indices  # noqa: E402
from log_processor.stores.elastic_store import ElasticStore  # noqa: E402
from tests.log_processor.dashboards.builds import SINCE, UNTIL, make  # noqa: E402
from tests.log_processor.dashboards.plain import values  # noqa: E402
from tests.log_processor.workshop import NOON  # noqa: E402
from tests.services.indices import ask, own_indices  # noqa: E402
from tests.services.servers import OpenSearch  # noqa: E402

_START = NOON - timedelta(hours=22)
"""Before the build that is picked."""

PICKED = {
    "log-classify-build": ("build_uuid", "ledger-07", _START, _START + timedelta(hours=3)),
    "log-classify-line": ("anomaly.fingerprint", "", SINCE, UNTIL),
}
"""What the reader has picked on a dashboard, and the time; an empty fingerprint: the one in the most builds."""

_COLUMN, _ROW = 25, 18
"""Pixels of a column and of a row of a dashboard."""
_LINE = 15
_CHARACTER = 6.2
_COLOURS = ("#3b6ea5", "#d9822b", "#4f9d69", "#b04a5a", "#7a62a8", "#8c8c3a", "#3f9aa6", "#8a6a52")
_STYLE = "text{font-family:sans-serif;font-size:10px;fill:#333}.t{font-weight:bold;font-size:11px}.n{font-size:30px;fill:#3b6ea5}.h{fill:#777}"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


def main() -> None:
    """Draw all pictures."""
    server = OpenSearch()
    try:
        with own_indices(server.url) as settings, tempfile.TemporaryDirectory() as folder:
            with closing(ElasticStore(settings)) as store:
                store.prepare()
                make(Path(folder), store)
            indices = Indices(f"{settings.index_prefix}*", settings.files_index)
            for index in (indices.lines, indices.files):
                ask("POST", f"{server.url}/{index}/_refresh")
            for board in DASHBOARDS:
                path = ROOT / "docs" / "pictures" / f"{board.id}.svg"
                path.parent.mkdir(exist_ok=True)
                answers = Answers(server.url, indices, board, folder)
                path.write_text(picture(board, answers), "utf-8")
    finally:
        server.stop()


class Answers:
    """What a server says to the questions of a dashboard."""

    def __init__(self, url: str, indices: Indices, board: Dashboard, folder: str) -> None:
        self._url = url
        self._folder = folder
        field, value, since, until = PICKED.get(board.id, ("", "", SINCE, UNTIL))
        exported = objects(Product.KIBANA, indices)
        self._queries = {query.panel: query for query in queries(exported, since, until)}
        self._listings = {listing.search: listing for listing in listings(exported, since, until)}
        self._picked: list[dict[str, Any]] = []
        if field:
            self._picked = [{"term": {field: value or self.rows("jobs-fingerprints")[0][0]}}]

    def rows(self, panel: str) -> list[Row]:
        """Return the rows of a panel."""
        query = self._queries[panel]
        return query.rows(self._asked(query))

    def documents(self, search: str) -> list[list[str]]:
        """Return the rows of a saved search, its columns' names first."""
        listing = self._listings[search]
        hits = self._asked(listing)["hits"]["hits"]
        rows = [
            [
                # Where the logs lay on this machine is of no interest.
                ", ".join(map(_shown, values(hit["_source"], column))).replace(self._folder, "/srv")
                for column in listing.columns
            ]
            for hit in hits
        ]
        return [list(listing.columns), *rows]

    def _asked(self, question: Query | Listing) -> Any:  # noqa: ANN401 - JSON
        meant = {"bool": {"filter": [question.body["query"], *self._picked]}}
        return ask("POST", f"{self._url}/{question.index}/_search", {**question.body, "query": meant})


def picture(board: Dashboard, answers: Answers) -> str:
    """Return a dashboard as SVG."""
    parts = []
    bottom = 0
    for panel, place in zip(board.panels, places(board.panels, 0), strict=True):
        box = _box(place)
        bottom = max(bottom, place.y + place.height)
        parts.append(
            f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" fill="#fff" stroke="#ddd"/>'
        )
        title = panel.search.title if isinstance(panel, Found) else panel.title
        parts.append(_text(box.x + 6, box.y + 14, title, "t"))
        inner = Box(box.x + 6, box.y + 22, box.width - 12, box.height - 26)
        if isinstance(panel, Found):
            parts += _table(inner, answers.documents(panel.search.id))
        else:
            parts += _drawn(inner, panel, answers.rows(panel.id))
    width, height = 48 * _COLUMN, bottom * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<style>{_STYLE}</style><rect width="{width}" height="{height}" fill="#f5f6f8"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _box(place: Place) -> Box:
    return Box(
        place.x * _COLUMN + 2,
        place.y * _ROW + 2,
        place.width * _COLUMN - 4,
        place.height * _ROW - 4,
    )


def _drawn(box: Box, panel: Panel, rows: Sequence[Row]) -> list[str]:
    if panel.shape is Shape.NUMBER:
        return [_text(box.x + 4, box.y + 36, _shown(rows[0][0]), "n")]
    if panel.shape is Shape.TABLE:
        return _table(box, _cells(panel, rows))
    return _chart(box, panel, rows)


def _cells(panel: Panel, rows: Sequence[Row]) -> list[list[str]]:
    groups, metrics = panel.question.groups, panel.question.metrics
    found = [[part.label for part in (*groups, *metrics)]]
    for row in rows:
        cells = [
            _range(group, row[n]) if isinstance(group, Ranges) else _shown(row[n])
            for n, group in enumerate(groups)
        ]
        numbers = zip(metrics, row[len(groups) :], strict=True)
        cells += [
            _moment(value) if metric.field == "started_at" else _shown(value) for metric, value in numbers
        ]
        found.append(cells)
    return found


def _range(grouping: Ranges, low: float | None) -> str:
    bounds = (*grouping.bounds, None)
    high = bounds[0] if low is None else bounds[bounds.index(low) + 1]
    return f"{'' if low is None else f'{low:g}'} → {'' if high is None else f'{high:g}'}".strip()


def _table(box: Box, cells: Sequence[Sequence[str]]) -> list[str]:
    """Draw a table; what does not fit into a column or the box is cut."""
    kept = cells[: int(box.height // _LINE)]
    longest = [min(max(len(row[n]) for row in kept), 60) + 2 for n in range(len(kept[0]))]
    scale = box.width / sum(longest)
    parts = []
    for number, row in enumerate(kept):
        x = box.x
        for cell, wanted in zip(row, longest, strict=True):
            fitting = int(wanted * scale / _CHARACTER)
            text = cell if len(cell) <= fitting else cell[: max(fitting - 1, 1)] + "…"
            parts.append(_text(x, box.y + (number + 1) * _LINE - 4, text, "" if number else "h"))
            x += wanted * scale
    return parts


def _chart(box: Box, panel: Panel, rows: Sequence[Row]) -> list[str]:
    """Draw lines or stacked bars over the last grouping, which is one of times."""
    groups, metrics = panel.question.groups, panel.question.metrics
    assert isinstance(groups[-1], Dates)  # noqa: S101 - all charts are over time
    series: dict[str, dict[float, float]] = {}
    for row in rows:
        for metric, value in zip(metrics, row[len(groups) :], strict=True):
            name = row[0] if len(groups) > 1 else metric.label
            if value is not None:  # what was never scored has no distance, rather than 0
                series.setdefault(name, {})[row[len(groups) - 1]] = value
    times = sorted({time for points in series.values() for time in points})
    legend = [
        part
        for number, (name, colour) in enumerate(zip(series, cycle(_COLOURS), strict=False))
        for part in (
            f'<rect x="{box.x + box.width - 128:g}" y="{box.y + number * _LINE + 2:g}" width="8" height="8" fill="{colour}"/>',
            _text(box.x + box.width - 116, box.y + number * _LINE + 10, name[:22]),
        )
    ]
    plot = Box(box.x + 40, box.y + 4, box.width - 180, box.height - 24)
    drawn = (
        _lines(plot, series, times) if panel.shape is Shape.LINES else _bars(plot, panel.shape, series, times)
    )
    return [*drawn, *_axis(plot, times), *legend]


def _lines(plot: Box, series: dict[str, dict[float, float]], times: Sequence[float]) -> list[str]:
    top = max((value for points in series.values() for value in points.values()), default=0) or 1
    parts = [_text(plot.x - 38, plot.y + 8, _shown(top), "h")]
    for points, colour in zip(series.values(), cycle(_COLOURS), strict=False):
        spots = [
            (_at(plot, time, times), plot.y + plot.height * (1 - value / top))
            for time, value in sorted(points.items())
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>' for x, y in spots]
    return parts


def _bars(
    plot: Box, shape: Shape, series: dict[str, dict[float, float]], times: Sequence[float]
) -> list[str]:
    sums = {time: sum(points.get(time, 0.0) for points in series.values()) for time in times}
    top = max(sums.values(), default=0) or 1
    parts = [_text(plot.x - 38, plot.y + 8, "100 %" if shape is Shape.SHARES else _shown(top), "h")]
    gaps = [_at(plot, later, times) - _at(plot, time, times) for time, later in pairwise(times)]
    width = max(min([14, *(gap * 0.9 for gap in gaps)]), 1)
    for time in times:
        y = plot.y + plot.height
        whole = (sums[time] or 1) if shape is Shape.SHARES else top
        for points, colour in zip(series.values(), cycle(_COLOURS), strict=False):
            height = plot.height * points.get(time, 0.0) / whole
            y -= height
            if height:
                x = _at(plot, time, times) - width / 2
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
                )
    return parts


def _axis(plot: Box, times: Sequence[float]) -> Iterator[str]:
    y = plot.y + plot.height
    yield f'<line x1="{plot.x:g}" y1="{y:g}" x2="{plot.x + plot.width:g}" y2="{y:g}" stroke="#bbb"/>'
    if times:
        yield _text(plot.x, y + 13, _moment(times[0]), "h")
    if len(times) > 1:
        yield _text(plot.x + plot.width - 70, y + 13, _moment(times[-1]), "h")


def _at(plot: Box, time: float, times: Sequence[float]) -> float:
    return plot.x + 8 + (plot.width - 16) * (time - times[0]) / ((times[-1] - times[0]) or 1)


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(text)}</text>'


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def _moment(milliseconds: object) -> str:
    if not isinstance(milliseconds, (int, float)):
        return ""
    return f"{datetime.fromtimestamp(milliseconds / 1000, timezone.utc):%m-%d %H:%M}"


if __name__ == "__main__":
    main()
