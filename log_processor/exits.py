"""How every command ends; scripts rely on the exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from io import TextIOWrapper

from log_processor.errors import ConfigError, LogProcessorError, Unavailable
from log_processor.visible import visible


class Exit(IntEnum):
    """What a command's exit status says."""

    DONE = 0
    """Done, far lines or not."""
    ANOMALY = 1
    """Far lines or findings, and `--fail-on-anomaly` was asked for."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    UNREACHABLE = 3
    """A server is away."""
    NO_SUCH_BUILD = 4
    """The store has no such build."""
    NOTHING_READ = 5
    """No line was read, or no baseline was there to compare with."""
    INTERRUPTED = 130
    """Ended by the user."""


def guarded(program: str, command: Callable[[], int]) -> int:
    """Run a command; every error that is not a bug of ours becomes a line on standard error and an exit status."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # logs hold more than some terminals can show
    try:
        status = command()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
