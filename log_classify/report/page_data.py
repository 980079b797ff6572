"""What the script of a page shows, as JSON: short names, nothing that is at its default, no text that could steer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from anomaly_filter import Tokenizer
from log_classify.report.marks import Pieces, marked
from log_classify.report.model import ContextLine, Entry, FileReport, FoundInFile
from log_processor.visible import visible

TEXT_CHARACTERS = 2000
"""What a page has of a line; the JSON file has what is stored of it."""

_BEFORE_MARK = 200  # of these, what stands before the first marked word
_RUNS = 20  # runs of repeated lines that are named
_CONTEXT_CHARACTERS = 1 << 23  # of a page; beyond them lines come with the nearest of their context alone
_FEW = 3, 1  # lines before and after that are kept then

Piece = dict[str, Any]


def data(files: Sequence[FileReport], tokenizer: Tokenizer) -> str:
    """Return the files as JSON that is safe inside a `script` element.

    Args:
        files: in the order in which they are to be shown.
        tokenizer: says which words differ.
    """
    few = sum(map(_context_characters, files)) > _CONTEXT_CHARACTERS
    found = [_file(file, tokenizer, few=few) for file in files]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")  # neither `</script` nor `<!--` can come about


def short(text: str) -> str:
    """Return what a page has of a text, with whatever does not print as itself made visible."""
    return "".join(shortened((text,)))


def numbers(entry: Entry) -> str:
    """Return the numbers of the lines that an entry stands for: `12, 40-43 …`."""
    runs = [str(first) if first == last else f"{first}-{last}" for first, last in entry.runs]
    return ", ".join(runs[:_RUNS]) + (" …" if len(runs) > _RUNS else "")


def _file(file: FileReport, tokenizer: Tokenizer, *, few: bool) -> Piece:
    found: Piece = {
        "path": visible(file.path),
        "source": visible(file.source),
        "lines": file.lines,
        "far": file.far,
        "baselines": file.baselines,
        "fallback": file.fallback and visible(file.fallback),
        "remarks": [visible(remark) for remark in file.remarks],
        "findings": [_finding(finding) for finding in file.findings],
        "entries": [_entry(entry, tokenizer, few=few) for entry in file.entries],
    }
    return _without_defaults(found)


def _finding(finding: FoundInFile) -> Piece:
    return _without_defaults(
        {
            "kind": visible(finding.kind),
            "text": short(finding.text),
            "line": finding.line,
            "expected": short(finding.expected),
            "seen": short(finding.seen),
        }
    )


def _entry(entry: Entry, tokenizer: Tokenizer, *, few: bool) -> Piece:
    pieces, nearest = marked(entry, tokenizer)
    before, after = entry.before, entry.after
    if few:
        before, after = before[-_FEW[0] :], after[: _FEW[1]]
    found: Piece = {
        "line": entry.line,
        "text": shortened(pieces),
        "distance": None if entry.distance is None else round(entry.distance, 3),
        "reasons": [visible(reason) for reason in entry.reasons],
        "nearest": nearest and shortened(nearest),
        "seen": entry.seen_in,
        "print": visible(entry.fingerprint),
        "time": entry.time and visible(entry.time),
        "before": _context(before),
        "after": _context(after),
    }
    if entry.count > 1:
        found |= {"count": entry.count, "numbers": numbers(entry)}
    return _without_defaults(found)


def _without_defaults(found: Piece) -> Piece:
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _context(lines: Iterable[ContextLine]) -> list[tuple[int, str]]:
    return [(line.line, short(line.text)) for line in lines]


def _context_characters(file: FileReport) -> int:
    return sum(
        min(len(line.text), TEXT_CHARACTERS)
        for entry in file.entries
        for line in (*entry.before, *entry.after)
    )


def shortened(pieces: Pieces) -> list[str]:
    """Cut a text before its first marked word where that lies far back, and behind what a page has of a line."""
    skipped = 0
    if len(pieces) > 1 and len(pieces[0]) + len(pieces[1]) > TEXT_CHARACTERS:
        skipped = max(0, len(pieces[0]) - _BEFORE_MARK)
    found, room = [], TEXT_CHARACTERS
    for piece in (pieces[0][skipped:], *pieces[1:]):
        found.append(visible(piece[:room]))
        room -= len(piece)
        if room <= 0:
            break
    rest = sum(map(len, pieces)) - skipped - TEXT_CHARACTERS
    if skipped:
        found[0] = f"({skipped:,} characters +)… {found[0]}"
    if rest > 0:
        more = f"… (+{rest:,} characters)"
        found = [*found, more] if len(found) % 2 == 0 else [*found[:-1], found[-1] + more]
    return found
