"""Which product a cluster is: for a person to read; what it can do is tried, not concluded from that."""

from __future__ import annotations

from typing import NamedTuple

from log_processor.stores.elastic_cluster import Cluster

_NOT_TOLD = (403, 404, 405)
"""What servers answer that have no such request, or do not grant it to this user."""

_NODES = "/_nodes/_local?filter_path=nodes.*.version,nodes.*.build_flavor"


class Server(NamedTuple):
    """What a cluster says of itself.

    Attributes:
        product: Elasticsearch or OpenSearch; empty if it does not say.
        version: such as 8.19.21; empty if it does not say.
    """

    product: str
    version: str

    def __str__(self) -> str:
        return f"{self.product} {self.version}" if self.product else "a cluster that does not say what it is"


def server_of(cluster: Cluster) -> Server:
    """Ask the cluster; minimal builds and restricted users get no answer to the first question."""
    status, body = cluster.ask("GET", "/", expected=_NOT_TOLD)
    if status == 200 and "version" in body:
        version = body["version"]
        product = "OpenSearch" if version.get("distribution") == "opensearch" else "Elasticsearch"
        return Server(product, version["number"])
    status, body = cluster.ask("GET", _NODES, expected=_NOT_TOLD)
    for node in body.get("nodes", {}).values() if status == 200 else ():
        # OpenSearch has dropped the flavour.
        return Server("Elasticsearch" if "build_flavor" in node else "OpenSearch", node["version"])
    return Server("", "")
