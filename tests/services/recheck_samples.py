"""The documents that elastic-recheck recorded for its unit tests, as our own pipeline would have stored them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from log_processor.document import LineDocument, LogFile

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "elastic-recheck"
DAY = date(2013, 10, 18)

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA.name} in ../shared/data")


class Recorded(NamedTuple):
    """A sample: what Elasticsearch once answered for a bug.

    Attributes:
        name: the number in the sample's file name.
        files: the logs, with the recorded lines of each.
    """

    name: str
    files: list[tuple[LogFile, list[LineDocument]]]

    @property
    def lines(self) -> int:
        return sum(len(lines) for _, lines in self.files)


def recorded() -> Iterator[Recorded]:
    """Give the samples that are not empty; each is a build of its own."""
    for path in sorted((DATA / "unit" / "samples").glob("bug-*.json*")):
        content = path.read_bytes()
        answer = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        name = path.name.removeprefix("bug-").partition(".")[0]
        files: dict[str, tuple[LogFile, list[LineDocument]]] = {}
        for hit in answer["hits"]["hits"]:
            source = hit["_source"]
            fields = {
                key: value[0] if isinstance(value, list) else value
                for key, value in source["@fields"].items()
            }
            _, lines = files.setdefault(
                fields["filename"],
                (LogFile(f"sample-{name}", fields["filename"], DAY, tags=tuple(source["@tags"])), []),
            )
            lines.append(_line(len(lines) + 1, source, fields))
        if files:
            yield Recorded(name, [*files.values()])


def _line(number: int, source: dict[str, Any], fields: dict[str, Any]) -> LineDocument:
    """Put the line together again that Logstash had cut into fields."""
    before = (
        ("syslog_host", "syslog_program") if "syslog_program" in fields else ("pid", "loglevel", "module")
    )
    text = " ".join((*(str(fields[name]) for name in before if name in fields), source["@message"]))
    moment = datetime.fromisoformat(re.sub("Z$", "+00:00", source["@timestamp"])).astimezone(timezone.utc)
    # Far by decree: nothing is known of the passing builds of those days.
    return LineDocument(
        number, moment, text.replace("\n", "\\n"), distance=1.0, reasons=("novel",), fingerprint=f"{number:016x}",
        score=1.0, group=number,
    )  # fmt: skip
