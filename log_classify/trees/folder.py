"""The files of a local folder, where they lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from log_classify.trees.harvest import Harvest

_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def files_below(root: Path, harvest: Harvest) -> Iterator[tuple[str, Path]]:
    """Yield path and place of each regular file that is wanted, in no order that could be relied on.

    Links are not followed: what they lead to within the folder is found without them, and whoever wrote the logs must
    not have files of this machine shown in a report. They are noted, as are pipes, devices and what cannot be read.
    """
    folders = [("", os.fspath(root))]
    while folders:
        above, folder = folders.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError as error:
            harvest.leave(above or "./", f"cannot be read: {error.strerror}")
            continue
        for entry in entries:
            path = above + printable(entry.name)
            if entry.is_dir(follow_symlinks=False):
                if harvest.wants(f"{path}/"):
                    folders.append((f"{path}/", entry.path))
            elif not entry.is_file(follow_symlinks=False):
                harvest.leave(path, _kind(entry))
            elif harvest.wants(path):
                yield path, Path(entry.path)


def printable(name: str) -> str:
    r"""Return a file's name as text that any encoding of Unicode holds.

    >>> printable("plain"), printable("\udcff.log")
    ('plain', '\\xff.log')
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_symlink():
            return f"a link to {printable(str(Path(entry.path).readlink()))}; links are not followed"
        return _SPECIAL.get(stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode), "no regular file")
    except OSError as error:
        return f"cannot be read: {error.strerror}"
