"""Takes files into a tree; of an archive its members, and of an archive in it those."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from anomaly_filter.patterns import lazy_pattern
from log_classify.progress import Progress
from log_classify.trees.content import MAX_RATIO, RATIO_JUDGED_FROM, Archive, archive, plain
from log_classify.trees.harvest import Harvest
from log_classify.trees.member import Member
from log_classify.trees.scratch import Scratch
from log_classify.trees.tar import tar_members
from log_classify.trees.tree import TreeError, TreeFile
from log_classify.trees.zip import zip_members
from log_processor.errors import JobError, Outcome

_DEEPEST = 4
"""Archives in one another. A folder's tar in an artifact's zip are two."""
_PART = "only a part of it could be unpacked"
_EXTENSION = lazy_pattern(r"(?:\.(?:tar|tgz|tbz2?|txz|tzst|zip))?(?:\.(?:gz|xz|bz2|zst)){0,4}\Z")


class Unpacker:
    """Takes files into one harvest."""

    def __init__(self, harvest: Harvest, scratch: Scratch, progress: Progress) -> None:
        """Take nothing yet.

        Args:
            harvest: gets the files.
            scratch: holds what is unpacked.
            progress: is told how far that is.
        """
        self._harvest = harvest
        self._scratch = scratch
        self._progress = progress

    def take(self, file: TreeFile, *, root: bool = False) -> None:
        """Take a file that is wanted, or of an archive the members that are.

        Args:
            file: stays where it is.
            root: whether it is what a person named: an archive's name is no part of its members' paths then, nor is
                that of a folder in it which is called as the archive is.
        """
        try:
            self._take(file, "" if root else f"{file.path}/", _Allowance(file.file.stat().st_size), 0)
        except OSError as error:
            self._harvest.leave(file.path, f"cannot be read: {error.strerror or error}")

    def _take(self, file: TreeFile, above: str, allowance: _Allowance, depth: int) -> bool:
        """Take a file; return whether it is itself needed no longer."""
        found = archive(file.file)
        if found is None:
            self._harvest.take(file)
            return False
        if depth == _DEEPEST:
            self._harvest.leave(file.path, f"more than {_DEEPEST} archives are in one another")
            return True
        own = "" if above else f"{_EXTENSION.sub('', file.path)}/"
        try:
            with closing(self._members(found, file.file, allowance)) as members:
                for member in members:
                    path = above + member.path.removeprefix(own)
                    inner = TreeFile(path, file.file, f"{file.source}!{member.path}")
                    damage = self._member(member, inner, allowance, depth)
                    if damage is not None:
                        self._harvest.remark(f"{inner.source}: {_PART}: {damage}")
                        if found is Archive.TAR:  # nobody knows where the next one begins
                            self._harvest.remark(f"{file.source}: {_PART}: nothing behind {member.path}")
                            break
        except TreeError:  # no damage: there are too many files
            raise
        except JobError as error:
            self._harvest.remark(f"{file.source}: {_PART}: {error}")
        return True

    def _members(self, found: Archive, file: Path, allowance: _Allowance) -> Generator[Member]:
        if found is Archive.TAR:
            yield from tar_members(plain(file))
        elif found is Archive.ZIP:
            yield from zip_members(file)
        else:
            kept = self._scratch.keep(allowance.spent_on(plain(file)))
            yield from zip_members(kept.file)
            kept.file.unlink()

    def _member(self, member: Member, inner: TreeFile, allowance: _Allowance, depth: int) -> str | None:
        """Take a member; return why it is not whole, None where it is, or is not wanted."""
        allowance.check()
        unread = member.unread or (None if member.path else "it has no name")
        if unread is not None:
            self._harvest.leave(inner.path or "./", unread)
            return None
        if not self._harvest.wants(inner.path):
            return None
        kept = self._scratch.keep(allowance.spent_on(member.chunks))
        self._progress.show(inner.source, allowance.spent, 0)
        if kept.damage and not kept.size:
            self._harvest.leave(inner.path, kept.damage)
            kept.file.unlink()
        elif self._take(replace(inner, file=kept.file), f"{inner.path}/", allowance, depth + 1):
            kept.file.unlink()
        return kept.damage


class _Allowance:
    """How many bytes may be made of a file, however its archives lie in one another.

    Attributes:
        spent: bytes that were made.
    """

    def __init__(self, size: int) -> None:
        self.spent = 0
        self._most = max(RATIO_JUDGED_FROM, MAX_RATIO * size)

    def check(self) -> None:
        """See whether more may be made.

        Raises:
            JobError: no.
        """
        if self.spent > self._most:
            raise JobError(f"it unpacks to more than {self._most:,} bytes", Outcome.TOO_LARGE)

    def spent_on(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Hand chunks on; after the last one that is allowed, a JobError."""
        for chunk in chunks:
            self.spent += len(chunk)
            self.check()
            yield chunk
