"""The files of segments: their names say build, time and digest, so none has to be read to choose among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote

from anomaly_filter.names import encoded
from anomaly_filter.segment import Segment

_SUFFIX = ".segment"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, order=True)
class SegmentFile:
    """A segment's file, and what its name says.

    Attributes:
        built_at: when the build ran (UTC, whole seconds).
        build: the build's unique id, as `encoded_build` has it.
        file_key: stands for the file within the build.
        digest: of the segment.
        path: where it is.
    """

    built_at: datetime
    build: str
    file_key: str
    digest: str
    path: Path

    @classmethod
    def of(cls, segment: Segment, built_at: datetime, folder: Path) -> SegmentFile:
        """Return the file that a segment has in a folder, whether it is there or not.

        Args:
            segment: what is to be kept.
            built_at: aware time at which the build ran.
            folder: the model's.
        """
        built_at = built_at.astimezone(timezone.utc).replace(microsecond=0)
        file_key = hashlib.sha256(segment.file.encode("utf-8", "replace")).hexdigest()[:12]
        # encoded() keeps dots: the build's id may have some, the three other parts have none.
        name = f"{built_at.strftime(_STAMP)}.{encoded(segment.build)}.{file_key}.{segment.digest}{_SUFFIX}"
        return cls(built_at, encoded_build(segment.build), file_key, segment.digest, folder / name)

    @classmethod
    def parse(cls, path: Path) -> SegmentFile | None:
        """Read a file's name; None when it is not the name of a segment."""
        stamp, dot, rest = path.name.partition(".")
        build, *others = rest.removesuffix(_SUFFIX).rsplit(".", 2)
        try:
            built_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc)
            file_key, digest = others
        except ValueError:
            return None
        return (
            cls(built_at, unquote(build), file_key, digest, path) if dot and rest.endswith(_SUFFIX) else None
        )


def encoded_build(build: str) -> str:
    """Return a build's id as a file's name can have it: a long one is cut, with a digest behind it."""
    return unquote(encoded(build))


def segment_files(folder: Path, *, deep: bool = False) -> Iterator[SegmentFile]:
    """Give the segments of a folder, and those of the folders in it if `deep`; in no order."""
    for path in folder.rglob(f"*{_SUFFIX}") if deep else folder.glob(f"*{_SUFFIX}"):
        segment = SegmentFile.parse(path)
        # A folder may have such a name, too: it comes from the path of a log.
        if segment and path.is_file():
            yield segment


def newest_builds(files: Iterable[SegmentFile], count: int) -> set[str]:
    """Return the `count` builds that ran last."""
    last: dict[str, datetime] = {}
    for s in files:
        last[s.build] = max(s.built_at, last.get(s.build, s.built_at))
    return set(sorted(last, key=lambda build: (last[build], build), reverse=True)[:count])
