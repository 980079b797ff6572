"""Which anomalies builds share, as a page: a matrix of anomalies and builds. It needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from log_classify.report.files import write_text
from log_classify.report.markup import distance_bar, linked, text
from log_classify.report.model import Report
from log_classify.report.page import document
from log_classify.report.page_data import short
from log_classify.report.sharing import Anomaly
from log_classify.report.similar import lines, sections
from log_classify.style import counted

_ROWS = 1000  # of a section; JSON has all
_PLACES = 3  # of an anomaly in a build that are named


def write_html(reports: Sequence[Report], found: Sequence[Anomaly], path: Path) -> None:
    """Write the page.

    Args:
        reports: of the builds.
        found: their anomalies, those first that most builds share.
        path: where to.

    Raises:
        ConfigError: the file cannot be written; one that was there is as it was.
    """
    shared = sum(1 for anomaly in found if len(anomaly.places) > 1)
    builds = "\n".join(f"<li>{linked(report.target, report.url)}</li>" for report in reports)
    page = document(
        "similar.html",
        title=f"{counted(len(reports), 'build')} · log-classify",
        verdict=text(
            f"{shared:,} of {counted(len(found), 'different line')} that no passing build has are in more than one build"
        ),
        builds=builds,
        sections="".join(_section(count, group, len(reports)) for count, group in sections(found)),
    )
    write_text(page, path)


def _section(count: int, group: Sequence[Anomaly], builds: int) -> str:
    which = {1: "one build only", builds: f"all {builds} builds"}.get(count, f"{count} of {builds} builds")
    title = f"<h2>In {which}: {len(group):,}</h2>"
    head = "".join(f'<th scope="col">{build}</th>' for build in range(1, builds + 1))
    rows = "\n".join(_row(anomaly, builds) for anomaly in group[:_ROWS])
    rest = len(group) - _ROWS
    more = f"<p>and {rest:,} more</p>" if rest > 0 else ""
    table = (
        f'<table><thead><tr>{head}<th scope="col">score</th><th scope="col">line</th></tr></thead>\n'
        f"<tbody>{rows}</tbody></table>{more}"
    )
    return f'<section class="shared">{title}\n{table}</section>\n'


def _row(anomaly: Anomaly, builds: int) -> str:
    cells = "".join(f"<td>{lines(anomaly, build) or '·'}</td>" for build in range(builds))
    places = "".join(_places(anomaly))
    return (
        f"<tr>{cells}<td>{distance_bar(anomaly.score)}</td>"
        f"<td><code>{text(short(anomaly.text))}</code>\n<ul>{places}</ul></td></tr>"
    )


def _places(anomaly: Anomaly) -> Iterator[str]:
    for build, places in anomaly.places.items():
        named: Iterable[str] = (f"{place.path}:{place.line}" for place in places[:_PLACES])
        more = " …" if len(places) > _PLACES else ""
        yield f"<li>{build + 1}: {text(', '.join(named))}{more}</li>"
