"""An entry of the journal, and the log that it is a line of: each unit has one, and so has what runs outside of units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from anomaly_filter.patterns import lazy_pattern

FIELDS = (
    "MESSAGE",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "_COMM",
    "_PID",
    "_SYSTEMD_UNIT",
    "_SYSTEMD_USER_UNIT",
)
"""What is read of an entry, beside its time."""
TIME = "__REALTIME_TIMESTAMP"
"""Microseconds since 1970 at which the journal received an entry."""

SECOND = 1_000_000
"""Microseconds."""
UNKNOWN = "unknown"

_INSTANCE = lazy_pattern(r"@[^.]*(?=\.service\Z)")
_TRANSIENT = lazy_pattern(r"\Arun-[ur]?[0-9a-f]+(?=\.service\Z)")
_LONGEST_NAME = 200  # bytes; a model's folder has a name like it
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LATEST = 253402300799 * SECOND  # the last one of the year 9999
_REMEMBERED = 1024  # names and times; they come again and again


class Entry(NamedTuple):
    """An entry.

    Attributes:
        at: microseconds since 1970.
        unit: name of the log that it is a line of.
        text: the line, or lines, without a line's end.
    """

    at: int
    unit: str
    text: bytes


def entry(fields: Mapping[str, bytes]) -> Entry | None:
    """Return an entry; None where it has no time.

    Args:
        fields: its fields, those of FIELDS and TIME.
    """
    at = time_of(fields)
    if at is None:
        return None
    name = _text(fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM") or b"")
    unit = _unit(_text(fields.get("_SYSTEMD_USER_UNIT") or fields.get("_SYSTEMD_UNIT") or b""), name)
    pid = _text(fields.get("SYSLOG_PID") or fields.get("_PID") or b"")
    lead = f"{iso(at // SECOND)}.{at % SECOND:06}Z {name or UNKNOWN}{f'[{pid}]' if pid else ''}: "
    return Entry(at, unit, lead.encode() + fields.get("MESSAGE", b"").rstrip(b"\n"))


def time_of(fields: Mapping[str, bytes]) -> int | None:
    """Return when an entry came, in microseconds since 1970; None where it does not say."""
    stamp = fields.get(TIME, b"")
    known = stamp.isdigit() and len(stamp) < 19 and int(stamp) <= _LATEST
    return int(stamp) if known else None


@lru_cache(_REMEMBERED)
def iso(seconds: int) -> str:
    """Return a time, in seconds since 1970, as ISO 8601 writes it, in UTC, without the zone."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


@lru_cache(_REMEMBERED)
def _unit(unit: str, name: str) -> str:
    """Return the name of a log: that of a service without its instance, or of what wrote the entry.

    Scopes are sessions and containers, whose numbers change, and which hold programs of many kinds.
    """
    if unit.endswith(".service"):
        return _INSTANCE.sub("@", _TRANSIENT.sub("run", unit))
    return name or UNKNOWN


def _text(value: bytes) -> str:
    """Return a name, fit to be a part of a path."""
    return _printable(value[:_LONGEST_NAME])  # what is remembered is short, whatever an entry has


@lru_cache(_REMEMBERED)
def _printable(value: bytes) -> str:
    text = value.decode("utf-8", "replace").replace("/", "-")
    return "".join(character if character.isprintable() else "?" for character in text).strip(" .-")
