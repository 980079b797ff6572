"""Entries of a journal: two days of a shop, whose disk burns on the second one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

NOW = 1_790_000_000_000_000  # microseconds since 1970: 21 September 2026, 14:13:20 UTC
MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE

Fields = Mapping[str, str | bytes]


def entry(at: int, message: str | bytes, **fields: str | bytes) -> Fields:
    """An entry, of the shop if nothing else is said."""
    shop = {"SYSLOG_IDENTIFIER": "shop", "_PID": "42", "_SYSTEMD_UNIT": "shop.service"}
    return {"__REALTIME_TIMESTAMP": str(at), **shop, **fields, "MESSAGE": message}


def two_days() -> Iterator[Fields]:
    """The entries, in their order."""
    for day in (2, 1):
        for minute in range(30):
            at = NOW - day * DAY + minute * MINUTE + 1000
            yield entry(at, f"GET /api/items/{minute} 200 in {minute % 7} ms")
            session = {"SYSLOG_IDENTIFIER": "sudo", "_PID": str(1000 + minute)}
            yield entry(
                at + 5,
                f"session opened for user root by (uid={minute})",
                _SYSTEMD_UNIT=f"session-{day}.scope",
                **session,
            )
            if day == 1 and minute == 20:
                yield entry(at + 7, "DatabaseError: the disk\nis on fire")
    yield entry(NOW, b"caf\xe9 \x00", SYSLOG_IDENTIFIER="kernel", _PID="", _SYSTEMD_UNIT="")
