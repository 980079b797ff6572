"""Reads whatever a person names into a tree of log files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

from log_classify.logs import STANDARD_INPUT, piped
from log_classify.progress import Progress
from log_classify.trees.folder import files_below, printable
from log_classify.trees.harvest import Harvest
from log_classify.trees.scratch import Scratch, scratch_folder
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree, TreeError, TreeFile
from log_classify.trees.unpack import Unpacker
from log_processor.errors import ConfigError, JobError

_CHUNK = 256 * 1024


class TreeReader:
    """Reads trees; their files are there as long as the reader is."""

    def __init__(self, scratch: Scratch, progress: Progress) -> None:
        """Read nothing yet.

        Args:
            scratch: holds what is unpacked and downloaded.
            progress: is told how far that is.
        """
        self._scratch = scratch
        self._progress = progress

    def read(self, name: str, selection: Selection | None = None, *, url: str | None = None) -> Tree:
        """Find the files of a build's logs.

        Args:
            name: a file, a folder or an archive by its path, `-` for standard input, or a URL of a file, of an archive
                or of a list of files.
            selection: says which files are wanted; None: all but noise. A log file that is named itself always is.
            url: where a person can look at the build; None: where the logs are, if they have a URL.

        Raises:
            ConfigError: it cannot be read.
            TreeError: its server does not have it, or refuses; or there is too much of it.
            FetchUnavailable: its server is away.
        """
        if is_url(name):
            from log_classify.trees.remote import Remote  # noqa: PLC0415 - local logs need not wait for it

            harvest = Harvest(_shown(name), selection or Selection())
            try:
                Remote(harvest, self._scratch, self._progress).take(name)
            except JobError as error:
                raise TreeError(str(error), error.outcome) from error
            return harvest.tree(url or _shown(name))
        harvest = Harvest(printable(name), selection or Selection())
        unpacker = Unpacker(harvest, self._scratch, self._progress)
        if _is_folder(name):
            for inner, file in files_below(Path(name), harvest):
                unpacker.take(TreeFile(inner, file, printable(str(file))))
        else:
            shown = printable(name)
            unpacker.take(TreeFile(PurePosixPath(shown).name, self._regular(name), shown), root=True)
        return harvest.tree(url)

    def _regular(self, name: str) -> Path:
        """Return a file that can be read any number of times; a pipe is copied."""
        path = Path(name)
        try:
            if name != STANDARD_INPUT and path.is_file():
                with path.open("rb"):
                    return path
            with piped(name) as pipe:
                return self._scratch.keep(iter(lambda: pipe.read(_CHUNK), b"")).file
        except (OSError, ValueError) as error:  # ValueError: the name holds a NUL
            raise ConfigError(f"{name}: cannot be read: {getattr(error, 'strerror', error)}") from error


@contextmanager
def open_trees(progress: Progress | None = None) -> Iterator[TreeReader]:
    """Give a reader; what it unpacked and downloaded is gone afterwards, also when the process is asked to end.

    Args:
        progress: is told how far it is; None: one that writes to standard error.
    """
    with scratch_folder() as folder, closing(Scratch(folder)) as scratch:
        yield TreeReader(scratch, progress or Progress(sys.stderr))


def is_url(name: str) -> bool:
    """Whether what a person names is on a web server."""
    return name.lower().startswith(("http://", "https://"))


def _is_folder(name: str) -> bool:
    try:
        return name != STANDARD_INPUT and Path(name).is_dir()
    except (OSError, ValueError):  # whoever opens it says why
        return False


def _shown(url: str) -> str:
    """Return a URL without its query, which may hold a signature."""
    return url.partition("?")[0]
