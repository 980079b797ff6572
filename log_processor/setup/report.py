"""What `anomaly-setup` prints: a line for each thing it looked at, and in a rehearsal each request."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from log_processor.stores.elastic_cluster import Request
from log_processor.visible import visible

_WIDTH = 10


class Report:
    """Writes for a person, or JSON lines.

    In a rehearsal the requests have standard output for themselves, and the rest goes to standard error.
    """

    def __init__(self, *, as_json: bool, rehearsal: bool) -> None:
        self._as_json = as_json and not rehearsal
        self._out: TextIO = sys.stderr if rehearsal else sys.stdout
        self._rehearsal = rehearsal

    def note(self, text: str) -> None:
        """Say what was found out."""
        self._write({"note": text}, text)

    def thing(self, name: str, state: str, why: str = "") -> None:
        """Say what was done with a thing, or how it is."""
        record = {"object": name, "state": state}
        text = f"would be {state} {name}" if self._rehearsal else f"{state:{_WIDTH}} {name}"
        if why:
            record["why"] = why
            text += f": {why}"
        self._write(record, text)

    def request(self, request: Request) -> None:
        """Show a request, in a rehearsal."""
        if self._rehearsal:
            sys.stdout.write(json.dumps(request._asdict()) + "\n")

    def _write(self, record: dict[str, str], text: str) -> None:
        self._out.write((json.dumps(record) if self._as_json else visible(text)) + "\n")
