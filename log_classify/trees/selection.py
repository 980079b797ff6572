"""Which files of a build's logs are read, and why the others are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from anomaly_filter.patterns import lazy_pattern
from log_classify.trees.noise import NOISE, Noise
from log_processor.errors import ConfigError

_PACKED = lazy_pattern(r"(?:\.(?:gz|xz|bz2|zst)){1,4}\Z")
_ARCHIVE = lazy_pattern(r"\.(?:tar|tgz|tbz2?|txz|tzst|zip)\Z")


@dataclass(frozen=True)
class Selection:
    """What decides by its path whether a file is read.

    Attributes:
        exclude_names: regular expressions; left out is a file whose name, without folders, begins with a match.
        exclude_paths: regular expressions; left out is what has a match anywhere in its path.
        include_paths: regular expressions; where there are any, only files are read that have a match of one of them
            anywhere in their path, and nothing is read for that reason alone.
        noise: kinds of files that are left out, too; empty: nothing is noise.

    Raises:
        ConfigError: an expression is none.
    """

    exclude_names: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    include_paths: tuple[str, ...] = ()
    noise: tuple[Noise, ...] = NOISE

    def __post_init__(self) -> None:
        """Check the expressions."""
        for text in (*self.exclude_names, *self.exclude_paths, *self.include_paths):
            _checked(text)

    def reason(self, path: str) -> str | None:
        """Return why a file or a folder is left out, for a person; None when it is read.

        Whether a path is included is asked of files alone, not of folders and archives that may hold some.

        Args:
            path: within the build's logs; parts joined with slashes, and one more behind a folder's.
        """
        name = path.rpartition("/")[2]
        bare = _PACKED.sub("", path)
        for pattern in self._names:
            if name and pattern.match(name):
                return f"its name is excluded: {pattern.pattern}"
        for pattern in self._paths:
            if pattern.search(path):
                return f"its path is excluded: {pattern.pattern}"
        if found := self._noisy and self._noisy.search(f"/{bare}"):
            return self.noise[(found.lastindex or 1) - 1].why
        if not name or not self._included or _ARCHIVE.search(bare):
            return None
        return None if any(pattern.search(path) for pattern in self._included) else "its path is not included"

    @cached_property
    def _names(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.exclude_names))

    @cached_property
    def _paths(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.exclude_paths))

    @cached_property
    def _included(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.include_paths))

    @cached_property
    def _noisy(self) -> re.Pattern[str] | None:
        """All rows at once; the number of the group says which one fits."""
        return _either(row.pattern for row in self.noise) if self.noise else None


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"({pattern})" for pattern in patterns))


def _checked(text: str) -> None:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigError(f"{text!r} is no regular expression: {error}") from None
