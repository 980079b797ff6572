"""One test method for each row of a table, so that each is counted and reported by its own name."""

import functools
import os
import unittest
from collections.abc import Callable
from typing import Any, TypeVar

from inventory.client import Client

Test = TypeVar("Test", bound=Callable[..., None])


def cases(**rows: Any) -> Callable[[Test], Test]:  # noqa: ANN401 - rows are what each test takes
    """Run the test once for each row, whose values are its arguments; the row's name ends the test's."""

    def mark(test: Test) -> Test:
        test.__dict__["rows"] = rows
        return test

    return mark


class CaseTest(unittest.TestCase):
    """A test case whose methods may carry `cases`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, test in list(vars(cls).items()):
            for row, values in getattr(test, "rows", {}).items():
                arguments = values if isinstance(values, tuple) else (values,)
                setattr(cls, f"{name}_{row}", functools.partialmethod(test, *arguments))
            if hasattr(test, "rows"):
                delattr(cls, name)

    def shortDescription(self) -> None:
        """None: the name says it."""


class ApiTest(CaseTest):
    """A test that talks to the service at INVENTORY_URL."""

    def setUp(self) -> None:
        """Open a connection of its own."""
        self.url = os.environ["INVENTORY_URL"]
        self.client = Client(self.url)
        self.addCleanup(self.client.close)

    def item(self, sku: str, **changes: object) -> str:
        """Add an item, whatever an earlier test left, and return its number."""
        item = {
            "sku": sku,
            "name": "test item",
            "unit": "piece",
            "price_cents": 100,
            "reorder_level": 1,
        } | changes
        self.assertEqual(201, self.client.request("POST", "/items", item).status)
        return sku
