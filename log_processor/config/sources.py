"""What is written in a YAML file or in one value of it: its form only, no meaning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from log_processor.config.values import Written

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Given:
    """One value, and who gave it.

    Attributes:
        value: what was written.
        origin: where, for a person: file and line, variable, or flag.
    """

    value: Written
    origin: str


Layer = dict[str, Given]
"""What one source says: by key path, such as `gearman.port`."""


def from_file(path: Path, problems: list[str]) -> Layer:
    """Read a YAML file of sections; what is wrong with its form is appended to `problems`.

    Only the text of each value is taken, with its line: the field's type decides what the text means, so `no`,
    `0644` or `12:30` are no trap here, and no tag can build an object.
    """
    try:
        node = yaml.compose(path.read_bytes().decode("utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.append(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        problems.append(f"{path}{line}: is not YAML: {error.problem}")
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(f"{path}: is not YAML: {' '.join(str(error).split())}")
    else:
        return _layer(node, path, problems)
    return {}


def from_text(text: str) -> Written:
    """Read one value of the command line or the environment.

    Raises:
        ValueError: it is not YAML, or a mapping; the message says so.
    """
    try:
        return _written(yaml.compose(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("is not YAML; put quotes around it") from error


def _layer(node: yaml.Node | None, path: Path, problems: list[str]) -> Layer:
    layer: Layer = {}
    if isinstance(node, yaml.MappingNode):
        _collect(node, path, "", layer, problems)
    elif node is not None:
        problems.append(
            f"{path}:{node.start_mark.line + 1}: expected sections such as gearman:, got {_kind(node)}"
        )
    return layer


def _collect(mapping: yaml.MappingNode, path: Path, prefix: str, layer: Layer, problems: list[str]) -> None:
    """Put the mapping's values into the layer, those of its sections too."""
    first: dict[str, str] = {}
    for name, node in mapping.value:
        origin = f"{path}:{name.start_mark.line + 1}"
        if not isinstance(name, yaml.ScalarNode):
            problems.append(f"{origin}: expected a key, got {_kind(name)}")
            continue
        key = prefix + name.value
        if key in first:
            problems.append(f"{origin}: {key}: is given twice, first in {first[key]}")
            continue
        first[key] = origin
        if isinstance(node, yaml.MappingNode) and not prefix:
            _collect(node, path, key + ".", layer, problems)
            continue
        try:
            layer[key] = Given(_written(node), origin)
        except ValueError as error:
            problems.append(f"{origin}: {key}: {error}")


def _written(node: yaml.Node | None) -> Written:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
        return None
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return tuple(str(item.value) for item in node.value)
    raise ValueError(f"expected a value or a list of values, got {_kind(node)}")


def _kind(node: yaml.Node) -> str:
    kinds: dict[type[yaml.Node], str] = {
        yaml.ScalarNode: "a single value",
        yaml.SequenceNode: "a list",
        yaml.MappingNode: "a mapping",
    }
    return kinds[type(node)]
