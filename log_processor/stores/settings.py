"""Which store, and how to reach it; apart from the stores, because the configuration is read without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class StoreSettings:
    """Which store, and how to reach it.

    Attributes:
        url: `sqlite:///relative`, `sqlite:////absolute`, `http://…` or `https://…` of Elasticsearch or OpenSearch
            (without a port: 80 or 443), `logstash+tcp://host:port`.
        username: of a user of the cluster; needs `password`.
        password: that user's.
        api_key: the encoded key, in place of user and password.
        ca_certs: file with the certificates that the cluster's is checked against; None for the usual ones.
        fingerprint: SHA-256 of the cluster's own certificate in hex, in place of `ca_certs`.
        verify_certs: whether the cluster's certificate is checked.
        timeout_seconds: longest wait for one answer (a database's lock, a server's reply).
        index_prefix: what the names of daily indices begin with.
        files_index: the index of file documents.
        chunk_lines: most lines written at once.
        chunk_bytes: most bytes sent to the cluster at once; at most the server's `http.max_content_length`.
    """

    url: str = "sqlite:///log-processor-data/log-processor.sqlite"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca_certs: str | None = None
    fingerprint: str | None = None
    verify_certs: bool = True
    timeout_seconds: float = 30
    index_prefix: str = "logstash-"
    files_index: str = "anomaly-files"
    chunk_lines: int = 3000
    chunk_bytes: int = 5 * 1024 * 1024

    def lines_index(self, day: date) -> str:
        """Return the daily index of the lines of builds of a day."""
        return f"{self.index_prefix}{day:%Y.%m.%d}"
