"""Whose models a build at hand is compared with, where a folder has those of several jobs."""

from __future__ import annotations

from urllib.parse import unquote

from anomaly_filter import model_name
from log_classify.run.models import Models
from log_classify.run.worker import Fields
from log_processor.errors import ConfigError
from log_processor.visible import visible

_FIELDS = ("project", "build_name", "build_branch")  # in the order of a model's folders
_OPTIONS = ("--project", "--job", "--branch")
_NAMED = 8  # jobs that a message names


def chosen(models: Models, path: str, given: Fields) -> Fields:
    """Return the fields of the job whose models fit; what is not given is as in all models that do.

    Where they are of several projects or branches, models of each of them may answer, as the daemon's do.

    Args:
        models: of any number of jobs.
        path: what they are called.
        given: those of `project`, `build_name` and `build_branch` that are known.

    Raises:
        ConfigError: no models fit, or those of several jobs do.
    """
    wanted = model_name(given).parts[:3]
    there = {segment.path.relative_to(models.root).parts[:3] for segment in models.segments()}
    fitting = {
        parts
        for parts in there
        if all(part == want for name, part, want in zip(_FIELDS, parts, wanted, strict=True) if name in given)
    }
    asked = " and ".join(
        f"{option} {given[name]}" for name, option in zip(_FIELDS, _OPTIONS, strict=True) if name in given
    )
    if not fitting:
        raise ConfigError(f"{path}: holds no models for {visible(asked)}; it has those of {_jobs(there)}")
    if len({job for _, job, _ in fitting}) > 1:
        raise ConfigError(f"{path}: holds models of {_jobs(fitting)}; say which one fits with --job")
    found = dict(given)
    for name, *values in zip(_FIELDS, *fitting, strict=True):
        if len(set(values)) == 1:
            found[name] = unquote(values[0])
    return found


def _jobs(there: set[tuple[str, ...]]) -> str:
    names = sorted({visible(unquote(job)) for _, job, _ in there})
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
