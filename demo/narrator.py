"""What the demo says on the standard output."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
_WIDTH = 110


def short(path: str | Path) -> str:
    """A path as seen from the checkout."""
    return str(path).removeprefix(f"{CHECKOUT}{os.sep}")


def typed(*words: str | Path) -> str:
    """A command line as one would type it in the checkout."""
    return shlex.join(map(short, words))


class Narrator:
    """Says what happens, and the commands with which a person would do it; colours on a terminal only."""

    def __init__(self) -> None:
        self._colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._steps = 0

    def step(self, text: str) -> None:
        """Begin the next step."""
        self._steps += 1
        self._print("1", f"\n{self._steps}. {text}")

    def say(self, text: str) -> None:
        """Explain; what does not fit into a line is cut."""
        self._print("", f"   {text}" if len(text) <= _WIDTH else f"   {text[: _WIDTH - 3]}...")

    def command(self, *words: str | Path) -> None:
        """Show a command line, whole."""
        self._print("36", f"   $ {typed(*words)}")

    def _print(self, colour: str, text: str) -> None:
        print(f"\033[{colour}m{text}\033[0m" if colour and self._colours else text, flush=True)
