"""Lines with blanks in them, such as `pid <300-9000> exited`, and the changes that put them into a log."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from benchmarks.evaluation.editing import Change, Edit, Edited

_ALPHABETS = {
    "hex": "0123456789abcdef",
    "pod": "bcdfghjklmnpqrstvwxz2456789",  # what Kubernetes makes names of
    "letters": string.ascii_letters + string.digits,
    "name": string.ascii_lowercase + string.digits + "_",
    "base64": string.ascii_letters + string.digits + "+/",
}
_BLANK = re.compile(
    r"<(?:(?P<least>\d+)-(?P<most>\d+)"
    rf"|(?P<alphabet>{'|'.join(_ALPHABETS)}) (?P<length>\d+)"
    r"|(?P<uuid>uuid)"
    r"|(?P<words>[^<>|]+(?:\|[^<>|]+)+))>"
)
_UUID = (8, 4, 4, 4, 12)


def worded(template: str, rng: Random) -> str:
    """Fill the blanks of a line.

    `<3-9>` is a number (both ends can come), `<hex 8>`, `<pod 5>`, `<letters 8>`, `<name 8>` and `<base64 40>` are
    that many characters, `<uuid>` is one, and `<one|two>` is one of the words. Anything else stays as it is.
    """

    def characters(alphabet: str, length: int) -> str:
        return "".join(rng.choices(_ALPHABETS[alphabet], k=length))

    def filled(match: re.Match[str]) -> str:
        if match["least"]:
            return str(rng.randint(int(match["least"]), int(match["most"])))
        if match["alphabet"]:
            return characters(match["alphabet"], int(match["length"]))
        if match["uuid"]:
            return "-".join(characters("hex", length) for length in _UUID)
        words: str = match["words"]
        return rng.choice(words.split("|"))

    return _BLANK.sub(filled, template)


def inserted(*templates: str) -> Change:
    """Return the change that puts lines in at the place; they are the lines in question."""

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        texts = tuple(worded(template, rng) for template in templates)
        return Edited([*lines[:at], *texts, *lines[at:]], texts)

    return change


def untouched(lines: list[str], _at: int, _rng: Random) -> Edited:
    """Leave the log as it is; no line is in question."""
    return Edited(lines)


class Line(NamedTuple):
    """A line that passing builds print, and what may stand in its place; see `worded` for the blanks."""

    name: str
    usual: str
    faults: tuple[str, ...]
    controls: tuple[str, ...] = ()


def in_place(kind: str, lines: Iterable[Line]) -> Iterator[Edit]:
    """Give an edit for each fault of each line; the first of a line has its controls."""
    for line in lines:
        for number, fault in enumerate(line.faults, 1):
            name, controls = (line.name, line.controls) if number == 1 else (f"{line.name} {number}", ())
            yield Edit(kind, name, inserted(line.usual), inserted(fault), tuple(map(inserted, controls)))


def harmless(kind: str, lines: Mapping[str, str]) -> Iterator[Edit]:
    """Give an edit for each line, by name, of which every build has other copies: passing ones two, the last one."""
    for name, line in lines.items():
        yield Edit(kind, name, inserted(line, line), None, (inserted(line),))
