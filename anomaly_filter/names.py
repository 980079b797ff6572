"""Which model a file belongs to: the job's fields and the file's path, without what changes between builds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from anomaly_filter.patterns import lazy_pattern

_LONGEST_NAME = 255  # characters of a file's name; a longer one comes from no file system
_DEEPEST = (
    12  # parts of a path; with the limit below a model's folder stays within what systems take, 4096 bytes
)
_PART_LIMIT = 150  # characters of one encoded part; file systems take 255 bytes

UNKNOWN = "unknown"


@dataclass(frozen=True)
class ModelName:
    """The name of a model.

    Attributes:
        project: full name of the project, such as `openstack/nova`.
        job: name of the job.
        branch: branch the build was made on.
        file: parts of the file's path without what changes between builds, at least one.

    The text form has each part percent-encoded, because fields are untrusted:

    >>> str(ModelName("openstack/nova", "tempest-full", "master", ("controller", "screen-n-cpu")))
    'openstack%2Fnova/tempest-full/master/controller/screen-n-cpu'
    """

    project: str
    job: str
    branch: str
    file: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The encoded parts: project, job, branch and those of the file; each is safe as a folder's name."""
        return tuple(map(encoded, (self.project, self.job, self.branch, *self.file)))

    def __str__(self) -> str:
        """Return the parts joined with slashes."""
        return "/".join(self.parts)


class Fallback(str, Enum):
    """Which other models may answer where a file's own is not there."""

    BRANCH = "branch"
    """The same job and file on other branches."""
    PROJECT = "project"
    """The same job and file in any project, on any branch."""
    JOB = "job"
    """All files of the job, on any branch."""


FALLBACKS = tuple(Fallback)


def model_name(fields: Mapping[str, object]) -> ModelName:
    """Return the name of the model for a build's file.

    Args:
        fields: `project`, `build_name`, `build_branch` and `filename`; what is missing or empty is `unknown`.
    """
    return ModelName(
        project=str(fields.get("project") or UNKNOWN),
        job=str(fields.get("build_name") or UNKNOWN),
        branch=str(fields.get("build_branch") or UNKNOWN),
        file=stable_path(str(fields.get("filename") or UNKNOWN)),
    )


def encoded(part: str) -> str:
    """Return a part as a folder's name: percent-encoded, never hidden, of bounded length.

    >>> encoded("../etc"), encoded(""), encoded("stable/2024.1")
    ('%2E.%2Fetc', '-', 'stable%2F2024.1')
    """
    name = quote(part, safe="", errors="replace").replace("~", "%7E")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > _PART_LIMIT:
        name = f"{name[:_PART_LIMIT]}~{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return name or "-"


# Cut from the end of a path's part, again and again until none fits. (What it cuts, pattern.)
_SUFFIXES = tuple(
    lazy_pattern(pattern)
    for pattern in (
        r"\.(?:gz|xz|bz2|zst|zip)\Z",  # compression
        r"\.(?:log|txt)\Z",  # a log is a log
        r"[.-][0-9]{1,3}\Z",  # rotation
        r"[-_.]?[0-9]{4}[-_.]?[0-9]{2}[-_.]?[0-9]{2}(?:[-_.T]?[0-9]{2}[-_.:]?[0-9]{2}(?:[-_.:]?[0-9]{2})?Z?)?\Z",  # date
        r"-[0-9a-f]{6,10}-[0-9a-z]{5}\Z",  # pod of a deployment
        r"[-_.]?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z",  # uuid
        r"[-_.](?=[0-9a-f]*[0-9])[0-9a-f]{7,64}\Z",  # commit, container, instance
        r"[-_.]?[0-9]{4,}\Z",  # long number
    )
)
_WHOLE_ID = lazy_pattern(
    r"[0-9]+|(?=[0-9a-f]*[0-9])[0-9a-f]{7,64}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
_PLAIN_FOLDERS = frozenset(("", ".", "..", "logs", "log"))


def stable_path(path: str) -> tuple[str, ...]:
    """Return a path's parts without rotation numbers, dates, ids and suffixes; never empty.

    >>> stable_path("controller/logs/screen-n-cpu.txt.gz")
    ('controller', 'screen-n-cpu')
    >>> stable_path("pods/server-7d748d77c-9xgn2.log"), stable_path("messages-20240101.1.xz")
    (('pods', 'server'), ('messages',))
    """
    *folders, name = path.replace("\\", "/").split("/")
    found = [_stable(folder) for folder in folders if folder.lower() not in _PLAIN_FOLDERS]
    found.append(_stable(name) if name not in (".", "..") else "")
    parts = [part for part in found if part] or [UNKNOWN]
    return (
        (*parts[: _DEEPEST - 1], "/".join(parts[_DEEPEST - 1 :])) if len(parts) > _DEEPEST else tuple(parts)
    )


def _stable(part: str) -> str:
    if len(part) > _LONGEST_NAME:
        return part
    while not _WHOLE_ID.fullmatch(part):
        shorter = part
        for suffix in _SUFFIXES:
            shorter = suffix.sub("", shorter)
        if shorter in (part, ""):
            return shorter
        part = shorter
    return ""
