"""Where jobs come from: one gearman server, either gearmand or the small one inside this process.

`gear` gives the packets, their names and the embedded server. Its `Worker` and `Client` are not used: they
reconnect on the same object behind the caller's back, so that an acknowledgement can go out on a connection
that never gave the job, and they leave no place for TCP_NODELAY, a connect timeout or a confirmed answer.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import gear
from gear import constants

from log_processor.errors import ConfigError, SourceLost, Unavailable
from log_processor.job import FUNCTION

_LOG = logging.getLogger(__name__)
_LOOPBACK = "127.0.0.1"
_HEADER = struct.Struct("!4sii")
"""Magic, kind and size of the data: what each packet begins with."""

_UNIQUE_BYTES = 63
"""The longest `unique` that gearmand keeps whole: it takes one of 64, and then puts a NUL before the payload."""

_PACKET_BYTES = 16 * 2**20
"""What is kept of one packet. A job is some 2 kB; the rest of a monstrous one is read and thrown away, so that
it fails to decode and is dead-lettered, instead of filling the memory of one worker after the other."""

_CHUNK_BYTES = 64 * 2**10
_STOP_CHECK_SECONDS = 0.1
_SUBMIT_RETRY_SECONDS = 0.1
_SHORTEST_SECONDS = 0.001
"""A socket's timeout of 0 would mean not to wait at all, and a negative one is an error."""


class Delivery(Protocol):
    """A job in hand: acknowledged once, or given out again by the server."""

    @property
    def payload(self) -> bytes:
        """What the submitter sent."""

    @property
    def handle(self) -> str:
        """The server's name for the job, for log messages; a restarted server gives the same ones again."""

    def ack(self) -> None:
        """Complete the job; returns after the server has confirmed it.

        Raises:
            SourceLost: the connection that gave the job is gone, or the server does not count the job as ours
                any more. It comes again, unless it was only the confirmation that got lost.
        """


class GearmanSource:
    """The jobs of one gearman function, one in hand at a time.

    Iterating blocks until a job comes, outlives restarts of the server, and ends after `stop`. Asking for the
    next job while one is not acknowledged gives that one back, by closing the connection: gearmand hands it
    to the next worker, gear's own server loses it.

    Args:
        host: name or address of the server.
        port: its TCP port.
        function: the gearman function to work for.
        client_id: what the server's list of workers shows; by default host name and process id.
        timeout_seconds: the longest wait for a connection, and for an answer.
        retry_seconds: the pause before the next try to connect.

    Raises:
        ValueError: `function` or `client_id` is empty or holds a NUL.
    """

    def __init__(  # noqa: PLR0913 - an address, and four that have defaults
        self,
        host: str,
        port: int,
        function: str = FUNCTION,
        client_id: str | None = None,
        *,
        timeout_seconds: float = 10.0,
        retry_seconds: float = 2.0,
    ) -> None:
        self._address = (host, port)
        self._timeout_seconds = timeout_seconds
        self._retry_seconds = retry_seconds
        if client_id is None:
            client_id = f"{socket.gethostname()}-{os.getpid()}"
        self._greeting = (
            _request(constants.SET_CLIENT_ID, _argument("client_id", client_id)),
            _request(constants.CAN_DO, _argument("function", function)),
        )
        self._stopping = threading.Event()
        self._connection: _Connection | None = None
        self._in_hand: _GearmanDelivery | None = None
        self._reported: str | None = None

    def __iter__(self) -> Iterator[Delivery]:
        """Return itself: there is one job in hand, however many iterate."""
        return self

    def __next__(self) -> Delivery:
        """Wait for the next job; end after `stop`."""
        if self._in_hand is not None and not self._in_hand.acknowledged:
            self._disconnect()
        self._in_hand = None
        while not self._stopping.is_set():
            try:
                self._in_hand = self._grab()
            except OSError as error:
                self._disconnect()
                self._report(str(error))
                self._stopping.wait(self._retry_seconds)
            if self._in_hand is not None:
                return self._in_hand
        # A connection that stays asleep would go on being woken for jobs that it does not take.
        self._disconnect()
        raise StopIteration

    def stop(self) -> None:
        """End the iteration after the job in hand, or at once when there is none. Any thread may call it.

        Only a question to the server that is under way is waited for, as long as `timeout_seconds`.
        """
        self._stopping.set()

    def close(self) -> None:
        """End the iteration and close the connection; a job in hand goes back. Any thread may call it."""
        self.stop()
        self._disconnect()

    def connected(self) -> bool:
        """Return whether the server was there at the last exchange with it."""
        return self._connection is not None

    def _grab(self) -> _GearmanDelivery | None:
        """Take a job; when there is none, sleep until the server has one and return None."""
        connection = self._connection or self._connect()
        answer = connection.ask(
            _request(constants.GRAB_JOB_UNIQ), expected=(constants.JOB_ASSIGN_UNIQ, constants.NO_JOB)
        )
        if self._reported is not None:
            _LOG.info("the gearman server %s:%d is back", *self._address)
            self._reported = None
        if answer.kind == constants.NO_JOB:
            connection.sleep(self._stopping)
            return None
        handle, _function, _unique, payload = answer.arguments(4)
        return _GearmanDelivery(payload, _text(handle), connection)

    def _connect(self) -> _Connection:
        connection = _Connection(self._address, self._timeout_seconds)
        self._connection = connection
        connection.tell(*self._greeting)
        return connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _report(self, reason: str) -> None:
        """Warn of a lost server when it is lost, not at each try to find it again."""
        if reason != self._reported and not self._stopping.is_set():
            _LOG.warning("no gearman server at %s:%d: %s; trying again", *self._address, reason)
            self._reported = reason


@dataclass
class _GearmanDelivery:
    """A job together with the one connection that it may be acknowledged on."""

    payload: bytes
    handle: str
    _connection: _Connection = field(repr=False)
    acknowledged: bool = False

    def ack(self) -> None:
        if self.acknowledged:
            raise RuntimeError(f"the job {self.handle} is acknowledged already")
        handle = _bytes(self.handle)
        try:
            # WORK_COMPLETE has no answer. The server handles packets in their order, so its answer to the
            # second question says that it handled the first; a job that is not ours is answered by an ERROR.
            self._connection.ask(
                _request(constants.WORK_COMPLETE, handle, b""),
                _request(constants.GET_STATUS, handle),
                expected=(constants.STATUS_RES,),
            )
        except OSError as error:
            self._connection.close()
            raise SourceLost(f"the gearman server did not confirm the job {self.handle}: {error}") from error
        self.acknowledged = True


class GearmanSubmitter:
    """Puts background jobs into a gearman server; connects when it is used, and again when it has to.

    Args:
        host: name or address of the server.
        port: its TCP port.
        function: the gearman function to submit to.
        timeout_seconds: how long one `submit` tries.

    Raises:
        ValueError: `function` is empty or holds a NUL.
    """

    def __init__(
        self, host: str, port: int, function: str = FUNCTION, *, timeout_seconds: float = 30.0
    ) -> None:
        self._address = (host, port)
        self._function = _argument("function", function)
        self._timeout_seconds = timeout_seconds
        self._connection: _Connection | None = None

    def submit(self, payload: bytes, unique: str) -> str:
        """Queue a job and return its handle.

        gearmand makes one job of all unfinished ones with the same `unique`; gear's own server does not. When
        the connection breaks before the answer the job is sent again, so it may be queued twice.

        Raises:
            ValueError: `unique` is empty, longer than 63 bytes or holds a NUL.
            Unavailable: no server took the job within the time allowed.
        """
        arguments = (self._function, _argument("unique", unique, _UNIQUE_BYTES), payload)
        request = _request(constants.SUBMIT_JOB_BG, *arguments)
        deadline = time.monotonic() + self._timeout_seconds
        host, port = self._address
        reported = False
        while True:
            try:
                return self._try_to_submit(request, deadline - time.monotonic())
            except OSError as error:
                self.close()
                if time.monotonic() + _SUBMIT_RETRY_SECONDS >= deadline:
                    raise Unavailable(
                        f"the gearman server {host}:{port} took no job within {self._timeout_seconds:g} s: {error}; "
                        "check that it runs, and that the address is right"
                    ) from error
                if not reported:
                    seconds = self._timeout_seconds
                    _LOG.warning("the gearman server %s:%d: %s; trying for %g s", host, port, error, seconds)
                    reported = True
            time.sleep(_SUBMIT_RETRY_SECONDS)

    def close(self) -> None:
        """Close the connection; what was submitted stays queued."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _try_to_submit(self, request: bytes, seconds: float) -> str:
        connection = self._connection
        if connection is None:
            connection = self._connection = _Connection(self._address, seconds)
        connection.limit(seconds)
        return _text(connection.ask(request, expected=(constants.JOB_CREATED,)).data)


class EmbeddedServer:
    """gear's own server, in threads of this process, on loopback.

    Its queue is in memory and ends with it; a job whose worker goes away is lost.

    Args:
        port: the TCP port to listen on; 0 lets the system choose.

    Raises:
        ConfigError: the port cannot be listened on.
    """

    host = _LOOPBACK

    def __init__(self, port: int = 0) -> None:
        try:
            self._server = gear.Server(port, host=self.host)
        except Exception as error:
            raise ConfigError(
                f"the embedded gearman server cannot listen on {self.host}:{port}: {error}; "
                "choose another port, or end the program that has this one"
            ) from error
        self.port: int = self._server.port

    def close(self) -> None:
        """Stop listening and close every connection; jobs still queued are gone."""
        self._server.shutdown()
        self._server.poll.close()  # gear forgets this one


class _Packet(NamedTuple):
    kind: int
    data: bytes

    def arguments(self, count: int) -> list[bytes]:
        """Split the data; only the last argument may hold NULs."""
        arguments = self.data.split(b"\0", count - 1)
        if len(arguments) != count:
            raise ConnectionError(f"the server sent a broken {self}")
        return arguments

    def __str__(self) -> str:
        name = constants.types.get(self.kind, self.kind)
        return " ".join([str(name), *_text(self.data[:200]).split("\0")])


class _Connection:
    """One TCP connection to a gearman server, from connect to close; never opened again.

    Every failure, also a refusal or an answer that makes no sense, is an OSError and leaves the connection fit
    only to be closed. The methods may be called from several threads; `close` waits for the others.
    """

    def __init__(self, address: tuple[str, int], seconds: float) -> None:
        self._lock = threading.Lock()
        try:
            self._socket = socket.create_connection(address, max(seconds, _SHORTEST_SECONDS))
        except (UnicodeError, OverflowError) as error:  # a name or a number that no address can have
            raise ConnectionError(str(error)) from error
        # Otherwise a second small packet waits some 40 ms for the receipt of the first.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A sleeping worker sends nothing, so it would never learn that the server's host is gone.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):  # not on macOS, where the system's two hours stay
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6)

    def limit(self, seconds: float) -> None:
        """Set how long each later step may take."""
        self._socket.settimeout(max(seconds, _SHORTEST_SECONDS))

    def tell(self, *requests: bytes) -> None:
        """Send requests that have no answer."""
        with self._lock:
            self._socket.sendall(b"".join(requests))

    def ask(self, *requests: bytes, expected: tuple[int, ...]) -> _Packet:
        """Send requests, of which the last has an answer, and return that."""
        with self._lock:
            self._socket.sendall(b"".join(requests))
            answer = self._receive()
            while answer.kind == constants.NOOP:  # was on its way when the question was asked
                answer = self._receive()
        return _checked(answer, expected)

    def sleep(self, stopping: threading.Event) -> None:
        """Wait until the server has a job for us, or `stopping` is set."""
        with self._lock:
            self._socket.sendall(_request(constants.PRE_SLEEP))
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            while not poll.poll(_STOP_CHECK_SECONDS * 1000):
                if stopping.is_set():
                    return
            _checked(self._receive(), (constants.NOOP,))

    def close(self) -> None:
        """Close the connection; the server takes back the job that it gave, if it keeps such jobs."""
        with self._lock:
            self._socket.close()

    def _receive(self) -> _Packet:
        magic, kind, size = _HEADER.unpack(self._read(_HEADER.size))
        if magic != constants.RES or size < 0:
            raise ConnectionError("what answers is not a gearman server")
        return _Packet(kind, self._read(size))

    def _read(self, size: int) -> bytes:
        """Read exactly `size` bytes; return them, or as many as are kept of one packet."""
        kept = bytearray()
        while size:
            chunk = self._socket.recv(min(size, _CHUNK_BYTES))
            if not chunk:
                raise ConnectionError("the server closed the connection")
            size -= len(chunk)
            kept += chunk[: _PACKET_BYTES - len(kept)]
        return bytes(kept)


def _checked(packet: _Packet, expected: tuple[int, ...]) -> _Packet:
    if packet.kind not in expected:
        raise ConnectionError(f"the server answered {packet}")
    return packet


def _request(kind: int, *arguments: bytes) -> bytes:
    return bytes(gear.Packet(constants.REQ, kind, b"\0".join(arguments)).toBinary())


def _argument(name: str, value: str, longest: int | None = None) -> bytes:
    """Encode an argument that is not the last of its packet, and so must not hold the separator."""
    encoded = _bytes(value)
    if not encoded or b"\0" in encoded:
        raise ValueError(f"{name} must not be empty nor hold a NUL: {value!r}")
    if longest is not None and len(encoded) > longest:
        raise ValueError(f"{name} has {len(encoded)} bytes, at most {longest} are possible: {value!r}")
    return encoded


def _text(encoded: bytes) -> str:
    return encoded.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
