"""The forms in which `anomaly-query` answers: a table for people, JSON lines, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from log_processor.document import FileDocument, LineDocument, Status
from log_processor.document_json import LineSources
from log_processor.errors import Outcome
from log_processor.query.builds import Build, Completeness
from log_processor.query.question import Block, Question
from log_processor.timestamps import iso_text
from log_processor.visible import visible

Answer = Iterable[tuple[FileDocument, Iterator[Block]]]
Row = dict[str, Any]

_COLUMNS = (
    "file", "line", "distance", "status", "model", "model_version", "reasons", "seen_in", "baselines", "nearest",
    "text", "timestamp", "fingerprint", "url",
)  # fmt: skip
_SHOWN_CHARACTERS = 500  # of a line, in the table; the other forms have all of it
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


class _Csv(csv.excel):
    lineterminator = "\n"
    # Around every text: before Python 3.13 one with a CR in it, as progress bars have, would get no quotes.
    quoting = csv.QUOTE_NONNUMERIC


# ---- rows for programs ------------------------------------------------------------------------------


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
        "lines": build.lines,
        "far_lines": build.far_lines,
        "max_distance": build.max_distance,
    }


def finding_rows(build: Build) -> Iterator[Row]:
    """Give what was found about whole files."""
    for document, finding in build.findings:
        yield {"type": "finding", "kind": finding.kind, "file": document.file.filename, "text": finding.text}


def line_rows(document: FileDocument, block: Block) -> Iterator[Row]:
    """Give the far lines of a block, each with the lines around it that are not far."""
    file = document.file
    sources = LineSources(file)
    for at, line in enumerate(block.lines):
        if line.number in block.far:
            yield {
                "type": "line",
                "file": file.filename,
                "line": line.number,
                "text": line.message,
                "truncated": line.truncated,
                "distance": line.distance,
                "reasons": list(line.reasons),
                "nearest": line.nearest,
                "seen_in": line.seen_in,
                "baselines": file.scoring.baselines,
                "status": file.scoring.status.value,
                "model": file.scoring.model,
                "model_version": file.scoring.version,
                "timestamp": iso_text(line.timestamp),
                "fingerprint": line.fingerprint,
                "url": sources.url(line),
                "before": [_context(other) for other in _run(block, range(at - 1, -1, -1))][::-1],
                "after": [_context(other) for other in _run(block, range(at + 1, len(block.lines)))],
            }


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


def write_jsonl(build: Build, answer: Answer, out: IO[str]) -> int:
    """Write one object a row: the build, its findings, its far lines; return the number of far lines."""
    count = 0
    for row in (build_row(build), *finding_rows(build)):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    for row in _line_rows(answer):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def write_json(build: Build, answer: Answer, out: IO[str]) -> int:
    """Write one object: the build with `findings` and `far`; return the number of far lines."""
    rows = list(_line_rows(answer))
    whole = {**build_row(build), "findings": list(finding_rows(build)), "far": rows}
    out.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return len(rows)


def write_csv(build: Build, answer: Answer, out: IO[str]) -> int:
    """Write a row a far line; return their number. A cell that a spreadsheet would run as a formula is quoted."""
    del build  # CSV has room for one kind of row
    writer = csv.writer(out, _Csv)
    writer.writerow(_COLUMNS)
    count = 0
    for row in _line_rows(answer):
        writer.writerow([_cell(row[column]) for column in _COLUMNS])
        count += 1
    return count


def _line_rows(answer: Answer) -> Iterator[Row]:
    for document, blocks in answer:
        for block in blocks:
            yield from line_rows(document, block)


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = " ".join(item if isinstance(item, str) else json.dumps(item) for item in value)
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


# ---- the table for people ---------------------------------------------------------------------------


class Table:
    """The answer for a person; coloured where that is wanted."""

    def __init__(self, out: IO[str], *, colour: bool) -> None:
        """Write to a text stream."""
        self._out = out
        self._colour = colour

    def write(self, build: Build, answer: Answer, question: Question) -> int:
        """Write the summary, then the far lines by file; return the number of far lines."""
        self._summary(build)
        if question.threshold is not None:
            self._say(
                f"below: lines at a distance of {question.threshold:g} or more, in place of those counted as far"
            )
        count = 0
        for document, blocks in answer:
            self._head(document)
            last = None
            for block in blocks:
                if last is not None and block.lines[0].number > last + 1:
                    self._say(self._dim("     ..."))
                self._block(document, block)
                last = block.lines[-1].number
                count += len(block.far)
        if not count:
            self._say(_nothing_far([d for d in build.files if question.asks_for(d)]))
        elif count == question.top:
            self._say("")
            self._say(self._dim(f"the {count} farthest lines, as --top asks"))
        return count

    def builds(self, builds: Iterable[Build]) -> None:
        """Write a line a build."""
        head = ("far", "max", "lines", "files", "build", "job", "project", "status", "day")
        rows = [head, *(tuple(map(visible, _cells(build))) for build in builds)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for at, row in enumerate(rows):
            cells = (
                cell.rjust(width) if column < 4 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            text = "  ".join(cells).rstrip()
            self._say(text if at else self._dim(text))

    def _summary(self, build: Build) -> None:
        names = (build.field("build_name"), build.field("project"), build.field("build_branch"))
        title = " · ".join(filter(None, (*names, build.field("build_status"), build.day.isoformat())))
        self._say(f"{self._bold('build ' + build.uuid)}  {visible(title)}")
        files = f"{_whole(build)} files"
        if build.expected_files is not None:
            files = f"{_whole(build)} of {build.expected_files} files"
        self._say(
            f"{files}, {build.lines:,} lines, {self._bold(f'{build.far_lines:,} far')}; {_complete(build)}"
        )
        for document in build.failed:
            part = "read in part" if document.lines_read else "not read"
            self._say(
                self._red(f"{part}: {document.file.filename}: {document.outcome.value}: {document.reason}")
            )
        for document, finding in build.findings:
            self._say(visible(f"{finding.kind}: {document.file.filename}: {finding.text}"))

    def _head(self, document: FileDocument) -> None:
        file, scoring = document.file, document.file.scoring
        fallback = " (fallback)" if scoring.status is Status.FALLBACK else ""
        model = f"model {scoring.model}{fallback}, {_count(scoring.baselines, 'passing build')}"
        self._say("")
        self._say(
            f"{self._bold(file.filename)}  {document.lines_far:,} far of {document.lines_read:,} lines  "
            f"{self._dim(model if scoring.model else 'no model')}"
        )
        if file.log_url:
            self._say(self._dim(f"  {file.log_url}"))

    def _block(self, document: FileDocument, block: Block) -> None:
        for line in block.lines:
            number = f"{line.number:>7}"
            if line.number not in block.far:
                self._say(self._dim(f"       {number}  {_cut(line.message)}"))
                continue
            distance = "   - " if line.distance is None else f" {line.distance:.2f}"
            self._say(f"{self._red(distance)}  {self._bold(number)}  {_cut(line.message)}")
            if line.nearest:
                seen = f"in {line.seen_in} of {document.file.scoring.baselines}"
                self._say(self._dim(f"                nearest ({seen}): {_cut(line.nearest)}"))
        far = next(line for line in block.lines if line.number in block.far)
        url = LineSources(document.file).url(far)
        if url:
            self._say(self._dim(f"                {url}"))

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")

    def _styled(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{visible(text)}\x1b[0m" if self._colour else visible(text)

    def _bold(self, text: str) -> str:
        return self._styled("1", text)

    def _dim(self, text: str) -> str:
        return self._styled("2", text)

    def _red(self, text: str) -> str:
        return self._styled("31", text)


def _cells(build: Build) -> tuple[str, ...]:
    return (
        str(build.far_lines),
        "-" if build.max_distance is None else f"{build.max_distance:.2f}",
        str(build.lines),
        f"{_whole(build)}/{build.expected_files or '?'}",
        build.uuid,
        build.field("build_name") or "-",
        build.field("project") or "-",
        build.field("build_status") or "-",
        build.day.isoformat(),
    )


def _cut(text: str) -> str:
    text = visible(text)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… (+{len(text) - _SHOWN_CHARACTERS} characters)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _whole(build: Build) -> int:
    """Count the files that are stored whole."""
    return len(build.files) - len(build.failed) - sum(d.outcome is Outcome.RUNNING for d in build.files)


def _complete(build: Build) -> str:
    if build.completeness is Completeness.COMPLETE:
        return "complete"
    if build.completeness is Completeness.UNKNOWN:
        return "the submitter did not say how many files the build has"
    running = sum(d.outcome is Outcome.RUNNING for d in build.files)
    missing = (build.expected_files or 0) - len(build.files)
    parts = [f"{len(build.failed)} not read whole"] if build.failed else []
    parts += [f"{running} still being read"] if running else []
    parts += [f"{missing} waiting in the queue or never submitted"] if missing > 0 else []
    return f"INCOMPLETE: {', '.join(parts)}"


def _nothing_far(documents: Sequence[FileDocument]) -> str:
    read = [d for d in documents if d.lines_read]
    if not read:
        return "nothing was read"
    if all(d.file.scoring.status is Status.NO_MODEL for d in read):
        return "no baseline: nothing to compare with"
    return "no line is far from what passing builds printed"


WRITERS: Mapping[str, Callable[[Build, Answer, IO[str]], int]] = {
    "jsonl": write_jsonl,
    "json": write_json,
    "csv": write_csv,
}
