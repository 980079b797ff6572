"""The bytes of one log file as they are stored or sent: from a disk, or over HTTP, resumed where they break off."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from ssl import SSLError
from typing import Protocol

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from log_processor.errors import FetchUnavailable, JobError, Outcome
from log_processor.fetch.patience import Patience

PASSING = frozenset({407, 408, 425, 429})
"""Statuses below 500 that say something about the moment, or about a proxy, and nothing about the file."""

NETWORK_ERRORS = (HTTPError, HTTPException, OSError, ValueError)
"""What a connection may raise; all that requests raises is an OSError."""

_CHUNK = 64 * 1024
_RESUMES = 5
"""Tries in a row to go on after a cut, none of which brought a byte; they take 15 seconds and the time-outs."""

_SAME = ("ETag", "Last-Modified", "Content-Encoding")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")
_CONTENT_LENGTH = re.compile(r"\d{1,18}")


class Response(Protocol):
    """What of a response, as requests gives it, is used here."""

    status_code: int
    url: str
    raw: BaseHTTPResponse

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, whatever its case."""

    def close(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""


class Source(Protocol):
    """A file's bytes as they are stored or sent."""

    @property
    def last_modified(self) -> datetime | None:
        """When the file changed last; aware, UTC."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes in chunks of at most 64 KiB.

        Raises:
            JobError: `TOO_SLOW`.
            FetchUnavailable: the file broke off for good, or changed while it was read.
        """

    def close(self) -> None:
        """Give back what is held open."""


class MissingError(Exception):
    """The file is not there, or not yet."""

    def __init__(self, reason: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.outcome = outcome


class FileSource:
    """A local file, up to the length it had when it was opened."""

    def __init__(self, path: str, patience: Patience) -> None:
        """Open a file by its real path.

        Raises:
            MissingError: it is not there.
            JobError: `REFUSED`: not a regular file. `FETCH_FAILED`: it may not be read.
            FetchUnavailable: its disk is away.
        """
        self._patience = patience
        try:
            # Symbolic links were resolved before the path was checked; a pipe must not hold us up.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise MissingError("there is no such file", Outcome.NOT_FOUND) from None
        except OSError as error:
            raise _unreadable(error) from None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise JobError("not a regular file", Outcome.REFUSED)
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        self._left = status.st_size
        self.last_modified = _utc(status.st_mtime)

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            self._patience.left()
            try:
                chunk = self._file.read(min(_CHUNK, self._left))
            except OSError as error:
                raise FetchUnavailable(f"cannot be read: {error.strerror}") from None
            if not chunk:
                raise FetchUnavailable("the file became shorter while it was read")
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _CutError(FetchUnavailable):
    """A response broke off, or did not come; a further one may go on."""


class HttpSource:
    """A response's body as it is sent; where it breaks off, a further response goes on.

    Attributes:
        url: what it answers.
        headers: of the first response.
        last_modified: see `Source`.
    """

    def __init__(
        self,
        response: Response,
        get: Callable[[Mapping[str, str]], Response],
        sleep: Callable[[float], None],
    ) -> None:
        self._response = response
        self._get = get
        self._sleep = sleep
        self._received = 0
        self.url = response.url
        self.headers = response.headers
        self._length = _length(response.headers)
        self.last_modified = _utc(_seconds(response.headers.get("Last-Modified", "")))

    def __iter__(self) -> Iterator[bytes]:
        fruitless = 0
        while True:
            before = self._received
            try:
                if fruitless:
                    self._resume()
                yield from self._sent()
            except _CutError:
                fruitless = 1 if self._received > before else fruitless + 1
                if fruitless > _RESUMES:
                    raise
                self._sleep(2**fruitless / 4)
            else:
                return

    def close(self) -> None:
        """Close the response."""
        self._response.close()

    def _sent(self) -> Iterator[bytes]:
        """Yield what the present response brings."""
        while True:
            try:
                # What has come so far, so that nothing of it is lost to a cut right after it.
                chunk = self._response.raw.read1(_CHUNK, decode_content=False)
            except NETWORK_ERRORS as error:
                raise _CutError(f"cut off after {self._received} bytes ({cause(error)})") from None
            if not chunk:
                break
            self._received += len(chunk)
            yield chunk
        if self._length not in {None, self._received}:  # a part may be shorter than was asked for
            raise _CutError(f"{self._received} bytes came of {self._length}")

    def _resume(self) -> None:
        """Ask for the rest of the same version of the file."""
        self._response.close()
        version = _version(self.headers)
        if version is None:
            raise FetchUnavailable(
                f"cut off after {self._received} bytes; the server gives no ETag or date to resume by"
            )
        try:
            self._response = self._get({"Range": f"bytes={self._received}-", "If-Range": version})
        except FetchUnavailable as error:
            raise _CutError(f"cut off after {self._received} bytes, then {error}") from None
        code = self._response.status_code
        if code in PASSING or code >= 500:
            raise _CutError(f"cut off after {self._received} bytes, then the server answered {code}")
        if not self._continues():
            raise FetchUnavailable(
                f"cut off after {self._received} bytes, and not resumed: the file changed, or its server does not "
                f"send parts (it answered {code})"
            )

    def _continues(self) -> bool:
        """Whether the response begins where the last one broke off, in the same version and encoding."""
        first, now = self.headers, self._response.headers
        part = _CONTENT_RANGE.fullmatch(now.get("Content-Range", ""))
        if self._response.status_code != 206 or part is None or int(part[1]) != self._received:
            return False
        if self._length is not None and part[2] not in {str(self._length), "*"}:
            return False
        if "ETag" not in first and now.get("Content-Encoding") != first.get("Content-Encoding"):
            return False  # a date does not tell a compressed version from a plain one, an ETag does
        return all(now.get(name, first.get(name)) == first.get(name) for name in _SAME)


def _unreadable(error: OSError) -> Exception:
    if error.errno in {errno.ELOOP, errno.ENXIO}:
        return JobError("not a regular file", Outcome.REFUSED)
    if error.errno in {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}:
        return JobError(f"cannot be opened: {error.strerror}", Outcome.FETCH_FAILED)
    return FetchUnavailable(f"cannot be opened: {error.strerror}")


def _version(headers: Mapping[str, str]) -> str | None:
    """What `If-Range` may say: the ETag, unless it is weak and promises no equal bytes; without one, the date."""
    etag = headers.get("ETag")
    if etag is None:
        return headers.get("Last-Modified")
    return None if etag.startswith("W/") else etag


def _length(headers: Mapping[str, str]) -> int | None:
    """The bytes of the whole body, if its server says so."""
    length = headers.get("Content-Length", "")
    known = "Transfer-Encoding" not in headers and _CONTENT_LENGTH.fullmatch(length)
    return int(length) if known else None


def _seconds(date: str) -> float | None:
    """The seconds since 1970 of an HTTP date, if it is one."""
    try:
        parsed = parsedate_to_datetime(date)
        return parsed.replace(tzinfo=parsed.tzinfo or timezone.utc).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _utc(seconds: float | None) -> datetime | None:
    """A time since 1970, unless it lies outside of the calendar."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def cause(error: BaseException) -> str:
    """Put the innermost reason in words; those around it, and any that quotes its input, may show the query."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    name = type(error).__name__
    quotes = isinstance(error, ValueError) and not isinstance(error, SSLError)
    return name if quotes else f"{name}: {error}"[:200]
