"""The HTTP service: JSON in, JSON out, one line of log when a request begins and one when it ends."""

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from inventory.errors import InvalidError, InventoryError, MaintenanceError, NotFoundError
from inventory.settings import PAGE_SIZE
from inventory.warehouse import Warehouse

log = logging.getLogger(__name__)
Body = dict[str, Any]
Route = Callable[["Service", re.Match[str], Body], object]

ROUTES: list[tuple[str, re.Pattern[str], int, Route]] = [
    (method, re.compile(path), status, route)
    for method, path, status, route in (
        ("GET", r"/health", 200, lambda s, _m, _b: s.health()),
        ("PUT", r"/maintenance", 200, lambda s, _m, b: s.maintenance(int(b["requests"]))),
        (
            "GET",
            r"/items",
            200,
            lambda s, _m, b: s.warehouse.items(int(b.get("page", 1)), int(b.get("size", PAGE_SIZE))),
        ),
        ("POST", r"/items", 201, lambda s, _m, b: s.warehouse.add_item(b)),
        ("GET", r"/items/([\w-]+)", 200, lambda s, m, _b: s.warehouse.item(m[1])),
        ("DELETE", r"/items/([\w-]+)", 200, lambda s, m, _b: s.warehouse.remove_item(m[1])),
        ("GET", r"/stock/([\w-]+)", 200, lambda s, m, _b: {"sku": m[1], "pieces": s.warehouse.on_hand(m[1])}),
        (
            "POST",
            r"/stock/([\w-]+)/receive",
            200,
            lambda s, m, b: s.warehouse.receive(m[1], b["warehouse"], b["quantity"]),
        ),
        (
            "POST",
            r"/stock/([\w-]+)/take",
            200,
            lambda s, m, b: s.warehouse.take(m[1], b["warehouse"], b["quantity"]),
        ),
        ("POST", r"/reservations", 201, lambda s, _m, b: s.warehouse.reserve(b["sku"], b["quantity"])),
        ("POST", r"/reservations/(\d+)/release", 200, lambda s, m, _b: s.warehouse.release(int(m[1]))),
        ("GET", r"/reports/value", 200, lambda s, _m, _b: s.warehouse.value()),
        ("GET", r"/reports/reorder", 200, lambda s, _m, _b: s.warehouse.reorder()),
    )
]


class Service(ThreadingHTTPServer):
    """Serves one warehouse on the loopback interface; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, warehouse: Warehouse, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.warehouse = warehouse
        self._refusals = 0

    def health(self) -> Body:
        """What a load balancer asks."""
        return {"status": "up"}

    def maintenance(self, requests: int) -> Body:
        """Refuse the next requests, as during a deployment."""
        self._refusals = requests
        return {"requests": requests}

    def answer(self, method: str, target: str, body: Body) -> tuple[int, object]:
        """Do one request.

        Raises:
            InventoryError: the request is refused.
        """
        url = urlsplit(target)
        if self._refusals > 0:
            self._refusals -= 1
            raise MaintenanceError("under maintenance, call again")
        body = {**{key: values[-1] for key, values in parse_qs(url.query).items()}, **body}
        for wanted, path, status, route in ROUTES:
            if method == wanted and (match := path.fullmatch(url.path)):
                try:
                    return status, route(self, match, body)
                except (KeyError, ValueError) as exception:
                    raise InvalidError(f"bad or missing value: {exception}") from None
        raise NotFoundError(f"no such resource: {method} {url.path}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Service

    def _serve(self) -> None:
        request, began = f"req-{uuid.uuid4()}", time.perf_counter()
        log.debug("[%s] %s %s from port %d", request, self.command, self.path, self.client_address[1])
        status, answer = self._answer(request)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status == MaintenanceError.status:
            self.send_header("Retry-After", "0.01")
        self.end_headers()
        self.wfile.write(content)
        spent_ms = (time.perf_counter() - began) * 1000
        log.info(
            '[%s] "%s %s" %d len: %d time: %.2f ms',
            request,
            self.command,
            self.path,
            status,
            len(content),
            spent_ms,
        )

    def _answer(self, request: str) -> tuple[int, object]:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            return self.server.answer(self.command, self.path, _decoded(content))
        except InventoryError as exception:
            log.info("[%s] refused, %s: %s", request, type(exception).__name__, exception)
            return exception.status, {"detail": str(exception)}
        except Exception as exception:  # noqa: BLE001 - one bad request must not end the service
            where = traceback.extract_tb(exception.__traceback__)[-1]
            what = f"{type(exception).__name__}: {exception} in {where.name} line {where.lineno}"
            log.error("[%s] %s", request, what)  # noqa: TRY400 - one request, one line
            return 500, {"detail": "internal"}

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Nothing: `_serve` logs its own line."""


def _decoded(content: bytes) -> Body:
    try:
        body = json.loads(content or "{}")
    except ValueError as exception:
        raise InvalidError(f"body is no JSON: {exception}") from None
    if not isinstance(body, dict):
        raise InvalidError("body must be a JSON object")
    return body
