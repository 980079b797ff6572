"""Logstash as the store: JSON lines over TCP, in the flat form that the ancestor sent.

Nothing can be read back or deleted, and TCP acknowledges no line: what Logstash loses after it has read it is lost,
and a file that is sent twice, as one is whose baseline does not fit, is indexed twice unless Logstash's output sets
the document's id.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from log_processor.document import FileDocument, LineColumns, LineDocument, LogFile
from log_processor.document_json import LineSources
from log_processor.errors import StoreUnavailable
from log_processor.stores.chunks import chunks
from log_processor.stores.contract import Reject


class LogstashStore:
    """Sends each file's lines over a connection of its own to Logstash's `tcp` input with the codec `json_lines`.

    After the last line our side of the connection is closed, and Logstash closes its own once it has read everything:
    that is the only acknowledgement there is, and `write` waits for it.
    """

    def __init__(self, host: str, port: int, timeout_seconds: float, chunk_lines: int) -> None:
        self._host = host
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._chunk_lines = chunk_lines

    def prepare(self) -> None:
        """Do nothing: the fields are Logstash's to map."""

    def file(self, build_uuid: str, filename: str) -> None:
        """Return None: what was sent cannot be read back."""

    def put_file(self, document: FileDocument) -> None:
        """Do nothing: Logstash's filters know lines, and no other kind of document."""

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:  # noqa: ARG002 - the same
        """Send the lines of a file; none is ever rejected."""
        event = LineSources(file).event
        sent = 0
        with self._connected() as peer:
            for chunk in chunks(lines, self._chunk_lines):
                with self._errors():
                    peer.sendall(event.all(LineColumns.of(chunk)))
                sent += len(chunk)
            with self._errors():
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass  # whatever it says, it is no answer
        return sent

    def forget_after(self, file: LogFile, last_line: int) -> int:  # noqa: ARG002 - the protocol's signature
        """Return 0: what was sent cannot be deleted."""
        return 0

    def ready(self) -> None:
        """Raise `StoreUnavailable` unless Logstash accepts a connection."""
        self._connected().close()

    def close(self) -> None:
        """Do nothing: no connection outlives its file."""

    def _connected(self) -> socket.socket:
        with self._errors():
            # The time limit also holds for every later step.
            return socket.create_connection((self._host, self._port), timeout=self._timeout_seconds)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        name = f"Logstash at {self._host}:{self._port}"
        try:
            yield
        except TimeoutError as error:
            raise StoreUnavailable(
                f"{name} took nothing, or did not end the connection, for {self._timeout_seconds:g} s: "
                "see whether its outputs are stuck and whether a tcp input listens there"
            ) from error
        except OSError as error:
            raise StoreUnavailable(
                f"{name}: {error}: check store.url and that its tcp input is up"
            ) from error
