"""Quantities in words."""

from inventory.errors import InvalidError
from inventory.units import PIECES, pieces
from tests.cases import CaseTest, cases


class Units(CaseTest):
    @cases(**{f"{count}_{unit}": (count, unit) for unit in PIECES for count in (*range(1, 25), 50, 100)})
    def test_quantity_of(self, count: int, unit: str) -> None:
        self.assertEqual(count * PIECES[unit], pieces(f"{count} {unit}"))

    def test_bare_number_counts_pieces(self) -> None:
        self.assertEqual(7, pieces(" 7 "))

    @cases(
        empty="",
        zero="0 box",
        negative="-3 box",
        fraction="1.5 box",
        word="three box",
        unknown_unit="3 barrel",
        plural="3 boxes",
    )
    def test_error_for_quantity(self, quantity: str) -> None:
        with self.assertRaises(InvalidError):
            pieces(quantity)
