"""The parts of a page that are there without its script: what was found, first and most of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from anomaly_filter import Tokenizer
from log_classify.report.compared import is_compared, speaking_of_errors
from log_classify.report.marks import marked as marked_pieces
from log_classify.report.markup import (
    distance_bar,
    folded,
    fragment,
    line_id,
    linked,
    marked,
    text,
)
from log_classify.report.model import FileReport, Report, Work
from log_classify.report.page_data import short, shortened
from log_classify.report.ranking import Place, failed_first, foremost
from log_classify.style import counted

FOREMOST = 10
"""Lines in the summary."""
PLAIN_LINES = 200
"""Lines that are there without the script."""
_LISTED = 1000  # of a list that is folded; the JSON file has all


def verdict(report: Report) -> str:
    """Return what was found, in figures."""
    entries = [entry for file in report.files for entry in file.entries]
    files = sum(1 for file in report.files if file.entries or file.findings)
    findings = sum(len(file.findings) for file in report.files)
    said = f"{counted(len(entries), 'line')} that no passing build has"
    if not is_compared(report):
        said = speaking_of_errors(len(entries))
    repeated = sum(file.far for file in report.files) - len(entries)
    if repeated > 0:  # a threshold of 0 shows lines that are not far
        said += f" (and {counted(repeated, 'more line')} that these stand for)"
    if findings:
        said += f", {counted(findings, 'finding')}"
    return text(f"{said}, in {files:,} of {counted(len(report.files), 'file')}")


def facts(report: Report) -> str:
    """Return how it was found."""
    lines, shown = report.testing.lines, sum(len(file.entries) for file in report.files)
    said = ["not compared with any passing build"]
    if is_compared(report):
        said = [f"compared with {counted(len(report.baselines), 'passing build')}"]
    if lines:
        said.append(f"{100 * (1 - shown / lines):.2f} % reduction (from {lines:,} lines to {shown:,})")
    said += [f"{name} {_speed(work)}" for name, work in _works(report) if work.seconds]
    without = sum(1 for file in report.files if file.model is None)
    if without:
        said.append(f"{counted(without, 'file')} without a baseline")
    if report.left_out:
        said.append(f"{counted(len(report.left_out), 'file')} left out")
    return text(" · ".join(said))


def foremost_lines(report: Report, tokenizer: Tokenizer) -> str:
    """Return what failed first, and the lines that matter most."""
    first = failed_first(report)
    if first is None:
        return ""
    most = "\n".join(f"<li>{_place(place, tokenizer)}</li>" for place in foremost(report, FOREMOST))
    when = f' <span class="quiet">{text(first.entry.time)}</span>' if first.entry.time else ""
    return (
        '<section class="summary" aria-label="Summary">\n'
        f"<section><h2>Failed first{when}</h2>\n{_place(first, tokenizer)}</section>\n"
        f"<section><h2>What matters most</h2>\n<ol>{most}</ol></section>\n</section>"
    )


def plain_lines(files: Sequence[FileReport]) -> str:
    """Return the first lines that matter, as they are read where no script runs."""
    places = [Place(file, entry) for file in files for entry in file.entries]
    rows = [
        f'<li id="{text(line_id(place.file.path, place.entry.line))}"><span class="quiet">{_where(place)}</span>'
        f"<br><code>{text(short(place.entry.text))}</code></li>"
        for place in places[:PLAIN_LINES]
    ]
    found = [
        f"<li><b>{text(finding.kind)}</b> {text(file.path)}: <code>{text(short(finding.text))}</code></li>"
        for file in files
        for finding in file.findings
    ]
    rest = len(places) - len(rows)
    more = f"<p>{counted(rest, 'more line')} with JavaScript, or in the JSON file.</p>" if rest > 0 else ""
    return f'<ul class="plain">\n{"".join(found[:PLAIN_LINES])}{"".join(rows)}\n</ul>{more}'


def appendix(report: Report) -> str:
    """Return what is known of the whole: what it was compared with, and what was not looked at."""
    builds = (
        linked(build.name, build.url) + (f": {text(build.reason)}" if build.reason else "")
        for build in report.baselines
    )
    without = [file for file in report.files if file.model is None]
    clean = [
        file for file in report.files if file.model is not None and not file.entries and not file.findings
    ]
    left_out = [f"{text(left.path)}: {text(left.reason)}" for left in report.left_out]
    remarks = "".join(f"<p>{text(remark)}</p>\n" for remark in report.remarks)
    return remarks + "".join(
        (
            folded(f"Compared with {counted(len(report.baselines), 'passing build')}", builds),
            folded(f"{counted(len(without), 'file')} without a baseline", _paths(without)),
            folded(f"{counted(len(clean), 'file')} with nothing to show", _paths(clean)),
            folded(f"{counted(len(left_out), 'file')} left out", _bounded(left_out)),
        )
    )


def _place(place: Place, tokenizer: Tokenizer) -> str:
    pieces, _ = marked_pieces(place.entry, tokenizer)
    address = fragment(line_id(place.file.path, place.entry.line))
    return (
        f'<a class="place" href="{text(address)}">{distance_bar(place.entry.distance)}'
        f'<span class="where"><bdi>{_where(place)}</bdi></span><code>{marked(shortened(pieces))}</code></a>'
    )


def _where(place: Place) -> str:
    return text(f"{place.file.path}:{place.entry.line}")


def _paths(files: Sequence[FileReport]) -> list[str]:
    return _bounded([text(file.path) for file in files])


def _bounded(rows: Sequence[str]) -> list[str]:
    rest = len(rows) - _LISTED
    return [*islice(rows, _LISTED), *([f"and {rest:,} more"] if rest > 0 else [])]


def _works(report: Report) -> Iterable[tuple[str, Work]]:
    return ("learnt at", report.training), ("judged at", report.testing)


def _speed(work: Work) -> str:
    return f"{work.bytes / work.seconds / 1e6:.1f} MB/s"
