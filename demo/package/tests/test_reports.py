"""What buyers and accountants ask."""

from tests.cases import ApiTest, cases
from tests.items import COUNT, low, sku


class Value(ApiTest):
    @cases(**{unit: unit for unit in ("piece", "box", "dozen", "gross")})
    def test_value_grows_by_what_is_received(self, unit: str) -> None:
        before = self.client.request("GET", "/reports/value").body["cents"]
        goods = {"warehouse": "north", "quantity": f"2 {unit}"}
        self.client.request("POST", "/stock/K-0001/receive", goods)
        self.assertLess(before, self.client.request("GET", "/reports/value").body["cents"])


class Reorder(ApiTest):
    @cases(**{f"{number:03}": number for number in range(20, COUNT + 1, 20)})
    def test_item_below_its_level_is_bought(self, number: int) -> None:
        report = self.client.request("GET", "/reports/reorder")
        self.assertEqual(200, report.status)
        self.assertIn(sku(number), [row["sku"] for row in report.body])

    @cases(**{f"{number:03}": number for number in range(1, COUNT + 1, 20) if not low(number)})
    def test_item_above_its_level_is_not_bought(self, number: int) -> None:
        report = self.client.request("GET", "/reports/reorder")
        self.assertEqual(200, report.status)
        self.assertNotIn(sku(number), [row["sku"] for row in report.body])
