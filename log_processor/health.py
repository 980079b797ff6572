"""What the daemon tells about itself over HTTP: /metrics, /healthz, /readyz."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from log_processor.errors import ConfigError

_CLOSE_SECONDS = 0.1  # that closing may take


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Listen, without asking for the host's name as HTTPServer does: that may hang where DNS is broken."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _ThreadingServer6(_ThreadingServer):
    address_family = socket.AF_INET6


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the signature is the library's
        """Say nothing: a probe every few seconds is no news."""


class HealthServer:
    """Serves in a thread of its own until it is closed."""

    def __init__(
        self,
        listen: str,
        registry: CollectorRegistry,
        problems: Callable[[], list[str]],
        refresh: Callable[[], None],
    ) -> None:
        """Serve.

        Args:
            listen: `host:port`; port 0 takes a free one.
            registry: what /metrics shows.
            problems: why the daemon is not ready to take a job, a sentence each; empty: it is.
            refresh: called before /metrics is answered.

        Raises:
            ConfigError: the address cannot be listened on.
        """
        host, _, port = listen.rpartition(":")
        self._metrics = make_wsgi_app(registry)
        self._problems = problems
        self._refresh = refresh
        try:
            self._server = make_server(
                host.strip("[]"),
                int(port),
                self._answer,
                server_class=_ThreadingServer6 if ":" in host else _ThreadingServer,
                handler_class=_QuietHandler,
            )
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"metrics.listen: cannot listen on {listen}: {getattr(error, 'strerror', None) or error}; "
                "name another port, or null to serve no metrics"
            ) from error
        self.port = self._server.server_port
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(_CLOSE_SECONDS,), name="health", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        path = environ["PATH_INFO"]
        if path == "/metrics":
            self._refresh()
            shown: Iterable[bytes] = self._metrics(environ, start_response)
            return shown
        if path == "/healthz":
            return _text(start_response, "200 OK", ["alive"])
        if path == "/readyz":
            problems = self._problems()
            return _text(
                start_response,
                *(("503 Service Unavailable", problems) if problems else ("200 OK", ["ready"])),
            )
        return _text(start_response, "404 Not Found", ["/metrics, /healthz, /readyz"])


def _text(start_response: Any, status: str, lines: list[str]) -> list[bytes]:  # noqa: ANN401 - WSGI's own
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return ["\n".join([*lines, ""]).encode()]
