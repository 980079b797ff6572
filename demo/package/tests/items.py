"""The catalogue that the API tests meet: `python -m tests.items FILE` writes it."""

import csv
import sys
from pathlib import Path

COUNT = 412
THINGS = (
    "bolt",
    "bracket",
    "cable",
    "filter",
    "gasket",
    "hinge",
    "nut",
    "pump",
    "relay",
    "seal",
    "valve",
    "washer",
)
MATERIALS = ("brass", "copper", "nylon", "rubber", "steel", "zinc")
UNITS = ("piece", "pair", "box", "dozen")
WAREHOUSES = ("north", "south", "harbour")


def sku(number: int) -> str:
    """The number of an item of the catalogue, counted from 1."""
    return f"K-{number:04}"


def low(number: int) -> bool:
    """Whether the item starts with less stock than its reorder level."""
    return number % 20 == 0


def main(path: Path) -> None:
    """Write the catalogue."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("sku", "name", "unit", "price_cents", "reorder_level", "warehouse", "quantity"))
        for number in range(1, COUNT + 1):
            name = f"{MATERIALS[number % len(MATERIALS)]} {THINGS[number % len(THINGS)]} M{number % 30 + 3}"
            unit, warehouse = UNITS[number % len(UNITS)], WAREHOUSES[number % len(WAREHOUSES)]
            level = 100_000 if low(number) else number % 7
            rows.writerow(
                (sku(number), name, unit, 15 + number * 7, level, warehouse, f"{number % 40 + 10} dozen")
            )
    print(f"{COUNT} items written to {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
