"""A cluster that takes every document and keeps none, so that what is timed is everything but the store.

python -m benchmarks.discarding_cluster PORT
"""

from __future__ import annotations

import http.server
import json
import re
import sys

_ACTION = re.compile(rb'^\{"(index|delete|update)":\{', re.MULTILINE)
_INDEX = b'{"index":{'
_MISSING = b'{"type":"document_missing_exception","reason":"nothing is kept"}'
# Written at once, so that the cluster takes little of the time that is measured.
_ITEMS = {
    b"index": b'{"index":{"status":201}}',
    b"delete": b'{"delete":{"status":200}}',
    b"update": b'{"update":{"status":404,"error":' + _MISSING + b"}}",
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers what the store asks: templates and documents are never there, writes always work."""

    protocol_version = "HTTP/1.1"
    # An answer goes out in several packets; a later one would wait until the one before it is acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._say(404, {"found": False})

    def do_HEAD(self) -> None:
        self._say(404, None)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.partition("?")[0].endswith("/_bulk"):
            self._answer(200, b'{"took":0,"errors":false,"items":[' + b",".join(_items(body)) + b"]}")
        else:
            self._say(200, {"acknowledged": True, "result": "created", "hits": {"hits": []}})

    def do_POST(self) -> None:
        self.do_PUT()

    def _say(self, status: int, answer: object) -> None:
        self._answer(status, b"" if answer is None else json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _items(body: bytes) -> list[bytes]:
    # Nearly always each other line is a document, and a document has none of the others' beginnings.
    documents = body.startswith(_INDEX) + body.count(b"\n" + _INDEX)
    if 2 * documents == body.count(b"\n"):
        return [_ITEMS[b"index"]] * documents
    return [_ITEMS[action] for action in _ACTION.findall(body)]


def main() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
