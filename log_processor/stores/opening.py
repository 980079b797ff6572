"""The choice of a store by its URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from log_processor.errors import ConfigError
from log_processor.stores.contract import Reader, Store
from log_processor.stores.settings import StoreSettings

SQLITE_PREFIX = "sqlite:///"
LOGSTASH_SCHEME = "logstash+tcp"
ELASTIC_SCHEMES = ("http", "https")


# The stores are imported where they are chosen: a command pays for the client library that it uses.


def open_store(settings: StoreSettings) -> Store:
    """Return the store that the URL names; nothing is connected or created before its first method is called.

    Raises:
        ConfigError: the URL names no store.
    """
    scheme = settings.url.partition("://")[0]
    if settings.url.startswith(SQLITE_PREFIX):
        from log_processor.stores.sqlite_store import SqliteStore  # noqa: PLC0415 - see above

        return SqliteStore(_database(settings.url), settings.timeout_seconds, settings.chunk_lines)
    if scheme in ELASTIC_SCHEMES:
        from log_processor.stores.elastic_store import ElasticStore  # noqa: PLC0415 - see above

        return ElasticStore(settings)
    if scheme == LOGSTASH_SCHEME:
        from log_processor.stores.logstash_store import LogstashStore  # noqa: PLC0415 - see above

        return LogstashStore(*_address(settings.url), settings.timeout_seconds, settings.chunk_lines)
    raise _unknown(settings.url)


def open_reader(settings: StoreSettings) -> Reader:
    """Return the reading side of the store that the URL names; it creates nothing.

    Raises:
        ConfigError: the URL names no store, or one that can only be written.
    """
    scheme = settings.url.partition("://")[0]
    if settings.url.startswith(SQLITE_PREFIX):
        from log_processor.stores.sqlite_reader import SqliteReader  # noqa: PLC0415 - see above

        return SqliteReader(_database(settings.url), settings.timeout_seconds)
    if scheme in ELASTIC_SCHEMES:
        from log_processor.stores.elastic_reader import ElasticReader  # noqa: PLC0415 - see above

        return ElasticReader(settings)
    if scheme == LOGSTASH_SCHEME:
        raise ConfigError(
            f"store.url {settings.url!r}: Logstash can only be written; name the Elasticsearch or OpenSearch that "
            "it writes to"
        )
    raise _unknown(settings.url)


def _database(url: str) -> Path:
    path = url[len(SQLITE_PREFIX) :]
    if not path:
        raise _unknown(url)
    return Path(path)


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # half a bracket; a port that is no number, or too large a one
        host, port = None, None
    if not host or not port:
        raise ConfigError(f"store.url {url!r}: Logstash's address is {LOGSTASH_SCHEME}://host:port")
    return host, port


def _unknown(url: str) -> ConfigError:
    # The rest of an unknown URL may hold a password.
    return ConfigError(
        f"store.url begins with {url.partition('://')[0]!r} and names no store: expected sqlite:///path, "
        f"http(s)://host:port or {LOGSTASH_SCHEME}://host:port"
    )
