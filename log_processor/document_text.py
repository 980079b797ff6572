"""The JSON text of a line: what all lines of a file share is written once, what each adds is put between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial

import orjson

from log_processor.document import LineDocument, LogFile
from log_processor.timestamps import iso_text

_REMEMBERED = 256
"""Verdicts whose text is kept: most lines of a file share a few. All together take 4 MB at worst."""

_LONGEST_REMEMBERED_NEAREST = 1000
"""Characters of a nearest line; with a longer one a verdict hardly comes twice. Escaped, one may take 12 bytes."""

_Verdict = tuple[float | None, str | None, int | None, tuple[str, ...], str | None, float | None]
"""From `LineDocument.distance` to `LineDocument.score`."""


class LineText:
    """Writes the lines of one file as JSON objects, in bytes without a line end.

    Args:
        file: the file.
        shared: the fields that all its lines have alike.
        model: those of the object `anomaly`; one at least.
        time_in_log: whether a line's time is `log.timestamp`; else it is `@timestamp`.
        ascii_only: whether all but the message is escaped to ASCII, and the message too where it has half a surrogate
            pair, which UTF-8 does not know; else all is UTF-8, with such a half written as if UTF-8 knew it.
    """

    def __init__(
        self,
        file: LogFile,
        shared: Mapping[str, object],
        model: Mapping[str, object],
        *,
        time_in_log: bool,
        ascii_only: bool,
    ) -> None:
        self._ascii_only = ascii_only
        head = _json(shared, ascii_only=ascii_only)[:-1] + (b"," if shared else b"")
        self._before_time = head + (b'"log":{"timestamp":' if time_in_log else b'"@timestamp":')
        self._before_number = b',"line":' if time_in_log else b',"log":{"line":'
        self._numbered = file.numbers_lines
        link = b',"line_url":' + _json(file.log_url, ascii_only=ascii_only) if file.log_url else b""
        # The closing quote comes after the number.
        self._link, quote = (link[:-1] + b"#L", b'"') if self._numbered else (link, b"")
        self._before_message = (quote + b'},"message":', quote + b',"truncated":true},"message":')
        before_verdict = b',"anomaly":' + _json(model, ascii_only=ascii_only)[:-1]
        # No method: what is remembered would hold this object, and this object it.
        self._new_verdict = partial(_verdict_text, before_verdict, ascii_only=ascii_only)
        self._verdict = lru_cache(_REMEMBERED)(self._new_verdict)

    def __call__(self, line: LineDocument) -> bytes:
        """Return the text of a line."""
        number, moment, message, truncated, _, nearest, *_, group = line
        once = nearest is not None and len(nearest) > _LONGEST_REMEMBERED_NEAREST
        verdict = self._new_verdict if once else self._verdict
        digits = b"%d" % number
        return b"".join(
            (
                self._before_time,
                _time_text(moment),
                self._before_number,
                digits,
                self._link,
                digits if self._numbered else b"",
                self._before_message[truncated],
                self._text(message),
                verdict(line[4:10]),
                b',"shown":false}}' if group is None else _end(group, shown=group == number),
            )
        )

    def _text(self, text: str) -> bytes:
        try:
            return orjson.dumps(text)
        except orjson.JSONEncodeError:  # half a surrogate pair
            return _json(text, ascii_only=self._ascii_only)


def _verdict_text(before: bytes, verdict: _Verdict, *, ascii_only: bool) -> bytes:
    distance, nearest, seen_in, reasons, fingerprint, score = verdict
    named = {
        "distance": distance,
        "score": score,
        "nearest": nearest,
        "seen_in": seen_in,
        "reasons": reasons or None,
        "fingerprint": fingerprint,
    }
    present = {name: value for name, value in named.items() if value is not None}
    return before + (b"," + _json(present, ascii_only=ascii_only)[1:-1] if present else b"")


def _json(value: object, *, ascii_only: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _time_text(moment: datetime) -> bytes:
    """Return `iso_text` as a JSON string."""
    microseconds = moment.microsecond
    if not microseconds or microseconds % 1000:
        return b'"%b"' % iso_text(moment).encode()
    # Six times as fast, and always six digits.
    return orjson.dumps(moment, option=orjson.OPT_UTC_Z)[:24] + b'Z"'


def _end(group: int, *, shown: bool) -> bytes:
    """Return what a far line has of its group, and the ends of both objects."""
    return b',"shown":%b,"group":%d}}' % (b"true" if shown else b"false", group)
