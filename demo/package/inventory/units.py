"""Quantities as people write them, in pieces."""

from inventory.errors import InvalidError

PIECES = {"piece": 1, "pair": 2, "box": 6, "dozen": 12, "crate": 48, "gross": 144, "pallet": 960}


def pieces(quantity: str) -> int:
    """`"3 dozen"` is 36; a bare number counts pieces.

    Raises:
        InvalidError: not a positive whole number, or an unknown unit.
    """
    number, _, unit = quantity.strip().partition(" ")
    if not number.isdecimal() or int(number) == 0:
        raise InvalidError(f"quantity must start with a positive number: {quantity!r}")
    if (unit or "piece") not in PIECES:
        raise InvalidError(f"unknown unit {unit!r}, known are {', '.join(PIECES)}")
    return int(number) * PIECES[unit or "piece"]
