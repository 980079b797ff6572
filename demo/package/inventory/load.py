"""A short load test: workers that take and put back goods at the same time."""

import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor

from inventory.client import Client

log = logging.getLogger(__name__)


def load(url: str, *, workers: int, requests: int, seed: int) -> int:
    """Send `requests` requests from each worker; returns how many were answered with 500 or more."""

    def work(worker: int) -> list[tuple[int, float]]:
        chance = random.Random(seed * 1000 + worker)
        client = Client(url)
        answers = []
        for number in range(requests):
            sku = skus[chance.randrange(len(skus))]
            method, path, body = chance.choice(
                (
                    ("GET", f"/items/{sku}", None),
                    ("GET", f"/stock/{sku}", None),
                    ("GET", "/reports/value", None),
                    ("POST", f"/stock/{sku}/receive", {"warehouse": "north", "quantity": "1 dozen"}),
                    ("POST", f"/stock/{sku}/take", {"warehouse": "north", "quantity": "1 pair"}),
                )
            )
            began = time.perf_counter()
            status = client.request(method, path, body).status
            answers.append((status, (time.perf_counter() - began) * 1000))
            log.debug(
                "worker %d request %d: %s %s %d in %.2f ms",
                worker,
                number,
                method,
                path,
                status,
                answers[-1][1],
            )
        client.close()
        return answers

    client = Client(url)
    skus = [item["sku"] for item in client.request("GET", "/items?size=100").body]
    client.close()
    with ThreadPoolExecutor(workers) as pool:
        answers = [answer for part in pool.map(work, range(workers)) for answer in part]
    times_ms = sorted(spent_ms for _, spent_ms in answers)
    failures = sum(status >= 500 for status, _ in answers)
    log.info(
        "requests=%d errors=%d median=%.2f ms p99=%.2f ms",
        len(answers), failures, times_ms[len(times_ms) // 2], times_ms[len(times_ms) * 99 // 100],
    )  # fmt: skip
    return failures
