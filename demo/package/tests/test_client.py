"""The client against a service that misbehaves on purpose."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from inventory.client import Client
from inventory.settings import RETRIES
from tests.cases import CaseTest, cases


class Stub(BaseHTTPRequestHandler):
    """Answers `/N` with status N."""

    def do_GET(self) -> None:
        self.server.calls += 1  # type: ignore[attr-defined]
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.send_header("Retry-After", "0.001")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Misbehaviour(CaseTest):
    def setUp(self) -> None:
        self.server = HTTPServer(("127.0.0.1", 0), Stub)
        self.server.calls = 0  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.client = Client(f"http://127.0.0.1:{self.server.server_address[1]}")
        self.addCleanup(self.client.close)

    @cases(
        **{
            f"status_{status}": status
            for status in (400, 401, 403, 404, 405, 409, 413, 429, 500, 501, 502, 504)
        }
    )
    def test_error_is_handed_on(self, status: int) -> None:
        self.assertEqual(status, self.client.request("GET", f"/{status}").status)
        self.assertEqual(1, self.server.calls)  # type: ignore[attr-defined]

    def test_error_503_is_tried_again_until_patience_ends(self) -> None:
        self.assertEqual(503, self.client.request("GET", "/503").status)
        self.assertEqual(RETRIES, self.server.calls)  # type: ignore[attr-defined]

    def test_error_when_nobody_listens(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        with self.assertRaises(OSError):
            self.client.request("GET", "/200")
