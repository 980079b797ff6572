"""A server that takes saved objects as Kibana and OpenSearch Dashboards do, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from tests.answering import Asked, Reply, answering

Json = dict[str, Any]


@dataclass
class DashboardsServer:
    """What it is, what it has, and what it was asked."""

    url: str = ""
    name: str = "kbn-name"
    objects: dict[str, Json] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    """Status by path, for what it refuses."""
    errors: dict[str, Json] = field(default_factory=dict)
    """What is wrong with an object, by `type/id`."""

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        status, body = self._answer(asked)
        return Reply(status, body, {self.name: "a host"})

    def _answer(self, asked: Asked) -> tuple[int, object]:
        path, _, query = asked.path.partition("?")
        if path in self.refuses:
            return self.refuses[path], b"<html>go away</html>"
        if path.endswith("/api/status"):
            return 200, {}
        if path.endswith("/_import"):
            return 200, self._import(asked, overwrite=query == "overwrite=true")
        if path.endswith("/_export"):
            wanted = [f"{each['type']}/{each['id']}" for each in asked.json["objects"]]
            return 200, "\n".join(json.dumps(self.objects[name]) for name in wanted).encode()
        return 404, {}

    def _import(self, asked: Asked, *, overwrite: bool) -> Json:
        given = {f"{each['type']}/{each['id']}": each for each in uploaded(asked)}
        errors = {name: self.errors[name] for name in given if name in self.errors}
        if not overwrite:
            errors |= {name: {"type": "conflict"} for name in given if name in self.objects}
        if errors:  # then nothing is imported
            listed = [
                {"type": name.split("/")[0], "id": name.split("/")[1], "error": errors[name]}
                for name in errors
            ]
            return {"success": False, "successCount": len(given) - len(errors), "errors": listed}
        self.objects |= given
        return {"success": True, "successCount": len(given)}


def uploaded(asked: Asked) -> list[Json]:
    """Return the saved objects of an upload."""
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + asked.body).get_payload()
    assert isinstance(parts, list)
    (part,) = parts
    assert isinstance(part, Message)
    assert "file" == part.get_param("name", header="content-disposition")
    assert str(part.get_filename()).endswith(".ndjson")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return [json.loads(line) for line in payload.decode().splitlines()]


@contextmanager
def serving() -> Iterator[DashboardsServer]:
    """Run one on loopback."""
    state = DashboardsServer()
    with answering(state.answer) as state.url:
        yield state
