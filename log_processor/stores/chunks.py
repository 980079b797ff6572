"""Lines in chunks: what a store writes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from log_processor.document import LineDocument

CHUNK_CHARACTERS = 1_000_000
"""Characters of messages after which a chunk ends, however few its lines: they may have 32,000 bytes each."""


def chunks(lines: Iterable[LineDocument], most_lines: int) -> Iterator[list[LineDocument]]:
    """Give the lines in non-empty lists of at most `most_lines`, in their order."""
    chunk: list[LineDocument] = []
    characters = 0
    for line in lines:
        chunk.append(line)
        characters += len(line.message)
        if len(chunk) >= most_lines or characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
