"""The table in which `anomaly-query` answers people: lines that repeat another one are folded into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from anomaly_filter import Finding
from log_processor.document import FileDocument, LineDocument, Status
from log_processor.errors import Outcome
from log_processor.query.builds import Build, Completeness, evidence
from log_processor.query.groups import Group
from log_processor.query.question import Block, Part, Question
from log_processor.visible import visible

_SHOWN_CHARACTERS = 500  # of a line; the other forms have all of it
_SHOWN_RANGES = 100  # of the numbers of folded lines; the same


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
        self._summary(build)
        if question.threshold is not None:
            self._say(
                f"below: lines at a distance of {question.threshold:g} or more, in place of those counted as far"
            )
        count = 0
        for part in answer:
            self._head(part.document)
            last = None
            for block in part.blocks:
                if last is not None and block.lines[0].number > last + 1:
                    self._say(self._dim("     ..."))
                self._block(part, block)
                last = block.lines[-1].number
                count += len(block.far)
        if not count:
            self._say(_nothing_far([d for d in build.files if question.asks_for(d)]))
        elif count == question.top:
            self._say("")
            self._say(self._dim(f"the {count} worst lines, as --top asks"))
        return count

    def builds(self, builds: Iterable[Build]) -> None:
        """Write a line a build."""
        head = ("shown", "max", "lines", "files", "build", "job", "project", "status", "day")
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
        far = f"{build.far_lines:,} far, {self._bold(f'{build.shown_lines:,} shown')}"
        self._say(f"{files}, {build.lines:,} lines, {far}; {_complete(build)}")
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
        model = f"model {scoring.model}{fallback}, {_count(scoring.baselines, 'passing build')}"
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
        self._say(f"  {self._red(finding.kind + place)}: {_cut(finding.text)}")
        if finding.expected:
            self._say(self._dim(f"                expected: {_cut(finding.expected)}"))
        if finding.seen:
            self._say(self._dim(f"                seen: {_cut(finding.seen)}"))

    def _block(self, part: Part, block: Block) -> None:
        for line in block.lines:
            number = f"{line.number:>7}"
            if line.number not in block.far:
                self._say(self._dim(f"       {number}  {_cut(line.message)}"))
                continue
            distance = "   - " if line.distance is None else f" {line.distance:.2f}"
            self._say(f"{self._red(distance)}  {self._bold(number)}  {_cut(line.message)}")
            why = " · ".join(_why(line, part.groups.get(line.number)))
            if why:
                self._say(self._dim(f"                {why}"))
            if line.nearest:
                seen = f"seen in {line.seen_in} of {part.document.file.scoring.baselines}"
                self._say(self._dim(f"                nearest ({seen}): {_cut(line.nearest)}"))
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


def _why(line: LineDocument, group: Group | None) -> Iterator[str]:
    if line.reasons:
        yield ", ".join(line.reasons)
    if group and group.repeats:
        yield f"x {len(group.repeats) + 1}: lines {_ranges(sorted((line.number, *group.repeats)))}"
    if group and group.block:
        yield f"block of lines {_ranges(sorted((line.number, *group.block)))}"


def _ranges(numbers: Sequence[int]) -> str:
    """Return increasing numbers with runs joined: `3, 7-9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    text = ", ".join("-".join(map(str, run)) for run in runs[:_SHOWN_RANGES])
    return f"{text}, …" if len(runs) > _SHOWN_RANGES else text


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
