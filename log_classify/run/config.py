"""`--config`: what is read, and what is compared with, for each job."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from log_classify.parsers.common import expression
from log_classify.trees.noise import NOISE
from log_classify.trees.selection import Selection
from log_processor.errors import ConfigError

_LISTS = ("includes", "excludes", "exclude_files", "ignore_patterns", "extra_baselines")
_NAMES = ("extra_baselines",)  # of builds; the other lists are of regular expressions
_SWITCH = "default_excludes"
_JOB = ("match_job", "config")
# logreduce's file has one key, with these below it.
_FILTERS = {"exclude_files": "exclude_files", "exclude_paths": "excludes", "exclude_lines": "ignore_patterns"}


@dataclass(frozen=True)
class RunConfig:
    """What a command line and a configuration file say together.

    Attributes:
        selection: which files are read.
        ignored: regular expressions of lines that are ignored, from the file.
        baselines: passing builds to compare with beside those that the command names.
    """

    selection: Selection
    ignored: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()


def read_config(args: argparse.Namespace, job: str = "") -> RunConfig:
    """Return what the options of `parsers.common.add_selection` say.

    Args:
        args: has these options.
        job: name of the job at hand; a file may have something else for each.

    Raises:
        ConfigError: something is wrong with the file, or with an expression.
    """
    found = _of_job(_loaded(args.config), job, args.config) if args.config else {}

    def listed(key: str) -> tuple[str, ...]:
        return tuple(found.get(key, ()))

    return RunConfig(
        Selection(
            exclude_names=(*args.exclude_file, *listed("exclude_files")),
            exclude_paths=(*args.exclude_path, *listed("excludes")),
            include_paths=(*args.include_path, *listed("includes")),
            noise=NOISE if found.get(_SWITCH, True) else (),
        ),
        listed("ignore_patterns"),
        listed("extra_baselines"),
    )


def _loaded(path: str) -> object:
    import yaml  # noqa: PLC0415 - most command lines name no file

    try:
        return yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is no YAML: {error}") from error


def _of_job(content: object, job: str, path: str) -> Mapping[str, Any]:
    """Return what holds for a job: that of the first entry that fits it, where there are several."""
    if not isinstance(content, list):
        return _checked(content, path)
    configs = []
    for at, entry in enumerate(content, 1):
        where = f"{path}: entry {at}"
        if not isinstance(entry, dict) or set(entry) != set(_JOB):
            raise ConfigError(f"{where}: expected the keys {' and '.join(_JOB)}")
        try:
            fits = re.search(str(entry["match_job"]), job)
        except re.error as error:
            raise ConfigError(f"{where}: match_job is no regular expression: {error}") from None
        configs.append((fits, _checked(entry["config"], where)))
    return next((config for fits, config in configs if fits), {})


def _checked(config: object, where: str) -> Mapping[str, Any]:
    if config is None:
        return {}
    if not isinstance(config, dict):
        raise ConfigError(f"{where}: expected keys with values, got {config!r:.60}")
    if set(config) == {"filters"}:
        config = _of_logreduce(config["filters"], where)
    for key, value in config.items():
        if key in _LISTS:
            _check_list(key, value, where)
        elif key != _SWITCH:
            raise ConfigError(f"{where}: {key!r} is no key; there are {', '.join((*_LISTS, _SWITCH))}")
        elif not isinstance(value, bool):
            raise ConfigError(f"{where}: {key}: expected true or false, got {value!r:.60}")
    return config


def _of_logreduce(filters: object, where: str) -> dict[str, object]:
    if not isinstance(filters, dict) or not set(filters) <= set(_FILTERS):
        raise ConfigError(f"{where}: filters: expected the keys {', '.join(_FILTERS)}")
    for key, value in filters.items():
        _check_list(key, value, f"{where}: filters")
    return {_FILTERS[key]: value for key, value in filters.items()}


def _check_list(key: str, value: object, where: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str) or {*map(type, value)} - {str}:
        raise ConfigError(f"{where}: {key}: expected a list of texts, got {value!r:.60}")
    if key in _NAMES:
        return
    for text in value:
        try:
            expression(text)
        except argparse.ArgumentTypeError as error:  # noqa: PERF203 - expressions are few
            raise ConfigError(f"{where}: {key}: {error}") from None
