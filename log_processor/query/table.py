"""The table in which `anomaly-query` answers people: lines that repeat another one are folded into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO

from anomaly_filter import Finding
from log_processor.document import FileDocument, Status
from log_processor.errors import Outcome
from log_processor.query.builds import Build, evidence
from log_processor.query.phrases import also_in, cut, what_is_missing, why
from log_processor.query.question import Block, Part, Question
from log_processor.query.similar import Similar
from log_processor.stores.contract import Occurrence
from log_processor.visible import counted, visible


class Table:
    """The answer for a person; coloured where that is wanted."""

    def __init__(self, out: IO[str], *, colour: bool) -> None:
        """Write to a text stream."""
        self._out = out
        self._colour = colour

    def write(self, build: Build, answer: Iterable[Part], question: Question) -> int:
        """Write the summary, then findings and far lines by file; return the number of far lines.

        Args:
            build: the build.
            answer: folded.
            question: what was asked.
        """
        self.summary(build)
        if question.threshold is not None:
            self._say(
                f"below: lines at a distance of {question.threshold:g} or more, in place of those counted as far"
            )
        count = sum(map(self.file, answer))
        if not count:
            self._say(_nothing_far([d for d in build.files if question.asks_for(d)]))
        elif count == question.top:
            self._say("")
            self._say(self._dim(f"the {count} worst lines, as --top asks"))
        return count

    def file(self, part: Part) -> int:
        """Write the findings and far lines of a file; return the number of far lines."""
        self._head(part.document)
        count, last = 0, None
        for block in part.blocks:
            if last is not None and block.lines[0].number > last + 1:
                self._say(self._dim("     ..."))
            self._block(part, block)
            last = block.lines[-1].number
            count += len(block.far)
        return count

    def builds(self, builds: Iterable[Build]) -> None:
        """Write a line a build."""
        head = ("shown", "max", "lines", "files", "build", "job", "project", "status", "day")
        self._rows(head, map(_cells, builds), numbers=4)

    def similar(self, found: Similar) -> None:
        """Write what is known of a line, and a line a build that has it."""
        for fingerprint, sighting in found.sightings.items():
            builds, jobs = counted(sighting.builds, "build"), counted(sighting.jobs, "job")
            where = f"{builds} of {jobs} and {counted(sighting.projects, 'project')}"
            when = f"{_minute(sighting.first)} to {_minute(sighting.last)}"
            self._say(f"{self._bold(fingerprint)}  {counted(sighting.lines, 'far line')} in {where}, {when}")
        self._say(f"  latest: {cut(found.occurrences[0].message)}")
        self._say("")
        head = ("lines", "build", "job", "project", "status", "first", "last", "where")
        self._rows(head, map(_occurrence_cells, found.occurrences), numbers=1)

    def _rows(self, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> None:
        """Write rows in columns, the first ones of which are numbers."""
        cells = [[*head], *([*map(visible, row)] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for at, row in enumerate(cells):
            text = "  ".join(
                cell.rjust(width) if column < numbers else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            self._say(text if at else self._dim(text))

    def summary(self, build: Build) -> None:
        """Write what the build is, and what is there of it."""
        names = (build.field("build_name"), build.field("project"), build.field("build_branch"))
        title = " · ".join(filter(None, (*names, build.field("build_status"), build.day.isoformat())))
        self._say(f"{self._bold('build ' + build.uuid)}  {visible(title)}")
        files = f"{_whole(build)} files"
        if build.expected_files is not None:
            files = f"{_whole(build)} of {build.expected_files} files"
        far = f"{build.far_lines:,} far, {self._bold(f'{build.shown_lines:,} shown')}"
        self._say(f"{files}, {build.lines:,} lines, {far}; {what_is_missing(build)}")
        if build.dashboard:
            self._say(self._dim(build.dashboard))
        for document in build.failed:
            part = "read in part" if document.lines_read else "not read"
            self._say(
                self._red(f"{part}: {document.file.filename}: {document.outcome.value}: {document.reason}")
            )
        for document, finding in build.doubts:
            self._say(visible(f"{finding.kind}: {document.file.filename}: {finding.text}"))

    def _head(self, document: FileDocument) -> None:
        file, scoring = document.file, document.file.scoring
        fallback = " (fallback)" if scoring.status is Status.FALLBACK else ""
        model = f"model {scoring.model}{fallback}, {counted(scoring.baselines, 'passing build')}"
        self._say("")
        self._say(
            f"{self._bold(file.filename)}  {document.lines_far:,} far of {document.lines_read:,} lines, "
            f"{document.lines_shown:,} shown  {self._dim(model if scoring.model else 'no model')}"
        )
        if file.log_url:
            self._say(self._dim(f"  {file.log_url}"))
        for finding in evidence(document):
            self._finding(finding)

    def _finding(self, finding: Finding) -> None:
        place = "" if finding.line is None else f" at line {finding.line}"
        self._say(f"  {self._red(finding.kind + place)}: {cut(finding.text)}")
        if finding.expected:
            self._say(self._dim(f"                expected: {cut(finding.expected)}"))
        if finding.seen:
            self._say(self._dim(f"                seen: {cut(finding.seen)}"))

    def _block(self, part: Part, block: Block) -> None:
        for line in block.lines:
            number = f"{line.number:>7}"
            if line.number not in block.far:
                self._say(self._dim(f"       {number}  {cut(line.message)}"))
                continue
            distance = "   - " if line.distance is None else f" {line.distance:.2f}"
            self._say(f"{self._red(distance)}  {self._bold(number)}  {cut(line.message)}")
            reasons = " · ".join(why(line, part.groups.get(line.number)))
            if reasons:
                self._say(self._dim(f"                {reasons}"))
            if line.nearest:
                seen = f"seen in {line.seen_in} of {part.document.file.scoring.baselines}"
                self._say(self._dim(f"                nearest ({seen}): {cut(line.nearest)}"))
            sighting = part.elsewhere.get(line.fingerprint or "")
            if sighting:
                self._say(self._dim(f"                {also_in(sighting)} (--similar {line.fingerprint})"))
        far = next(line for line in block.lines if line.number in block.far)
        url = part.document.file.line_url(far.number)
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
        str(build.shown_lines),
        "-" if build.max_distance is None else f"{build.max_distance:.2f}",
        str(build.lines),
        f"{_whole(build)}/{build.expected_files or '?'}",
        build.uuid,
        build.field("build_name") or "-",
        build.field("project") or "-",
        build.field("build_status") or "-",
        build.day.isoformat(),
    )


def _occurrence_cells(occurrence: Occurrence) -> tuple[str, ...]:
    return (
        str(occurrence.lines),
        occurrence.build_uuid,
        occurrence.job or "-",
        occurrence.project or "-",
        occurrence.status or "-",
        _minute(occurrence.first),
        _minute(occurrence.last),
        occurrence.url or f"{occurrence.filename}:{occurrence.number}",
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _whole(build: Build) -> int:
    """Count the files that are stored whole."""
    return len(build.files) - len(build.failed) - sum(d.outcome is Outcome.RUNNING for d in build.files)


def _nothing_far(documents: Sequence[FileDocument]) -> str:
    read = [d for d in documents if d.lines_read]
    if not read:
        return "nothing was read"
    if all(d.file.scoring.status is Status.NO_MODEL for d in read):
        return "no baseline: nothing to compare with"
    return "no line is far from what passing builds printed"
