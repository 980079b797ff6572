"""The images of the models in a store: written by the first process that needs one, mapped by all.

An image is made of segments and stands for them: its name says which they were, by path, size and time of change, so
it is never taken for others. Nothing is lost with an image, and nobody has to know of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from anomaly_filter import atomic, mapped, native
from anomaly_filter.image import BadImageError, Image, pack
from anomaly_filter.mapped import Info
from anomaly_filter.model import Content

_FOLDER = ".images"  # encoded() begins no name with a dot
_SUFFIX = ".image"
_MOUNTS = Path("/proc/self/mountinfo")
# File systems on which a file that is removed stays for those who have mapped it. On others, such as NFS, it goes when
# another host removes it, and with it each process that looks at it.
_OF_ONE_HOST = frozenset(("btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"))
_NOT_TO_BE_WRITTEN = (errno.EROFS, errno.EACCES, errno.EPERM)  # as somebody has decided


@dataclass(frozen=True)
class MappedModel:
    """What an image holds.

    Attributes:
        content: what a model answers from.
        info: what else is known.
        size: of the image, in bytes.
    """

    content: Content
    info: Info
    size: int


class Images:
    """The images of one store."""

    def __init__(self, root: Path) -> None:
        """Keep them in a store's folder."""
        self._root = root
        self.folder = root / _FOLDER

    def find(self, name: str, segments: Sequence[Path]) -> MappedModel | None:
        """Return the model of some segments, mapped; None where it has no image that is sound.

        Args:
            name: the model's.
            segments: the files of its segments.
        """
        library = native.library()
        path = self._path(name, segments) if library else None
        if path is None or library is None:
            return None
        try:
            image = Image(path, library, copied=_file_system(path) not in _OF_ONE_HOST)
            info = Info.decode(bytes(image.bytes("info")))
            return MappedModel(mapped.content(image, info), info, image.size)
        except (OSError, BadImageError):  # it is written anew, or what is wrong with the disk is told then
            return None

    def write(self, name: str, segments: Sequence[Path], content: Content, info: Info) -> None:
        """Write the image of a model, where there is an engine; what hinders that is told as a warning.

        Args:
            name: the model's.
            segments: the files of its segments.
            content: made of them.
            info: what else is known.
        """
        library = native.library()
        path = self._path(name, segments) if library else None
        if path is None or library is None:
            return
        try:
            atomic.write(path, pack(mapped.sections(content, info), library), lasting=False)
        except BadImageError:  # a segment has something odd in it: the model is read from segments each time
            return
        except OSError as error:
            if error.errno not in _NOT_TO_BE_WRITTEN:
                warnings.warn(f"models load slowly: {error}: {path}", RuntimeWarning, stacklevel=2)
            return
        if (
            self._path(name, segments) != path
        ):  # forgotten a moment ago: the image must not outlive its segments
            path.unlink(missing_ok=True)

    def remove(self, names: Iterable[str]) -> None:
        """Remove the images of models that have changed; one that cannot be removed is never found again."""
        for name in names:
            for path in self.folder.glob(f"{_digest(name)}.*{_SUFFIX}"):
                with suppress(OSError):
                    path.unlink()

    def clear(self) -> None:
        """Remove all images, so that none has anything left that is to be forgotten.

        Raises:
            OSError: one cannot be removed.
        """
        for path in self.folder.glob(f"*{_SUFFIX}"):
            path.unlink(missing_ok=True)

    def _path(self, name: str, segments: Sequence[Path]) -> Path | None:
        """Return where an image is; None if a segment has vanished."""
        stamps = []
        try:
            for path in sorted(segments):
                stat = path.stat()
                stamps.append(f"{path.relative_to(self._root)}\n{stat.st_size}\n{stat.st_mtime_ns}\n")
        except OSError:
            return None
        return self.folder / f"{_digest(name)}.{_digest(''.join(stamps))}{_SUFFIX}"


def _file_system(path: Path) -> str:
    """Return the type of the file system that a file is on; empty where that is not known.

    Raises:
        OSError: there is no such file.
    """
    device = path.stat().st_dev
    try:
        mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    # Behind the third field come the root, the place, options, some more fields, a dash and the type: proc(5).
    types = (
        line.partition(" - ")[2].split(" ")[0]
        for line in mounts.splitlines()
        if line.split(" ")[2:3] == [number]
    )
    return next(types, "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
