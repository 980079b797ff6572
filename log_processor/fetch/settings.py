"""How log files may be fetched; apart from the fetcher, because the configuration is read without one."""

from __future__ import annotations

from dataclasses import dataclass

from log_processor.errors import JobError, Outcome


class LimitError(JobError):
    """A transfer has passed a limit.

    Attributes:
        setting: which one, a field of `FetchSettings`; the message does not name it, as not every user can set it.
    """

    def __init__(self, reason: str, outcome: Outcome, setting: str) -> None:
        super().__init__(reason, outcome)
        self.setting = setting


@dataclass(frozen=True)
class FetchSettings:
    """What `fetch:` in the configuration says.

    Attributes:
        allow: URL prefixes that jobs may name and redirects may lead to; nothing else is read, nor `file://` without
            its own prefix here.
        connect_seconds: how long a connection may take to come about.
        read_seconds: how long a server may be silent.
        total_seconds: how long one file's transfer may take, without the time its reader is busy elsewhere.
        max_bytes: size of one file, compressed and decompressed.
        max_ratio: decompressed bytes for each byte received, judged from 64 MiB on. gzip reaches 300 on one line
            printed over and over, and 1032 at most; what is denser holds no log.
        late_seconds: how long a file that is not there is waited for, as its upload may still go on.
        away_seconds: how long the daemon holds a job whose log server is away; not used here.
        max_redirects: hops to follow.
        ca_certs: file of certificates to trust instead of the usual ones; None means what requests trusts:
            `REQUESTS_CA_BUNDLE`, else the bundle it comes with.
    """

    allow: tuple[str, ...] = ()
    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    total_seconds: float = 3600.0
    max_bytes: int = 4 * 1024**3
    max_ratio: int = 1000
    late_seconds: float = 60.0
    away_seconds: float = 600.0
    max_redirects: int = 5
    ca_certs: str | None = None
