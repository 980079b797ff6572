"""`anomaly-query --known` and `--suggest`: the work, and how its answer is written."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

from log_processor.document import FileDocument
from log_processor.errors import LogProcessorError
from log_processor.query.builds import Build
from log_processor.query.known import (
    SUFFIX,
    KnownBug,
    Recognised,
    Recognition,
    Unexplained,
    far_ids,
    known_bug,
    load,
    recognise,
    unexplained,
    unknown_fields,
)
from log_processor.query.phrases import cut
from log_processor.query.question import Block
from log_processor.query.rows import build_row, line_rows
from log_processor.query.suggest import suggestion
from log_processor.stores.contract import Reader
from log_processor.stores.line_search import LineSearch, line_id
from log_processor.stores.settings import StoreSettings
from log_processor.visible import counted, visible

Row = dict[str, Any]

_SHOWN_PLACES = 5


def answer_known(
    args: argparse.Namespace,
    settings: StoreSettings,
    reader: Reader,
    build: Build,
    documents: Sequence[FileDocument],
) -> tuple[int, bool]:
    """Print which known bugs a build has and what they do not explain, or a query file for a line of that.

    Args:
        args: of the command line.
        settings: where the store is.
        reader: the store.
        build: the build.
        documents: those of its files that are asked about; at least one.

    Returns:
        How many far lines there are, and whether every query file could be read and run.

    Raises:
        ConfigError: the folder has no query file, or the store is no cluster.
        LogProcessorError: a query file was asked for, and there is no such line, or none can be made of it.
    """
    bugs, problems = load(args.known) if args.known is not None else ([], [])
    for bug in bugs:
        for name in unknown_fields(bug):
            _warn(
                f"{bug.bug}{SUFFIX}: asks for the field {name}, by which nothing is found: our lines have none"
            )
    with closing(LineSearch(settings, [document.file for document in documents])) as search:
        far = far_ids(reader, documents, args.threshold)
        found = recognise(search, far, bugs)
        problems += found.problems
        for problem in problems:
            _warn(problem)
        left = unexplained(reader, documents, found.explained, args.threshold)
        if args.suggest is not None:
            sys.stdout.write(_suggested(search, left, args.suggest))
        elif args.format == "table":
            _write_table(build, bugs, found, left)
        else:
            _write_json(build, found, left, problems, lines=args.format == "jsonl")
    return len(far), not problems


def _suggested(search: LineSearch, left: Iterable[Unexplained], fingerprint: str) -> str:
    """Return a query file for the first line of that fingerprint, or for the worst line where it is empty.

    It has found the line when it is returned.
    """
    if fingerprint:
        chosen = next((one for one in left if one.line.fingerprint == fingerprint), None)
    else:
        chosen = max(left, key=lambda one: one.line.score or one.line.distance or 0.0, default=None)
    if chosen is None:
        which = f"of the fingerprint {fingerprint} " if fingerprint else ""
        raise LogProcessorError(f"--suggest: the build has no far line {which}that is left to explain")
    text = suggestion(chosen.document, chosen.line)
    wanted = line_id(chosen.document.file, chosen.line.number)
    if wanted not in recognise(search, [wanted], [known_bug("", text)]).explained:
        raise LogProcessorError(
            f"--suggest: the query for line {chosen.line.number} of {chosen.document.file.filename} does not find it: "
            f"is `message` mapped as a text in its index? The query was:\n{text}"
        )
    return text


def _warn(problem: str) -> None:
    sys.stderr.write(f"anomaly-query: {visible(problem)}\n")


def _write_table(
    build: Build, bugs: Sequence[KnownBug], found: Recognition, left: Iterator[Unexplained]
) -> None:
    say = sys.stdout.write
    say(f"build {visible(build.uuid)}: {len(found.bugs)} of {counted(len(bugs), 'known bug')}\n")
    for bug in found.bugs:
        far = f", {bug.far_lines:,} of them far" if bug.far_lines else ""
        say(
            f"\n{visible(bug.known.bug)}  {counted(bug.lines, 'line')}{far}  {bug.known.link}".rstrip() + "\n"
        )
        for place in bug.places[:_SHOWN_PLACES]:
            where = (
                f"{place.lines:,} lines from {place.first} on" if place.lines > 1 else f"line {place.first}"
            )
            say(f"    {visible(place.filename)}: {where}\n")
        if len(bug.places) > _SHOWN_PLACES:
            say(f"    and {counted(len(bug.places) - _SHOWN_PLACES, 'file')} more\n")
    first = next(left, None)
    if first is None:
        say("\nno far line is left to explain\n")
        return
    say("\nfar lines that no query explains\n")
    filename = None
    for one in chain((first,), left):
        if one.document.file.filename != filename:
            filename = one.document.file.filename
            say(f"\n{visible(filename)}\n")
        line = one.line
        distance = "   -" if line.distance is None else f"{line.distance:.2f}"
        more = f" (x {one.lines})" if one.lines > 1 else ""
        say(f" {distance} {line.number:>7}  {line.fingerprint or '-'}{more}  {cut(line.message)}\n")


def _write_json(
    build: Build, found: Recognition, left: Iterator[Unexplained], problems: Sequence[str], *, lines: bool
) -> None:
    known = map(_known_row, found.bugs)
    unexplained_ = map(_unexplained_row, left)
    wrong = [{"type": "wrong_query", "text": problem} for problem in problems]
    if lines:
        for row in chain([build_row(build)], known, unexplained_, wrong):
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    whole: Mapping[str, object] = {
        **build_row(build),
        "known": [*known],
        "unexplained": [*unexplained_],
        "wrong_queries": wrong,
    }
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _known_row(found: Recognised) -> Row:
    return {
        "type": "known",
        "bug": found.known.bug,
        "link": found.known.link or None,
        "lines": found.lines,
        "far_lines": found.far_lines,
        "places": [
            {"file": place.filename, "lines": place.lines, "first": place.first} for place in found.places
        ],
    }


def _unexplained_row(one: Unexplained) -> Row:
    (row,) = line_rows(one.document, Block((one.line,), frozenset({one.line.number})))
    del row["before"], row["after"]
    return {**row, "type": "unexplained", "lines": one.lines}
