"""The JSON text of a line: what all lines of a file share is written once, what each adds is put between."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat

import orjson

from log_processor.document import LineColumns, LineDocument, LogFile, Verdict
from log_processor.timestamps import iso_text

_REMEMBERED_BYTES = 4 << 20
"""Of the texts of verdicts that are kept: most lines of a file share a few."""

_VERDICT_BYTES = 300
"""What a verdict takes beside its text."""

_LONGEST_REMEMBERED_NEAREST = 1000
"""Characters of a nearest line; with a longer one a verdict hardly comes twice. Escaped, one may take 12 bytes."""

_MICROSECONDS = b"000Z"
"""How orjson ends a time in whole milliseconds that is not one in whole seconds."""

_NOT_FAR = b',"shown":false}}\n'


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
        self._before_time = head + (b'"log":{"timestamp":"' if time_in_log else b'"@timestamp":"')
        self._before_number = b'Z","line":' if time_in_log else b'Z","log":{"line":'
        self._numbered = file.numbers_lines
        link = b',"line_url":' + _json(file.log_url, ascii_only=ascii_only) if file.log_url else b""
        # The closing quote comes after the number.
        self._link, quote = (link[:-1] + b"#L", b'"') if self._numbered else (link, b"")
        self._before_message = (quote + b'},"message":', quote + b',"truncated":true},"message":')
        self._before_verdict = b',"anomaly":' + _json(model, ascii_only=ascii_only)[:-1]
        self._verdicts: dict[Verdict, bytes] = {}
        self._remembered_bytes = 0

    @property
    def shared_bytes(self) -> int:
        """How many bytes all texts have in common."""
        return len(self._before_time) + len(self._link) + len(self._before_verdict)

    def __call__(self, line: LineDocument) -> bytes:
        """Return the text of a line."""
        return self.all(LineColumns.of([line]))[:-1]

    def all(self, lines: LineColumns, before: Iterable[bytes] = repeat(b"")) -> bytes:
        """Return the texts of lines, one after the other, each with a line end.

        Args:
            lines: they; one at least.
            before: what is put before each text.
        """
        numbers = lines.numbers
        verdicts, new_verdict = self._verdicts, self._new_verdict
        written = orjson.dumps(numbers)[1:-1].split(b",")
        whole, truncated = self._before_message
        pieces = zip(
            before,
            repeat(self._before_time),
            _times(lines.timestamps),
            repeat(self._before_number),
            written,
            repeat(self._link),
            written if self._numbered else repeat(b""),
            [truncated if cut else whole for cut in lines.truncated],
            self._messages(lines.messages),
            [verdicts.get(verdict) or new_verdict(verdict) for verdict in lines.verdicts],
            [
                _NOT_FAR if group is None else _end(group, shown=group == number)
                for group, number in zip(lines.groups, numbers, strict=True)
            ],
            strict=False,
        )
        return b"".join(chain.from_iterable(pieces))

    def _messages(self, texts: Sequence[str]) -> list[bytes]:
        try:
            return [*map(orjson.dumps, texts)]
        except orjson.JSONEncodeError:  # one has half a surrogate pair
            return [_message(text, ascii_only=self._ascii_only) for text in texts]

    def _new_verdict(self, verdict: Verdict) -> bytes:
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
        text = self._before_verdict
        if present:
            text += b"," + _json(present, ascii_only=self._ascii_only)[1:-1]
        if nearest is None or len(nearest) <= _LONGEST_REMEMBERED_NEAREST:
            if self._remembered_bytes > _REMEMBERED_BYTES:
                self._verdicts.clear()
                self._remembered_bytes = 0
            self._verdicts[verdict] = text
            self._remembered_bytes += len(text) + _VERDICT_BYTES
        return text


def _message(text: str, *, ascii_only: bool) -> bytes:
    try:
        return orjson.dumps(text)
    except orjson.JSONEncodeError:  # half a surrogate pair
        return _json(text, ascii_only=ascii_only)


def _json(value: object, *, ascii_only: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _times(moments: Sequence[datetime]) -> list[bytes]:
    """Return `iso_text` of each moment without the Z at its end."""
    # One call for all; it writes six digits of a fraction, and of none nothing.
    written = orjson.dumps(moments, option=orjson.OPT_UTC_Z)[2:-2]
    times = written[: -len(_MICROSECONDS)].split(_MICROSECONDS + b'","')
    if len(times) == len(moments) and written.endswith(_MICROSECONDS):
        return times
    return [_time(text, moment) for text, moment in zip(written.split(b'","'), moments, strict=True)]


def _time(text: bytes, moment: datetime) -> bytes:
    if text.endswith(_MICROSECONDS):
        return text[: -len(_MICROSECONDS)]
    return iso_text(moment)[:-1].encode() if b"." in text else text[:-1] + b".000"


def _end(group: int, *, shown: bool) -> bytes:
    """Return what a far line has of its group, and the ends of both objects and of the line."""
    return b',"shown":%b,"group":%d}}\n' % (b"true" if shown else b"false", group)
