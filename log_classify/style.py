"""Text for a person: nothing of a log reaches a terminal that could steer it; colour only where it is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from log_classify.words import Change, Piece
from log_processor.visible import counted, visible

__all__ = ["LINE_CHARACTERS", "Style", "counted", "cut"]

LINE_CHARACTERS = 500
"""What is shown of a line; the other form, jsonl, has all of it."""

_PIECE_CHARACTERS = 240
_PIECES = 40


class Style:
    """How text is set off."""

    def __init__(self, *, colour: bool) -> None:
        """Use ANSI colours, or none."""
        self._colour = colour

    def plain(self, text: str) -> str:
        """Return what is neither."""
        return visible(text)

    def bold(self, text: str) -> str:
        """Return what matters."""
        return self._styled("1", text)

    def dim(self, text: str) -> str:
        """Return what stands around it."""
        return self._styled("2", text)

    def red(self, text: str) -> str:
        """Return what is wrong."""
        return self._styled("31", text)

    def marked(self, pieces: Iterable[Piece]) -> str:
        """Return a comparison of two lines: `[-gone-]{+new+}`, or red and green where there is colour."""
        short = _shortened(list(pieces))
        text = self._piece(short[0]) if short else ""
        for before, piece in pairwise(short):
            replaced = (before.change, piece.change) == (Change.GONE, Change.NEW) and not self._colour
            text += ("" if replaced else " ") + self._piece(piece)
        return text

    def _piece(self, piece: Piece) -> str:
        if piece.change is Change.SAME:
            return self.dim(piece.text)
        if self._colour:
            return self._styled("31" if piece.change is Change.GONE else "1;32", piece.text)
        return visible(f"[-{piece.text}-]" if piece.change is Change.GONE else f"{{+{piece.text}+}}")

    def _styled(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{visible(text)}\x1b[0m" if self._colour else visible(text)


def cut(text: str, part: str = "") -> str:
    """Return what is shown of a line: its beginning, unless the part that matters lies beyond."""
    start = text.find(part)
    if start + min(len(part), LINE_CHARACTERS // 2) <= LINE_CHARACTERS:
        start = 0
    shown = visible(text[start : start + LINE_CHARACTERS])
    if start:
        shown = f"({start} characters +)… {shown}"
    rest = len(text) - start - LINE_CHARACTERS
    return f"{shown}… (+{rest} characters)" if rest > 0 else shown


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Keep the differences, and of what is the same the neighbourhood, where the whole would be too long."""
    if sum(len(piece.text) for piece in pieces) <= LINE_CHARACTERS:
        return pieces
    more = [Piece(Change.SAME, "…")] if len(pieces) > _PIECES else []
    return [Piece(piece.change, _middle_cut(piece.text)) for piece in pieces[:_PIECES]] + more


def _middle_cut(text: str) -> str:
    half = _PIECE_CHARACTERS // 2
    return text if len(text) <= _PIECE_CHARACTERS else f"{text[:half]}…{text[-half:]}"
