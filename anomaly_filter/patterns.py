"""Regular expressions that cost nothing until they are used.

Compiling those of the package would take a third of the time that a command needs to start, and hardly any log needs
all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import AnyStr, cast


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what `re.compile` returns, compiled at its first use.

    Args:
        text: the regular expression; what is wrong with it is raised at the first use, too.
        flags: of `re`.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(text, lambda: re.compile(text, flags)))


class _Lazy:
    def __init__(self, pattern: object, compiled: Callable[[], object]) -> None:
        self.pattern = pattern  # known without compiling
        self._compiled = compiled

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._compiled(), name)
        setattr(self, name, found)  # the next time it is found without coming here
        return found
