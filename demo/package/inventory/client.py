"""A client that calls again when the service asks for it."""

import http.client
import json
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from inventory.errors import MaintenanceError
from inventory.settings import RETRIES

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What the service said."""

    status: int
    body: Any


class Client:
    """One kept-alive connection; not for several threads."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)

    def request(self, method: str, path: str, body: object = None) -> Answer:
        """Do one request; bytes are sent as they are, anything else as JSON.

        Raises:
            OSError: no answer.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        for attempt in range(1, RETRIES + 1):
            self._connection.request(method, path, content)
            response = self._connection.getresponse()
            answer = Answer(response.status, json.loads(response.read() or b"null"))
            if answer.status != MaintenanceError.status or attempt == RETRIES:
                break
            log.warning("error 503 from %s %s, attempt %d of %d, retrying", method, path, attempt, RETRIES)
            time.sleep(float(response.headers.get("Retry-After", "0.1")))
        return answer

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
