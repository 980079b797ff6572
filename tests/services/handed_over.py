"""A store that hands everything to other stores and keeps it, so that their answers can be compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from log_processor.document import FileDocument, LineDocument, LineDocuments, LogFile, columns_of
from log_processor.stores.contract import Reject, Store
from tests.log_processor.dashboards.plain import Document

_LINES = 10_000  # at once: more than any pipeline hands over


@dataclass
class HandedOver:
    """What was handed over.

    Attributes:
        stores: to whom.
        files: the file documents, by key.
        lines: the lines of each file by number, by the file's key.
    """

    stores: tuple[Store, ...]
    files: dict[str, FileDocument] = field(default_factory=dict)
    lines: dict[str, dict[int, LineDocument]] = field(default_factory=dict)

    def prepare(self) -> None:
        for store in self.stores:
            store.prepare()

    def file(self, build_uuid: str, filename: str) -> FileDocument | None:
        first, *others = (store.file(build_uuid, filename) for store in self.stores)
        assert all(each == first for each in others)
        return first

    def put_file(self, document: FileDocument) -> None:
        self.files[document.file.key] = document
        for store in self.stores:
            store.put_file(document)

    def write(self, file: LogFile, lines: Iterable[LineDocument], reject: Reject) -> int:
        # Field by field, as they came: stores have a shorter way for these.
        columns = [*columns_of(lines, _LINES)]
        given = chain.from_iterable(each.lines() for each in columns)
        self.lines.setdefault(file.key, {}).update((line.number, line) for line in given)
        (stored,) = {store.write(file, LineDocuments(columns), reject) for store in self.stores}
        return stored

    def forget_after(self, file: LogFile, last_line: int) -> int:
        kept = self.lines[file.key]
        beyond = [number for number in kept if number > last_line]
        for number in beyond:
            del kept[number]
        assert {len(beyond)} == {store.forget_after(file, last_line) for store in self.stores}
        return len(beyond)

    def ready(self) -> None:
        for store in self.stores:
            store.ready()

    def close(self) -> None:
        for store in self.stores:
            store.close()

    def file_documents(self) -> Iterator[Document]:
        """Give the files as dashboards see them; written down here anew, and not as the stores do it."""
        for document in self.files.values():
            yield _file(document)

    def line_documents(self) -> Iterator[Document]:
        """Give the lines likewise."""
        for key, lines in self.lines.items():
            file = self.files[key].file
            shared = {**_shared(file), "received_at": _time(file.received_at)}
            model = _model(file)
            for line in lines.values():
                yield _line(file, line, shared, model)


def _file(document: FileDocument) -> Document:
    file = document.file
    start = file.fields["build_start"]
    assert isinstance(start, str)
    counts = ("lines_read", "lines_indexed", "lines_rejected", "lines_far", "lines_shown", "lines_truncated")
    return _present(
        {
            **_shared(file),
            "@timestamp": start,
            "received_at": _time(file.received_at),
            "anomaly": _present(
                {
                    **_model(file),
                    "max_distance": document.max_distance,
                    "model_age_days": file.scoring.age_days,
                }
            ),
            "outcome": document.outcome.value,
            "reason": document.reason or None,
            "day": file.day.isoformat(),
            "day_source": document.day_source.value,
            **{name: getattr(document, name) for name in counts},
            "bytes_read": document.bytes_read,
            "build_files": document.build_files,
            "findings": [
                _present(
                    {
                        "kind": each.kind,
                        "text": each.text,
                        "line": each.line,
                        "expected": each.expected or None,
                        "seen": each.seen or None,
                    }
                )
                for each in document.findings
            ],
            "started_at": _time(document.started_at),
            "seconds": document.seconds,
            "lag_seconds": document.lag_seconds,
            "worker": document.worker,
        }
    )


def _line(file: LogFile, line: LineDocument, shared: Document, model: Document) -> Document:
    return {
        **shared,
        "@timestamp": _time(line.timestamp),
        "message": line.message,
        "anomaly": _present(
            {
                **model,
                "distance": line.distance,
                "score": line.score,
                "nearest": line.nearest,
                "seen_in": line.seen_in,
                "shown": line.group == line.number,
                "reasons": [*line.reasons],
                "group": line.group,
                "fingerprint": line.fingerprint,
            }
        ),
        "log": _present(
            {
                "line": line.number,
                "line_url": f"{file.fields['log_url']}#L{line.number}",
                "truncated": line.truncated,
            }
        ),
    }


def _shared(file: LogFile) -> Document:
    fields = {name: [*value] if isinstance(value, tuple) else value for name, value in file.fields.items()}
    return {**fields, "build_uuid": file.build_uuid, "filename": file.filename, "tags": [*file.tags]}


def _model(file: LogFile) -> Document:
    scoring = file.scoring
    return _present(
        {
            "status": scoring.status.value,
            "model": scoring.model,
            "model_version": scoring.version,
            "baselines": scoring.baselines,
        }
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
