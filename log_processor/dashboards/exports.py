"""The dashboards as files that Kibana and OpenSearch Dashboards import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path

from log_processor.dashboards import legacy, lens
from log_processor.dashboards.saved import Indices, Json, ndjson


class Product(Enum):
    """Who imports."""

    KIBANA = "lens"
    """Kibana 8.9 to 9."""
    OPENSEARCH_DASHBOARDS = "opensearch"
    """OpenSearch Dashboards 2 and 3."""


_OBJECTS: dict[Product, Callable[[Indices], Iterator[Json]]] = {
    Product.KIBANA: lens.objects,
    Product.OPENSEARCH_DASHBOARDS: legacy.objects,
}
DEFAULT = Indices()


def objects(product: Product, indices: Indices = DEFAULT) -> list[Json]:
    """Return the saved objects for a product."""
    return list(_OBJECTS[product](indices))


def export(product: Product, indices: Indices = DEFAULT) -> str:
    """Return the text of the file that a product imports, one saved object a line.

    Args:
        product: who imports it.
        indices: those that the store writes to.
    """
    return ndjson(objects(product, indices))


def files() -> dict[Path, str]:
    """Return the texts of the files below `kibana/`, by their paths there; for the default indices."""
    return {Path(product.value, "log-classify.ndjson"): export(product) for product in Product}
