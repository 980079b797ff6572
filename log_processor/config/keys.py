"""The keys that a person can set, read off the sections' fields, and what is written for them as values."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from log_processor.config.sections import LIMITS, Config
from log_processor.config.sources import Given, Layer
from log_processor.config.values import Limit, convert, nearest

_PREFIX = "LOG_PROCESSOR_"


@dataclass(frozen=True)
class Key:
    """One key that a person can set.

    Attributes:
        path: section and key, such as `gearman.port`.
        hint: its type.
        default: its value when nobody sets it.
        limit: what its value has to keep besides the type.
        secret: whether it is a secret: never shown, never taken from the command line.
        secret_in_file: for a key that names the file of a secret, the path of the secret's own key.
    """

    path: str
    hint: object
    default: object
    limit: Limit | None = None
    secret: bool = False
    secret_in_file: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable that sets it: `LOG_PROCESSOR_<SECTION>_<KEY>`."""
        return _PREFIX + self.path.replace(".", "_").upper()


def sections() -> dict[str, type[typing.Any]]:
    """Return the sections of `Config` by name."""
    hints: dict[str, type[typing.Any]] = typing.get_type_hints(Config)
    return {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}


def keys() -> dict[str, Key]:
    """Return every key by its path.

    A field that its section keeps out of its repr is a secret; `<key>_file` stands beside it.
    """
    found: dict[str, Key] = {}
    for section, settings in sections().items():
        hints = typing.get_type_hints(settings)
        defaults = settings()
        for each in dataclasses.fields(settings):
            path = f"{section}.{each.name}"
            default = getattr(defaults, each.name)
            found[path] = Key(path, hints[each.name], default, LIMITS.get(path), secret=not each.repr)
            if not each.repr:
                found[f"{path}_file"] = Key(f"{path}_file", Path | None, None, secret_in_file=path)
    return found


def values(layer: Layer, known: Mapping[str, Key], problems: list[str]) -> dict[str, object]:
    """Return what a layer says, each value as its field takes it; what is wrong is appended to `problems`."""
    found: dict[str, object] = {}
    for path, given in layer.items():
        key = known.get(path)
        if key is None:
            problems.append(f"{given.origin}: {path}: unknown key{nearest(path, known)}")
            continue
        try:
            value = convert(given.value, key.hint, key.limit)
            if isinstance(value, Path) and key.secret_in_file is not None:
                found[key.secret_in_file] = _secret(value, key.secret_in_file, layer)
            elif value is not None or not (key.secret or key.secret_in_file):
                found[path] = value
        except ValueError as error:
            problems.append(f"{given.origin}: {path}: {error}")
    return found


def _secret(file: Path, path: str, layer: Layer) -> str:
    beside = layer.get(path, Given(None, ""))
    if beside.value is not None:
        raise ValueError(f"{beside.origin} sets {path} too; keep one of the two")
    try:
        secret = file.read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8") from error
    if not secret:
        raise ValueError(f"{file} is empty")
    return secret
