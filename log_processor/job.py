"""The `push-log` job: from gearman payload to frozen type and back."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlsplit

from log_processor.errors import JobError, Outcome
from log_processor.schema import integer
from log_processor.timestamps import instant

FUNCTION = "push-log"

_PAYLOAD_BYTES = 64 * 2**10
"""The Zuul role sends some 2 kB. What a job carries goes with each line to Logstash, a thousand lines at once."""
_URL_LENGTH = 8192
_ID_LENGTH = 256
_NAME_LENGTH = 1024
"""Characters of a file name or tag; a store indexes no longer ones."""
_DEPTH = 32
"""Levels of JSON; a deeper payload could be read here and not be written again with a fuller stack."""
_NOTHING = object()
"""Stands for a key that is not there, where null would be another story."""


@dataclass(frozen=True)
class Job:
    """One log file of one build, as a submitter named it.

    Attributes:
        source_url: where the file is fetched.
        fields: `event.fields`, every key kept as it came; among them a `build_uuid`.
        tags: `event.tags`.
        retry: the ancestor's wish to wait for a console log that is still uploading; every file is waited for now.
        extra: keys that the payload has beside the known ones, in the payload's shape: those of the event are
            in `extra["event"]`.
    """

    source_url: str
    fields: Mapping[str, object]
    tags: tuple[str, ...] = ()
    retry: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def build_uuid(self) -> str:
        """The build: 1 to 256 characters."""
        return str(self.fields["build_uuid"])

    @property
    def filename(self) -> str:
        """The file's path in the build's log root; where none was named, the last part of the URL's path."""
        return str(self.fields.get("filename") or _base_name(self.source_url))

    @property
    def build_status(self) -> str:
        """The build's result as its CI system calls it (`SUCCESS`, `FAILURE`, …); empty when not told."""
        status = self.fields.get("build_status")
        return status if isinstance(status, str) else ""

    @property
    def build_files(self) -> int | None:
        """How many files the submitter said this build has; None when it did not say."""
        files = integer(self.fields.get("build_files"))
        return files if files is not None and files > 0 else None

    @property
    def build_start(self) -> datetime | None:
        """When the build began: aware, UTC, in whole milliseconds; None when not told in a form we read."""
        return instant(self.fields.get("build_start"))


def decode(payload: bytes) -> Job:
    """Read a gearman payload, in any of the shapes that submitters have sent.

    `@fields` and `@tags` stand in for `fields` and `tags`, `event.fields.log_url` for a missing `source_url`
    (the Zuul role sends the same address in both), the URL's last part for a missing `filename`; null counts as
    missing.

    Raises:
        JobError: it is not a `push-log` job; the message says where, what was expected and what came.
    """
    if len(payload) > _PAYLOAD_BYTES:
        raise _malformed("payload", f"at most {_PAYLOAD_BYTES} bytes", str(len(payload)))
    root = _object(_parsed(payload), "payload")
    event = _object(root.get("event", _NOTHING), "event")
    fields_key = _present(event, ("fields", "@fields"))
    fields = _object(event.get(fields_key, _NOTHING), f"event.{fields_key}")
    tags_key = _present(event, ("tags", "@tags"))
    url = _source_url(root, fields, f"event.{fields_key}.log_url")
    _text(fields.get("build_uuid", _NOTHING), f"event.{fields_key}.build_uuid", _ID_LENGTH)
    filename = fields.get("filename") or _base_name(url) or fields.get("filename", _NOTHING)
    _text(filename, f"event.{fields_key}.filename", _NAME_LENGTH)
    extra = _without(root, {"retry", "source_url", "event"})
    event_extra = _without(event, {"fields", "tags", fields_key, tags_key})
    return Job(
        source_url=url,
        fields=fields,
        tags=_tags(event.get(tags_key), f"event.{tags_key}"),
        retry=_flag(root.get("retry"), "retry"),
        extra={**extra, "event": event_extra} if event_extra else extra,
    )


def encode(job: Job) -> bytes:
    """Write a payload byte for byte as the Zuul role does: `decode(encode(job)) == job`."""
    extra = dict(job.extra)
    event_extra = extra.pop("event", None)
    event = {"tags": list(job.tags), "fields": dict(job.fields)}
    if isinstance(event_extra, Mapping):
        event.update(event_extra)
    return json.dumps({"retry": job.retry, "source_url": job.source_url, "event": event, **extra}).encode()


def job_unique(build_uuid: str, filename: str) -> str:
    """Return what makes one file one job at the gearman server: forty hex digits for build and file."""
    return _digest(f"{build_uuid}\0{filename}".encode())


def unique_of(payload: bytes) -> str:
    """Return the `unique` to submit a payload with again; of one that is no job, forty hex digits for itself."""
    try:
        job = decode(payload)
    except JobError:
        return _digest(payload)
    return job_unique(job.build_uuid, job.filename)


def _digest(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _parsed(payload: bytes) -> object:
    try:
        value = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # the first also of a number of thousands of digits
        raise _malformed("payload", "JSON in UTF-8", str(error)) from error
    level: list[object] = [value]
    for _ in range(_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return value
    raise _malformed("payload", f"at most {_DEPTH} levels of JSON", "more")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _present(event: Mapping[str, object], keys: tuple[str, str]) -> str:
    """Return the first of the keys that the event has, else the first."""
    return next((key for key in keys if event.get(key) is not None), keys[0])


def _without(mapping: Mapping[str, object], keys: Container[str]) -> dict[str, object]:
    return {key: value for key, value in mapping.items() if key not in keys}


def _source_url(root: Mapping[str, object], fields: Mapping[str, object], log_url_at: str) -> str:
    if root.get("source_url") is None and fields.get("log_url") is not None:
        return _text(fields["log_url"], log_url_at, _URL_LENGTH)
    return _text(root.get("source_url", _NOTHING), "source_url", _URL_LENGTH)


def _base_name(url: str) -> str:
    try:
        return unquote(posixpath.basename(urlsplit(url).path))
    except ValueError:  # `http://[`: what is wrong with the address is for the fetcher to say
        return ""


def _object(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _malformed(where, "an object", _named(value))
    return value


def _flag(value: object, where: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise _malformed(where, "true or false", _named(value))
    return bool(value)


def _tags(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _malformed(where, "a list of strings", _named(value))
    return tuple(_text(tag, f"{where}[{index}]", _NAME_LENGTH) for index, tag in enumerate(value))


def _text(value: object, where: str, longest: int) -> str:
    if not isinstance(value, str) or not value:
        raise _malformed(where, "a non-empty string", _named(value))
    if len(value) > longest:
        raise _malformed(where, f"a string of at most {longest} characters", f"one of {len(value)}")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise _malformed(
            where, "a string that can be written as UTF-8", "one with a NUL or half a surrogate pair"
        )
    return value


def _named(value: object) -> str:
    """Say what came without quoting it: it may be long, and it may be secret."""
    if value is _NOTHING:
        return "nothing"
    if value is None or isinstance(value, (bool, float)):
        return json.dumps(value)
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, str):
        return "a string" if value else "an empty string"
    return "a list" if isinstance(value, list) else "an object"


def _malformed(where: str, expected: str, got: str) -> JobError:
    return JobError(f"{where}: expected {expected}, got {got}", Outcome.MALFORMED)
