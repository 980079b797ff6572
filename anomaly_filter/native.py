"""The engine: a shared library without which everything works the same, only slower."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ENGINE_VERSION = 6
"""As engine/engine.h has it: a library that was built from other sources is not used."""

_FILE = Path(__file__).with_name("_engine.so")
_BITS = 64


def library() -> ctypes.CDLL | None:
    """Return the engine, or None where plain Python has to do; `why_not` says the reason.

    What is found at the first call holds for the life of the process. Calls into the library let other threads run.
    """
    return _loaded()[0]


def why_not() -> str:
    """Return why `library` is None, in a few words; nothing if it is not."""
    return _loaded()[1]


def declare(library: ctypes.CDLL, functions: Iterable[tuple[str, Any, tuple[Any, ...]]]) -> None:
    """Tell ctypes the types of functions: the name of each, what it returns, and its arguments."""
    for name, result, arguments in functions:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


@functools.cache
def _loaded() -> tuple[ctypes.CDLL | None, str]:
    if os.environ.get("ANOMALY_FILTER_PURE") == "1":
        return None, "ANOMALY_FILTER_PURE=1 is set"
    bits = ctypes.sizeof(ctypes.c_void_p) * 8
    if sys.byteorder != "little" or bits != _BITS:
        return (
            None,
            f"the engine needs a little-endian machine of {_BITS} bits; this one: {sys.byteorder}-endian, {bits}",
        )
    if not _FILE.exists():
        return None, f"{_FILE.name} is missing: no C compiler was found when this package was installed"
    try:
        found = ctypes.CDLL(str(_FILE))
        version = found.engine_version()
    except (OSError, AttributeError) as error:
        return None, f"{_FILE.name} does not load: {error}"
    if version != ENGINE_VERSION:
        return None, f"{_FILE.name} has version {version}, not {ENGINE_VERSION}: install the package again"
    return found, ""


class Memory:
    """Memory that the engine gave out, freed with this object.

    Of objects that are garbage together any may be finalised first, so memory may be gone while others are still
    being closed; asking for it then is an error, and not a crash.
    """

    def __init__(self, address: int, free: Callable[[int], object]) -> None:
        """Own it.

        Args:
            address: where it begins.
            free: gives it back.
        """
        self._address: int | None = address
        self._free = free

    @property
    def address(self) -> int:
        """Where it begins.

        Raises:
            RuntimeError: it has been freed.
        """
        if self._address is None:
            raise RuntimeError("this memory of the engine has been freed")
        return self._address

    def free(self) -> None:
        """Give it back, once."""
        address, self._address = self._address, None
        if address is not None:
            self._free(address)

    def __del__(self) -> None:
        self.free()
