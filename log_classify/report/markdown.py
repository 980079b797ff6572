"""A report as Markdown, for the summary of a CI job and for review comments."""

from __future__ import annotations

from collections.abc import Iterator

from log_classify.report.compared import is_compared, speaking_of_errors
from log_classify.report.model import Entry, FileReport, Report
from log_classify.report.ranking import failed_first, foremost, worst_first
from log_classify.style import counted, cut
from log_processor.markdown import code, fenced, folded, link
from log_processor.visible import visible

_FOREMOST = 10
_FILES = 20
_FILE_LINES = 20
"""GitHub takes a comment of 65,536 characters, a line is cut at 500: what is left out is said, and the page has all."""
_CHARACTERS = 60_000


def markdown(report: Report) -> str:
    """Return what matters of a report, at most some 60,000 characters; all text of logs is inside of code."""
    parts = list(_parts(report))
    while len(parts) > 1 and sum(map(len, parts)) > _CHARACTERS:
        parts.pop(-2)
    return "\n".join(parts)


def _parts(report: Report) -> Iterator[str]:
    """Give the head, the files from the worst one on, and the end; those before the end may be left out."""
    shown = sum(len(file.entries) for file in report.files)
    read = sum(file.lines for file in report.files)
    said = f"**{counted(shown, 'line')} that no passing build printed**"
    if not is_compared(report):
        said = f"**{speaking_of_errors(shown)}**, compared with no passing build"
    yield (
        f"{said}, of {counted(read, 'line')} "
        f"in {counted(len(report.files), 'file')} of {code(report.target)}\n"
        f"{_links(report)}{_first(report)}{_top(report)}"
    )
    files = [file for file in worst_first(report) if file.entries or file.findings]
    for file in files[:_FILES]:
        yield _file(file)
    end = [
        f"Compared with {', '.join(code(build.name) for build in report.baselines) or 'no passing build'}."
    ]
    if len(files) > _FILES:
        end.append(f"Of {counted(len(files), 'file')} with something to see these are the {_FILES} worst.")
    without = sum(1 for file in report.files if file.model is None)
    if without and is_compared(report):
        end.append(f"No passing build has anything like {counted(without, 'file')}.")
    end += [f"{code(remark)}." for remark in report.remarks]
    yield "\n".join(end) + "\n"


def _links(report: Report) -> str:
    return f"\n{link('the build', report.url)}\n" if report.url else ""


def _first(report: Report) -> str:
    place = failed_first(report)
    if place is None:
        return ""
    line = f"{cut(place.entry.text)}\n"
    where = code(f"{place.file.path}:{place.entry.line}")
    return f"\nWhat failed first, {where}:\n\n{fenced(line)}"


def _top(report: Report) -> str:
    places = foremost(report, _FOREMOST)
    if len(places) < 2:
        return ""
    lines = "".join(
        f"{visible(place.file.path)}:{place.entry.line}  {cut(place.entry.text)}\n" for place in places
    )
    return f"\nThe {len(places)} lines that matter most:\n\n{fenced(lines)}"


def _file(file: FileReport) -> str:
    lines = [f"{finding.kind}: {cut(finding.text)}\n" for finding in file.findings[:_FILE_LINES]]
    lines += [_line(entry) for entry in file.entries[:_FILE_LINES]]
    left_out = len(file.entries) + len(file.findings) - len(lines)
    if left_out:
        lines.append(f"… and {left_out:,} more\n")
    content = fenced("".join(lines))
    if file.source.startswith(("http://", "https://")):
        content += f"\n{link('the log', file.source)}\n"
    return folded(file.path, f": {counted(len(file.entries), 'line')}", content)


def _line(entry: Entry) -> str:
    distance = "    " if entry.distance is None else f"{entry.distance:.2f}"
    alike = f"  ({entry.count:,} times)" if entry.count > 1 else ""
    return f"{entry.line:>7} {distance}  {cut(entry.text)}{alike}\n"
