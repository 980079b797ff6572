"""Known bugs by elastic-recheck's query files: which of them a build has, and which far lines none explains."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from log_processor.document import FileDocument, LineDocument
from log_processor.errors import ConfigError
from log_processor.query.groups import groups_of, heads
from log_processor.query.lucene import fields, objection, phrase, translated
from log_processor.schema import FIELDS
from log_processor.stores.contract import Reader
from log_processor.stores.line_search import LineSearch, Place, QueryRefused, line_id

SUFFIX = ".yaml"

_LARGEST_FILE = 16 * 2**10
"""Bytes; elastic-recheck's have a few hundred, and PyYAML takes seconds for what is nested on purpose."""
_BUG_URL = "https://bugs.launchpad.net/bugs/"
# Beside its own errors, PyYAML lets through what converting a scalar raises: `!!int x`, `2001-99-99`, deep nesting.
_YAML_ERRORS = (
    yaml.YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class KnownBug:
    """A query file.

    Attributes:
        bug: the file's name without its suffix; elastic-recheck's are numbers of bugs at Launchpad.
        query: a Lucene query string, in elastic-recheck's names of fields.
        test_ids: tests, one of which has to fail for the query to mean the bug; empty: it always does.
    """

    bug: str
    query: str
    test_ids: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """The bug's page; empty where the file's name is no number."""
        return _BUG_URL + self.bug if self.bug.isascii() and self.bug.isdecimal() else ""


class Recognised(NamedTuple):
    """A known bug that a build has.

    Attributes:
        known: the bug.
        places: the files whose lines its query matches, most lines first.
        far_lines: how many of the far lines it matches.
    """

    known: KnownBug
    places: tuple[Place, ...]
    far_lines: int

    @property
    def lines(self) -> int:
        """How many lines the query matches, far or not."""
        return sum(place.lines for place in self.places)


class Recognition(NamedTuple):
    """What the queries say of a build.

    Attributes:
        bugs: those that it has, the ones that explain most far lines first.
        explained: the ids of the far lines that a query matches.
        problems: a sentence for each query that could not be run.
    """

    bugs: tuple[Recognised, ...]
    explained: frozenset[str]
    problems: tuple[str, ...]


class Unexplained(NamedTuple):
    """A far line that no query explains.

    Attributes:
        document: its file.
        line: the line.
        lines: how many far lines it stands for that no query explains either, with itself.
    """

    document: FileDocument
    line: LineDocument
    lines: int


def load(folder: Path) -> tuple[list[KnownBug], list[str]]:
    """Read the query files of a folder.

    Returns:
        The queries by file name, and a sentence for each file that holds none.

    Raises:
        ConfigError: the folder cannot be read, or has no query file.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except OSError as error:
        raise ConfigError(
            f"--known {str(folder)!r}: {error.strerror}: name a folder of query files"
        ) from error
    if not paths:
        raise ConfigError(f"--known {str(folder)!r} has no file *{SUFFIX}: name a folder of query files")
    bugs, problems = [], []
    for path in paths:
        try:
            bugs.append(known_bug(path.name.removesuffix(SUFFIX), _text(path)))
        except ConfigError as error:  # noqa: PERF203 - the others are read all the same
            problems.append(f"{path}: {error}")
    return bugs, problems


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise ConfigError("expected a file")  # a pipe would be waited for
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise ConfigError(f"expected at most {_LARGEST_FILE:,} bytes: a query file is some lines")
        return content.decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"expected UTF-8: {error}") from error


def known_bug(bug: str, text: str) -> KnownBug:
    """Read a query file's text.

    Keys that say what elastic-recheck shows of a bug, and to whom, are left alone, as are unknown ones.

    Raises:
        ConfigError: it holds no query that may be run.
    """
    try:
        # Merged into each other, as `<<: [*a, *a]`, mappings of a few lines fill any memory.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.SafeLoader)):
            raise ConfigError("an alias (`*name`) is not taken: write out what it stands for")
        content = yaml.safe_load(text)
    except _YAML_ERRORS as error:
        raise ConfigError(f"not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, Mapping) or not isinstance(content.get("query"), str):
        raise ConfigError("expected a mapping with the key `query` and a text")
    query = content["query"].strip()
    if not query:
        raise ConfigError("the query is empty")
    why = objection(query)
    if why:
        raise ConfigError(why)
    tests = content.get("test_ids")
    tests = [] if tests is None else tests
    if not isinstance(tests, list) or not all(isinstance(test, str) for test in tests):
        raise ConfigError("test_ids: expected a list of names of tests")
    return KnownBug(bug, query, tuple(tests))


def unknown_fields(bug: KnownBug) -> list[str]:
    """Return the fields that a query asks for and our lines do not have: nothing is found by them."""
    known = {name for field in FIELDS for name in (field.name, field.alias)} | {"_exists_", "_id", "_index"}
    return [name for name in dict.fromkeys(fields(translated(bug.query))) if name not in known]


def recognise(search: LineSearch, far: Sequence[str], bugs: Sequence[KnownBug]) -> Recognition:
    """Run queries over the lines of a build.

    A query that cannot be run is a problem of its own; the others are run.

    Args:
        search: over the build's files.
        far: the ids of its far lines.
        bugs: the queries.
    """
    recognised, explained, problems = [], set[str](), []
    for bug in bugs:
        query = translated(bug.query)
        try:
            places = search.places(query)
            if not places or (bug.test_ids and not search.places(_failed(bug.test_ids))):
                continue
            matching = [*search.matching(query, far)]
        except QueryRefused as error:
            problems.append(f"{bug.bug}{SUFFIX}: {error}")
            continue
        recognised.append(Recognised(bug, places, len(matching)))
        explained.update(matching)
    recognised.sort(key=lambda found: (-found.far_lines, found.known.bug))
    return Recognition(tuple(recognised), frozenset(explained), tuple(problems))


def _failed(test_ids: Sequence[str]) -> str:
    """Return the query for the line in which a console log says that one of the tests failed."""
    named = " OR ".join(phrase("message", test) for test in test_ids)
    return f'message:"FAILED" AND ({named})'


def far_ids(reader: Reader, documents: Sequence[FileDocument], threshold: float | None) -> list[str]:
    """Return the ids of the far lines of some files; takes memory for an id a line."""
    return [
        line_id(document.file, line.number)
        for document in documents
        for line in reader.far_lines(document.file, threshold)
    ]


def unexplained(
    reader: Reader, documents: Sequence[FileDocument], explained: Container[str], threshold: float | None
) -> Iterator[Unexplained]:
    """Give the far lines that no query explains, those that another one stands for only counted there.

    A query explains the lines that it matches, and those that such a line stands for.
    """
    for document in documents:
        file = document.file
        groups = groups_of(reader.far_lines(file, threshold))
        for line in heads(reader.far_lines(file, threshold), groups):
            if line_id(file, line.number) in explained:
                continue
            group = groups.get(line.number)
            left = sum(line_id(file, number) not in explained for number in group.numbers) if group else 0
            yield Unexplained(document, line, left + 1)
