"""Goods in, goods out, reservations."""

from concurrent.futures import ThreadPoolExecutor

from inventory.client import Client
from inventory.units import PIECES
from tests.cases import ApiTest, cases


class Stock(ApiTest):
    @cases(**{f"{count}_{unit}": (count, unit) for unit in PIECES for count in (1, 2, 5, 12)})
    def test_taking_undoes_receiving(self, count: int, unit: str) -> None:
        number = self.item(f"T-{count}-{unit}")
        goods = {"warehouse": "south", "quantity": f"{count} {unit}"}
        self.assertEqual(
            count * PIECES[unit],
            self.client.request("POST", f"/stock/{number}/receive", goods).body["pieces"],
        )
        self.assertEqual(0, self.client.request("POST", f"/stock/{number}/take", goods).body["pieces"])
        self.assertEqual(200, self.client.request("DELETE", f"/items/{number}").status)

    @cases(
        **{f"{count}_{unit}": (count, unit) for unit in ("box", "crate", "pallet") for count in (1, 2, 3, 4)}
    )
    def test_error_409_when_taking_too_much(self, count: int, unit: str) -> None:
        number = self.item(f"T-much-{count}-{unit}")
        goods = {"warehouse": "south", "quantity": f"{count} {unit}"}
        self.assertEqual(409, self.client.request("POST", f"/stock/{number}/take", goods).status)

    @cases(
        no_quantity={"warehouse": "south"},
        no_warehouse={"quantity": "1"},
        bad_unit={"warehouse": "south", "quantity": "1 heap"},
    )
    def test_error_400_for(self, goods: object) -> None:
        self.assertEqual(400, self.client.request("POST", "/stock/K-0001/receive", goods).status)

    @cases(**{f"{threads}_threads": threads for threads in (2, 3, 4)})
    def test_nothing_is_lost_between(self, threads: int) -> None:
        number = self.item(f"T-race-{threads}")

        def receive(_: int) -> int:
            goods = {"warehouse": "harbour", "quantity": "1 pair"}
            client = Client(self.url)
            try:
                return client.request("POST", f"/stock/{number}/receive", goods).status
            finally:
                client.close()

        with ThreadPoolExecutor(threads) as pool:
            self.assertEqual({200}, set(pool.map(receive, range(threads * 5))))
        self.assertEqual(threads * 10, self.client.request("GET", f"/stock/{number}").body["pieces"])


class Reservations(ApiTest):
    @cases(**{f"{number:02}": number for number in range(1, 41)})
    def test_released_goods_are_free_again(self, number: int) -> None:
        wanted = {"sku": f"K-{number * 10 + 1:04}", "quantity": "9 dozen"}
        first = self.client.request("POST", "/reservations", wanted)
        self.assertEqual((201, 108, "open"), (first.status, first.body["quantity"], first.body["state"]))
        released = self.client.request("POST", f"/reservations/{first.body['id']}/release")
        self.assertEqual((200, "released"), (released.status, released.body["state"]))

    @cases(**{f"{number:02}": number for number in range(1, 13)})
    def test_error_409_when_nothing_is_free(self, number: int) -> None:
        wanted = {"sku": f"K-{number * 10 + 3:04}", "quantity": "900 pallet"}
        self.assertEqual(409, self.client.request("POST", "/reservations", wanted).status)

    def test_error_409_when_released_twice(self) -> None:
        number = self.client.request("POST", "/reservations", {"sku": "K-0002", "quantity": "1"}).body["id"]
        self.assertEqual(200, self.client.request("POST", f"/reservations/{number}/release").status)
        self.assertEqual(409, self.client.request("POST", f"/reservations/{number}/release").status)
