"""What can go wrong, named after what the daemon's loop does next.

```
LogProcessorError
├── ConfigError              stop: a person has to mend the configuration
├── JobError                 this job can never work: dead-letter it, complete it
├── Unavailable              hold the job, wait with back-off, run it again from its payload
│   ├── FetchUnavailable     the log server is away, or gave a broken answer
│   └── StoreUnavailable     the store is away, full, or refuses for a reason that is not the document's
└── SourceLost               the gearman server went away with the job: drop it, it comes again
```

Any other exception is a bug of ours: traceback, dead letter, count, go on.
"""

from __future__ import annotations

from enum import Enum


class Outcome(str, Enum):
    """How the work on one log file ended; the closed set of labels in metrics and file documents."""

    RUNNING = "running"
    """Work has begun and not ended: either right now, or a worker died."""
    INDEXED = "indexed"
    """Every line is stored, or is in the dead letters."""
    SKIPPED = "skipped"
    """The build was aborted; its logs are not read."""
    MALFORMED = "malformed"
    """The payload is not a `push-log` job."""
    REFUSED = "refused"
    """The URL is not one that the configuration allows."""
    NOT_FOUND = "not_found"
    """The log file did not appear within the time allowed."""
    FETCH_FAILED = "fetch_failed"
    """The log server refused, or stayed away longer than allowed."""
    TOO_LARGE = "too_large"
    """More bytes, or a higher compression ratio, than allowed; what was read before is stored."""
    TOO_SLOW = "too_slow"
    """The whole transfer took longer than allowed; what was read before is stored."""
    CORRUPT = "corrupt"
    """The compressed data is damaged, or cannot be unpacked here; what was read before is stored."""
    INTERNAL_ERROR = "internal_error"
    """A bug of ours; the dead letter holds the payload, the log the traceback."""


class LogProcessorError(Exception):
    """The root of every error that this package raises on purpose."""


class ConfigError(LogProcessorError):
    """The configuration is wrong; the message names the key and the way to mend it."""


class JobError(LogProcessorError):
    """This job can never work; it is dead-lettered with the reason and completed.

    Attributes:
        outcome: which of the named ends it is.
    """

    def __init__(self, reason: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.outcome = outcome


class Unavailable(LogProcessorError):
    """A server that the job needs is away; the job is held and run again from its payload."""


class FetchUnavailable(Unavailable):
    """The log server is away or gave a broken answer that a later try may heal."""


class StoreUnavailable(Unavailable):
    """The store is away, overloaded, full, or refuses for a reason that is not the document's."""


class SourceLost(LogProcessorError):
    """The connection to the gearman server was lost with the job in hand; the server gives it out again."""
