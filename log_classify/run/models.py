"""Folders of models: for one run, or kept in a folder or one zip file."""

from __future__ import annotations

import shutil
import signal
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from threading import current_thread, main_thread

from anomaly_filter import ModelStore, SegmentFile
from anomaly_filter.segment_file import newest_builds, segment_files
from log_processor.errors import ConfigError

KEEP_BUILDS = 8
"""Builds that a kept model holds at the least."""

_ALL_BUILDS = 1 << 30
_SUFFIX = ".segment"
_ZIP_BYTES = 1 << 34  # what a zip file of models may hold; each is checked when it is read
_ZIP_FILES = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip file can tell: the same models make the same file


@dataclass(frozen=True)
class Models:
    """A folder of models, for any process to open.

    Attributes:
        root: the folder.
        keep_builds: builds that a model holds at the most.
        lasting: whether they are kept after this run.
    """

    root: Path
    keep_builds: int = _ALL_BUILDS
    lasting: bool = True

    def store(self) -> ModelStore:
        """Open it."""
        return ModelStore(self.root, keep_builds=self.keep_builds, lasting=self.lasting)

    def segments(self) -> list[SegmentFile]:
        """Return the files of its segments, oldest first."""
        return sorted(segment_files(self.root, deep=True))


@contextmanager
def models_for_once(builds: int) -> Iterator[Models]:
    """Give an empty folder for the models of some builds; it is gone afterwards."""
    with _scratch() as folder:
        yield Models(folder, builds, lasting=False)


@contextmanager
def kept_models(path: Path) -> Iterator[Models]:
    """Give models that were kept.

    Args:
        path: a folder, or a zip file of one.

    Raises:
        ConfigError: there are none, or the file is damaged.
    """
    if path.is_dir():
        models = Models(path)
        _check(models, path)
        yield models
        return
    if not path.exists():
        raise ConfigError(
            f"{path}: there is no such file or folder; `log-classify dir-train {path} BASELINE` makes one"
        )
    with _scratch() as folder:
        _unpack(path, folder)
        models = Models(folder, lasting=False)
        _check(models, path)
        yield models


@contextmanager
def models_to_keep(path: Path, builds: int) -> Iterator[Models]:
    """Give an empty folder for models that are kept when the block comes to its end, and gone if it does not.

    They are added to what is there already; of a build that is there already, what is learnt now replaces it.

    Args:
        path: a folder, or a zip file if its name ends in `.zip`.
        builds: how many builds are learnt.

    Raises:
        ConfigError: they cannot be kept there, or something else than models is there.
    """
    _check_place(path)
    with _beside(path) as folder:
        models = Models(folder / "new", max(builds, KEEP_BUILDS), lasting=False)
        yield models
        with _told(path):
            if path.is_file() or (path.suffix == ".zip" and not path.is_dir()):
                all_models = folder / "all"
                if path.exists():
                    _unpack(path, all_models)
                _move(models, all_models)
                _pack(all_models, folder / "zip")
                (folder / "zip").replace(path)
            else:
                with _uninterrupted():
                    _move(models, path)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM wait until something is done that must not be done by half."""
    met: list[int] = []
    handlers = {}
    if current_thread() is main_thread():  # no other has handlers to set
        for number in (signal.SIGINT, signal.SIGTERM):
            handlers[number] = signal.signal(number, lambda number, _: met.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if met:
        signal.raise_signal(met[0])


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a folder from which moving something to a path is quick."""
    place = path.absolute().parent
    with ExitStack() as stack:
        with _told(path):
            place.mkdir(parents=True, exist_ok=True)
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=place))
        yield Path(scratch)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"{path}: models cannot be kept there: {error.strerror}") from error


def _move(models: Models, root: Path) -> None:
    """Move segments into another folder on the same file system, and let go of the oldest builds there."""
    for new in models.segments():
        folder = root / new.path.parent.relative_to(models.root)
        folder.mkdir(parents=True, exist_ok=True)
        earlier = list(segment_files(folder))
        path = new.path.replace(folder / new.path.name)
        now = [replace(new, path=path), *(old for old in earlier if old.path != path)]
        kept = newest_builds(now, models.keep_builds)
        for old in now[1:]:
            if old.build not in kept or (old.build, old.file_key) == (new.build, new.file_key):
                old.path.unlink(missing_ok=True)


def _check(models: Models, path: Path) -> None:
    if next(segment_files(models.root, deep=True), None) is None:
        raise ConfigError(f"{path}: holds no models; `log-classify dir-train {path} BASELINE` makes some")


def _check_place(path: Path) -> None:
    """Refuse what was meant for a baseline."""
    with _told(path):
        if path.is_dir():
            ours = not any(path.iterdir()) or any(segment_files(path, deep=True))
        else:
            ours = not path.exists() or _is_zip_of_models(path)
    if not ours:
        what = "holds files and no models" if path.is_dir() else "is no zip file of models"
        raise ConfigError(f"{path}: {what}; is MODEL missing?")


def _is_zip_of_models(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(_SUFFIX) for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a zip file of models; nothing about it is trusted."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > _ZIP_FILES or sum(info.file_size for info in infos) > _ZIP_BYTES:
                raise ConfigError(f"{path}: holds more than any models do")
            for info in infos:
                parts = PurePosixPath(info.filename).parts
                if info.compress_type != zipfile.ZIP_STORED or not info.filename.endswith(_SUFFIX):
                    continue  # no segment
                if ".." in parts or "/" in parts:
                    raise ConfigError(f"{path}: is not ours: {info.filename!r} lies outside")
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{path}: is neither a folder of models nor a zip file of one: {why}") from error


def _pack(folder: Path, path: Path) -> None:
    """Write a zip file that is not compressed, so that what is in it can be read where it lies."""
    with zipfile.ZipFile(path, "w") as archive:
        for each in Models(folder).segments():
            info = zipfile.ZipInfo(each.path.relative_to(folder).as_posix(), _EPOCH)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            with each.path.open("rb") as source, archive.open(info, "w") as target:
                shutil.copyfileobj(source, target)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="log-classify-models-") as folder:
        yield Path(folder)
