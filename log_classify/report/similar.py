"""`log-classify similar`: which anomalies builds share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from log_classify.report.files import read_json
from log_classify.report.model import Report
from log_classify.report.sharing import Anomaly, anomalies
from log_classify.style import Style, counted, cut
from log_processor.arguments import colour
from log_processor.errors import ConfigError
from log_processor.exits import Exit

_VERSION = 1  # of the JSON
_LONE = 5  # lines of one build only that are printed


def run(args: argparse.Namespace) -> Exit:
    """Compare reports."""
    paths = list(dict.fromkeys(args.reports))
    if len(paths) < 2:
        raise ConfigError("one report shares nothing; name those of two builds or more")
    reports = [read_json(path) for path in paths]
    found = anomalies(reports, args.threshold)
    if args.html:
        from log_classify.report.similar_page import write_html  # noqa: PLC0415 - where a page is wanted

        write_html(reports, found, args.html)
    if args.format == "json":
        json.dump(_json(reports, found), sys.stdout)
        sys.stdout.write("\n")
    else:
        for line in _table(paths, reports, found, Style(colour=colour(args))):
            sys.stdout.write(f"{line}\n")
    return Exit.DONE


def sections(found: Sequence[Anomaly]) -> Iterator[tuple[int, list[Anomaly]]]:
    """Give the anomalies that are in all builds, then those in fewer ones: how many builds, and these anomalies."""
    return ((builds, list(group)) for builds, group in groupby(found, lambda anomaly: len(anomaly.places)))


def _json(reports: Sequence[Report], found: Iterable[Anomaly]) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "builds": [
            {"target": report.target, "url": report.url, "created": report.created} for report in reports
        ],
        "anomalies": [
            {
                "text": anomaly.text,
                "fingerprint": anomaly.fingerprint,
                "score": anomaly.score,
                "builds": [
                    {"build": build, "places": list(map(vars, places))}
                    for build, places in anomaly.places.items()
                ],
            }
            for anomaly in found
        ],
    }


def _table(
    paths: Sequence[Path], reports: Sequence[Report], found: Sequence[Anomaly], style: Style
) -> Iterator[str]:
    yield style.bold("builds")
    for number, (path, report) in enumerate(zip(paths, reports, strict=True), 1):
        own = counted(sum(len(file.entries) for file in report.files), "line")
        distinct = sum(1 for anomaly in found if number - 1 in anomaly.places)
        yield f"  {style.bold(f'{number:>2}')}  {style.plain(report.target)}  {style.dim(f'{own}, {distinct:,} different, {path}')}"
    if found:
        yield style.dim(
            "below, of each different line: how many lines of each build it stands for, its score"
        )
    for builds, group in sections(found):
        yield ""
        if builds == 1:
            yield from _lone(reports, group, style)
        else:
            which = f"all {builds}" if builds == len(reports) else f"{builds} of {len(reports)}"
            yield style.bold(f"in {which} builds: {len(group):,}")
            yield from (_row(anomaly, len(reports), style) for anomaly in group)
    if not found:
        yield "no report has a line that no passing build has"


def _lone(reports: Sequence[Report], group: Sequence[Anomaly], style: Style) -> Iterator[str]:
    for build in range(len(reports)):
        own = [anomaly for anomaly in group if build in anomaly.places]
        if own:
            yield style.bold(f"only in build {build + 1}: {len(own):,}")
            yield from (_row(anomaly, len(reports), style) for anomaly in own[:_LONE])
            if len(own) > _LONE:
                yield style.dim(f"  and {len(own) - _LONE:,} more; --format json has all")


def _row(anomaly: Anomaly, builds: int, style: Style) -> str:
    cells = "".join(f"{lines(anomaly, build) or '·':>4}" for build in range(builds))
    score = "   -" if anomaly.score is None else f"{anomaly.score:.2f}"
    [first, *_] = next(iter(anomaly.places.values()))
    return f"{cells}  {style.dim(score)}  {cut(anomaly.text)}  {style.dim(f'{first.path}:{first.line}')}"


def lines(anomaly: Anomaly, build: int) -> int:
    """Return how many lines of a build are of an anomaly."""
    return sum(place.count for place in anomaly.places.get(build, ()))
