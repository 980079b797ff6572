"""A log as it is learnt and judged: without the lines that somebody wants ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from anomaly_filter.lines import LINE_LIMIT
from log_classify.logs import Log
from log_classify.trees.tree import TreeFile
from log_processor.errors import ConfigError

Ignore = Callable[[str], object]
"""Whether a line is ignored."""


class TreeLog(Log):
    """A file of a build's logs."""

    def __init__(self, file: TreeFile, ignored: Sequence[str] = ()) -> None:
        """Name a file.

        Args:
            file: is read later, but looked at now.
            ignored: regular expressions. A line with a match keeps its number, and is read as an empty one.

        Raises:
            ConfigError: the file cannot be read.
        """
        super().__init__(file.file, file.path)
        self._ignore = ignoring(tuple(ignored))

    def _decompressed(self) -> Iterator[bytes]:
        chunks = super()._decompressed()
        return chunks if self._ignore is None else blanked(chunks, self._ignore)


@cache
def ignoring(patterns: Sequence[str]) -> Ignore | None:
    """Return what says whether a line is ignored; None where none is.

    Raises:
        ConfigError: one of the patterns is no regular expression.
    """
    searches = []
    for pattern in patterns:
        try:
            searches.append(re.compile(pattern).search)
        except (re.error, RecursionError, OverflowError) as error:  # noqa: PERF203 - patterns are few
            raise ConfigError(f"exclude-line: {pattern!r} is no regular expression: {error}") from None
    return (lambda line: any(search(line) for search in searches)) if searches else None


def blanked(chunks: Iterable[bytes], ignore: Ignore) -> Iterator[bytes]:
    """Empty the lines that are ignored; what is left of a chunk begins the next one."""
    rest: list[bytes] = []
    held = 0
    for chunk in chunks:
        head, end, tail = chunk.rpartition(b"\n")
        if end:
            yield _blank(b"".join((*rest, head)), ignore) + end
            rest, held = [tail], len(tail)
        elif held < LINE_LIMIT:  # no more of a line is looked at
            rest.append(chunk)
            held += len(chunk)
    if last := b"".join(rest):
        yield _blank(last, ignore) or b"\n"  # an empty line needs its end to be one


def _blank(data: bytes, ignore: Ignore) -> bytes:
    return b"\n".join(b"" if ignore(line.decode("utf-8", "replace")) else line for line in data.split(b"\n"))
