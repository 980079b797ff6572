"""A folder of models: one folder a model, one immutable file a segment, no lock and no index.

Several processes read and write the same folder at once. A segment appears by a rename, so a reader sees it
whole or not at all; one that vanishes while it is read was forgotten, which is no error.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from anomaly_filter import atomic
from anomaly_filter.errors import SegmentError
from anomaly_filter.images import Images
from anomaly_filter.mapped import Info
from anomaly_filter.model import Model
from anomaly_filter.names import FALLBACKS, Fallback, ModelName
from anomaly_filter.segment import Segment
from anomaly_filter.segment_file import SegmentFile, encoded_build, newest_builds, segment_files
from anomaly_filter.tokens import Tokenizer

_MODEL_BYTES_LIMIT = 16 * 1024 * 1024  # of the segments of one model
_IN_MEMORY = 7  # times the bytes of its segments is what a model takes that is not mapped
_CACHE_LIMIT = _IN_MEMORY * _MODEL_BYTES_LIMIT  # bytes of all models that are kept, mapped or not
_WRITE_AGE = timedelta(days=1)  # after which a part belongs to a process that was killed
_BARE_MODEL_BYTES = 32 * 1024  # what a model without rows counts
_JOB_BUILDS = 2  # builds of which all files are read when nothing nearer answers


@dataclass(frozen=True)
class Found:
    """A model, and how it was found.

    Attributes:
        model: the model; its name has a `*` for each part that a fallback left open.
        fallback: the step that found it; None: it is the file's own.
        newest: when the newest of its builds ran.
        unreadable: segments that were left out, each with the reason.
    """

    model: Model
    fallback: Fallback | None
    newest: datetime
    unreadable: tuple[str, ...] = ()


_Loaded = tuple[Found | None, tuple[str, ...], int]  # a model, what was left out of it, bytes it takes


class ModelStore:
    """Models in a folder."""

    def __init__(
        self, root: Path, *, keep_builds: int = 8, keep_days: int = 30, lasting: bool = True
    ) -> None:
        """Use a folder; it is made when the first segment is learnt.

        Args:
            root: the folder.
            keep_builds: builds that a model holds at the most; older ones are forgotten when it learns.
            keep_days: days after which a model forgets a build when it learns.
            lasting: whether the models are to outlast a power cut, and to be loaded often, which both takes its time.
        """
        self.root = root
        self._lasting = lasting
        self._keep_builds = keep_builds
        self._keep_age = timedelta(days=keep_days)
        self._cache: OrderedDict[tuple[str, tuple[str, ...]], _Loaded] = OrderedDict()
        self._tokenizer = Tokenizer()
        self._images = Images(root)

    # ---- learning ----

    def learn(self, name: ModelName, segment: Segment, *, built_at: datetime, now: datetime) -> bool:
        """Add a segment to a model and forget what is too old or too much.

        Args:
            name: the model.
            segment: what a file of a passing build taught.
            built_at: aware time at which the build ran.
            now: aware present time.

        Returns:
            Whether the model changed; learning the same again changes nothing.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = self.root.joinpath(*name.parts)
        file = SegmentFile.of(segment, built_at, folder)
        earlier = [s for s in segment_files(folder) if (s.build, s.file_key) == (file.build, file.file_key)]
        if any(s.digest == file.digest for s in earlier):
            return False
        atomic.write(file.path, segment.encode(), lasting=self._lasting)
        _remove(earlier)
        self._prune(folder, now)
        self._images.remove(_pattern(name, step) for step in (None, *FALLBACKS))
        return file.path.exists()  # not if it is older than all that the model keeps

    def _prune(self, folder: Path, now: datetime) -> None:
        files = list(segment_files(folder))
        kept = newest_builds(files, self._keep_builds)
        oldest = now - self._keep_age
        newest = max((s.built_at for s in files), default=now)
        # The newest build is kept whatever its age: old knowledge is better than none.
        _remove(s for s in files if s.build not in kept or (s.built_at < oldest and s.built_at < newest))
        abandoned = (now - _WRITE_AGE).timestamp()
        for of_some_kind in (folder, self._images.folder):
            for part in of_some_kind.glob(f".*{atomic.PART_SUFFIX}"):
                with suppress(OSError):
                    if part.stat().st_mtime < abandoned:
                        part.unlink()

    def forget(self, build: str) -> int:
        """Forget a build in every model; return how many segments were deleted.

        Raises:
            OSError: something of it cannot be deleted.
        """
        removed = _remove(s for s in segment_files(self.root, deep=True) if s.build == encoded_build(build))
        self._images.clear()
        return removed

    # ---- finding ----

    def find(
        self, name: ModelName, *, without_build: str = "", fallback: Sequence[Fallback] = FALLBACKS
    ) -> Found | None:
        """Return the model for a file, or that of the first fallback step that has one.

        Args:
            name: the file's model.
            without_build: segments of this build are left out: a build is never its own baseline.
            fallback: steps to try, in this order, where the file's own model is not there.
        """
        unreadable: dict[str, None] = {}  # a segment may be met by several steps
        for step in (None, *fallback):
            pattern = _pattern(name, step)
            folders = [self.root / pattern] if step is None else sorted(self.root.glob(pattern))
            files = [s for folder in folders for s in segment_files(folder, deep=step is Fallback.JOB)]
            files = [s for s in files if s.build != encoded_build(without_build)]
            builds = min(self._keep_builds, _JOB_BUILDS) if step is Fallback.JOB else self._keep_builds
            kept = newest_builds(files, builds)
            found, reasons, _ = self._load(pattern, step, [s for s in files if s.build in kept])
            unreadable.update(dict.fromkeys(reasons))
            if found:
                return replace(found, unreadable=tuple(unreadable))
        return None

    def models(self) -> Iterator[tuple[str, list[SegmentFile]]]:
        """Give each model's name and its segments, oldest first."""
        for folder, _, _ in sorted(os.walk(self.root)):
            files = sorted(segment_files(Path(folder)))
            if files:
                yield Path(folder).relative_to(self.root).as_posix(), files

    def _load(self, name: str, step: Fallback | None, files: list[SegmentFile]) -> _Loaded:
        files = sorted(files, reverse=True)
        key = (name, tuple(str(s.path) for s in files))
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        loaded = self._mapped(name, step, files) if self._lasting else None
        if loaded is None:
            loaded, lasting = self._united(name, step, files)
            if not lasting:
                return loaded
            if self._lasting:  # mapped even by who has written it: its pages are shared
                loaded = self._mapped(name, step, files) or loaded
        self._cache[key] = loaded
        return loaded

    def _mapped(self, name: str, step: Fallback | None, files: Sequence[SegmentFile]) -> _Loaded | None:
        """Return a model that has an image."""
        found = self._images.find(name, [s.path for s in files]) if files else None
        if found is None:
            return None
        size = found.size + _BARE_MODEL_BYTES
        self._make_room(size)
        return Found(Model(found.content, name), step, found.info.newest), found.info.unreadable, size

    def _united(self, name: str, step: Fallback | None, files: Sequence[SegmentFile]) -> tuple[_Loaded, bool]:
        """Read segments, and write an image of them; say whether there is a model that would be the same again."""
        segments: list[Segment] = []
        times: list[datetime] = []
        unreadable: list[str] = []
        lasting = True
        room = _MODEL_BYTES_LIMIT
        for s in files:
            try:
                data = _read(s.path, room)
                room -= len(data)
                segments.append(Segment.decode(data, self._tokenizer))
                times.append(s.built_at)
            except FileNotFoundError:  # noqa: PERF203 - files are few
                continue  # forgotten a moment ago
            except (SegmentError, OSError) as error:
                unreadable.append(f"{s.path.relative_to(self.root)}: {error}")
                lasting &= isinstance(error, SegmentError)
        if not segments:
            return (None, tuple(unreadable), 0), False
        size = _IN_MEMORY * (_MODEL_BYTES_LIMIT - room) + _BARE_MODEL_BYTES
        # Before the model is made: the old ones and the new one together have to fit.
        self._make_room(size)
        model = Model(segments, name)
        found = Found(model, step, max(times))
        if lasting and self._lasting:
            info = Info(
                model.builds,
                model.version,
                model.retokenised,
                found.newest,
                tuple(unreadable),
            )
            self._images.write(name, [s.path for s in files], model.content, info)
        return (found, tuple(unreadable), size), lasting

    def _make_room(self, size: int) -> None:
        """Forget models, the longest unused ones first, for one of a size."""
        while self._cache and size + sum(cached for *_, cached in self._cache.values()) > _CACHE_LIMIT:
            self._cache.popitem(last=False)


def _pattern(name: ModelName, step: Fallback | None) -> str:
    """Return the glob pattern of a step's folders, which is also the name of what they hold together."""
    project, job, branch, *file = name.parts
    parts = {
        None: (project, job, branch, *file),
        Fallback.BRANCH: (project, job, "*", *file),
        Fallback.PROJECT: ("*", job, "*", *file),
        Fallback.JOB: (project, job, "*"),
    }[step]
    # Of the glob characters an encoded part can hold none: quote() encodes them all.
    return "/".join(parts)


def _read(path: Path, room: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(room + 1)
    if len(data) > room:
        raise SegmentError(f"left out: with it the model is larger than {_MODEL_BYTES_LIMIT} bytes")
    return data


def _remove(files: Iterable[SegmentFile]) -> int:
    removed = 0
    for s in list(files):
        with suppress(FileNotFoundError):
            s.path.unlink()
            removed += 1
    return removed
