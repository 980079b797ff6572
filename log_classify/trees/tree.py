"""The logs of one build, as files on this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from log_classify.report.model import LeftOut
from log_processor.errors import ConfigError, JobError


class TreeError(ConfigError, JobError):
    """Logs are not there, or there are too many of them.

    Where a person named them, the command line is to be mended; where a search found them, the next ones may do.
    """


@dataclass(frozen=True)
class TreeFile:
    """A log file of a build.

    Attributes:
        path: within the build's logs, parts joined with slashes; an archive's name is a part of its members' paths.
        file: where its bytes lie on this machine, compressed or not; readable any number of times.
        source: where a person can open it: a path, a URL, `archive.tar.gz!member`.
    """

    path: str
    file: Path
    source: str


@dataclass(frozen=True)
class Tree:
    """The logs of one build.

    Attributes:
        name: as a person named it: a path, a URL.
        url: where the build can be looked at; None for a local one.
        files: in the order of their paths; each path once.
        left_out: files that are not read: noise, what a filter excludes, what could not be had.
        remarks: what a person should know, one sentence each.
    """

    name: str
    url: str | None
    files: tuple[TreeFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()

    def below(self, folder: str) -> Tree:
        """Return the same files as those of a folder of the build's logs.

        Args:
            folder: its path within them; empty: it is all of them.
        """
        folder = folder.strip("/")
        if not folder:
            return self
        return replace(
            self,
            files=tuple(replace(file, path=f"{folder}/{file.path}") for file in self.files),
            left_out=tuple(replace(each, path=f"{folder}/{each.path}") for each in self.left_out),
        )
