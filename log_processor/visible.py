"""What a person reads: text from logs and payloads made fit for a terminal and for a log of our own, and numbers of things."""

from __future__ import annotations

from anomaly_filter.patterns import lazy_pattern

# What would steer a terminal, begin another line, or turn the direction of the text; tabs stay.
_STEERING = lazy_pattern(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return one line of text with whatever does not print as itself made visible.

    >>> visible("a\x1b[2Jb")
    'a\\u001b[2Jb'
    """
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def counted(number: int, noun: str) -> str:
    """Return `1 line`, `2,000 lines`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
