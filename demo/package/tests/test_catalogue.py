"""Items over HTTP."""

from tests.cases import ApiTest, cases
from tests.items import COUNT, low, sku

GOOD = {"sku": "T-GOOD", "name": "flange", "unit": "piece", "price_cents": 250}


class Catalogue(ApiTest):
    @cases(**{f"{number:03}": number for number in range(1, COUNT + 1, 4) if not low(number)})
    def test_imported_item(self, number: int) -> None:
        answer = self.client.request("GET", f"/items/{sku(number)}")
        self.assertEqual((200, 15 + number * 7), (answer.status, answer.body["price_cents"]))

    @cases(**{f"{page}_of_{size}": (page, size) for page in range(1, 6) for size in (1, 10, 50, 100)})
    def test_page(self, page: int, size: int) -> None:
        items = self.client.request("GET", f"/items?page={page}&size={size}").body
        self.assertEqual(
            min(size, max(0, COUNT - (page - 1) * size)), len([i for i in items if i["sku"].startswith("K-")])
        )

    @cases(
        **{
            f"{page}_of_{size}": (page, size)
            for page, size in ((0, 10), (-1, 10), (1, 0), (1, 101), ("x", 1), (1, "x"))
        }
    )
    def test_error_for_page(self, page: object, size: object) -> None:
        self.assertEqual(400, self.client.request("GET", f"/items?page={page}&size={size}").status)

    @cases(**{key: key for key in GOOD})
    def test_error_without(self, key: str) -> None:
        answer = self.client.request("POST", "/items", {k: v for k, v in GOOD.items() if k != key})
        self.assertEqual((400, f"missing: {key}"), (answer.status, answer.body["detail"]))

    @cases(
        truncated=b'{"sku": "T-1", ',
        bare_word=b"sku",
        trailing_comma=b'{"sku": "T-1",}',
        bare_list=b"[]",
        not_utf8=b'{"sku": "\xff"}',
    )
    def test_error_for_body(self, body: bytes) -> None:
        self.assertEqual(400, self.client.request("POST", "/items", body).status)

    def test_error_for_second_item_of_same_number(self) -> None:
        number = self.item("T-TWICE")
        self.assertEqual(409, self.client.request("POST", "/items", GOOD | {"sku": number}).status)
        self.assertEqual(200, self.client.request("DELETE", f"/items/{number}").status)

    @cases(
        **{
            name.strip("/").replace("/", "_"): name
            for name in ("/items/K-9999", "/stock/K-9999", "/orders", "/items/K-0001/x")
        }
    )
    def test_error_404_for(self, path: str) -> None:
        self.assertEqual(404, self.client.request("GET", path).status)

    @cases(**{f"{count}_requests": count for count in (1, 2, 3)})
    def test_maintenance_is_waited_for(self, count: int) -> None:
        self.client.request("PUT", "/maintenance", {"requests": count})
        self.assertEqual(200, self.client.request("GET", "/health").status)
