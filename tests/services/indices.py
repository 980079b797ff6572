"""What tests say to a cluster without going through the store."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from log_processor.stores.settings import StoreSettings


@contextlib.contextmanager
def own_indices(url: str) -> Iterator[StoreSettings]:
    """Give settings with index names that nobody else has, and remove what was made of them."""
    name = uuid.uuid4().hex[:12]
    settings = StoreSettings(url, index_prefix=f"{name}-lines-", files_index=f"{name}-files")
    try:
        yield settings
    finally:
        for template in (
            f"log-processor-{settings.index_prefix}lines",
            f"log-processor-{settings.files_index}",
        ):
            with contextlib.suppress(urllib.error.HTTPError):
                ask("DELETE", f"{url}/_index_template/{template}")
        for index in ask("GET", f"{url}/_cat/indices/{name}-*?format=json"):
            ask("DELETE", f"{url}/{index['index']}")


def ask(method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    """Send one request and return the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def count(settings: StoreSettings) -> int:
    """Return how many line documents are stored."""
    ask("POST", f"{settings.url}/{settings.index_prefix}*/_refresh")
    counted = ask("GET", f"{settings.url}/{settings.index_prefix}*/_count")
    return int(counted["count"])
