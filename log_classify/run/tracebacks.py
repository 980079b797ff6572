"""Tracebacks of Python, Java, Node.js, Go and Rust, found in the lines of a log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from anomaly_filter import ScoredLine
from anomaly_filter.patterns import lazy_pattern

_LONGEST = 2000
"""Lines of a traceback, so that a log that only looks like one does not become a single entry."""

_DIGITS = str.maketrans("123456789", "000000000")
# What some systems put before each line that a program writes; other leads come with the program's own lines only.
_TIME = lazy_pattern(r"\d{4}-\d\d-\d\dT[\d:.]{8,20}Z ")
_PYTHON = "Traceback (most recent call last):"
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
# Java, Node.js and others that write `at` before each frame, also behind Maven's `[ERROR]`.
_FRAME = lazy_pattern(
    r"(?:\[[A-Z]+\] ?)?\s*at \S.*"
    r"(?::\d+\)?|\((?:Native Method|Unknown Source|<anonymous>|<generated>)\))(?: ~?\[[^\]]*\])?\s*$"
)
_FRAME_CHARACTERS = 1000  # bounds the time that a line which only looks like a frame can take
_BETWEEN_FRAMES = lazy_pattern(
    r".{0,60}?(?:\.\.\. \d+ (?:more|common frames omitted)|Caused by: |Suppressed: )"
)
_GO = lazy_pattern(r"(?:panic: |fatal error: |goroutine \d+ \[[^\]]+\]:$)")
_OF_GO = (
    "\t",
    "panic: ",
    "[signal ",
    "[recovered]",
    "goroutine ",
    "runtime stack:",
    "created by ",
    "exit status ",
    "...additional frames elided",
)
_RUST = lazy_pattern(r"thread '[^']*'(?: \(\d+\))? panicked at ")
_OF_RUST = lazy_pattern(r"(?:stack backtrace:$|note: | +\d+: | +at )")
_RUST_MESSAGE = 20  # lines


class Found(NamedTuple):
    """A traceback, or a line that belongs to none.

    Attributes:
        lines: all of it, in order.
        line: the one that says what happened.
    """

    lines: tuple[ScoredLine, ...]
    line: ScoredLine


class _Lines:
    """Lines that can be looked at before they are taken."""

    def __init__(self, lines: Iterable[ScoredLine]) -> None:
        self._lines = iter(lines)
        self._ahead: deque[ScoredLine] = deque()
        self._number = 0

    def take(self) -> ScoredLine | None:
        """Take the next line; None after the last one."""
        line = self._ahead.popleft() if self._ahead else next(self._lines, None)
        if line:
            self._number = line.number
        return line

    def give_back(self, lines: Sequence[ScoredLine]) -> None:
        """Have the lines that were taken last to be taken once more."""
        self._ahead.extendleft(reversed(lines))
        if lines:
            self._number = lines[0].number - 1

    def next(self) -> str | None:
        """Return the bare text of the line that follows at once the one that was taken last."""
        if not self._ahead:
            self._ahead.extend(islice(self._lines, 1))
        line = self._ahead[0] if self._ahead else None
        return _bare(line) if line and line.number == self._number + 1 else None

    def take_while(self, fits: Callable[[str], object], most: int = _LONGEST) -> list[ScoredLine]:
        """Take the lines that fit, up to the first one that does not."""
        taken: list[ScoredLine] = []
        while len(taken) < most and (text := self.next()) is not None and fits(text):
            line = self.take()
            if line:
                taken.append(line)
        return taken


def tracebacks(lines: Iterable[ScoredLine]) -> Iterator[Found]:
    """Give the lines of a log, those of a traceback together.

    Args:
        lines: in order; some may be left out.
    """
    left = _Lines(lines)
    while (line := left.take()) is not None:
        yield (
            _python(line, left)
            or _framed(line, left)
            or _go(line, left)
            or _rust(line, left)
            or Found((line,), line)
        )


def _bare(line: ScoredLine) -> str:
    """Return a line's text without the time that stands before each line of some logs."""
    text = line.text
    found = _TIME.match(text) if text[4:5] == "-" else None
    return text[found.end() :] if found else text


def _python(head: ScoredLine, left: _Lines) -> Found | None:
    """Frames are indented; the first line that is not says what happened."""
    text = _bare(head)
    if not text.endswith(_PYTHON):  # behind it stands something in a traceback that is quoted
        return None
    column = len(text) - len(_PYTHON)
    lead = text[:column].translate(_DIGITS)

    def body(text: str) -> str:
        return text[column:] if text[:column].translate(_DIGITS) == lead else text

    lines = [head]
    while True:
        lines += left.take_while(lambda text: body(text).startswith((" ", "\t", _PYTHON)))
        lines += left.take_while(lambda _: True, 1)
        between = left.take_while(lambda text: not body(text).strip() or body(text).startswith(_CHAINED), 3)
        if not between or _PYTHON not in (left.next() or ""):
            left.give_back(between)
            return Found(tuple(lines), lines[-1])
        lines += between


def _framed(head: ScoredLine, left: _Lines) -> Found | None:
    following = left.next()
    if following is None or not _is_frame(following):
        return None
    frames = left.take_while(lambda text: _is_frame(text) or _BETWEEN_FRAMES.match(text))
    return Found((head, *frames), head)


def _is_frame(text: str) -> bool:
    return "at " in text and len(text) < _FRAME_CHARACTERS and _FRAME.match(text) is not None


def _go(head: ScoredLine, left: _Lines) -> Found | None:
    if not _GO.match(_bare(head)):
        return None
    rest = left.take_while(_is_of_go)
    end = max((at for at, line in enumerate(rest, 1) if _bare(line).strip()), default=0)
    left.give_back(rest[end:])
    return Found((head, *rest[:end]), head)


def _is_of_go(text: str) -> bool:
    name, bracket, _ = text.partition("(")
    return not text or text.startswith(_OF_GO) or bool(bracket and text.endswith(")") and " " not in name)


def _rust(head: ScoredLine, left: _Lines) -> Found | None:
    if "panicked at " not in head.text or not _RUST.match(_bare(head)):
        return None
    lines, message = [head], head
    if head.text.rstrip().endswith(":"):
        lines += left.take_while(lambda text: text.strip() and not _OF_RUST.match(text), _RUST_MESSAGE)
        message = lines[min(1, len(lines) - 1)]
    lines += left.take_while(_OF_RUST.match)
    return Found(tuple(lines), message)
