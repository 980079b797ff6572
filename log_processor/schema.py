"""The fields of a stored document: one table, and what follows from it.

The mappings are portable between Elasticsearch 8 and 9 and OpenSearch 2 and 3: they use only field types that all
four have, without extra modules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Any

from log_processor.document import FieldValue
from log_processor.timestamps import instant, iso_text


class Kind(Enum):
    """What a field holds, and so how it is searched."""

    KEYWORD = auto()
    """A text that is searched as a whole, at most 1,024 characters."""
    KEYWORDS = auto()
    """Several of them."""
    URL = auto()
    """An address: a keyword of at most 8,191 characters."""
    TEXT = auto()
    """Prose that is searched by its words."""
    STORED = auto()
    """A text that is shown and never searched."""
    INTEGER = auto()
    """A whole number of 64 bits."""
    FLOAT = auto()
    """A number of 64 bits: with fewer a cluster would compare with a threshold otherwise than SQLite does."""
    BOOLEAN = auto()
    DATE = auto()
    """A time, or a day."""
    ANYTHING = auto()
    """An object of any shape, stored and not searched."""


class On(Flag):
    """Which kinds of document have a field."""

    LINE = auto()
    FILE = auto()
    BOTH = LINE | FILE


_LONGEST = {Kind.KEYWORD: 1024, Kind.KEYWORDS: 1024, Kind.URL: 8191}
"""Characters; Lucene takes at most 32,766 bytes, and a character may have four."""

_TYPES: Mapping[Kind, Mapping[str, object]] = {
    Kind.KEYWORD: {"type": "keyword", "ignore_above": _LONGEST[Kind.KEYWORD]},
    Kind.KEYWORDS: {"type": "keyword", "ignore_above": _LONGEST[Kind.KEYWORDS]},
    Kind.URL: {"type": "keyword", "ignore_above": _LONGEST[Kind.URL]},
    Kind.TEXT: {"type": "text", "norms": False},
    Kind.STORED: {"type": "keyword", "index": False, "doc_values": False},
    Kind.INTEGER: {"type": "long"},
    Kind.FLOAT: {"type": "double"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "date"},
    Kind.ANYTHING: {"type": "object", "enabled": False},
}


@dataclass(frozen=True)
class Field:
    """A row of the table.

    Attributes:
        name: dotted where it is nested.
        kind: what it holds.
        on: which documents have it.
        about: one sentence.
        alias: the name that OpenTelemetry, or else ECS, gives the same thing; searches may use either.
        from_job: whether a job's `event.fields` may carry it.
        stored_on_lines: whether lines hold it to be shown, and only files are searched by it: to a cluster, what all
            lines of a file share is as much work as what they differ in.
    """

    name: str
    kind: Kind
    on: On
    about: str
    alias: str = ""
    from_job: bool = False
    stored_on_lines: bool = False

    def kind_on(self, on: On) -> Kind:
        """Return how it is searched on lines or on files."""
        return Kind.STORED if self.stored_on_lines and on is On.LINE else self.kind


def _job(name: str, kind: Kind, about: str, alias: str = "") -> Field:
    return Field(name, kind, On.BOTH, about, alias, from_job=True)


FIELDS = (
    Field("@timestamp", Kind.DATE, On.BOTH, "When the line was written; of a file, when its build began."),
    Field("received_at", Kind.DATE, On.BOTH, "When the worker took the job.", "event.created"),
    Field("message", Kind.TEXT, On.LINE, "The line, secrets masked."),
    Field("tags", Kind.KEYWORDS, On.BOTH, "What the submitter calls this sort of log, its base name first."),
    Field("build_uuid", Kind.KEYWORD, On.BOTH, "The build.", "cicd.pipeline.run.id"),
    Field("filename", Kind.KEYWORD, On.BOTH, "The file's path in the build's log root.", "log.file.path"),
    # What the Zuul role, its successors and our own submitter send.
    _job("build_name", Kind.KEYWORD, "The job that the build is a run of.", "cicd.pipeline.name"),
    _job("build_status", Kind.KEYWORD, "The build's result.", "cicd.pipeline.result"),
    _job("build_start", Kind.DATE, "When the build began."),
    _job("build_short_uuid", Kind.KEYWORD, "The first seven characters of `build_uuid`."),
    _job("build_node", Kind.KEYWORD, "The label of the machine that the build ran on.", "cicd.worker.name"),
    _job("build_hostids", Kind.KEYWORDS, "The cloud's ids of the machines' hosts."),
    _job("build_master", Kind.KEYWORD, "The CI server or executor that ran the build."),
    _job("build_queue", Kind.KEYWORD, "The pipeline: check, gate, periodic, …"),
    _job("build_set", Kind.KEYWORD, "The build set."),
    _job("build_ref", Kind.KEYWORD, "The git reference that was built."),
    _job("build_branch", Kind.KEYWORD, "The branch that the change is for.", "vcs.ref.base.name"),
    _job("build_change", Kind.INTEGER, "The change's number.", "vcs.change.id"),
    _job("build_patchset", Kind.KEYWORD, "The change's patch set: a number, or a commit."),
    _job("build_newrev", Kind.KEYWORD, "The commit, of a branch or tag build.", "vcs.ref.head.revision"),
    _job("build_zuul_url", Kind.URL, "Where the reference was fetched."),
    _job("project", Kind.KEYWORD, "The full name of the project.", "vcs.repository.name"),
    _job("tenant", Kind.KEYWORD, "The CI system's tenant."),
    _job("voting", Kind.INTEGER, "1: the build's result counts; 0: it does not; 2: unknown."),
    _job("log_url", Kind.URL, "The file's address for a person.", "url.full"),
    _job("change_url", Kind.URL, "The change's address for a person."),
    _job("node_provider", Kind.KEYWORD, "The cloud and region that the build ran in."),
    _job(
        "hosts_id", Kind.KEYWORDS, "The cloud's ids of the machines' hosts, as ci-log-processing names them."
    ),
    _job("hosts_region", Kind.KEYWORDS, "The regions of the machines."),
    _job("zuul_executor", Kind.KEYWORD, "The executor that ran the build."),
    _job("zuul_attempts", Kind.INTEGER, "Which attempt at the build this is."),
    # What the model says.
    Field("anomaly.status", Kind.KEYWORD, On.BOTH, "scored, fallback (a neighbouring model) or no_model."),
    Field(
        "anomaly.model",
        Kind.KEYWORD,
        On.BOTH,
        "The name of the model that the file was scored by.",
        stored_on_lines=True,
    ),
    Field(
        "anomaly.model_version",
        Kind.KEYWORD,
        On.BOTH,
        "A hash of what the model was made of.",
        stored_on_lines=True,
    ),
    Field(
        "anomaly.baselines",
        Kind.INTEGER,
        On.BOTH,
        "How many passing builds the model holds.",
        stored_on_lines=True,
    ),
    Field(
        "anomaly.distance", Kind.FLOAT, On.LINE, "0: a passing build printed the line; 1: nothing like it."
    ),
    Field(
        "anomaly.score",
        Kind.FLOAT,
        On.LINE,
        "Orders lines: the larger of the line's distance and a share of its neighbours'.",
    ),
    Field("anomaly.nearest", Kind.STORED, On.LINE, "The nearest line of a passing build."),
    Field(
        "anomaly.seen_in", Kind.INTEGER, On.LINE, "How many of the passing builds printed the nearest line."
    ),
    Field(
        "anomaly.shown",
        Kind.BOOLEAN,
        On.LINE,
        "Whether the line is worth a person's time: far, and no other line stands for it.",
    ),
    Field("anomaly.reasons", Kind.KEYWORDS, On.LINE, "Why the line is far; others have none."),
    Field(
        "anomaly.group",
        Kind.INTEGER,
        On.LINE,
        "The number of the line that stands for this far line: its own where it is shown.",
    ),
    Field(
        "anomaly.fingerprint",
        Kind.KEYWORD,
        On.LINE,
        "A hash of the far line's tokens, the same in every build.",
    ),
    Field("anomaly.max_distance", Kind.FLOAT, On.FILE, "The distance of the file's farthest line."),
    Field(
        "anomaly.model_age_days",
        Kind.FLOAT,
        On.FILE,
        "How long before the work on the file the newest build of the model ran.",
    ),
    # Where the line is.
    Field("log.line", Kind.INTEGER, On.LINE, "The line's number, 1-based."),
    Field("log.line_url", Kind.STORED, On.LINE, "The line's address for a person."),
    Field("log.truncated", Kind.BOOLEAN, On.LINE, "True where the line was longer than what is stored."),
    # What was done with the file.
    Field("outcome", Kind.KEYWORD, On.FILE, "How the work on the file ended, or running."),
    Field("reason", Kind.STORED, On.FILE, "Why it did not end with everything indexed."),
    Field("day", Kind.DATE, On.FILE, "The build's day (UTC); names the index of its lines."),
    Field("day_source", Kind.KEYWORD, On.FILE, "Where the day was taken from."),
    Field("lines_read", Kind.INTEGER, On.FILE, "Lines that the file has."),
    Field("lines_indexed", Kind.INTEGER, On.FILE, "Lines stored."),
    Field("lines_rejected", Kind.INTEGER, On.FILE, "Lines that the store refused."),
    Field("lines_far", Kind.INTEGER, On.FILE, "Lines that are far."),
    Field("lines_shown", Kind.INTEGER, On.FILE, "Far lines that no other line stands for."),
    Field("lines_truncated", Kind.INTEGER, On.FILE, "Lines of which the beginning only is stored."),
    Field("bytes_read", Kind.INTEGER, On.FILE, "Bytes of text after decompression."),
    Field("build_files", Kind.INTEGER, On.FILE, "How many files the build has, by its submitter."),
    Field("findings.kind", Kind.KEYWORD, On.FILE, "What sort of fact about the whole file it is."),
    Field("findings.text", Kind.STORED, On.FILE, "The line that it is about, or a sentence."),
    Field("findings.line", Kind.INTEGER, On.FILE, "The number of the line that it points at."),
    Field("findings.expected", Kind.STORED, On.FILE, "What the passing builds have."),
    Field("findings.seen", Kind.STORED, On.FILE, "What this file has instead."),
    Field("started_at", Kind.DATE, On.FILE, "When the work on the file began."),
    Field("seconds", Kind.FLOAT, On.FILE, "How long the work took."),
    Field(
        "lag_seconds",
        Kind.FLOAT,
        On.FILE,
        "From the file's last change, by its log server, until it was stored for the first time.",
    ),
    Field("worker", Kind.KEYWORD, On.FILE, "Host name and process id of the worker."),
    Field("extra", Kind.ANYTHING, On.FILE, "What the job carried beyond this table, or in another shape."),
)

_SURROGATES = re.compile("[\ud800-\udfff]")
_FROM_JOB = {field.name: field.kind for field in FIELDS if field.from_job}


def document_mapping(on: On) -> dict[str, Any]:
    """Return the mapping of the documents of lines or of files, in the JSON form that a cluster takes."""
    return mapping((field for field in FIELDS if on in field.on), on)


def mapping(fields: Iterable[Field], on: On) -> dict[str, Any]:
    """Return the mapping of these fields and their aliases; other fields are stored, and not indexed."""
    properties: dict[str, Any] = {}
    for field in fields:
        _place(properties, field.name, _type(field, on))
        if field.alias:
            _place(properties, field.alias, {"type": "alias", "path": field.name})
    return {"dynamic": False, "properties": properties}


def _type(field: Field, on: On) -> Mapping[str, object]:
    type_ = _TYPES[field.kind]
    # Of the same type wherever it is: in a pattern that covers both, Kibana takes others for a conflict.
    stored = {"type": type_["type"], "index": False, "doc_values": False}
    return stored if field.kind_on(on) is Kind.STORED else type_


def _place(properties: dict[str, Any], name: str, type_: Mapping[str, object]) -> None:
    first, _, rest = name.partition(".")
    if rest:
        _place(properties.setdefault(first, {"properties": {}})["properties"], rest, type_)
    else:
        properties[first] = dict(type_)


def legacy_fields(fields: Mapping[str, object]) -> tuple[dict[str, FieldValue], dict[str, object]]:
    """Sort a job's fields into those of the table, each in its kind, and the rest.

    A string of digits becomes an integer where the table has one, a number a string where it has a keyword, a
    time the text of its instant. Null, an empty string and an empty list are absent. Whatever does not fit is
    kept as it came in the second mapping. What has a place of its own in the documents is in neither:
    `build_uuid`, `filename` and a number of `build_files`.

    Args:
        fields: as a decoded payload holds them.

    Returns:
        The fields, `build_short_uuid` added where it was missing, and the rest. Any writer of JSON in UTF-8
        takes both: half surrogate pairs are replaced, numbers that JSON or 64 bits do not have are text.
    """
    known: dict[str, FieldValue] = {}
    extra: dict[str, object] = {}
    for name, value in fields.items():
        if name in {"build_uuid", "filename"} or (name == "build_files" and (integer(value) or 0) > 0):
            continue
        kind = _FROM_JOB.get(name)
        if kind is None:
            extra[_clean(name)] = _json_safe(value)
        elif value not in (None, "", []):
            fitting = _fitting(value, kind)
            if fitting is None:
                extra[name] = _json_safe(value)
            elif fitting != ():
                known[name] = fitting
    build_uuid = fields.get("build_uuid")
    if isinstance(build_uuid, str) and build_uuid:
        known.setdefault("build_short_uuid", _clean(build_uuid[:7]))
    return known, extra


def integer(value: object) -> int | None:
    """Return the whole number of 64 bits that an int, a bool or a string of ASCII digits is, or None."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        value = int(value)
    return int(value) if isinstance(value, int) and -(2**63) <= value < 2**63 else None


def _fitting(value: object, kind: Kind) -> FieldValue | None:
    if kind is Kind.INTEGER:
        return integer(value)
    if kind is Kind.DATE:
        moment = instant(value)
        return None if moment is None else iso_text(moment)
    if kind is Kind.KEYWORDS:
        return _keywords(value)
    return _keyword(value, _LONGEST[kind])


def _keyword(value: object, longest: int) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = _clean(value) if isinstance(value, str) else str(value)
    return text if len(text) <= longest else None


def _keywords(value: object) -> tuple[str, ...] | None:
    """Return the keywords of a list, or the one that stands alone; None if any does not fit."""
    keywords = []
    for item in value if isinstance(value, list) else [value]:
        if item in (None, ""):
            continue
        keyword = _keyword(item, _LONGEST[Kind.KEYWORDS])
        if keyword is None:
            return None
        keywords.append(keyword)
    return tuple(keywords)


def _clean(text: str) -> str:
    """Return a text that has a UTF-8 form."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def _json_safe(value: object) -> object:
    """Return a value of decoded JSON without what some JSON writers refuse."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(str(key)): _json_safe(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_safe(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and integer(value) is None:
        return str(value)
    return value
