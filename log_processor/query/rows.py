"""The forms in which `anomaly-query` answers programs: JSON lines, JSON and CSV. No line is folded into another."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from log_processor.document import FileDocument, LineDocument
from log_processor.query.builds import Build
from log_processor.query.question import Block, Part, Question
from log_processor.query.similar import Similar
from log_processor.stores.contract import Sighting
from log_processor.timestamps import iso_text

Row = dict[str, Any]

_COLUMNS = (
    "file", "line", "distance", "status", "model", "model_version", "reasons", "seen_in", "baselines", "nearest",
    "text", "timestamp", "fingerprint", "url", "score", "shown", "group",
)  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


class _Csv(csv.excel):
    lineterminator = "\n"
    # Around every text: before Python 3.13 one with a CR in it, as progress bars have, would get no quotes.
    quoting = csv.QUOTE_NONNUMERIC


def build_row(build: Build) -> Row:
    """Return the summary of a build."""
    return {
        "type": "build",
        "build_uuid": build.uuid,
        "build_name": build.field("build_name"),
        "build_status": build.field("build_status"),
        "project": build.field("project"),
        "branch": build.field("build_branch"),
        "day": build.day.isoformat(),
        "completeness": build.completeness.value,
        "files": len(build.files),
        "files_expected": build.expected_files,
        "files_failed": [
            {"file": d.file.filename, "outcome": d.outcome.value, "reason": d.reason} for d in build.failed
        ],
        "files_without_baseline": [d.file.filename for d in build.without_baseline],
        "files_with_unfit_baseline": [d.file.filename for d in build.with_unfit_baseline],
        "lines": build.lines,
        "far_lines": build.far_lines,
        "shown_lines": build.shown_lines,
        "max_distance": build.max_distance,
        "dashboard_url": build.dashboard,
    }


def finding_rows(build: Build, question: Question) -> Iterator[Row]:
    """Give what was found about whole files."""
    for document in build.files:
        if question.asks_for(document):
            for finding in document.findings:
                yield {
                    "type": "finding",
                    "kind": finding.kind,
                    "file": document.file.filename,
                    "line": finding.line,
                    "text": finding.text,
                    "expected": finding.expected,
                    "seen": finding.seen,
                }


def line_rows(
    document: FileDocument, block: Block, elsewhere: Mapping[str, Sighting] = MappingProxyType({})
) -> Iterator[Row]:
    """Give the far lines of a block, each with the lines around it that are not far."""
    file = document.file
    for at, line in enumerate(block.lines):
        if line.number in block.far:
            yield {
                "type": "line",
                "file": file.filename,
                "line": line.number,
                "text": line.message,
                "truncated": line.truncated,
                "distance": line.distance,
                "score": line.score,
                "shown": line.shown,
                "reasons": list(line.reasons),
                "nearest": line.nearest,
                "seen_in": line.seen_in,
                "baselines": file.scoring.baselines,
                "status": file.scoring.status.value,
                "model": file.scoring.model,
                "model_version": file.scoring.version,
                "group": line.group,
                "timestamp": iso_text(line.timestamp),
                "fingerprint": line.fingerprint,
                "url": file.line_url(line.number),
                "also_in": _sighting(elsewhere.get(line.fingerprint or "")),
                "before": [_context(other) for other in _run(block, range(at - 1, -1, -1))][::-1],
                "after": [_context(other) for other in _run(block, range(at + 1, len(block.lines)))],
            }


def _sighting(sighting: Sighting | None) -> Row | None:
    if sighting is None:
        return None
    return {
        "builds": sighting.builds,
        "jobs": sighting.jobs,
        "projects": sighting.projects,
        "lines": sighting.lines,
        "first": iso_text(sighting.first),
        "last": iso_text(sighting.last),
    }


def similar_rows(found: Similar) -> Iterator[Row]:
    """Give what is known of each fingerprint."""
    for fingerprint, sighting in found.sightings.items():
        yield {"type": "fingerprint", "fingerprint": fingerprint, **(_sighting(sighting) or {})}


def occurrence_rows(found: Similar) -> Iterator[Row]:
    """Give the builds that have a line."""
    for occurrence in found.occurrences:
        yield {
            "type": "occurrence",
            "build_uuid": occurrence.build_uuid,
            "build_name": occurrence.job,
            "build_status": occurrence.status,
            "project": occurrence.project,
            "lines": occurrence.lines,
            "first": iso_text(occurrence.first),
            "last": iso_text(occurrence.last),
            "file": occurrence.filename,
            "line": occurrence.number,
            "text": occurrence.message,
            "url": occurrence.url,
        }


def write_similar(found: Similar, format_: str, out: IO[str]) -> None:
    """Write what is known of a line as jsonl, json or csv; csv has the builds only."""
    if format_ == "json":
        whole = {"fingerprints": [*similar_rows(found)], "occurrences": [*occurrence_rows(found)]}
        out.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        return
    if format_ == "jsonl":
        write_rows(similar_rows(found), format_, out)
    write_rows(occurrence_rows(found), format_, out)


def _run(block: Block, places: Iterable[int]) -> Iterator[LineDocument]:
    for place in places:
        if block.lines[place].number in block.far:
            return
        yield block.lines[place]


def _context(line: LineDocument) -> Row:
    return {"line": line.number, "text": line.message}


def write_rows(rows: Iterable[Row], format_: str, out: IO[str]) -> None:
    """Write rows of one kind as jsonl, json or csv."""
    if format_ == "json":
        out.write(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n")
        return
    writer = csv.writer(out, _Csv)
    for at, row in enumerate(rows):
        if format_ == "jsonl":
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            continue
        if not at:
            writer.writerow(row)
        writer.writerow(map(_cell, row.values()))


def write_jsonl(build: Build, answer: Iterable[Part], question: Question, out: IO[str]) -> int:
    """Write one object a row: the build, its findings, its far lines; return the number of far lines."""
    count = 0
    for row in (build_row(build), *finding_rows(build, question)):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    for row in _line_rows(answer):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def write_json(build: Build, answer: Iterable[Part], question: Question, out: IO[str]) -> int:
    """Write one object: the build with `findings` and `far`; return the number of far lines."""
    rows = list(_line_rows(answer))
    whole = {**build_row(build), "findings": list(finding_rows(build, question)), "far": rows}
    out.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return len(rows)


def write_csv(build: Build, answer: Iterable[Part], question: Question, out: IO[str]) -> int:
    """Write a row a far line, and nothing else; return their number.

    A cell that a spreadsheet would run as a formula is quoted.
    """
    del build, question  # CSV has room for one kind of row
    writer = csv.writer(out, _Csv)
    writer.writerow(_COLUMNS)
    count = 0
    for row in _line_rows(answer):
        writer.writerow([_cell(row[column]) for column in _COLUMNS])
        count += 1
    return count


def _line_rows(answer: Iterable[Part]) -> Iterator[Row]:
    for part in answer:
        for block in part.blocks:
            yield from line_rows(part.document, block, part.elsewhere)


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = " ".join(item if isinstance(item, str) else json.dumps(item) for item in value)
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


Writer = Callable[[Build, Iterable[Part], Question, IO[str]], int]
"""Writes the answer about a build; returns the number of far lines."""

WRITERS: Mapping[str, Writer] = {
    "jsonl": write_jsonl,
    "json": write_json,
    "csv": write_csv,
}
