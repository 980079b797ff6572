"""The JSON Schema of a report, made of the shapes of `model.py` and of what their docstrings say."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from log_classify.report.model import VERSION, Pattern, Range, Report

Schema = dict[str, Any]

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number"}
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def schema() -> Schema:
    """Return the schema (draft 2020-12); fields that it does not name are allowed, and have no meaning."""
    shapes: dict[str, Schema] = {}
    _reference(Report, shapes)
    whole = shapes.pop("Report")
    whole["properties"]["version"] = {"const": VERSION, "description": "of this shape."}
    whole["required"].insert(0, "version")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of log-classify",
        **whole,
        "$defs": dict(sorted(shapes.items())),
    }


def _reference(kind: Any, shapes: dict[str, Schema]) -> Schema:  # noqa: ANN401 - there is no type of dataclasses
    """Return a reference to the schema of a dataclass, which is added to those that are there."""
    if kind.__name__ not in shapes:
        said, *_ = (inspect.getdoc(kind) or "").split("\n\n")
        meanings = dict(_ATTRIBUTE.findall(inspect.getdoc(kind) or ""))
        hints = get_type_hints(kind, include_extras=True)
        shapes[kind.__name__] = {
            "description": said,
            "type": "object",
            "properties": {
                field.name: {
                    "description": _for_json(meanings[field.name]),
                    **_schema(hints[field.name], shapes),
                }
                for field in fields(kind)
            },
            "required": [field.name for field in fields(kind) if field.default is MISSING],
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _schema(kind: Any, shapes: dict[str, Schema]) -> Schema:  # noqa: ANN401 - a type may be of any kind
    if is_dataclass(kind):
        return _reference(kind, shapes)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return {**_schema(arguments[0], shapes), **_limits(arguments[1])}
    if origin in (Union, UnionType):
        [something] = [argument for argument in arguments if argument is not NoneType]
        found = _schema(something, shapes)
        return {**found, "type": [found["type"], "null"]}
    if origin is tuple:
        if arguments[1:] == (...,):
            return {"type": "array", "items": _schema(arguments[0], shapes)}
        items = [_schema(argument, shapes) for argument in arguments]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    return {"type": _PLAIN[kind]}


def _limits(limit: Range | Pattern) -> Schema:
    if isinstance(limit, Pattern):
        return {"pattern": f"^{limit.expression}$"}
    return {"minimum": limit.least, "maximum": limit.most}


def _for_json(meaning: str) -> str:
    return re.sub(r"\bNone\b", "null", re.sub(r"\s+", " ", meaning))
