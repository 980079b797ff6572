"""HTTP servers on loopback, of this process: those that answer each request by a function, and any other."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

HOST = "127.0.0.1"


class Asked(NamedTuple):
    """A request that came; the path is with its query."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None without a body."""
        return json.loads(self.body or b"null")


class Reply(NamedTuple):
    """What is answered: a body that is not bytes is sent as JSON."""

    status: int
    body: object
    headers: Mapping[str, str] = {"content-type": "application/json"}


@contextmanager
def answering(answer: Callable[[Asked], Reply]) -> Iterator[str]:
    """Answer requests of all methods by a function; give the URL, without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            reply = answer(Asked(self.command, self.path, self.headers, body))
            text = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {**reply.headers, "content-length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_DELETE = do_GET = do_PUT = do_POST  # noqa: N815 - the names are http.server's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the same
            """Stay silent."""

    with handling(Handler) as url:
        yield url


@contextmanager
def handling(handler: Callable[..., BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """Serve with a request handler; give the URL, without a slash at its end."""
    with ThreadingHTTPServer((HOST, port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:  # a test that fails leaves no thread behind, which would keep the whole run from ending
            server.shutdown()
            thread.join()
