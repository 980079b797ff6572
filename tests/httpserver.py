"""A real HTTP server on loopback whose answers a test scripts, byte for byte where it matters."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]
ETAG = '"one"'


class Handler(BaseHTTPRequestHandler):
    """Gives the answers that the test put down for a path, the last one again and again."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers))
        answers = self.server.answers.get(self.path.partition("?")[0], [status(404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            answer(self)
        except OSError:
            self.close_connection = True  # the client has heard enough

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
        """Stay silent."""

    def begin(self, code: int, headers: dict[str, str]) -> None:
        """Send the head of a response."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def break_off(self) -> None:
        """Cut the connection, with all that was written sent."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


class Server(ThreadingHTTPServer):
    """What is served, and what was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[tuple[str, Message]] = []
        self.connections = 0
        self.scheme = "http"

    def url(self, path: str = "") -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}{path}"

    def put(self, path: str, *answers: Answer) -> str:
        """Script the answers for a path; return its URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def asked(self, header: str) -> list[str | None]:
        """What each request so far said under a header."""
        return [headers.get(header) for _, headers in self.requests]

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave clients that went away alone."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server() as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:  # a test that fails leaves no thread behind, which would keep the whole run from ending
            server.shutdown()
            thread.join()


def content(body: bytes, **headers: str) -> Answer:
    """All of a body, with its length."""

    def answer(handler: Handler) -> None:
        handler.begin(200, {"Content-Length": str(len(body)), **dashed(headers)})
        handler.wfile.write(body)

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without the file."""

    def answer(handler: Handler) -> None:
        handler.begin(code, {"Content-Length": "2", **dashed(headers)})
        handler.wfile.write(b"no")

    return answer


def redirect(location: str, code: int = 302) -> Answer:
    return status(code, location=location)


def cut(body: bytes, sent: int, **headers: str) -> Answer:
    """A body that is announced whole and breaks off after some bytes."""

    def answer(handler: Handler) -> None:
        handler.begin(200, {"Content-Length": str(len(body)), **dashed(headers)})
        handler.wfile.write(body[:sent])
        handler.break_off()

    return answer


def ranged(body: bytes, etag: str = ETAG, limit: int | None = None, **headers: str) -> Answer:
    """The asked part of a body, as a server that knows ranges sends it; of each at most `limit` bytes arrive."""

    def answer(handler: Handler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and handler.headers.get("If-Range") == etag else 0
        part = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        head = {"ETag": etag, "Content-Length": str(len(body) - start), **part, **dashed(headers)}
        handler.begin(206 if start else 200, head)
        handler.wfile.write(body[start:][:limit])
        if limit is not None and limit < len(body) - start:
            handler.break_off()

    return answer


def chunked(pieces: Iterable[bytes], end: bytes = b"0\r\n\r\n", **headers: str) -> Answer:
    """A body in chunked encoding; an `end` of nothing is a broken one."""

    def answer(handler: Handler) -> None:
        handler.begin(200, {"Transfer-Encoding": "chunked", **dashed(headers)})
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(end)
        if end != b"0\r\n\r\n":
            handler.break_off()

    return answer


def raw(*parts: bytes) -> Answer:
    """Anything, head included."""

    def answer(handler: Handler) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.break_off()

    return answer


def trickling(first: bytes, then: bytes, seconds: float) -> Answer:
    """Bytes, then others again and again with a pause before each, for ever."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(first)
        while True:
            time.sleep(seconds)
            handler.wfile.write(then)

    return answer


def silent(first: bytes) -> Answer:
    """Bytes, then nothing until the client goes away."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(first)
        handler.connection.recv(1)
        handler.close_connection = True

    return answer


def dated(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
