"""A set of lines of one log, by their numbers."""

from __future__ import annotations


class LineSet:
    """Line numbers; a bit for each line of the log, so that a set of most of its lines is small."""

    def __init__(self) -> None:
        """Hold none."""
        self._bits = bytearray()

    def add(self, number: int) -> None:
        """Add a number, which is not negative."""
        byte = number >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        self._bits[byte] |= 1 << (number & 7)

    def within(self, first: int, end: int) -> list[int]:
        """Return those from `first` on and below `end`, ascending."""
        bits = self._bits
        numbers = range(max(first, 0), min(end, 8 * len(bits)))
        return [number for number in numbers if bits[number >> 3] >> (number & 7) & 1]
