"""Items, stock, reservations and reports, as SQL."""

import csv
import logging
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inventory.errors import ConflictError, InvalidError, NotFoundError
from inventory.units import PIECES, pieces

log = logging.getLogger(__name__)
Row = dict[str, Any]


def connect(path: Path) -> sqlite3.Connection:
    """A connection for all threads, which have to share it under a lock; each statement commits by itself."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    return database


class Warehouse:
    """Safe to call from several threads: what reads before it writes holds the lock."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lock = threading.RLock()

    def add_item(self, row: Row) -> Row:
        """Add one item to the catalogue."""
        missing = [key for key in ("sku", "name", "unit", "price_cents") if not row.get(key)]
        if missing:
            raise InvalidError(f"missing: {', '.join(missing)}")
        if row["unit"] not in PIECES:
            raise InvalidError(f"unknown unit {row['unit']!r}")
        values = (
            row["sku"],
            row["name"],
            row["unit"],
            int(row["price_cents"]),
            int(row.get("reorder_level") or 0),
        )
        try:
            self._write(
                "INSERT INTO item (sku, name, unit, price_cents, reorder_level) VALUES (?, ?, ?, ?, ?)",
                values,
            )
        except sqlite3.IntegrityError:
            raise ConflictError(f"item {row['sku']} exists") from None
        return self.item(row["sku"])

    def add_items(self, path: Path) -> int:
        """Add the items of a CSV file with a header line; returns how many."""
        count = 0
        with path.open(newline="", encoding="utf-8") as lines, self._lock:
            self._database.execute("BEGIN")
            for count, row in enumerate(csv.DictReader(lines), 1):
                item = self.add_item(dict(row))
                self.receive(item["sku"], row["warehouse"], row["quantity"])
                log.debug("row %d: item %s, %s in %s", count, item["sku"], row["quantity"], row["warehouse"])
            self._database.execute("COMMIT")
        return count

    def item(self, sku: str) -> Row:
        """One item of the catalogue."""
        return self._one("SELECT sku, name, unit, price_cents, reorder_level FROM item WHERE sku = ?", sku)

    def items(self, page: int, size: int) -> list[Row]:
        """One page of the catalogue; pages count from 1."""
        if page < 1 or not 1 <= size <= 100:
            raise InvalidError("page counts from 1, size is 1 to 100")
        return self._read(
            "SELECT sku, name FROM item ORDER BY sku LIMIT ? OFFSET ?", (size, (page - 1) * size)
        )

    def remove_item(self, sku: str) -> Row:
        """Take an item without stock out of the catalogue."""
        item = self.item(sku)
        if self.on_hand(sku):
            raise ConflictError(f"item {sku} has stock")
        self._write("DELETE FROM item WHERE sku = ?", (sku,))
        return item

    def on_hand(self, sku: str) -> int:
        """Pieces in all warehouses."""
        self.item(sku)
        return int(
            self._one("SELECT COALESCE(SUM(quantity), 0) AS pieces FROM stock WHERE sku = ?", sku)["pieces"]
        )

    def receive(self, sku: str, warehouse: str, quantity: str) -> Row:
        """Put goods into a warehouse."""
        return self._move(sku, warehouse, pieces(quantity))

    def take(self, sku: str, warehouse: str, quantity: str) -> Row:
        """Take goods out of a warehouse."""
        return self._move(sku, warehouse, -pieces(quantity))

    def reserve(self, sku: str, quantity: str) -> Row:
        """Promise goods to somebody."""
        wanted = pieces(quantity)
        with self._lock:
            promised = (
                "SELECT COALESCE(SUM(quantity), 0) AS n FROM reservation WHERE sku = ? AND state = 'open'"
            )
            free = self.on_hand(sku) - int(self._one(promised, sku)["n"])
            if wanted > free:
                raise ConflictError(f"only {free} pieces of {sku} are free")
            number = self._write("INSERT INTO reservation (sku, quantity) VALUES (?, ?)", (sku, wanted))
        return self.reservation(number)

    def reservation(self, number: int) -> Row:
        """One reservation."""
        return self._one("SELECT id, sku, quantity, state FROM reservation WHERE id = ?", number)

    def release(self, number: int) -> Row:
        """Give a reservation up."""
        if self.reservation(number)["state"] != "open":
            raise ConflictError(f"reservation {number} is not open")
        self._write("UPDATE reservation SET state = 'released' WHERE id = ?", (number,))
        return self.reservation(number)

    def value(self) -> Row:
        """What the stock is worth, in cents."""
        return self._one(
            "SELECT SUM(quantity * price_cents) AS cents FROM stock JOIN item USING (sku) WHERE quantity > ?",
            0,
        )

    def reorder(self) -> list[Row]:
        """What to buy: the items whose stock is below their level, and how many pieces are missing."""
        stock = self._read(
            "SELECT sku, reorder_level, SUM(quantity) AS pieces FROM item JOIN stock USING (sku) GROUP BY sku",
            (),
        )
        missing = ((row["sku"], row["reorder_level"] - row["pieces"]) for row in stock)
        return [{"sku": sku, "buy": buy} for sku, buy in missing if buy > 0]

    def _move(self, sku: str, warehouse: str, delta: int) -> Row:
        self.item(sku)
        if not warehouse:
            raise InvalidError("missing: warehouse")
        with self._lock:
            here = self._read("SELECT quantity FROM stock WHERE sku = ? AND warehouse = ?", (sku, warehouse))
            quantity = delta + (here[0]["quantity"] if here else 0)
            if quantity < 0:
                raise ConflictError(f"not enough of {sku} in {warehouse}")
            self._write(
                "INSERT OR REPLACE INTO stock (sku, warehouse, quantity) VALUES (?, ?, ?)",
                (sku, warehouse, quantity),
            )
            self._write(
                "INSERT INTO movement (sku, warehouse, delta) VALUES (?, ?, ?)", (sku, warehouse, delta)
            )
        return {"sku": sku, "pieces": self.on_hand(sku)}

    def _one(self, statement: str, key: str | int) -> Row:
        rows = self._read(statement, (key,))
        if not rows:
            raise NotFoundError(f"nothing known about {key!r}")
        return rows[0]

    def _read(self, statement: str, values: Iterable[str | int]) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._database.execute(statement, tuple(values))]

    def _write(self, statement: str, values: Iterable[str | int]) -> int:
        with self._lock:
            return self._database.execute(statement, tuple(values)).lastrowid or 0
