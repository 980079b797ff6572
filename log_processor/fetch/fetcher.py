"""Fetches one log file: URL -> chunks of plain bytes, in bounded memory and time.

```
open(url) -> allowed? -> there yet? -> raw bytes, resumed where they break off -> decompressed -> Body
```
Each end has a name: `JobError` where another try would end alike, `FetchUnavailable` where it may not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager

from log_processor.errors import ConfigError, FetchUnavailable, JobError, Outcome
from log_processor.fetch.allow import Address, Admission, AllowList, parse
from log_processor.fetch.decompress import decompressed, limited
from log_processor.fetch.patience import Patience, PatientResponse
from log_processor.fetch.settings import FetchSettings, LimitError
from log_processor.fetch.transfer import (
    NETWORK_ERRORS,
    PASSING,
    FileSource,
    HttpSource,
    MissingError,
    Source,
    cause,
)

_LOG = logging.getLogger(__name__)
_FIRST_DELAY = 1.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATE = {
    404: Outcome.NOT_FOUND,
    403: Outcome.FETCH_FAILED,  # object stores say so of a missing key to whoever may not list keys
}


@dataclass(frozen=True)
class Body:
    """A log file that is there; its bytes come while it is iterated over, once.

    Attributes:
        last_modified: when the file changed last, as its server or file system says; aware, UTC.
    """

    last_modified: datetime | None
    _chunks: Iterator[bytes]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the file's decompressed bytes in non-empty chunks of 256 KiB at most.

        Raises:
            JobError: `TOO_LARGE`, `TOO_SLOW` or `CORRUPT`; what was yielded before stands.
            FetchUnavailable: the file broke off, or changed while it was read; all of it has to be read again.
        """
        return self._chunks


@dataclass(frozen=True)
class Sent:
    """A file that a web server has; its bytes come as they are sent while it is iterated over, once.

    Attributes:
        url: where it was found, behind all redirects.
        content_encoding: how the server says that it is compressed; may be empty.
    """

    url: str
    content_encoding: str
    _chunks: Iterator[bytes]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes in non-empty chunks of 64 KiB at most.

        Raises:
            JobError: `TOO_LARGE` or `TOO_SLOW`; what was yielded before stands.
            FetchUnavailable: the file broke off, or changed while it was read.
        """
        return self._chunks


class Fetcher:
    """Opens log files by URL, one at a time, from one thread; keeps connections alive in between."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        allowed: Admission | None = None,
        authorization: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Args:
            settings: limits.
            allowed: says what may be read; None: the prefixes of `settings.allow` do.
            authorization: what to send as `Authorization`, by origin (`https://host[:port]`); a redirect takes it
                nowhere else.
            sleep: waits for some seconds.
            monotonic: seconds from any start.

        Raises:
            ConfigError: `allow` holds something else than URL prefixes, or `ca_certs` is no file.
        """
        if settings.ca_certs is not None and not Path(settings.ca_certs).is_file():
            raise ConfigError(f"fetch.ca_certs: there is no file {settings.ca_certs}")
        self._settings = settings
        self._sleep = sleep
        self._monotonic = monotonic
        self._allowed = AllowList(settings.allow) if allowed is None else allowed
        self._configured = allowed is None  # by a person, whom the names of settings tell something
        self._authorization = dict(authorization or {})
        self._patience = Patience(settings.total_seconds, monotonic)
        self._session = _session(self._patience)

    @contextmanager
    def open(self, url: str) -> Iterator[Body]:
        """Find the file, waiting for it if it is late, and read nothing of it yet.

        Raises:
            JobError: `REFUSED`: not covered by `allow`, or not a regular file. `NOT_FOUND`: not there after
                `late_seconds`. `FETCH_FAILED`: the server refused. `TOO_SLOW`.
            FetchUnavailable: the server is away, overloaded or not to be trusted.
        """
        with self._naming(url):
            source = self._arrived(self._allowed.admitted(url))
        self._patience.pause()
        settings = self._settings
        chunks = decompressed(source, max_bytes=settings.max_bytes, max_ratio=settings.max_ratio)
        with closing(source):
            yield Body(source.last_modified, self._read(chunks, url))

    @contextmanager
    def sent(self, url: str) -> Iterator[Sent]:
        """Do as `open`, over HTTP only, and take no compression off.

        Raises:
            JobError: as `open`.
            FetchUnavailable: as `open`.
        """
        with self._naming(url):
            source = self._arrived(self._allowed.admitted(url))
            if not isinstance(source, HttpSource):
                source.close()
                raise JobError("no web server has it", Outcome.REFUSED)
        self._patience.pause()
        encoding = source.headers.get("Content-Encoding", "")
        with closing(source):
            yield Sent(source.url, encoding, self._read(limited(source, self._settings.max_bytes), url))

    def close(self) -> None:
        """Close the connections kept alive."""
        self._session.close()

    def _read(self, chunks: Iterator[bytes], url: str) -> Iterator[bytes]:
        self._patience.resume()
        with self._naming(url):
            for chunk in chunks:
                self._patience.pause()
                yield chunk
                self._patience.resume()

    @contextmanager
    def _naming(self, url: str) -> Iterator[None]:
        """Say in front of an error which file it is about, and behind it which setting is a limit that was passed."""
        try:
            yield
        except JobError as error:
            setting = isinstance(error, LimitError) and self._configured and f" (fetch.{error.setting})"
            raise JobError(f"{_shown(url)}: {error}{setting or ''}", error.outcome) from error.__cause__
        except FetchUnavailable as error:
            raise FetchUnavailable(f"{_shown(url)}: {error}") from None

    def _arrived(self, address: Address) -> Source:
        """Wait for a file whose upload may still go on: 1, 2, 4, ... seconds between two looks."""
        give_up = self._monotonic() + self._settings.late_seconds
        delay = _FIRST_DELAY
        while True:
            self._patience.restart()
            try:
                return self._located(address)
            except MissingError as missing:
                if not self._settings.late_seconds:
                    raise JobError(str(missing), missing.outcome) from None
                left = give_up - self._monotonic()
                if left <= 0:
                    waited = f"waited for {self._settings.late_seconds:g} s (fetch.late_seconds)"
                    raise JobError(f"{missing}; {waited}", missing.outcome) from None
                if delay == _FIRST_DELAY:
                    _LOG.info("waiting up to %g s for %s: %s", left, address, missing)
            self._sleep(min(delay, left))
            delay *= 2

    def _located(self, address: Address) -> Source:
        if address.scheme == "file":
            return FileSource(address.file, self._patience)
        for _ in range(self._settings.max_redirects + 1):
            response = self._get(address.url, {})
            if response.status_code == 200:
                return HttpSource(response, partial(self._get, address.url), self._sleep)
            with closing(response):
                address = self._redirected(address, _judged(response))
        raise JobError(f"more than {self._settings.max_redirects} redirects", Outcome.FETCH_FAILED)

    def _redirected(self, address: Address, location: str) -> Address:
        try:
            target = urljoin(address.url, location)
        except ValueError:
            raise JobError("a redirect to a malformed URL", Outcome.REFUSED) from None
        try:
            hop = self._allowed.admitted(target)
        except JobError as error:
            raise JobError(f"a redirect to {_shown(target)}: {error}", error.outcome) from None
        if hop.scheme == "file":
            raise JobError("a redirect from the network to a local file", Outcome.REFUSED)
        return hop

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """Send one request; follow nothing; leave the body unread."""
        settings = self._settings
        authorization = self._authorization.get(parse(url).origin)
        try:
            return self._session.get(
                url,
                headers={**headers, "Authorization": authorization} if authorization else headers,
                stream=True,
                timeout=(settings.connect_seconds, settings.read_seconds),
                verify=settings.ca_certs or True,
            )
        except NETWORK_ERRORS as error:
            why = cause(error)
            if "CERTIFICATE_VERIFY_FAILED" in why:
                why += "; if the server is to be trusted, name its authority's certificate file in fetch.ca_certs or REQUESTS_CA_BUNDLE"
            # Without the chain: the outer errors' messages hold the URL, query and all.
            raise FetchUnavailable(f"no answer ({why})") from None


class _Session(requests.Session):
    """Follows nothing: before it hands out a redirect, requests would read all of its body into memory."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - the name is requests' own
        return None


class _Adapter(HTTPAdapter):
    """Connections, direct and through proxies, whose responses are patient but not for ever."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().init_poolmanager(*args, **kwargs)
        self._equip(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> PoolManager:  # noqa: ANN401 - handed on
        manager: PoolManager = super().proxy_manager_for(*args, **kwargs)
        self._equip(manager)
        return manager

    def _equip(self, manager: PoolManager) -> None:
        response = staticmethod(partial(PatientResponse, patience=self._patience))
        manager.pool_classes_by_scheme = {
            scheme: type("Pool", (pool,), {"ConnectionCls": connection})
            for scheme, pool in (("http", HTTPConnectionPool), ("https", HTTPSConnectionPool))
            for connection in (type("Connection", (pool.ConnectionCls,), {"response_class": response}),)
        }


def _session(patience: Patience) -> requests.Session:
    """A session that takes proxies and certificates from the environment, and nothing that says who we are."""
    session = _Session()
    session.auth = lambda request: request  # without one, requests would look for a password in ~/.netrc
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers = {"User-Agent": "log-processor", "Accept": "*/*", "Accept-Encoding": "gzip"}
    session.mount("http://", _Adapter(patience))
    session.mount("https://", _Adapter(patience))
    # Its messages hold whole URLs, and a query may hold a signature.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    return session


def _judged(response: requests.Response) -> str:
    """Return where an answer that is not the file leads to, or raise what it means."""
    code = response.status_code
    location = response.headers.get("Location")
    if code in _REDIRECTS and location:
        return location.encode("latin-1").decode("utf-8", "replace")
    said = f"the server answered {code}"
    if code in _LATE:
        raise MissingError(said, _LATE[code])
    if 400 <= code < 500 and code not in PASSING:
        raise JobError(said, Outcome.FETCH_FAILED)
    raise FetchUnavailable(said)


def _shown(url: str) -> str:
    try:
        return str(parse(url))
    except ValueError:
        return "source_url"
