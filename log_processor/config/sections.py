"""What an operator can set: one frozen section for each part of the daemon, with its defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from log_processor import job
from log_processor.config.values import Form, Limit, Range
from log_processor.fetch import allow
from log_processor.fetch.settings import FetchSettings
from log_processor.stores.settings import StoreSettings


@dataclass(frozen=True)
class GearmanSettings:
    """Where jobs come from.

    Attributes:
        host: the gearman server's name or address.
        port: its port.
        function: the function whose jobs are taken.
    """

    host: str = "localhost"
    port: int = 4730
    function: str = job.FUNCTION


@dataclass(frozen=True)
class KibanaSettings:
    """Where people look at the documents: Kibana, or OpenSearch Dashboards.

    Attributes:
        url: its address; None: there is none.
        api_key: the encoded key; without one the store's key, or its user and password, are used.
        space: the space that the dashboards are in; None for the default one.
    """

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    space: str | None = None


@dataclass(frozen=True)
class ModelSettings:
    """What passing builds taught.

    Attributes:
        path: the folder of the model store.
        keep_builds: how many builds a model keeps; the oldest goes first.
        keep_days: after how many days a build is forgotten.
        fallback: which neighbours may score a file without a model of its own, in this order: the same job on
            another branch, the same job of another project, all files of the job.
    """

    path: str = "log-processor-data/models"
    keep_builds: int = 8
    keep_days: int = 30
    fallback: tuple[Literal["branch", "project", "job"], ...] = ("branch", "project", "job")


@dataclass(frozen=True)
class LearnSettings:
    """From which builds to learn.

    Attributes:
        statuses: the values of `build_status` that mean a passing build.
    """

    statuses: tuple[str, ...] = ("SUCCESS",)


@dataclass(frozen=True)
class ScoreSettings:
    """Which lines are far.

    Attributes:
        threshold: the distance, 0..1, from which on a line is novel.
    """

    threshold: float = 0.25


@dataclass(frozen=True)
class DeadLetterSettings:
    """Where jobs and documents go that can never work.

    Attributes:
        path: the spool folder.
    """

    path: Path = Path("log-processor-data/dead-letters")


@dataclass(frozen=True)
class MetricsSettings:
    """Where the daemon says how it is.

    Attributes:
        listen: `host:port` that serves /metrics, /healthz and /readyz; None for none.
    """

    listen: str | None = "127.0.0.1:9128"


@dataclass(frozen=True)
class Config:
    """The whole configuration.

    Attributes:
        notices: what the person who wrote it should know, to be logged once.
    """

    gearman: GearmanSettings = field(default_factory=GearmanSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    kibana: KibanaSettings = field(default_factory=KibanaSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    learn: LearnSettings = field(default_factory=LearnSettings)
    score: ScoreSettings = field(default_factory=ScoreSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    dead_letters: DeadLetterSettings = field(default_factory=DeadLetterSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    notices: tuple[str, ...] = ()


_STORE = r"sqlite:///.|https?://[^/,\s][^,\s]*\Z|logstash\+tcp://(\[[^]\s]+\]|[^:/\s]+):\d{1,5}/?\Z"
_INDEX = Form(
    re.compile(r"[a-z0-9][a-z0-9._-]*\Z").match,
    "the name of an index: small letters, digits, dots, hyphens, underscores",
)
LIMITS: Mapping[str, Limit] = {
    "gearman.port": Range(1, 65535),
    "store.url": Form(
        re.compile(_STORE).match,
        "one URL: sqlite:///path, http://host:port, https://host:port or logstash+tcp://host:port",
    ),
    "store.fingerprint": Form(
        re.compile(r"([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}\Z").match,
        "64 hexadecimal digits, with or without colons",
    ),
    "store.index_prefix": _INDEX,
    "store.files_index": _INDEX,
    "kibana.url": Form(
        re.compile(r"https?://[^/,\s][^,\s]*\Z").match, "http://host:port or https://host:port"
    ),
    "kibana.space": Form(re.compile(r"[a-z0-9_-]+\Z").match, "small letters, digits, hyphens, underscores"),
    "models.keep_days": Range(1, 36_500),
    "score.threshold": Range(0, 1),
    "fetch.allow": Form(allow.parse, "a URL prefix such as https://logs.example.org/"),
    "fetch.late_seconds": Range(0),
    "fetch.away_seconds": Range(0),
    "fetch.max_redirects": Range(0),
    "metrics.listen": Form(re.compile(r"(\[[^]\s]+\]|[^:\s]+):\d{1,5}\Z").match, "host:port"),
}
"""What a value has to keep besides its type; a number that is not named here has to be positive."""
