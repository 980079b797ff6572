"""How every command ends; scripts rely on the exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import IntEnum
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from log_processor.errors import ConfigError, LogProcessorError, Unavailable
from log_processor.visible import visible

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_ERRORS = "backslashreplace"  # logs hold more than some terminals can show


class Exit(IntEnum):
    """What a command's exit status says."""

    DONE = 0
    """Done, far lines or not."""
    ANOMALY = 1
    """Far lines or findings, and `--fail-on-anomaly` was asked for."""
    USAGE = 2
    """The command line or the configuration is wrong, or output cannot be written."""
    UNREACHABLE = 3
    """A server is away."""
    NO_SUCH_BUILD = 4
    """The store has no such build."""
    NOTHING_READ = 5
    """No line was read, or no baseline was there to compare with."""
    INTERRUPTED = 130
    """Ended by the user."""


class _Stream(FileIO):
    """A standard stream that work outlives: what cannot be written is dropped, and why is remembered."""

    def __init__(self, stream: TextIO | None, *, ends_when_unread: bool = False) -> None:
        """Write to where a stream does.

        Args:
            stream: standard output or standard error; None: it was closed before we began.
            ends_when_unread: whether a pipe that nobody reads any more is an error, as for what only prints.
        """
        # A file that may only be read takes the number of the closed one, which no other file is to get.
        number = os.open(os.devnull, os.O_RDONLY) if stream is None else stream.fileno()
        super().__init__(number, "wb", closefd=False)
        self.error: OSError | None = None
        self._ends_when_unread = ends_when_unread

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or drop it."""
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if not isinstance(error, BrokenPipeError):
                self.error = error
            elif self._ends_when_unread:
                raise
            return memoryview(data).nbytes


def _lasting(raw: _Stream, stream: TextIO | None) -> TextIO:
    return TextIOWrapper(
        BufferedWriter(raw),
        encoding=stream.encoding if stream else "utf-8",
        errors=_ERRORS,
        line_buffering=not isinstance(stream, TextIOWrapper) or stream.line_buffering or stream.write_through,
    )


def _safe_streams(*, outlives_output: bool) -> _Stream | None:
    """Have standard output and standard error written with care; return the former, None where it is a test's."""
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _lasting(_Stream(sys.stderr), sys.stderr)
    if sys.stdout is not None and sys.stdout is not sys.__stdout__:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors=_ERRORS)
        return None
    output = _Stream(sys.stdout, ends_when_unread=not outlives_output)
    sys.stdout = _lasting(output, sys.stdout)
    return output


def guarded(program: str, command: Callable[[], int], *, outlives_output: bool = False) -> int:
    """Run a command; every error that is not a bug of ours becomes a line on standard error and an exit status.

    Args:
        program: begins each such line.
        command: returns its exit status.
        outlives_output: whether it goes on, and ends as it would, when nobody reads its output any more; what
            only prints need not.
    """
    output = _safe_streams(outlives_output=outlives_output)
    status = _status(program, command)
    if output is None or output.error is None:
        return status
    sys.stderr.write(f"{program}: standard output: cannot be written: {output.error.strerror}\n")
    return Exit.USAGE


def _status(program: str, command: Callable[[], int]) -> int:
    try:
        status = command()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough
        return Exit.DONE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except LogProcessorError as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"{program}: {visible(line)}\n")
        if isinstance(error, ConfigError):
            return Exit.USAGE
        return Exit.UNREACHABLE if isinstance(error, Unavailable) else Exit.NOTHING_READ
    return status
